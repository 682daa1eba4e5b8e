//! What the functions count and time, for CloudWatch.
//!
//! What happens to an order is counted where the write that makes it happen went through
//! ([`crate::choreography::steps`]), and so once, whoever wrote it. (A write whose answer was lost
//! counts nothing: what is counted happened, and now and then something happened that is not
//! counted.) All of an invocation's metrics are in its last line ([`telemetry`]), whose level is
//! then at least `INFO`: Lambda's `ApplicationLogLevel` must let that through.
//!
//! All are in the namespace [`NAMESPACE`] and have the dimension `Stack` (the stack's name); those
//! with a reason are written a second time with the dimensions `Stack` and `Reason`. A count is
//! written only when it is not zero, so missing data means none.
//!
//! The watchdog visits an order that it could not help at least every ten minutes, so an alarm on
//! `UnpublishedFound` or `UnpublishedAge` needs a period of 15 minutes to stay in alarm. That
//! nobody accepts at all is `OrdersPlaced` > 0 while `OrdersAccepted` is 0 (missing) for longer
//! than a restaurant has to answer.

use shared::{EventName, Reason};

pub use crate::runtime::telemetry::NAMESPACE;
use crate::{
    runtime::{
        error::Error,
        telemetry::{self, Unit},
    },
    store::orders::Item,
};

/// The metrics with their names; what one value of each is.
macro_rules! metrics {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// A metric. It is a count, or a time in milliseconds if [`Metric::is_time`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Metric {
            $($(#[$doc])* $name,)*
        }

        impl Metric {
            /// Every metric.
            pub const ALL: [Self; [$(stringify!($name)),*].len()] = [$(Self::$name),*];

            /// The name in CloudWatch.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }
        }
    };
}

metrics! {
    /// Orders written, of customers or another channel.
    OrdersPlaced,
    /// Orders that a restaurant accepted.
    OrdersAccepted,
    /// Orders that a kitchen called ready.
    OrdersReady,
    /// Times that a restaurant promised a later time.
    OrdersDelayed,
    /// Orders that a courier picked up.
    OrdersPickedUp,
    /// Orders delivered.
    OrdersDelivered,
    /// Orders that a restaurant rejected, also by `Reason`.
    OrdersRejected,
    /// Orders cancelled, also by `Reason`: `not_answered` by the deadline, as no restaurant answered
    /// in time, `by_customer`, or a restaurant's.
    OrdersCancelled,
    /// Orders that a courier could not hand over, also by `Reason`.
    OrdersFailed,
    /// One order's time from placed to accepted, in milliseconds.
    TimeToAccepted,
    /// One order's time from placed to delivered, in milliseconds.
    TimeToDelivered,
    /// Pushes that the gateway accepted.
    PushesSent,
    /// Pushes to a connection that is closed, or not open yet (410).
    PushesGone,
    /// Pushes that failed in another way.
    PushesFailed,
    /// Events of which no push to the customer was accepted and at least one failed (a closed connection
    /// alone is none), and the same of the pushes to the restaurant's staff.
    EventsNotPushed,
    /// Events that the bus refused or did not answer, by any function, after the SDK's retries.
    PublishesFailed,
    /// Once per run of the watchdog that found any event unpublished: the age of the oldest, in
    /// milliseconds.
    UnpublishedAge,
    /// Items of any table (an order, an address, a connection) that this version cannot read, once
    /// per read.
    ItemsUnreadable,
    /// Requests and messages refused by a customer's own limit per minute.
    RequestsLimited,
    /// Events that the watchdog found unpublished 30 s or more after they were written.
    UnpublishedFound,
    /// Orders found waiting for a person beyond their time, once per visit.
    OrdersOverdue,
}

impl Metric {
    /// Whether it is a time, of which each value counts; the others are counts, and add up.
    #[must_use]
    pub const fn is_time(self) -> bool {
        matches!(self, Self::TimeToAccepted | Self::TimeToDelivered | Self::UnpublishedAge)
    }

    /// Whether it has the dimension `Reason`.
    #[must_use]
    pub const fn has_reason(self) -> bool {
        matches!(self, Self::OrdersRejected | Self::OrdersCancelled | Self::OrdersFailed)
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

/// Counts what has just happened to an order, by a write of this invocation's own.
pub fn count_event(item: &Item) {
    let (counted, timed) = match item.last_event() {
        EventName::Placed => (Metric::OrdersPlaced, None),
        EventName::Accepted => (Metric::OrdersAccepted, Some(Metric::TimeToAccepted)),
        EventName::Ready => (Metric::OrdersReady, None),
        EventName::PickedUp => (Metric::OrdersPickedUp, None),
        EventName::Delivered => (Metric::OrdersDelivered, Some(Metric::TimeToDelivered)),
        EventName::Rejected => (Metric::OrdersRejected, None),
        EventName::Cancelled => (Metric::OrdersCancelled, None),
        EventName::Failed => (Metric::OrdersFailed, None),
        EventName::Delayed => (Metric::OrdersDelayed, None),
        // This version writes no unknown one.
        EventName::Claimed
        | EventName::Released
        | EventName::Seen
        | EventName::Nearby
        | EventName::AtDoor
        | EventName::Unknown => return,
    };
    let reason = counted.has_reason().then(|| code(item.order.reason.as_ref()));
    telemetry::measure(counted.name(), counted.unit(), reason.as_deref(), 1);
    if let Some((timed, last)) = timed.zip(item.order.timeline.last()) {
        time(timed, last.at.millis_since(item.order.placed_at));
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
    count(Metric::ItemsUnreadable, unreadable.len());
}

/// A reason's code, as it is on every wire.
fn code(reason: Option<&Reason>) -> String {
    let reason = serde_json::to_value(reason.unwrap_or(&Reason::Unknown)).unwrap_or_default();
    reason["code"].as_str().unwrap_or_default().to_owned()
}
