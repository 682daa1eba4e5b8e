//! What nobody else will do: publish what a crash left unpublished, act when the time has come,
//! cancel what no restaurant answered.

use std::fmt;

use futures_util::{StreamExt, future, stream};
use serde_json::{Value, json};
use shared::{OrderId, Timestamp};

use crate::{
    Context, Error,
    context::ContextError,
    delivery,
    log::{self, Level},
    metrics::{self, Metric},
    orders::{Cause, Item, SHARDS, Transition, Written},
    plan::REPUBLISH_AFTER,
    restaurants,
    steps::Steps,
};

/// How many orders are seen to at once.
const AT_ONCE: usize = 16;
/// How long before its deadline the function stops, in milliseconds.
const STOP_BEFORE: i64 = 5_000;
/// How long an order's attention is put off the first time it was of no avail, in milliseconds.
const FIRST_BACK_OFF: i64 = 5_000;
/// The longest an order's attention is put off, in milliseconds.
const LONGEST_BACK_OFF: i64 = 600_000;

/// The function `watchdog`.
pub struct Watchdog {
    steps: Steps,
}

/// What one round came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Orders that needed attention and got it.
    pub seen_to: usize,
    /// Orders that could not be seen to, and were put off.
    pub failed: usize,
}

impl Round {
    const fn level(&self) -> Level {
        match self {
            Self { seen_to: 0, failed: 0 } => Level::Debug,
            Self { failed: 0, .. } => Level::Info,
            Self { .. } => Level::Warn,
        }
    }
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self { seen_to: 0, failed: 0 } => f.write_str("nothing was due"),
            Self { seen_to, failed: 0 } => write!(f, "{seen_to} seen to"),
            Self { seen_to, failed } => write!(f, "{seen_to} seen to, {failed} put off"),
        }
    }
}

impl Watchdog {
    /// The function with what its context gives it.
    ///
    /// # Errors
    /// [`ContextError`] if a setting is missing or wrong.
    pub fn new(context: &Context) -> Result<Self, ContextError> {
        Ok(Self { steps: Steps { orders: context.orders()?, bus: context.bus()? } })
    }

    /// Makes one round over the orders whose attention is due by `clock`, until shortly before
    /// `deadline`.
    ///
    /// # Errors
    /// [`Error::Outside`] if a shard could not be looked at; the others were.
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
        let round = self.round(due, clock, deadline.plus_millis(-STOP_BEFORE)).await;
        log::outcome(round.level(), &round.to_string());
        match failures.pop() {
            Some(Err(error)) => Err(error),
            _ => Ok(json!({"seen_to": round.seen_to, "failed": round.failed})),
        }
    }

    async fn round(
        &self,
        due: Vec<OrderId>,
        clock: fn() -> Timestamp,
        stop_at: Timestamp,
    ) -> Round {
        let results = stream::iter(due)
            .take_while(|_| future::ready(clock() < stop_at))
            .map(|order_id| self.visit(order_id, clock()))
            .buffer_unordered(AT_ONCE)
            .collect::<Vec<_>>()
            .await;
        let failed = results.iter().filter(|seen_to| !**seen_to).count();
        Round { seen_to: results.len() - failed, failed }
    }

    /// Whether the order was seen to; if not, it waits its turn and starves nobody.
    async fn visit(&self, order_id: OrderId, now: Timestamp) -> bool {
        let item = match self.steps.orders.get(order_id).await {
            Ok(Some(item)) => item,
            Ok(None) => return true,
            Err(error) => {
                not_seen_to(order_id, &error);
                return false;
            }
        };
        let Err(error) = self.see_to(&item, now).await else {
            return true;
        };
        not_seen_to(order_id, &error);
        let tries = item.attention_tries.saturating_add(1);
        let until = now.plus_millis(back_off(tries));
        if let Err(error) = self.steps.orders.put_off(&item, Some(until), tries).await {
            let fields = json!({"order_id": order_id, "error": error.to_string()});
            log::line(Level::Warn, "not put off", fields);
        }
        false
    }

    /// Does all that is due for one order.
    ///
    /// # Errors
    /// [`Error::Outside`] if something may not have been done; doing it again is safe.
    pub async fn see_to(&self, item: &Item, now: Timestamp) -> Result<(), Error> {
        let stale = item.unpublished().into_iter().filter(|&sequence| item.is_stale(sequence, now));
        let stale: Vec<u32> = stale.collect();
        metrics::count(Metric::UnpublishedFound, stale.len());
        for &sequence in &stale {
            let fields = json!({"order_id": item.order_id, "sequence": sequence});
            log::line(Level::Warn, "found unpublished", fields);
            self.steps.publish(item, sequence).await?;
        }
        let step = restaurants::decide(item, now).or_else(|| delivery::decide(item, now));
        let Some(step) = step else {
            return if stale.is_empty() { self.rest(item, now).await } else { Ok(()) };
        };
        let (order_id, from, sequence) = (item.order_id, item.status, item.sequence + 1);
        let transition = Transition { order_id, from, step, sequence, cause: Cause::Other, now };
        match self.steps.orders.advance(&transition).await? {
            Written::Done(item) => {
                let outcome = self.steps.told(&item, sequence).await?;
                log::line(Level::Info, &outcome.to_string(), json!({"order_id": order_id}));
                Ok(())
            }
            Written::Refused(_) => Ok(()),
        }
    }

    /// Nothing is due: attention comes back when something will be, and later each time if what
    /// the order waits for is a person.
    async fn rest(&self, item: &Item, now: Timestamp) -> Result<(), Error> {
        let unpublished =
            item.unpublished().into_iter().filter_map(|sequence| item.event(sequence));
        let republish =
            unpublished.map(|event| event.fact().occurred_at.plus_millis(REPUBLISH_AFTER)).min();
        let next = [republish, item.next_attention()].into_iter().flatten().min();
        match next {
            Some(at) if at <= now => {
                metrics::count(Metric::OrdersOverdue, 1);
                let order_status = item.status.name();
                let fields = json!({"order_id": item.order_id, "order_status": order_status});
                log::line(Level::Warn, "overdue", fields);
                let tries = item.attention_tries.saturating_add(1);
                self.steps.orders.put_off(item, Some(now.plus_millis(back_off(tries))), tries).await
            }
            next => self.steps.orders.put_off(item, next, item.attention_tries).await,
        }
    }
}

fn not_seen_to(order_id: OrderId, error: &Error) {
    let fields =
        json!({"order_id": order_id, "error": error.to_string(), "error_type": error.kind()});
    log::line(error.level(), "not seen to", fields);
}

/// Twice as long each time.
fn back_off(tries: u32) -> i64 {
    FIRST_BACK_OFF
        .saturating_mul(1_i64.checked_shl(tries.saturating_sub(1)).unwrap_or(i64::MAX))
        .min(LONGEST_BACK_OFF)
}
