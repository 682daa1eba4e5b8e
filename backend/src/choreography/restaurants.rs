//! The function `restaurants`: an order that is placed is accepted or rejected.

use serde_json::Value;
use shared::{
    Command, EventName, OrderEvent, OrderId, Status, Timestamp,
    event::{Incoming, PlacedElsewhere},
};

use super::{
    changes::{by_robot, not_answered},
    plan::schedule_of_other_channel,
    steps::{Outcome, Steps, Task, report},
    timing::Timing,
};
use crate::{
    runtime::{error::Error, event},
    store::orders::{Answer, Change, Item, Placement, Written},
};

/// The function `restaurants`.
pub struct Restaurants {
    steps: Steps,
    timing: Timing,
}

/// The change that a simulated kitchen, or the deadline, makes of an order that waits for an answer.
///
/// Past the deadline cancelling wins, whoever asks.
#[must_use]
pub fn decide(item: &Item, now: Timestamp) -> Option<Change> {
    if item.order.status != Status::Placed {
        return None;
    }
    not_answered(item, now).or_else(|| match item.plan.answer.as_ref()? {
        _ if item.act_at? > now => None,
        Answer::Accept => Some(accepted()),
        Answer::Reject { reason } => {
            Some(by_robot(Status::Placed, &Command::Decline { reason: reason.clone() }))
        }
    })
}

fn accepted() -> Change {
    by_robot(Status::Placed, &Command::Accept { minutes: None })
}

impl Restaurants {
    /// The function, with the orders and the timing of simulated kitchens.
    #[must_use]
    pub const fn new(steps: Steps, timing: Timing) -> Self {
        Self { steps, timing }
    }

    /// Takes one event from the rule OrderPlacedRule.
    ///
    /// # Errors
    /// [`Error::InvalidEvent`] for what is no order event, [`Error::Dependency`] to be invoked again.
    pub async fn handle(&self, raw: Value, now: Timestamp) -> Result<Value, Error> {
        let outcome = match event::read(&raw)? {
            Incoming::Replayed => Outcome::Replayed,
            Incoming::PlacedElsewhere(placed) => {
                let order_id = placed.order_id;
                self.create(placed, now).await?;
                self.answer(order_id, now).await?
            }
            Incoming::Event(OrderEvent { name: EventName::Placed, fact }) => {
                self.answer(fact.order_id, now).await?
            }
            Incoming::Event(_) => Outcome::NotOurs,
        };
        Ok(report(outcome))
    }

    async fn answer(&self, order_id: OrderId, now: Timestamp) -> Result<Outcome, Error> {
        let task = Task { order_id, arrived: 1, from: Status::Placed, usual: accepted(), now };
        self.steps.take(task, decide).await
    }

    /// Stores an order that another channel placed, unless it is stored already.
    async fn create(&self, placed: PlacedElsewhere, now: Timestamp) -> Result<Written<()>, Error> {
        let placed_at = event::bus_time(&placed.time)?;
        let schedule = schedule_of_other_channel(&self.timing, now);
        let PlacedElsewhere { order_id, user_id, .. } = placed;
        let placement = Placement { order_id, user_id, placed_at, schedule, order: None };
        self.steps.create(&placement.into_item(now)).await
    }
}
