//! The function `delivery`: an accepted order is picked up, and one picked up is delivered.

use serde_json::Value;
use shared::{OrderEvent, Status, Timestamp, event::Incoming};

use super::steps::{Outcome, Steps, Task, report};
use crate::{
    runtime::{error::Error, event},
    store::orders::{Item, Move},
};

/// The function `delivery`.
pub struct Delivery {
    steps: Steps,
}

/// The step that a simulated courier makes of an order that is accepted or picked up.
#[must_use]
pub fn decide(item: &Item, now: Timestamp) -> Option<Move> {
    let to = match item.order.status {
        Status::Accepted => Status::PickedUp,
        Status::PickedUp => Status::Delivered,
        Status::Placed
        | Status::Delivered
        | Status::Rejected
        | Status::Cancelled
        | Status::Unknown => return None,
    };
    (item.act_at? <= now).then_some(Move { to, reason: None })
}

impl Delivery {
    /// The function, with the orders.
    #[must_use]
    pub const fn new(steps: Steps) -> Self {
        Self { steps }
    }

    /// Takes one event from the rules OrderAcceptedRule and OrderPickedUpRule.
    ///
    /// # Errors
    /// [`Error::InvalidEvent`] for what is no order event, [`Error::Dependency`] to be invoked again.
    pub async fn handle(&self, raw: Value, now: Timestamp) -> Result<Value, Error> {
        let outcome = match event::read(&raw)? {
            Incoming::Replayed => Outcome::Replayed,
            Incoming::PlacedElsewhere(_) => Outcome::NotOurs,
            Incoming::Event(event) => self.deliver(&event, now).await?,
        };
        Ok(report(outcome))
    }

    async fn deliver(&self, event: &OrderEvent, now: Timestamp) -> Result<Outcome, Error> {
        let usual = match event.status() {
            Status::Accepted => Status::PickedUp,
            Status::PickedUp => Status::Delivered,
            _ => return Ok(Outcome::NotOurs),
        };
        let fact = event.fact();
        let (order_id, arrived, from) = (fact.order_id, fact.sequence, event.status());
        self.steps.take(Task { order_id, arrived, from, usual, now }, decide).await
    }
}
