//! What a courier has pressed and the server is not known to have carried out: kept until it has, in the order
//! of the presses, so that a courier can go on without a connection.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use shared::{
    Command, Currency, EventName, OrderId, Reason, RestaurantId, Status, Timestamp,
    api::Delivery,
    id::CommandId,
    staff::{Collected, CommandRequest},
};

/// Milliseconds after a press from which it counts as one that could not be sent then.
const AT_ONCE: i64 = 2_000;
/// Milliseconds until what got no answer is sent again, for the first time and at the most.
const RETRY: (i64, i64) = (2_000, 10_000);

/// A press of a courier. It is kept by its event and not as a [`Command`], whose tagged form the page would need
/// another reader for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tap {
    /// Of which restaurant.
    pub(super) restaurant_id: RestaurantId,
    /// For which order.
    pub(super) order_id: OrderId,
    /// The id of its command, however often it is sent.
    pub(super) command_id: CommandId,
    /// When it was pressed.
    pub(super) pressed_at: Timestamp,
    /// What it makes happen.
    pub(super) event: EventName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    collected: Option<Collected>,
    /// The currency of what was collected, which outlives the order's card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) currency: Option<Currency>,
}

impl Tap {
    /// A press at this time.
    pub(super) fn new(
        restaurant_id: RestaurantId,
        order_id: OrderId,
        command_id: CommandId,
        pressed_at: Timestamp,
        command: &Command,
    ) -> Self {
        let collected = match command {
            Command::Deliver { collected } => *collected,
            _ => None,
        };
        let (event, reason) = (command.event(), command.reason().cloned());
        Self {
            restaurant_id,
            order_id,
            command_id,
            pressed_at,
            event,
            reason,
            collected,
            currency: None,
        }
    }

    /// What is sent; `None` for what this version of the page does not know.
    pub(super) fn request(&self, now: Timestamp) -> Option<CommandRequest> {
        let is_late = now.millis_since(self.pressed_at) >= AT_ONCE;
        Some(CommandRequest {
            command_id: self.command_id,
            name: None,
            pressed_at: is_late.then_some(self.pressed_at),
            command: self.command()?,
        })
    }

    /// Whether its order is not the courier's any more once it is carried out.
    pub(super) const fn ends(&self) -> bool {
        matches!(self.event, EventName::Delivered | EventName::Failed | EventName::Released)
    }

    fn command(&self) -> Option<Command> {
        let reason = self.reason.clone();
        Some(match self.event {
            EventName::PickedUp => Command::HandOver,
            EventName::Nearby => Command::Nearby,
            EventName::AtDoor => Command::Arrive,
            EventName::Delivered => Command::Deliver { collected: self.collected },
            EventName::Failed => Command::Fail { reason: reason? },
            EventName::Released => Command::Release { reason: reason? },
            _ => return None,
        })
    }
}

/// The presses of an account, the first pressed first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Taps(Vec<Tap>);

impl Taps {
    /// Whether the server has carried out all of them.
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Tap> {
        self.0.iter()
    }

    /// Adds one.
    pub(super) fn push(&mut self, tap: Tap) {
        self.0.push(tap);
    }

    /// Those for an order.
    pub(super) fn of(&self, order: OrderId) -> impl Iterator<Item = &Tap> {
        self.0.iter().filter(move |tap| tap.order_id == order)
    }

    /// What was collected for an order, as its courier has said.
    pub(super) fn collected(&self, order: OrderId) -> Option<(Collected, Currency)> {
        self.of(order).find_map(|tap| Some((tap.collected?, tap.currency?)))
    }

    /// The next one to send: each waits for those before it of the same order. Nothing of these orders is sent
    /// now.
    pub(super) fn next(&self, without: &BTreeSet<OrderId>) -> Option<&Tap> {
        self.0.iter().find(|tap| !without.contains(&tap.order_id))
    }

    /// Whether this one is here still.
    pub(super) fn has(&self, command: CommandId) -> bool {
        self.0.iter().any(|tap| tap.command_id == command)
    }

    /// The orders that ended by what is not among these any more.
    pub(super) fn ended_without(&self, left: &Self) -> Vec<OrderId> {
        let has_ended = |tap: &&Tap| tap.ends() && !left.has(tap.command_id);
        self.iter().filter(has_ended).map(|tap| tap.order_id).collect()
    }

    /// Removes one that was carried out.
    pub(super) fn remove(&mut self, command: CommandId) {
        self.0.retain(|tap| tap.command_id != command);
    }

    /// Removes those for an order: one was refused, and the others followed from it.
    pub(super) fn remove_of(&mut self, order: OrderId) {
        self.0.retain(|tap| tap.order_id != order);
    }
}

/// Milliseconds until what got no answer is sent again, after so many attempts before the last one.
pub(super) fn back_off(attempts: u32) -> i64 {
    let (first, longest) = RETRY;
    (first << attempts.min(10)).min(longest)
}

/// A delivery as its courier sees it: as if everything pressed were carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Card {
    /// The delivery.
    pub(super) delivery: Delivery,
    /// How far it has come.
    pub(super) stage: Stage,
    /// Whether something of that has yet to be sent.
    pub(super) is_pending: bool,
}

/// How far a delivery has come for its courier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// To be picked up.
    Claimed,
    /// On its way.
    Carried,
    /// On its way, and the customer is told that it is near.
    Nearby,
    /// At the customer's door.
    AtDoor,
    /// The customer has it, it could not be handed over, or it ended otherwise.
    Ended,
    /// Given back to the restaurant.
    Released,
}

impl Card {
    /// A delivery with what was pressed since the server said so.
    pub(super) fn of(delivery: &Delivery, taps: &Taps) -> Self {
        let mut card = Self {
            delivery: delivery.clone(),
            stage: stage(delivery),
            is_pending: taps.of(delivery.order_id).next().is_some(),
        };
        for tap in taps.of(delivery.order_id) {
            card.apply(tap);
        }
        card
    }

    /// What cannot happen to it any more changes nothing: the server will refuse it, or has carried it out.
    fn apply(&mut self, tap: &Tap) {
        let Some(status) = self.delivery.status.after(tap.event) else { return };
        let delivery = &mut self.delivery;
        delivery.status = status;
        match tap.event {
            EventName::Nearby => delivery.nearby_at = Some(tap.pressed_at),
            EventName::AtDoor => delivery.at_door_at = Some(tap.pressed_at),
            EventName::Released => {
                self.stage = Stage::Released;
                return;
            }
            _ => {}
        }
        if status.is_terminal() {
            delivery.ended_at = Some(tap.pressed_at);
            delivery.reason.clone_from(&tap.reason);
            delivery.collected = tap.collected;
        }
        self.stage = stage(delivery);
    }
}

fn stage(delivery: &Delivery) -> Stage {
    match (delivery.status, delivery.at_door_at, delivery.nearby_at) {
        (status, ..) if status.is_terminal() => Stage::Ended,
        (Status::PickedUp, Some(_), _) => Stage::AtDoor,
        (Status::PickedUp, None, Some(_)) => Stage::Nearby,
        (Status::PickedUp, None, None) => Stage::Carried,
        _ => Stage::Claimed,
    }
}

// By its path: a test of the back end reads this file from elsewhere.
#[cfg(test)]
#[path = "taps/tests.rs"]
pub(super) mod tests;
