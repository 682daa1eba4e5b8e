//! When an order that attention did not help is visited again: later each time.

use shared::{OrderId, Timestamp};

use crate::{
    choreography::steps::Steps,
    metrics::{self, Metric},
    runtime::error::Error,
    store::orders::{Item, REPUBLISH_AFTER},
};

/// After how long an order is visited again the first time, in milliseconds.
const FIRST_BACK_OFF: i64 = 5_000;
/// The longest time until it is visited again, in milliseconds.
const MAX_BACK_OFF: i64 = 600_000;

/// Reschedules an order whose visit failed, at the latest for its next act or deadline.
pub(super) async fn after_failure(steps: &Steps, item: &Item, now: Timestamp) {
    let tries = item.attention_tries.saturating_add(1);
    let at = now.plus_millis(back_off(tries));
    let due = item.next_attention().filter(|&due| due > now);
    let at = due.map_or(at, |due| due.min(at));
    if let Err(error) = steps.orders.reschedule(item, Some(at), tries).await {
        tracing::warn!(order_id = %item.order.order_id, %error, "not rescheduled");
    }
}

/// Reschedules an order that this version cannot read.
pub(super) async fn unreadable(steps: &Steps, order_id: OrderId, now: Timestamp) {
    metrics::count(Metric::ItemsUnreadable, 1);
    let at = now.plus_millis(MAX_BACK_OFF);
    if let Err(error) = steps.orders.reschedule_unreadable(order_id, at).await {
        tracing::warn!(%order_id, %error, "not rescheduled");
    }
}

/// Reschedules an order of which nothing is due for the next time that something will be; later
/// each time if it waits for a person.
///
/// # Errors
/// As [`crate::store::orders::Orders::reschedule`].
pub(super) async fn nothing_due(steps: &Steps, item: &Item, now: Timestamp) -> Result<(), Error> {
    let unpublished = item.unpublished().into_iter().filter_map(|sequence| item.event(sequence));
    let republish =
        unpublished.map(|event| event.fact.occurred_at.plus_millis(REPUBLISH_AFTER)).min();
    let next = [republish, item.next_attention()].into_iter().flatten().min();
    match next {
        Some(at) if at <= now => {
            metrics::count(Metric::OrdersOverdue, 1);
            let order_status = item.order.status.name();
            tracing::warn!(order_id = %item.order.order_id, order_status, "overdue");
            let tries = item.attention_tries.saturating_add(1);
            let at = now.plus_millis(back_off(tries));
            steps.orders.reschedule(item, Some(at), tries).await
        }
        // An event that cannot be made is no reason to forget the order.
        None if !item.unpublished.is_empty() => {
            let at = now.plus_millis(MAX_BACK_OFF);
            steps.orders.reschedule(item, Some(at), item.attention_tries).await
        }
        next => steps.orders.reschedule(item, next, item.attention_tries).await,
    }
}

/// Twice as long each time.
fn back_off(tries: u32) -> i64 {
    let doublings = tries.saturating_sub(1).min(16); // far beyond the longest
    (FIRST_BACK_OFF << doublings).min(MAX_BACK_OFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_time_is_twice_as_long_up_to_the_longest() {
        assert_eq!([0, 1, 2, 3].map(back_off), [5_000, 5_000, 10_000, 20_000]);
        for tries in [8, 17, 63, 64, 65, 66, u32::MAX] {
            assert_eq!(back_off(tries), MAX_BACK_OFF, "{tries}");
        }
    }
}
