//! The function `watchdog`: publishes what a crash left unpublished, acts when the time has come,
//! and cancels what no restaurant answered.

mod publish;
mod reschedule;
mod summary;
mod visit;

use std::time::Duration;

use futures_util::{StreamExt, future, stream};
use serde_json::{Value, json};
use shared::{OrderId, Timestamp};
use tokio::time::timeout;

use super::steps::Steps;
use crate::{
    runtime::{error::Error, telemetry},
    store::orders::{MAX_DUE, SHARDS},
};
use publish::{BusHealth, measure, publish};
use summary::Summary;
use visit::{Visit, visit};

/// How many orders are visited at once.
const CONCURRENCY: usize = 16;
/// How long before its deadline the function begins no further visit, in milliseconds.
const STOP_BEFORE: i64 = 5_000;
/// How long before its deadline a visit that is not done fails, in milliseconds: its calls may wait
/// longer than the function has, and a function that is killed leaves no log line and no metrics.
const END_BEFORE: i64 = 1_000;

/// One query of every shard, and a visit to each order found.
struct Round {
    summary: Summary,
    /// Whether a shard may have more orders that are due.
    is_cut_off: bool,
    /// Why a shard could not be read.
    unread_shard: Option<Error>,
}

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
        let stop_at = deadline.plus_millis(-STOP_BEFORE);
        let mut round = self.round(clock, deadline).await;
        let mut summary = round.summary;
        // More orders are due than one query of a shard returns.
        while round.is_cut_off && round.summary.handled > 0 && clock() < stop_at {
            round = self.round(clock, deadline).await;
            summary.add(round.summary);
        }
        telemetry::outcome(summary.level(), &summary.to_string());
        match round.unread_shard {
            Some(error) => Err(error),
            None => Ok(json!({"handled": summary.handled, "failed": summary.failed})),
        }
    }

    async fn round(&self, clock: fn() -> Timestamp, deadline: Timestamp) -> Round {
        let now = clock();
        let shards = (0..SHARDS).map(|shard| self.steps.orders.due(shard, now));
        let (mut due, mut unread_shard): (Vec<Vec<OrderId>>, _) = (Vec::new(), None);
        for shard in future::join_all(shards).await {
            match shard {
                Ok(orders) => due.push(orders),
                Err(error) => unread_shard = Some(error),
            }
        }
        let is_cut_off = due.iter().any(|orders| orders.len() >= MAX_DUE);
        let due = due.into_iter().flatten().collect();
        Round { summary: self.visit_all(due, clock, deadline).await, is_cut_off, unread_shard }
    }

    /// Two passes, so that a bus that refuses everything keeps no deadline from being enforced:
    /// first every order's due transition is written, then events are published.
    async fn visit_all(
        &self,
        due: Vec<OrderId>,
        clock: fn() -> Timestamp,
        deadline: Timestamp,
    ) -> Summary {
        let stop_at = deadline.plus_millis(-STOP_BEFORE);
        let time_left = || {
            let millis = deadline.plus_millis(-END_BEFORE).millis_since(clock());
            Duration::from_millis(millis.try_into().unwrap_or_default())
        };
        let visits = stream::iter(due)
            .take_while(|_| future::ready(clock() < stop_at))
            .map(|order_id| timeout(time_left(), visit(&self.steps, order_id, clock())))
            .buffer_unordered(CONCURRENCY)
            .collect::<Vec<_>>()
            .await;
        let mut summary = Summary::default();
        let mut unpublished = Vec::new();
        for visit in visits {
            match visit {
                Ok(Visit::Done) => summary.handled += 1,
                Ok(Visit::Failed) | Err(_) => summary.failed += 1,
                Ok(Visit::Publish(pending)) => unpublished.push(pending),
            }
        }
        measure(&unpublished, clock());
        let bus = BusHealth::default();
        let published = stream::iter(unpublished)
            .take_while(|_| future::ready(clock() < stop_at))
            .map(|pending| timeout(time_left(), publish(&self.steps, pending, &bus, clock)))
            .buffer_unordered(CONCURRENCY)
            .collect::<Vec<_>>()
            .await;
        let succeeded = published.iter().filter(|published| **published == Ok(true)).count();
        summary.handled += succeeded;
        summary.failed += published.len() - succeeded;
        summary
    }
}
