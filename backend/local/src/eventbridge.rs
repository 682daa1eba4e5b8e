//! EventBridge: buses, rules, and delivery to the functions they name.
//!
//! An accepted event is durable before its caller gets the answer: every delivery it leads to is in
//! the store, written in one commit.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use axum::body::Bytes;
use rusqlite::Connection;
use serde_json::{Value, json};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

mod entry;
pub(crate) mod properties;
mod rule;

use crate::aws::ServiceError;
use crate::feed::FeedEvent;
use crate::iam::Caller;
use crate::lambda::queue::Accepted;
use crate::lambda::{Dependencies, Lambda};
use crate::sqs::Attributes;
use crate::template::Stack;
use entry::{Event, Invalid};
use rule::{Rule, Target, Trigger};

/// Most entries of one PutEvents call.
const MOST_ENTRIES: usize = 10;
/// Most bytes of all its entries together.
const LARGEST_CALL: usize = 1024 * 1024;

/// A handle to all buses; clones share them.
#[derive(Clone, Debug)]
pub struct EventBridge {
    account: String,
    region: String,
    buses: Arc<BTreeSet<String>>,
    rules: Arc<Vec<Rule>>,
    lambda: Lambda,
    dependencies: Dependencies,
}

/// What the deliveries of a commit leave to do after it.
#[derive(Default)]
struct AfterCommit {
    accepted: Vec<Accepted>,
    dead_lettered: Vec<FeedEvent>,
    queues: BTreeSet<String>,
}

impl EventBridge {
    /// The buses and rules of a stack, and the default bus.
    pub(crate) fn new(stack: &Stack, lambda: Lambda, dependencies: Dependencies) -> Result<Self> {
        let named = stack.of_kind("AWS::Events::EventBus").map(|it| it.physical_id.clone());
        Ok(Self {
            account: stack.account_id.clone(),
            region: stack.region.clone(),
            buses: Arc::new(named.chain(["default".to_owned()]).collect()),
            rules: Arc::new(rule::read(stack, &dependencies.iam, &dependencies.sqs)?),
            lambda,
            dependencies,
        })
    }

    /// PutEvents: `{"Entries": […]}` to `{"FailedEntryCount": n, "Entries": […]}`, one answer an
    /// entry in the same order. What it reports as accepted is durable.
    ///
    /// # Errors
    /// If the whole call is refused: too many entries, too large, or not allowed.
    pub fn put_events(&self, caller: &Caller, body: &Value) -> Result<Value, ServiceError> {
        let entries = body["Entries"].as_array().map_or(&[][..], Vec::as_slice);
        check_call(entries)?;
        self.check_permission(caller, entries)?;
        let results: Vec<_> = entries.iter().map(|it| self.accept(caller, it)).collect();
        self.deliver(results.iter().flatten())?;
        let answers: Vec<Value> = results.iter().map(answer).collect();
        let failed = results.iter().filter(|it| it.is_err()).count();
        Ok(json!({"FailedEntryCount": failed, "Entries": answers}))
    }

    /// The rules that the clock fires, each with its interval, by index.
    pub(crate) fn schedules(&self) -> impl Iterator<Item = (usize, Duration)> {
        self.rules.iter().enumerate().filter_map(|(index, rule)| match rule.trigger {
            Trigger::Every(interval) => Some((index, interval)),
            Trigger::Event(_) => None,
        })
    }

    /// Fires one scheduled rule for ever, first after one interval.
    pub(crate) async fn keep_firing(self, rule: usize, interval: Duration) {
        let interval = interval.max(Duration::from_millis(1));
        let mut clock = interval_at(Instant::now() + interval, interval);
        // A laptop that slept does not make up for what it missed.
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            clock.tick().await;
            if let Err(error) = self.fire(rule) {
                eprintln!("a schedule: {error}");
            }
        }
    }

    /// Fires a scheduled rule once.
    fn fire(&self, rule: usize) -> rusqlite::Result<()> {
        let Some(rule) = self.rules.get(rule) else { return Ok(()) };
        let entry = json!({
            "Source": "events",
            "DetailType": "Scheduled Event",
            "Detail": "{}",
            "Resources": [rule.arn],
        });
        let Ok(mut event) = entry::accept(&entry, &self.account, &self.region) else {
            return Ok(());
        };
        // A source that PutEvents refuses.
        event.value["source"] = json!("aws.events");
        event.payload = Bytes::from(event.value.to_string());
        self.finish(self.commit(&[(&event, vec![rule])])?);
        Ok(())
    }

    fn check_permission(&self, caller: &Caller, entries: &[Value]) -> Result<(), ServiceError> {
        let buses: BTreeSet<&str> = entries.iter().map(entry::bus).collect();
        for bus in buses {
            let of_bus = entries.iter().filter(|it| entry::bus(it) == bus);
            let sources: Vec<&str> = of_bus.map(entry::source).collect();
            let arn = format!("arn:aws:events:{}:{}:event-bus/{bus}", self.region, self.account);
            let context = [("events:source", sources.as_slice())];
            self.dependencies.iam.check(caller, "events:PutEvents", &arn, &context)?;
        }
        Ok(())
    }

    fn accept(&self, caller: &Caller, entry: &Value) -> Result<Event, Invalid> {
        let what = "failed an entry of PutEvents";
        let faults = &self.dependencies.faults;
        let result = if faults.hits(caller, |it| it.partial_put_events, what) {
            let message = "Internal failure.".to_owned();
            Err(Invalid { code: "InternalFailure", message })
        } else {
            entry::accept(entry, &self.account, &self.region)
        };
        if let Err(Invalid { code, message }) = &result {
            let (code, message) = ((*code).to_owned(), message.clone());
            self.dependencies.feed.record(FeedEvent::EventRefused { code, message });
        }
        result
    }

    /// Writes everything the events lead to, then sets it going.
    fn deliver<'a>(&self, events: impl Iterator<Item = &'a Event>) -> rusqlite::Result<()> {
        let events: Vec<_> = events.map(|event| (event, self.matching(event))).collect();
        let after = self.commit(&events)?;
        for (event, rules) in events {
            self.dependencies.feed.record(FeedEvent::EventPut {
                event: event.value.clone(),
                bus: event.bus.clone(),
                matched_rules: rules.iter().map(|it| it.logical_id.clone()).collect(),
            });
        }
        self.finish(after);
        Ok(())
    }

    /// The rules that match an event. An event for a bus that does not exist is accepted and lost,
    /// as on AWS (<https://github.com/aws/aws-sdk/issues/186>); here at least the feed says so.
    fn matching(&self, event: &Event) -> Vec<&Rule> {
        if !self.buses.contains(&event.bus) {
            self.dependencies.feed.record(FeedEvent::EventRefused {
                code: "NoSuchBus".to_owned(),
                message: format!("There is no bus {}: AWS says nothing and drops it.", event.bus),
            });
        }
        let wants = |rule: &&Rule| match &rule.trigger {
            Trigger::Event(pattern) => rule.bus == event.bus && pattern.matches(&event.value),
            Trigger::Every(_) => false,
        };
        self.rules.iter().filter(wants).collect()
    }

    /// Delivers events to the targets of their rules, all or none.
    fn commit(&self, events: &[(&Event, Vec<&Rule>)]) -> rusqlite::Result<AfterCommit> {
        self.dependencies.store.transaction(|transaction| {
            let mut after = AfterCommit::default();
            for (event, rules) in events {
                for rule in rules {
                    for target in &rule.targets {
                        self.deliver_to(transaction, rule, target, event, &mut after)?;
                    }
                }
            }
            Ok(after)
        })
    }

    /// Delivers one event to one target: to Lambda's queue, else to the dead-letter queue.
    fn deliver_to(
        &self,
        connection: &Connection,
        rule: &Rule,
        target: &Target,
        event: &Event,
        after: &mut AfterCommit,
    ) -> rusqlite::Result<()> {
        let payload = match &target.input {
            Some(input) => Bytes::from(input.clone()),
            None => event.payload.clone(),
        };
        if target.permitted
            && let Ok(function) = self.lambda.find(&target.function)
        {
            after.accepted.extend(self.lambda.accept(connection, function, &payload)?);
            return Ok(());
        }
        let reason = format!("{} does not let rule {} invoke it", target.function, rule.logical_id);
        if let Some(queue) = &target.dead_letters {
            let body = String::from_utf8_lossy(&payload);
            let attributes = Attributes::from([
                ("RULE_ARN".to_owned(), rule.arn.clone()),
                ("TARGET_ARN".to_owned(), target.arn.clone()),
                ("ERROR_CODE".to_owned(), "NO_PERMISSIONS".to_owned()),
                ("ERROR_MESSAGE".to_owned(), reason.clone()),
            ]);
            self.dependencies.sqs.put(connection, queue, &body, &attributes, None)?;
            after.queues.insert(queue.clone());
        }
        after.dead_lettered.push(FeedEvent::DeadLettered {
            queue: target.dead_letters.clone(),
            function: target.function.clone(),
            reason,
        });
        Ok(())
    }

    fn finish(&self, after: AfterCommit) {
        self.lambda.dispatch(after.accepted);
        after.queues.iter().for_each(|it| self.dependencies.sqs.arrived(it));
        after.dead_lettered.into_iter().for_each(|it| self.dependencies.feed.record(it));
    }
}

/// Refuses a call as a whole, with AWS's messages.
fn check_call(entries: &[Value]) -> Result<(), ServiceError> {
    let length = |constraint: &str| {
        format!(
            "1 validation error detected: Value at 'entries' failed to satisfy constraint: \
             Member must have length {constraint}"
        )
    };
    let size: usize = entries.iter().map(entry::size).sum();
    let message = match entries.len() {
        0 => length("greater than or equal to 1"),
        1..=MOST_ENTRIES if size <= LARGEST_CALL => return Ok(()),
        1..=MOST_ENTRIES => {
            "Total size of the entries in the request is over the limit.".to_owned()
        }
        _ => length("less than or equal to 10"),
    };
    Err(ServiceError::new("ValidationException", message))
}

fn answer(result: &Result<Event, Invalid>) -> Value {
    match result {
        Ok(event) => json!({"EventId": event.id}),
        Err(it) => json!({"ErrorCode": it.code, "ErrorMessage": it.message}),
    }
}
