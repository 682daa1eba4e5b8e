//! The function `watchdog`: publishes what a crash left unpublished, acts when the time has come,
//! and cancels what no restaurant answered.

mod publish;
mod reschedule;
mod summary;
mod visit;

use futures_util::{StreamExt, future, stream};
use serde_json::{Value, json};
use shared::{OrderId, Timestamp};

use super::steps::Steps;
use crate::{
    runtime::{error::Error, telemetry},
    store::orders::SHARDS,
};
use publish::{BusHealth, measure, publish};
use summary::Summary;
use visit::{Visit, visit};

/// How many orders are visited at once.
const CONCURRENCY: usize = 16;
/// How long before its deadline the function stops, in milliseconds.
const STOP_BEFORE: i64 = 5_000;

/// The function `watchdog`.
pub struct Watchdog {
    steps: Steps,
}

impl Watchdog {
    /// The function, with the orders.
    #[must_use]
    pub const fn new(steps: Steps) -> Self {
        Self { steps }
    }

    /// Visits the orders whose attention is due by `clock`, until shortly before `deadline`.
    ///
    /// # Errors
    /// [`Error::Dependency`] if a shard of the index could not be read; the others were.
    pub async fn handle(
        &self,
        clock: fn() -> Timestamp,
        deadline: Timestamp,
    ) -> Result<Value, Error> {
        let now = clock();
        let shards =
            future::join_all((0..SHARDS).map(|shard| self.steps.orders.due(shard, now))).await;
        let (due, mut failures): (Vec<_>, Vec<_>) = shards.into_iter().partition(Result::is_ok);
        let due: Vec<OrderId> = due.into_iter().flatten().flatten().collect();
        let summary = self.visit_all(due, clock, deadline.plus_millis(-STOP_BEFORE)).await;
        telemetry::outcome(summary.level(), &summary.to_string());
        match failures.pop() {
            Some(Err(error)) => Err(error),
            _ => Ok(json!({"seen_to": summary.seen_to, "failed": summary.failed})),
        }
    }

    /// Two passes, so that a bus that refuses everything keeps no deadline from being enforced:
    /// first every order's due transition is written, then events are published.
    async fn visit_all(
        &self,
        due: Vec<OrderId>,
        clock: fn() -> Timestamp,
        stop_at: Timestamp,
    ) -> Summary {
        let visits = stream::iter(due)
            .take_while(|_| future::ready(clock() < stop_at))
            .map(|order_id| visit(&self.steps, order_id, clock()))
            .buffer_unordered(CONCURRENCY)
            .collect::<Vec<_>>()
            .await;
        let mut summary = Summary::default();
        let mut unpublished = Vec::new();
        for visit in visits {
            match visit {
                Visit::Done => summary.seen_to += 1,
                Visit::Failed => summary.failed += 1,
                Visit::Publish(pending) => unpublished.push(pending),
            }
        }
        measure(&unpublished, clock());
        let bus = BusHealth::default();
        let published = stream::iter(unpublished)
            .take_while(|_| future::ready(clock() < stop_at))
            .map(|pending| publish(&self.steps, pending, &bus, clock))
            .buffer_unordered(CONCURRENCY)
            .collect::<Vec<_>>()
            .await;
        summary.failed += published.iter().filter(|published| !**published).count();
        summary.seen_to += published.iter().filter(|published| **published).count();
        summary
    }
}
