//! Metrics as lines of a log: no call, only CloudWatch's embedded metric format
//! (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
//!
//! Why not a crate. The metrics are members of the invocation's own last line, so that an owner
//! sees beside a number which order and request it is about, and pays for one line; in that line a
//! metric with a reason has two sets of dimensions, and the others one. `metrics_cloudwatch_embedded`
//! 0.8 writes lines of its own, has one set of dimensions for all of a line's metrics, and loses
//! the values of a histogram beyond a hundred; `metrique-writer-format-emf` 0.1.21 also has the
//! sets of dimensions per line.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use shared::Timestamp;

/// The namespace of every metric in CloudWatch.
pub const NAMESPACE: &str = "Tiffin";
/// The most values of a metric in one line.
const MAX_VALUES: usize = 100;

/// What a metric measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// A count: the values of one invocation are added up.
    Count,
    /// A time in milliseconds: each value is kept.
    Milliseconds,
}

impl Unit {
    const fn name(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Milliseconds => "Milliseconds",
        }
    }
}

type Metric = (&'static str, Unit);

/// What an invocation has measured: values by reason, if they have one, and metric.
#[derive(Debug, Default)]
pub(super) struct Measurements(BTreeMap<(Option<String>, Metric), Vec<i64>>);

impl Measurements {
    pub(super) fn add(&mut self, name: &'static str, unit: Unit, reason: Option<&str>, value: i64) {
        let values = self.0.entry((reason.map(str::to_owned), (name, unit))).or_default();
        match (unit, values.first_mut()) {
            (Unit::Count, Some(sum)) => *sum = sum.saturating_add(value),
            _ => values.push(value),
        }
    }

    /// The members of as many lines as it takes: a line has one `Reason`, and at most a hundred
    /// values of a metric; so there is hardly ever a second.
    pub(super) fn documents(self, stack: &str, at: Timestamp) -> Vec<Map<String, Value>> {
        let mut documents: Vec<Document> = Vec::new();
        for ((reason, metric), values) in &self.0 {
            let reason = reason.as_deref();
            for values in values.chunks(MAX_VALUES) {
                let entry = Entry { metric: *metric, by_reason: reason.is_some(), values };
                match documents.iter_mut().find(|document| document.has_room(reason, *metric)) {
                    Some(document) => document.add(reason, entry),
                    None => documents.push(Document { reason, entries: vec![entry] }),
                }
            }
        }
        documents.iter().map(|document| document.members(stack, at)).collect()
    }
}

/// What one line holds.
struct Document<'a> {
    reason: Option<&'a str>,
    entries: Vec<Entry<'a>>,
}

struct Entry<'a> {
    metric: Metric,
    by_reason: bool,
    values: &'a [i64],
}

impl<'a> Document<'a> {
    fn has_room(&self, reason: Option<&str>, metric: Metric) -> bool {
        let same_reason = reason.is_none() || self.reason.is_none() || reason == self.reason;
        same_reason && self.entries.iter().all(|entry| entry.metric != metric)
    }

    fn add(&mut self, reason: Option<&'a str>, entry: Entry<'a>) {
        self.reason = self.reason.or(reason);
        self.entries.push(entry);
    }

    fn members(&self, stack: &str, at: Timestamp) -> Map<String, Value> {
        let by_stack = json!([["Stack"]]);
        let by_reason = json!([["Stack"], ["Stack", "Reason"]]);
        let directives: Vec<Value> = [(false, by_stack), (true, by_reason)]
            .into_iter()
            .filter_map(|(has_reason, dimensions)| self.directive(has_reason, dimensions))
            .collect();
        let aws = json!({"Timestamp": at.millis(), "CloudWatchMetrics": directives});
        let mut members =
            Map::from_iter([("_aws".to_owned(), aws), ("Stack".to_owned(), stack.into())]);
        if let Some(reason) = self.reason {
            members.insert("Reason".to_owned(), reason.into());
        }
        members.extend(self.entries.iter().map(|entry| {
            let value = if let [one] = entry.values { json!(one) } else { json!(entry.values) };
            (entry.metric.0.to_owned(), value)
        }));
        members
    }

    /// Which members are metrics, and with which dimensions.
    fn directive(&self, by_reason: bool, dimensions: Value) -> Option<Value> {
        let metrics: Vec<Value> = self
            .entries
            .iter()
            .filter(|entry| entry.by_reason == by_reason)
            .map(|Entry { metric: (name, unit), .. }| json!({"Name": name, "Unit": unit.name()}))
            .collect();
        let directive =
            json!({"Namespace": NAMESPACE, "Dimensions": dimensions, "Metrics": metrics});
        (!metrics.is_empty()).then_some(directive)
    }
}
