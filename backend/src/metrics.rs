//! What the functions count and time, for CloudWatch.
//!
//! What happens to an order is counted where the write that makes it happen went through
//! ([`crate::choreography::steps`]), and so once, whoever wrote it. (A write whose answer was lost
//! counts nothing: what is counted happened, and now and then something happened that is not
//! counted.) All of an invocation's metrics are in its last line ([`telemetry`]), whose level is
//! then at least `INFO`: Lambda's `ApplicationLogLevel` must let that through.
//!
//! # Every metric
//!
//! All are in the namespace [`NAMESPACE`] and have the dimension `Stack` (the stack's name); those
//! with a reason are written a second time with the dimensions `Stack` and `Reason`. A count is
//! written only when it is not zero, so missing data means none.
//!
//! | name | unit | also by | one value is |
//! |---|---|---|---|
//! | `OrdersPlaced` | Count | | orders written, of customers or another channel |
//! | `OrdersAccepted` | Count | | orders that a restaurant accepted |
//! | `OrdersPickedUp` | Count | | orders that a courier picked up |
//! | `OrdersDelivered` | Count | | orders delivered |
//! | `OrdersRejected` | Count | `Reason` | orders that a restaurant rejected |
//! | `OrdersCancelled` | Count | `Reason` | orders cancelled; `not_answered`: by the deadline, as no restaurant answered in time; `by_customer` |
//! | `TimeToAccepted` | Milliseconds | | one order's time from placed to accepted |
//! | `TimeToDelivered` | Milliseconds | | one order's time from placed to delivered |
//! | `PushesSent` | Count | | pushes that the gateway took |
//! | `PushesGone` | Count | | pushes to a connection that is closed, or not open yet (410) |
//! | `PushesFailed` | Count | | pushes that failed in another way |
//! | `EventsNotPushed` | Count | | events of a customer with connections of which no push was taken and at least one failed (a closed connection alone is none) |
//! | `PublishesFailed` | Count | | events that the bus refused or did not answer, by any function, after the SDK's own retries |
//! | `UnpublishedFound` | Count | | events that the watchdog found unpublished 30 s or more after they were written |
//! | `UnpublishedAge` | Milliseconds | | once per run of the watchdog that found any: the age of the oldest of them |
//! | `OrdersOverdue` | Count | | orders found waiting for a person beyond their time, once per look |
//! | `OrdersUnreadable` | Count | | reads of an order, an address or a connection that this version cannot read |
//! | `RequestsLimited` | Count | | requests and messages refused by a customer's own limit per minute |
//!
//! The watchdog looks at an order that it could not help at least every ten minutes, so an alarm
//! on `UnpublishedFound` or `UnpublishedAge` needs a period of 15 minutes to stay in alarm. That
//! nobody accepts at all is `OrdersPlaced` > 0 while `OrdersAccepted` is 0 (missing) for longer
//! than a restaurant has to answer.

use shared::{Reason, Status};

pub use crate::runtime::telemetry::NAMESPACE;
use crate::{
    runtime::{
        error::Error,
        telemetry::{self, Unit},
    },
    store::orders::Item,
};

/// A name with what it means. Each has the dimension `Stack`, the stack's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// Orders that customers placed here, or another channel placed.
    OrdersPlaced,
    /// Orders that a restaurant took.
    OrdersAccepted,
    /// Orders that a courier took.
    OrdersPickedUp,
    /// Orders that arrived.
    OrdersDelivered,
    /// Orders that a restaurant did not take; also by the dimension `Reason`, a code of the language.
    OrdersRejected,
    /// Orders that the customer or the deadline ended; also by `Reason`.
    OrdersCancelled,
    /// From placed to accepted, in milliseconds.
    TimeToAccepted,
    /// From placed to delivered, in milliseconds.
    TimeToDelivered,
    /// Browsers that were told of an event.
    PushesSent,
    /// Connections that were no longer open, or not yet (410).
    PushesGone,
    /// Connections of which it is not known whether they were told.
    PushesFailed,
    /// Events of which no push was taken and at least one failed.
    EventsNotPushed,
    /// Events that the bus refused or did not answer.
    PublishesFailed,
    /// The age of the oldest event that a run of the watchdog found unpublished, in milliseconds.
    UnpublishedAge,
    /// Items of an order, an address or a connection that this version cannot read.
    OrdersUnreadable,
    /// Requests and messages that a customer's own limit refused.
    RequestsLimited,
    /// Events that the watchdog found without knowing that the bus has them, their writers gone.
    UnpublishedFound,
    /// Orders that the watchdog found waiting for a person beyond their time, once per look.
    OrdersOverdue,
}

impl Metric {
    /// Every metric.
    pub const ALL: [Self; 18] = [
        Self::OrdersPlaced,
        Self::OrdersAccepted,
        Self::OrdersPickedUp,
        Self::OrdersDelivered,
        Self::OrdersRejected,
        Self::OrdersCancelled,
        Self::TimeToAccepted,
        Self::TimeToDelivered,
        Self::PushesSent,
        Self::PushesGone,
        Self::PushesFailed,
        Self::EventsNotPushed,
        Self::PublishesFailed,
        Self::UnpublishedAge,
        Self::OrdersUnreadable,
        Self::RequestsLimited,
        Self::UnpublishedFound,
        Self::OrdersOverdue,
    ];

    /// The name in CloudWatch.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OrdersPlaced => "OrdersPlaced",
            Self::OrdersAccepted => "OrdersAccepted",
            Self::OrdersPickedUp => "OrdersPickedUp",
            Self::OrdersDelivered => "OrdersDelivered",
            Self::OrdersRejected => "OrdersRejected",
            Self::OrdersCancelled => "OrdersCancelled",
            Self::TimeToAccepted => "TimeToAccepted",
            Self::TimeToDelivered => "TimeToDelivered",
            Self::PushesSent => "PushesSent",
            Self::PushesGone => "PushesGone",
            Self::PushesFailed => "PushesFailed",
            Self::EventsNotPushed => "EventsNotPushed",
            Self::PublishesFailed => "PublishesFailed",
            Self::UnpublishedAge => "UnpublishedAge",
            Self::OrdersUnreadable => "OrdersUnreadable",
            Self::RequestsLimited => "RequestsLimited",
            Self::UnpublishedFound => "UnpublishedFound",
            Self::OrdersOverdue => "OrdersOverdue",
        }
    }

    /// Whether it is a time, of which each value counts; the others are counts, and add up.
    #[must_use]
    pub const fn is_time(self) -> bool {
        matches!(self, Self::TimeToAccepted | Self::TimeToDelivered | Self::UnpublishedAge)
    }

    /// Whether it has the dimension `Reason`.
    #[must_use]
    pub const fn has_reason(self) -> bool {
        matches!(self, Self::OrdersRejected | Self::OrdersCancelled)
    }

    const fn unit(self) -> Unit {
        if self.is_time() { Unit::Milliseconds } else { Unit::Count }
    }
}

/// Counts so many.
pub fn count(metric: Metric, number: usize) {
    if number > 0 {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        telemetry::measure(metric.name(), metric.unit(), None, number);
    }
}

/// Records a time, in milliseconds.
pub fn time(metric: Metric, millis: i64) {
    telemetry::measure(metric.name(), metric.unit(), None, millis.max(0));
}

/// Counts that an order became what it is now, by a write of this invocation's own.
pub fn became(item: &Item) {
    let (counted, timed) = match item.status {
        Status::Placed => (Metric::OrdersPlaced, None),
        Status::Accepted => (Metric::OrdersAccepted, Some(Metric::TimeToAccepted)),
        Status::PickedUp => (Metric::OrdersPickedUp, None),
        Status::Delivered => (Metric::OrdersDelivered, Some(Metric::TimeToDelivered)),
        Status::Rejected => (Metric::OrdersRejected, None),
        Status::Cancelled => (Metric::OrdersCancelled, None),
    };
    let reason = counted.has_reason().then(|| code(item.reason.as_ref()));
    telemetry::measure(counted.name(), counted.unit(), reason.as_deref(), 1);
    if let Some((timed, last)) = timed.zip(item.timeline.last()) {
        time(timed, last.at.millis_since(item.placed_at));
    }
}

/// Logs and counts the items that a table left out because this version cannot read them.
pub fn left_out(unreadable: &[Error]) {
    for error in unreadable {
        let Error::Unreadable { attribute, id, .. } = error else { continue };
        let order_id = (*attribute == "order_id").then_some(id);
        let item = (*attribute != "order_id").then_some(id);
        let error_type = error.kind();
        tracing::error!(order_id, item, %error, error_type, "an unreadable item is left out");
    }
    count(Metric::OrdersUnreadable, unreadable.len());
}

/// A reason's code, as it is on every wire.
fn code(reason: Option<&Reason>) -> String {
    let reason = serde_json::to_value(reason.unwrap_or(&Reason::Unknown)).unwrap_or_default();
    reason["code"].as_str().unwrap_or_default().to_owned()
}
