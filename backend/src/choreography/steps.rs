//! One step of an order: the transition, its event, and what is done when another was there first.
//!
//! The order of things is always the same: write the transition with its event in one item; tell
//! the bus; note that the bus knows. A crash after any of these leaves an item that says what is
//! still to be done, and whoever looks at it next does it.

use std::fmt;

use serde_json::{Value, json};
use shared::{OrderId, Status, Timestamp};

use crate::{
    Error,
    bus::Bus,
    log::{self, Level},
    metrics::{self, Metric},
    orders::{Cause, Item, Move, Orders, Transition, Written},
};

/// The two things a step needs.
pub struct Steps {
    /// Where the order is.
    pub orders: Orders,
    /// Where it is told.
    pub bus: Bus,
}

/// What came of an invocation: all of these are “done”.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The order is now this.
    Became(Status),
    /// The order was this already, and the bus may not have known.
    Republished(Status),
    /// The order was this already, and the bus knows.
    NoChange(Status),
    /// It is not time yet: the watchdog acts when it is.
    Waiting,
    /// There is no such order.
    UnknownOrder,
    /// An archive's replay; nothing is done twice.
    Replayed,
    /// The event is none of this service's.
    NotOurs,
}

/// What a service takes on: the event's order, and the step it makes unless the order says otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Task {
    /// Which order.
    pub order_id: OrderId,
    /// The sequence of the event that arrived.
    pub arrived: u32,
    /// What that event made the order.
    pub from: Status,
    /// What the order most often becomes next.
    pub usual: Status,
    /// When this happens.
    pub now: Timestamp,
}

impl Steps {
    /// Makes the order's next step. Writes first; reads only if that is refused, and then does
    /// what `decide` says of the order as it is.
    ///
    /// # Errors
    /// [`Error::Outside`] if it may not have been done; doing it again is safe.
    pub async fn take(
        &self,
        task: Task,
        decide: impl Fn(&Item, Timestamp) -> Option<Move>,
    ) -> Result<Outcome, Error> {
        let usual = Move { to: task.usual, reason: None };
        let refused = match self.orders.advance(&task.transition(usual, Cause::Event)).await? {
            Written::Done(item) => return self.publish_step(&item, task.arrived + 1).await,
            Written::Refused(refused) => refused,
        };
        let Some(item) = refused else {
            return Ok(Outcome::UnknownOrder);
        };
        if item.sequence != task.arrived {
            return self.looked_at(&item, task).await;
        }
        let Some(step) = decide(&item, task.now) else {
            return Ok(Outcome::Waiting);
        };
        match self.orders.advance(&task.transition(step, Cause::EventAndOrder)).await? {
            Written::Done(item) => self.publish_step(&item, task.arrived + 1).await,
            Written::Refused(Some(item)) => self.looked_at(&item, task).await,
            Written::Refused(None) => Ok(Outcome::UnknownOrder),
        }
    }

    /// Publishes event `sequence` of an order just moved, and notes it.
    ///
    /// # Errors
    /// [`Error::Outside`] if the bus may not have it.
    pub async fn publish_step(&self, item: &Item, sequence: u32) -> Result<Outcome, Error> {
        self.publish(item, sequence).await?;
        Ok(Outcome::Became(item.status))
    }

    /// Publishes an event that the bus is not known to have. That it could not be noted is no
    /// error: the watchdog will publish it once more.
    ///
    /// # Errors
    /// [`Error::Outside`] if the bus may not have it.
    pub async fn publish(&self, item: &Item, sequence: u32) -> Result<(), Error> {
        let Some(event) = item.event(sequence) else {
            return Ok(());
        };
        if let Err(error) = self.bus.publish(&event).await {
            metrics::count(Metric::PublishesFailed, 1);
            return Err(error);
        }
        if let Err(error) = self.orders.settle(item, sequence).await {
            log::line(
                Level::Warn,
                "published, and could not note it",
                json!({"order_id": item.order_id, "sequence": sequence, "error": error.to_string()}),
            );
        }
        Ok(())
    }

    /// The step was made before. If this very task made it (its answer was lost, and the SDK asked
    /// again), or so long ago that its writer is gone, the bus may not have its event; otherwise
    /// its writer is seeing to that.
    async fn looked_at(&self, item: &Item, task: Task) -> Result<Outcome, Error> {
        let next = task.arrived + 1;
        let unpublished = item.unpublished.contains_key(&next.to_string());
        let ours = item.event(next).is_some_and(|event| event.fact().occurred_at == task.now);
        if unpublished && (ours || item.is_stale(next, task.now)) {
            self.publish(item, next).await?;
            return Ok(Outcome::Republished(item.status));
        }
        Ok(Outcome::NoChange(item.status))
    }
}

impl Task {
    const fn transition(self, step: Move, cause: Cause) -> Transition {
        let Self { order_id, arrived, from, now, .. } = self;
        Transition { order_id, from, step, sequence: arrived + 1, cause, now }
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

/// Notes what came of an event, and says it to whoever invoked the function.
#[must_use]
pub fn report(outcome: Outcome) -> Value {
    let outcome = outcome.to_string();
    log::outcome(Level::Info, &outcome);
    json!({"outcome": outcome})
}
