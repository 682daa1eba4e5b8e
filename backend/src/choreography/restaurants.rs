//! The restaurant's side: an order that is placed is accepted or rejected.

use serde_json::Value;
use shared::{
    OrderEvent, OrderId, Reason, Status, Timestamp,
    event::{Incoming, PlacedElsewhere},
};

use crate::{
    Context, Error,
    context::{ContextError, Timing},
    incoming,
    orders::{Item, Move, Placement, Written},
    plan::{Answer, Outlook},
    steps::{Outcome, Steps, Task, report},
};

/// The function `restaurants`.
pub struct Restaurants {
    steps: Steps,
    timing: Timing,
}

/// What a simulated kitchen, or the deadline, makes of an order that waits for an answer.
///
/// Past the deadline cancelling wins, whoever asks.
#[must_use]
pub fn decide(item: &Item, now: Timestamp) -> Option<Move> {
    if item.status != Status::Placed {
        return None;
    }
    if item.accept_by <= now {
        let reason = Reason::NotAnswered { within_seconds: item.plan.accept_within };
        return Some(Move { to: Status::Cancelled, reason: Some(reason) });
    }
    match item.plan.answer.as_ref()? {
        _ if item.act_at? > now => None,
        Answer::Accept => Some(Move { to: Status::Accepted, reason: None }),
        Answer::Reject { reason } => {
            Some(Move { to: Status::Rejected, reason: Some(reason.clone()) })
        }
    }
}

impl Restaurants {
    /// The function with what its context gives it.
    ///
    /// # Errors
    /// [`ContextError`] if a setting is missing or wrong.
    pub fn new(context: &Context) -> Result<Self, ContextError> {
        let steps = Steps { orders: context.orders()?, bus: context.bus()? };
        Ok(Self { steps, timing: context.timing()? })
    }

    /// Takes one event from the rule OrderPlacedRule.
    ///
    /// # Errors
    /// [`Error::Poison`] for what is no order event, [`Error::Outside`] to be invoked again.
    pub async fn handle(&self, raw: Value, now: Timestamp) -> Result<Value, Error> {
        let outcome = match incoming::read(&raw)? {
            Incoming::Replayed => Outcome::Replayed,
            Incoming::PlacedElsewhere(placed) => {
                let order_id = placed.order_id;
                self.create(placed, now).await?;
                self.answer(order_id, now).await?
            }
            Incoming::Event(OrderEvent::OrderPlaced(fact)) => {
                self.answer(fact.order_id, now).await?
            }
            Incoming::Event(_) => Outcome::NotOurs,
        };
        Ok(report(outcome))
    }

    async fn answer(&self, order_id: OrderId, now: Timestamp) -> Result<Outcome, Error> {
        let task =
            Task { order_id, arrived: 1, from: Status::Placed, usual: Status::Accepted, now };
        self.steps.take(task, decide).await
    }

    /// Another channel placed this order: it becomes ours, unless it is already.
    async fn create(&self, placed: PlacedElsewhere, now: Timestamp) -> Result<Written<()>, Error> {
        let placed_at = incoming::bus_time(&placed.time)?;
        let outlook = Outlook::elsewhere(&self.timing, now);
        let PlacedElsewhere { order_id, user_id, .. } = placed;
        let placement = Placement { order_id, user_id, placed_at, outlook, order: None };
        self.steps.orders.create(&Item::new(placement, now)).await
    }
}
