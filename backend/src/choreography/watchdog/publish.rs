//! Publishing what the watchdog found unpublished or has just written.

use std::sync::atomic::{AtomicUsize, Ordering};

use shared::Timestamp;

use super::reschedule::after_failure;
use crate::{
    choreography::steps::{Outcome, Steps},
    metrics::{self, Metric},
    store::orders::Item,
};

/// After how many refused events in a row a run stops trying to publish.
const BUS_IS_DOWN_AFTER: usize = 32;

/// An order with events that have to be published.
pub(super) struct Pending {
    pub(super) item: Box<Item>,
    /// The events whose writers have ended, by sequence.
    pub(super) stale: Vec<u32>,
    /// The event that this run has just written.
    pub(super) became: Option<u32>,
}

/// Whether the bus accepts events, as far as one run has seen.
#[derive(Default)]
pub(super) struct BusHealth {
    failures_in_a_row: AtomicUsize,
}

impl BusHealth {
    fn record(&self, published: bool) {
        match published {
            true => self.failures_in_a_row.store(0, Ordering::Relaxed),
            false => _ = self.failures_in_a_row.fetch_add(1, Ordering::Relaxed),
        }
    }

    fn is_down(&self) -> bool {
        self.failures_in_a_row.load(Ordering::Relaxed) >= BUS_IS_DOWN_AFTER
    }
}

/// Publishes an order's events, oldest first; returns whether all are published. Once the bus seems
/// to be down, the others are rescheduled without being tried.
pub(super) async fn publish(
    steps: &Steps,
    pending: Pending,
    bus: &BusHealth,
    clock: fn() -> Timestamp,
) -> bool {
    report(&pending);
    let Pending { mut item, stale, became } = pending;
    for sequence in stale.into_iter().chain(became) {
        if bus.is_down() {
            after_failure(steps, &item, clock()).await;
            return false;
        }
        let result = steps.publish(&item, sequence).await;
        bus.record(result.is_ok());
        if let Err(error) = result {
            let (order_id, error_type) = (item.order.order_id, error.kind());
            tracing::error!(%order_id, %error, error_type, "visit failed");
            after_failure(steps, &item, clock()).await;
            return false;
        }
        // As it is in the table now, so that a later failure reschedules the order.
        item.unpublished.remove(&sequence.to_string());
    }
    true
}

fn report(Pending { item, stale, became }: &Pending) {
    let order_id = item.order.order_id;
    for sequence in stale {
        tracing::warn!(%order_id, sequence, "found unpublished");
    }
    if let Some(sequence) = became {
        tracing::info!(%order_id, sequence, "{}", Outcome::Became(item.order.status));
    }
}

/// Counts what was found unpublished, and measures how old the oldest of it is.
pub(super) fn measure(unpublished: &[Pending], now: Timestamp) {
    let stale = unpublished.iter().flat_map(|pending| {
        let events = pending.stale.iter().filter_map(|&sequence| pending.item.event(sequence));
        events.map(|event| now.millis_since(event.fact.occurred_at))
    });
    let ages: Vec<i64> = stale.collect();
    metrics::count(Metric::UnpublishedFound, ages.len());
    if let Some(&oldest) = ages.iter().max() {
        metrics::time(Metric::UnpublishedAge, oldest);
    }
}
