//! `prices.toml`: what AWS charges, each price with its source.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Deserialize;

use super::usage::Usage;

/// The file, which is part of the program: the table is the same wherever it is printed.
const FILE: &str = include_str!("../../prices.toml");

/// All prices of one region, by the names of what is counted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Prices {
    pub(super) region: String,
    pub(super) price: BTreeMap<String, Price>,
    /// What every month includes, for as long as an account exists.
    free: BTreeMap<String, Allowance>,
}

/// What a service charges for one thing.
#[derive(Debug, Deserialize)]
pub(super) struct Price {
    pub(super) service: String,
    /// What for, in words.
    pub(super) metered: String,
    /// How many of what is counted the price is for.
    per: u64,
    /// The price in US dollars, exact.
    #[serde(with = "rust_decimal::serde::str")]
    dollars: Decimal,
}

#[derive(Debug, Deserialize)]
struct Allowance {
    quantity: u64,
}

impl Prices {
    /// The prices that this program was built with.
    pub(super) fn read() -> Result<Self> {
        toml::from_str(FILE).context("backend/ops/prices.toml")
    }

    /// What each thing of a usage costs by the list, in US dollars. A thing without a price is an
    /// error.
    pub(super) fn costs<'a>(&'a self, usage: &Usage) -> Result<Vec<(&'a Price, Decimal)>> {
        let cost = |(name, quantity): (&String, &u64)| {
            let price = self.price.get(name).with_context(|| format!("{name} has no price"))?;
            let cost = price.dollars.checked_mul(Decimal::from(*quantity));
            let cost = cost.and_then(|cost| cost.checked_div(Decimal::from(price.per)));
            Ok((price, cost.with_context(|| format!("{name} costs too much to be counted"))?))
        };
        usage.iter().map(cost).collect()
    }

    /// What of a month's usage is left to pay for after what the month includes.
    pub(super) fn beyond_free(&self, month: &Usage) -> Usage {
        let free = |name| self.free.get(name).map_or(0, |free| free.quantity);
        let due = month.iter().map(|(name, &used)| (name.clone(), used.saturating_sub(free(name))));
        due.collect()
    }
}

/// An amount in dollars and cents, rounded half up; anything below half a cent is `< 0.01`.
pub(super) fn cents(dollars: Decimal) -> String {
    let rounded = dollars.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    match (dollars.is_zero(), rounded.is_zero()) {
        (true, _) => "0".to_owned(),
        (false, true) => "< 0.01".to_owned(),
        _ => format!("{rounded:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The entries of both tables of the file, as they stand there.
    fn entries() -> Vec<(String, toml::Table)> {
        let file: toml::Table = FILE.parse().unwrap();
        let tables = ["price", "free"].map(|table| file[table].as_table().unwrap().clone());
        let entries = tables.into_iter().flatten();
        entries.map(|(name, entry)| (name, entry.as_table().unwrap().clone())).collect()
    }

    #[test]
    fn every_number_states_its_source_and_date() {
        for (name, entry) in entries() {
            let text = |key: &str| entry.get(key).and_then(toml::Value::as_str);
            assert!(text("source").unwrap().starts_with("https://aws.amazon.com/"), "{name}");
            assert!(matches!(text("seen"), Some("aws" | "quoted" | "secondary")), "{name}");
            assert_eq!(text("via").is_none(), text("seen") == Some("aws"), "{name}");
            assert!(text("via").is_none_or(|via| via.starts_with("https://")), "{name}");
            let date: toml::value::Datetime = text("date").unwrap().parse().unwrap();
            assert!(date.date.is_some_and(|date| (2020..2100).contains(&date.year)), "{name}");
        }
    }

    #[test]
    fn a_quantity_costs_its_share_of_the_price_beyond_what_is_free() {
        let prices = Prices::read().unwrap();
        let cost = |name: &str, quantity| {
            let costs = prices.costs(&Usage::from([(name.to_owned(), quantity)]))?;
            Ok::<_, anyhow::Error>(costs[0].1.normalize().to_string())
        };
        assert_eq!(cost("lambda_request", 2_500_000).unwrap(), "0.5");
        // 400,000 GB-seconds, counted in megabytes × milliseconds.
        assert_eq!(cost("lambda_arm", 409_600_000_000).unwrap(), "5.33336");
        assert_eq!(cost("moonlight", 1).unwrap_err().to_string(), "moonlight has no price");
        let month =
            Usage::from([("lambda_request".to_owned(), 1_500_000), ("event".to_owned(), 7)]);
        let due = prices.beyond_free(&month);
        assert_eq!((due["lambda_request"], due["event"]), (500_000, 7));
    }

    #[test]
    fn an_amount_is_shown_in_cents_and_nothing_is_hidden() {
        for (dollars, shown) in [
            ("0", "0"),
            ("0.004999", "< 0.01"),
            ("0.005", "0.01"),
            ("12.345", "12.35"),
            ("1234.5", "1234.50"),
        ] {
            assert_eq!(cents(dollars.parse().unwrap()), shown);
        }
    }
}
