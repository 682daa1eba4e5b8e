//! What nobody else will do: publish what a crash left unpublished, act when the time has come,
//! cancel what no restaurant answered.

use std::{
    fmt,
    sync::atomic::{AtomicUsize, Ordering},
};

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
    steps::{Outcome, Steps},
};

/// How many orders are seen to at once.
const AT_ONCE: usize = 16;
/// After how many refused events in a row a run stops trying to publish.
const BUS_IS_DOWN_AFTER: usize = 32;
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

    /// Two passes, so that a bus that refuses everything keeps no deadline from being enforced:
    /// first every order's due transition is written, then events are published.
    async fn round(
        &self,
        due: Vec<OrderId>,
        clock: fn() -> Timestamp,
        stop_at: Timestamp,
    ) -> Round {
        let in_time = |_: &_| future::ready(clock() < stop_at);
        let decided = stream::iter(due)
            .take_while(in_time)
            .map(|order_id| self.visit(order_id, clock()))
            .buffer_unordered(AT_ONCE)
            .collect::<Vec<_>>()
            .await;
        let mut round = Round::default();
        let mut unpublished = Vec::new();
        for visit in decided {
            match visit {
                Visit::Done => round.seen_to += 1,
                Visit::Failed => round.failed += 1,
                Visit::Publish(pending) => unpublished.push(pending),
            }
        }
        measure(&unpublished, clock());
        let bus = BusHealth::default();
        let published = stream::iter(unpublished)
            .take_while(|_| future::ready(clock() < stop_at))
            .map(|pending| self.publish(pending, &bus, clock))
            .buffer_unordered(AT_ONCE)
            .collect::<Vec<_>>()
            .await;
        round.failed += published.iter().filter(|published| !**published).count();
        round.seen_to += published.iter().filter(|published| **published).count();
        round
    }

    /// Writes what is due for one order; if that fails, the order waits its turn and starves
    /// nobody.
    async fn visit(&self, order_id: OrderId, now: Timestamp) -> Visit {
        let item = match self.steps.orders.get(order_id).await {
            Ok(Some(item)) => item,
            Ok(None) => return Visit::Done,
            Err(error) => {
                not_seen_to(order_id, &error);
                if matches!(error, Error::Unreadable { .. }) {
                    self.put_off_unread(order_id, now).await;
                }
                return Visit::Failed;
            }
        };
        match self.decide(&item, now).await {
            Ok(visit) => visit,
            Err(error) => {
                not_seen_to(order_id, &error);
                self.put_off(&item, now).await;
                Visit::Failed
            }
        }
    }

    /// Makes the transition that is due, and finds which events have to be published.
    ///
    /// # Errors
    /// [`Error::Outside`] if something may not have been written; writing it again is safe.
    async fn decide(&self, item: &Item, now: Timestamp) -> Result<Visit, Error> {
        let stale = item.unpublished().into_iter().filter(|&sequence| item.is_stale(sequence, now));
        let stale: Vec<u32> = stale.collect();
        let step = restaurants::decide(item, now).or_else(|| delivery::decide(item, now));
        let Some(step) = step else {
            if stale.is_empty() {
                return self.rest(item, now).await.map(|()| Visit::Done);
            }
            let item = Box::new(item.clone());
            return Ok(Visit::Publish(Pending { item, stale, became: None }));
        };
        let (order_id, from, sequence) = (item.order_id, item.status, item.sequence + 1);
        let transition = Transition { order_id, from, step, sequence, cause: Cause::Other, now };
        Ok(match self.steps.orders.advance(&transition).await? {
            Written::Done(item) => Visit::Publish(Pending { item, stale, became: Some(sequence) }),
            Written::Refused(_) => Visit::Done,
        })
    }

    /// Publishes an order's events, oldest first; whether the bus has them all. Once the bus seems
    /// to be down, the others are put off without being tried.
    async fn publish(&self, pending: Pending, bus: &BusHealth, clock: fn() -> Timestamp) -> bool {
        let Pending { item, stale, became } = pending;
        let order_id = item.order_id;
        for &sequence in &stale {
            let fields = json!({"order_id": order_id, "sequence": sequence});
            log::line(Level::Warn, "found unpublished", fields);
        }
        if let Some(sequence) = became {
            let outcome = Outcome::Became(item.status).to_string();
            log::line(Level::Info, &outcome, json!({"order_id": order_id, "sequence": sequence}));
        }
        for sequence in stale.into_iter().chain(became) {
            if bus.is_down() {
                self.put_off(&item, clock()).await;
                return false;
            }
            let result = self.steps.publish(&item, sequence).await;
            bus.note(result.is_ok());
            if let Err(error) = result {
                not_seen_to(order_id, &error);
                self.put_off(&item, clock()).await;
                return false;
            }
        }
        true
    }

    /// Puts off an order that could not be seen to, longer each time, and never beyond its next
    /// act or deadline.
    async fn put_off(&self, item: &Item, now: Timestamp) {
        let tries = item.attention_tries.saturating_add(1);
        let until = now.plus_millis(back_off(tries));
        let due = item.next_attention().filter(|&due| due > now);
        let until = due.map_or(until, |due| due.min(until));
        if let Err(error) = self.steps.orders.put_off(item, Some(until), tries).await {
            let fields = json!({"order_id": item.order_id, "error": error.to_string()});
            log::line(Level::Warn, "not put off", fields);
        }
    }

    async fn put_off_unread(&self, order_id: OrderId, now: Timestamp) {
        metrics::count(Metric::OrdersUnreadable, 1);
        let until = now.plus_millis(LONGEST_BACK_OFF);
        if let Err(error) = self.steps.orders.put_off_unread(order_id, until).await {
            let fields = json!({"order_id": order_id, "error": error.to_string()});
            log::line(Level::Warn, "not put off", fields);
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

/// What a visit to an order came to.
enum Visit {
    /// All that was due is done.
    Done,
    /// It could not be read or written.
    Failed,
    /// Its events have to be published.
    Publish(Pending),
}

/// An order with events that have to be published.
struct Pending {
    item: Box<Item>,
    /// The events whose writers are gone, by sequence.
    stale: Vec<u32>,
    /// The event that this run has just written.
    became: Option<u32>,
}

/// Whether the bus takes events, as far as one run has seen.
#[derive(Default)]
struct BusHealth {
    failures_in_a_row: AtomicUsize,
}

impl BusHealth {
    fn note(&self, published: bool) {
        match published {
            true => self.failures_in_a_row.store(0, Ordering::Relaxed),
            false => _ = self.failures_in_a_row.fetch_add(1, Ordering::Relaxed),
        }
    }

    fn is_down(&self) -> bool {
        self.failures_in_a_row.load(Ordering::Relaxed) >= BUS_IS_DOWN_AFTER
    }
}

/// Counts what was found unpublished, and how old the oldest of it is.
fn measure(unpublished: &[Pending], now: Timestamp) {
    let stale = unpublished.iter().flat_map(|pending| {
        let events = pending.stale.iter().filter_map(|&sequence| pending.item.event(sequence));
        events.map(|event| now.millis_since(event.fact().occurred_at))
    });
    let ages: Vec<i64> = stale.collect();
    metrics::count(Metric::UnpublishedFound, ages.len());
    if let Some(&oldest) = ages.iter().max() {
        metrics::time(Metric::UnpublishedAge, oldest);
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
