//! One step of an order: the transition, its event, and what is done when another was there first.
//!
//! The order of things is always the same: write the transition with its event in one item; publish
//! the event; mark it as published. A crash after any of these leaves an item that says what is
//! still to be done, and whoever reads it next does it.

use std::fmt;

use serde_json::{Value, json};
use shared::{OrderId, Status, Timestamp, UserId};
use tracing::Level;

use crate::{
    metrics::{self, Metric},
    runtime::{error::Error, telemetry},
    store::{
        bus::Bus,
        orders::{Cause, Change, Item, Orders, Transition, Written},
        people::People,
    },
};

/// The table and the bus that a step needs.
pub struct Steps {
    /// Where the order is stored.
    pub orders: Orders,
    /// Where its events are published.
    pub bus: Bus,
}

/// The outcome of an invocation that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The order is now this.
    Became(Status),
    /// The order was this already, and its event may not have been published.
    Republished(Status),
    /// The order was this already, and its event is published or will be.
    NoChange(Status),
    /// It is not time yet, when the watchdog acts; or a person acts.
    Waiting,
    /// There is no such order.
    UnknownOrder,
    /// An archive's replay; nothing is done twice.
    Replayed,
    /// The event is none of this service's.
    NotOurs,
}

/// What a service does upon an event: the step that the order most often takes next.
#[derive(Debug, Clone)]
pub struct Task {
    /// Which order.
    pub order_id: OrderId,
    /// The sequence of the event that arrived.
    pub arrived: u32,
    /// What that event made the order.
    pub from: Status,
    /// What most often happens to the order next.
    pub usual: Change,
    /// When this happens.
    pub now: Timestamp,
}

impl Steps {
    /// Writes a customer's new order, unless its id is taken, if the account is open.
    ///
    /// # Errors
    /// As [`Orders::place`].
    pub async fn place(
        &self,
        people: &People,
        user: UserId,
        item: &Item,
    ) -> Result<Written<()>, Error> {
        let written = self.orders.place(people, user, item).await?;
        Ok(written.inspect(|()| metrics::count_event(item)))
    }

    /// Writes a new order of another channel, unless its id is taken.
    ///
    /// # Errors
    /// As [`Orders::create`].
    pub async fn create(&self, item: &Item) -> Result<Written<()>, Error> {
        Ok(self.orders.create(item).await?.inspect(|()| metrics::count_event(item)))
    }

    /// Moves an order on, if it is as the transition expects.
    ///
    /// # Errors
    /// As [`Orders::advance`].
    pub async fn advance(&self, transition: &Transition) -> Result<Written<Box<Item>>, Error> {
        Ok(self.orders.advance(transition).await?.inspect(|item| metrics::count_event(item)))
    }

    /// Makes the order's next step. Writes first; only if the order is not as expected, does what
    /// `decide` says of it as it is.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not have been done; doing it again is safe.
    pub async fn take(
        &self,
        task: Task,
        decide: impl Fn(&Item, Timestamp) -> Option<Change>,
    ) -> Result<Outcome, Error> {
        let usual = task.transition(task.usual.clone(), Cause::Event);
        let conflict = match self.advance(&usual).await? {
            Written::Done(item) => return self.publish_step(&item, task.arrived + 1).await,
            Written::Conflict(item) => item,
        };
        let Some(item) = conflict else {
            return Ok(Outcome::UnknownOrder);
        };
        if item.order.sequence != task.arrived {
            return self.resolve_conflict(&item, &task).await;
        }
        let Some(change) = decide(&item, task.now) else {
            return Ok(Outcome::Waiting);
        };
        match self.advance(&task.transition(change, Cause::EventAndOrder)).await? {
            Written::Done(item) => self.publish_step(&item, task.arrived + 1).await,
            Written::Conflict(Some(item)) => self.resolve_conflict(&item, &task).await,
            Written::Conflict(None) => Ok(Outcome::UnknownOrder),
        }
    }

    /// Publishes event `sequence` of an order just moved.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not be published.
    async fn publish_step(&self, item: &Item, sequence: u32) -> Result<Outcome, Error> {
        self.publish(item, sequence).await?;
        Ok(Outcome::Became(item.order.status))
    }

    /// Publishes an event that is not known to be published. That it could not be marked as
    /// published is no error: the watchdog will publish it once more.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not be published.
    pub async fn publish(&self, item: &Item, sequence: u32) -> Result<(), Error> {
        let Some(event) = item.event(sequence) else {
            return Ok(());
        };
        if let Err(error) = self.bus.publish(&event).await {
            metrics::count(Metric::PublishesFailed, 1);
            return Err(error);
        }
        if let Err(error) = self.orders.mark_published(item, sequence).await {
            let order_id = item.order.order_id;
            tracing::warn!(%order_id, sequence, %error, "published, and not marked as published");
        }
        Ok(())
    }

    /// Publishes an event that is written already, so that nobody's answer depends on it: what cannot
    /// be published now, the watchdog publishes.
    pub async fn publish_now_or_later(&self, item: &Item, sequence: u32) {
        if !item.unpublished.contains_key(&sequence.to_string()) {
            return;
        }
        if let Err(error) = self.publish(item, sequence).await {
            tracing::warn!(sequence, %error, "left to the watchdog");
        }
    }

    /// The step was made before. If this very task made it (its answer was lost, and the SDK
    /// retried), or so long ago that its writer has ended, its event may not be published;
    /// otherwise its writer is publishing it.
    async fn resolve_conflict(&self, item: &Item, task: &Task) -> Result<Outcome, Error> {
        let next = task.arrived + 1;
        let unpublished = item.unpublished.contains_key(&next.to_string());
        let ours = item.event(next).is_some_and(|event| event.fact.occurred_at == task.now);
        if unpublished && (ours || item.is_stale(next, task.now)) {
            self.publish(item, next).await?;
            return Ok(Outcome::Republished(item.order.status));
        }
        Ok(Outcome::NoChange(item.order.status))
    }
}

impl Task {
    const fn transition(&self, change: Change, cause: Cause) -> Transition {
        let &Self { order_id, arrived, from, now, .. } = self;
        Transition { order_id, from, change, sequence: arrived + 1, cause, attend_by: None, now }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Became(status) => write!(f, "became {}", status.name()),
            Self::Republished(status) => write!(f, "published again, already {}", status.name()),
            Self::NoChange(status) => write!(f, "no change: already {}", status.name()),
            Self::Waiting => f.write_str("not time yet"),
            Self::UnknownOrder => f.write_str("no such order"),
            Self::Replayed => f.write_str("a replay: nothing is done twice"),
            Self::NotOurs => f.write_str("an event that this service does not act on"),
        }
    }
}

/// Records the outcome of an event, and returns it to whoever invoked the function.
#[must_use]
pub fn report(outcome: Outcome) -> Value {
    let outcome = outcome.to_string();
    telemetry::outcome(Level::INFO, &outcome);
    json!({"outcome": outcome})
}
