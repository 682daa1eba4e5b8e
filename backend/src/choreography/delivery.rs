//! The courier's side: an accepted order is picked up, and one picked up is delivered.

use serde_json::Value;
use shared::{OrderEvent, Status, Timestamp, event::Incoming};

use crate::{
    Context, Error,
    context::ContextError,
    incoming,
    orders::{Item, Move},
    steps::{Outcome, Steps, Task, report},
};

/// The function `delivery`.
pub struct Delivery {
    steps: Steps,
}

/// What a simulated courier makes of an order that is cooked, or under way.
#[must_use]
pub fn decide(item: &Item, now: Timestamp) -> Option<Move> {
    let to = match item.status {
        Status::Accepted => Status::PickedUp,
        Status::PickedUp => Status::Delivered,
        Status::Placed | Status::Delivered | Status::Rejected | Status::Cancelled => return None,
    };
    (item.act_at? <= now).then_some(Move { to, reason: None })
}

impl Delivery {
    /// The function with what its context gives it.
    ///
    /// # Errors
    /// [`ContextError`] if a setting is missing or wrong.
    pub fn new(context: &Context) -> Result<Self, ContextError> {
        Ok(Self { steps: Steps { orders: context.orders()?, bus: context.bus()? } })
    }

    /// Takes one event from the rules OrderAcceptedRule and OrderPickedUpRule.
    ///
    /// # Errors
    /// [`Error::Poison`] for what is no order event, [`Error::Outside`] to be invoked again.
    pub async fn handle(&self, raw: Value, now: Timestamp) -> Result<Value, Error> {
        let outcome = match incoming::read(&raw)? {
            Incoming::Replayed => Outcome::Replayed,
            Incoming::PlacedElsewhere(_) => Outcome::NotOurs,
            Incoming::Event(event) => self.carry(&event, now).await?,
        };
        Ok(report(outcome))
    }

    async fn carry(&self, event: &OrderEvent, now: Timestamp) -> Result<Outcome, Error> {
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
