//! `usage.toml`: how much of everything that is charged for an order and an idle month use.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

/// The file, which is part of the program: the table is the same wherever it is printed.
const FILE: &str = include_str!("../../usage.toml");

/// What Lambda itself logs of an invocation (START, END and REPORT), with what each line is charged
/// in addition, in bytes.
const LOG_BYTES_AN_INVOCATION: u64 = 400;

/// Quantities by their names in `prices.toml`.
pub(super) type Usage = BTreeMap<String, u64>;

/// The designs that are compared.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Designs {
    pub(super) tiffin: Design,
    pub(super) seed: Design,
}

/// What a design uses.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Design {
    /// The name of the functions' compute time.
    processor: String,
    /// The functions' memory, if an item names no other.
    megabytes: u64,
    order: Vec<Item>,
    idle: Vec<Item>,
}

/// Something that happens `times` times; see the file.
#[derive(Debug, Deserialize)]
struct Item {
    #[serde(default = "one")]
    times: u64,
    milliseconds: Option<u64>,
    megabytes: Option<u64>,
    #[serde(default = "one")]
    every: u64,
    at_most: Option<u64>,
    #[serde(flatten)]
    quantities: Usage,
}

const fn one() -> u64 {
    1
}

impl Designs {
    /// The designs that this program was built with.
    pub(super) fn read() -> Result<Self> {
        toml::from_str(FILE).context("backend/ops/usage.toml")
    }
}

impl Design {
    /// What so many orders in a month add to an idle shop.
    pub(super) fn orders(&self, count: u64) -> Usage {
        self.sum(&self.order, count)
    }

    /// What a month without an order uses.
    pub(super) fn idle(&self) -> Usage {
        self.sum(&self.idle, 1)
    }

    fn sum(&self, items: &[Item], count: u64) -> Usage {
        let mut usage = Usage::new();
        for item in items {
            let often = count.div_ceil(item.every.max(1)).min(item.at_most.unwrap_or(u64::MAX));
            let times = often.saturating_mul(item.times);
            for (name, quantity) in item.quantities.iter().chain(&self.invocation(item)) {
                add(&mut usage, name, quantity.saturating_mul(times));
            }
        }
        usage
    }

    /// The invocation of a function that an item is, if it is one.
    fn invocation(&self, item: &Item) -> Usage {
        let Some(milliseconds) = item.milliseconds else { return Usage::new() };
        let megabytes = item.megabytes.unwrap_or(self.megabytes);
        Usage::from([
            ("lambda_request".to_owned(), 1),
            (self.processor.clone(), milliseconds.saturating_mul(megabytes)),
            ("log_byte".to_owned(), LOG_BYTES_AN_INVOCATION),
            ("log_stored_byte".to_owned(), LOG_BYTES_AN_INVOCATION),
        ])
    }
}

/// Both together.
pub(super) fn sum(one: &Usage, other: &Usage) -> Usage {
    let mut both = one.clone();
    other.iter().for_each(|(name, quantity)| add(&mut both, name, *quantity));
    both
}

fn add(usage: &mut Usage, name: &str, quantity: u64) {
    let sum = usage.entry(name.to_owned()).or_default();
    *sum = sum.saturating_add(quantity);
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use aws_local::feed::{Feed, FeedEvent};
    use shared::live::{FETCH_EVERY, PING_EVERY};
    use yaml_rust2::{Yaml, YamlLoader};

    use super::*;
    use crate::bench::Bench;
    use crate::bench::shop::{Customer, Shop, Storage};
    use crate::dev::backend;
    use crate::workspace::Workspace;

    #[test]
    fn an_item_counts_as_often_as_it_says() {
        let design: Design = toml::from_str(
            "processor = 'lambda_arm'\nmegabytes = 256\nidle = [{ dashboard = 1 }]\n\
             order = [{ times = 3, milliseconds = 10, event = 2 }, { every = 4, active_user = 1 },\n\
             { at_most = 720, metric_hour = 5 }]\n",
        )
        .unwrap();
        let usage = design.orders(1_001);
        assert_eq!((usage["event"], usage["lambda_request"]), (6 * 1_001, 3 * 1_001));
        assert_eq!(usage["lambda_arm"], 3 * 1_001 * 10 * 256);
        assert_eq!((usage["log_byte"], usage["log_stored_byte"]), (400 * 3_003, 400 * 3_003));
        assert_eq!((usage["active_user"], usage["metric_hour"]), (251, 5 * 720));
        assert_eq!(sum(&usage, &design.idle())["dashboard"], 1);
        assert_eq!(design.orders(0).values().sum::<u64>(), 0);
    }

    #[test]
    fn an_idle_shop_is_that_of_the_template() {
        let template = YamlLoader::load_from_str(include_str!("../../../template.yaml")).unwrap();
        let (resources, parameters) = (&template[0]["Resources"], &template[0]["Parameters"]);
        let tiffin = Designs::read().unwrap().tiffin;
        let of_type = |kind: &str| -> Vec<&Yaml> {
            let resources = resources.as_hash().unwrap().values();
            resources.filter(|resource| resource["Type"].as_str() == Some(kind)).collect()
        };
        let count = |kind: &str| of_type(kind).len() as u64;
        let functions = of_type("AWS::Lambda::Function");
        // That of pictures, which is not asked for an order, has more.
        let usual = functions.iter().map(|it| it["Properties"]["MemorySize"].as_i64().unwrap());
        let usual = usual.filter(|memory| memory.unsigned_abs() == tiffin.megabytes);
        assert_eq!((functions.len(), usual.count()), (8, 7));
        assert_eq!(count("AWS::CloudWatch::Alarm"), tiffin.idle()["alarm_metric"]);
        assert_eq!(count("AWS::CloudWatch::CompositeAlarm"), tiffin.idle()["composite_alarm"]);
        assert_eq!(parameters["Architecture"]["Default"].as_str(), Some("arm64"));
        // Traces are not counted.
        assert_eq!(parameters["Tracing"]["Default"].as_str(), Some("PassThrough"));
        let schedule = &resources["WatchdogRule"]["Properties"]["ScheduleExpression"];
        assert_eq!(schedule.as_str(), Some("rate(1 minute)"));
    }

    #[test]
    fn the_page_polls_and_pings_as_often_as_is_counted() {
        let calls = |every: i64| 1 + 35 * 60_000 / u64::try_from(every).unwrap();
        let order = Designs::read().unwrap().tiffin.orders(1);
        let (fetches, pings) = (calls(FETCH_EVERY), calls(PING_EVERY) + 1);
        assert_eq!(order["http_request"], fetches + 10);
        assert_eq!(order["socket_message"], 2 * pings + 4);
    }

    /// The events, pushes and invocations that the local AWS has seen, the watchdog's aside.
    fn counts(feed: &Feed) -> [u64; 3] {
        let mut counts = [0; 3];
        for entry in feed.since(0) {
            match &entry.event {
                FeedEvent::EventPut { .. } => counts[0] += 1,
                FeedEvent::Push { status: 200, body, .. } if body.contains("order_event") => {
                    counts[1] += 1;
                }
                FeedEvent::Invoked { function, .. } if function != "WatchdogFunction" => {
                    counts[2] += 1;
                }
                _ => {}
            }
        }
        counts
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_order_has_as_many_events_pushes_and_invocations_as_are_counted() {
        let workspace = Workspace::find().unwrap();
        let program = backend::build(&workspace, false).unwrap();
        let bench = Bench { workspace, program };
        let shop = Shop::open(&bench, Storage::Memory, None).await.unwrap();
        let feed = shop.running.cloud.feed().clone();
        let mut customer = Customer::new(&shop, "asha").await.unwrap();
        customer.place().await.unwrap();
        let order = Designs::read().unwrap().tiffin.orders(1);
        let events = order["event"];
        for _ in 0..events {
            customer.next_push().await.unwrap(); // in any order
        }
        drop(customer);
        let pings = order["socket_message"].saturating_sub(events) / 2;
        // Of the requests and pings that are counted, this customer sent a ticket's, the order and
        // one ping.
        let invocations = order["lambda_request"] - order["http_request"] - pings + 3;
        let due = [events, events, invocations];
        let deadline = Instant::now() + Duration::from_secs(20);
        while counts(&feed) != due && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(20)).await; // they end after their push
        }
        assert_eq!(counts(&feed), due);
        shop.close().await;
    }
}
