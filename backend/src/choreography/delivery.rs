//! The function `delivery`: an accepted order is picked up, and one picked up is delivered.

use serde_json::Value;
use shared::{Command, OrderEvent, Status, Timestamp, event::Incoming};

use super::{
    changes::by_robot,
    steps::{Outcome, Steps, Task, report},
};
use crate::{
    runtime::{error::Error, event},
    store::orders::{Change, Item},
};

/// The function `delivery`.
pub struct Delivery {
    steps: Steps,
}

/// The change that a simulated courier makes of an order that is accepted or picked up.
#[must_use]
pub fn decide(item: &Item, now: Timestamp) -> Option<Change> {
    let change = usual(item.order.status)?;
    (item.act_at? <= now).then_some(change)
}

/// What a simulated courier does to an order of this status. Only a person says that it is ready.
fn usual(status: Status) -> Option<Change> {
    match status {
        Status::Accepted => Some(by_robot(status, &Command::HandOver)),
        Status::PickedUp => Some(by_robot(status, &Command::Deliver { collected: None })),
        Status::Placed
        | Status::Ready
        | Status::Delivered
        | Status::Rejected
        | Status::Cancelled
        | Status::Failed
        | Status::Unknown => None,
    }
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
        let OrderEvent { name, fact } = event;
        let from = fact.order_status;
        let Some(usual) = usual(from).filter(|_| *name == from.event()) else {
            return Ok(Outcome::NotOurs);
        };
        let (order_id, arrived) = (fact.order_id, fact.sequence);
        self.steps.take(Task { order_id, arrived, from, usual, now }, decide).await
    }
}
