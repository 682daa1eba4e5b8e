//! What an order is, what it may become, and how a browser's copy follows the events.

use serde::{Deserialize, Serialize};

pub use crate::{
    address::DeliveryAddress,
    cart::{ChosenOption, OrderLine, Quantity, QuantityError},
    status::{Reason, Status},
};

use crate::{
    event::{EventName, OrderEvent},
    id::{OrderId, RestaurantId},
    lenient,
    money::Amount,
    price::Bill,
    text::{Note, Phone},
    time::Timestamp,
};

/// What a customer asks for: the body of `PUT /api/orders/{order_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderRequest {
    /// Where it is cooked.
    pub restaurant_id: RestaurantId,
    /// What is wanted: 1 to [`OrderRequest::MAX_LINES`] lines.
    pub lines: Vec<OrderLine>,
    /// Where it is brought.
    pub address: DeliveryAddress,
    /// What the restaurant and the courier should know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
    /// What the courier gets on top, in minor units: at most the subtotal.
    #[serde(default, skip_serializing_if = "Amount::is_zero")]
    pub tip: Amount,
    /// How it is paid.
    #[serde(default, skip_serializing_if = "Payment::is_on_delivery")]
    pub payment: Payment,
    /// The total the customer saw, in minor units; if it is no longer right, nothing is placed.
    pub expected_total: Amount,
}

impl OrderRequest {
    /// The most lines an order has.
    pub const MAX_LINES: usize = 50;
}

/// How an order is paid.
///
/// This is the seam for a payment service: a method that is paid in advance becomes a variant
/// that carries the service's token, which the browser gets from the service's own page; the
/// function `api` authorizes it after the order is priced and before it is written, under the
/// order's id as the service's idempotency key; `delivery` captures it when the order is
/// delivered, and whoever ends the order releases it. No card number ever comes through here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payment {
    /// To the courier, at the door.
    #[default]
    OnDelivery,
}

impl Payment {
    /// Whether the courier is paid.
    #[must_use]
    pub const fn is_on_delivery(&self) -> bool {
        matches!(self, Self::OnDelivery)
    }
}

/// An order as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its id.
    pub order_id: OrderId,
    /// How far it has come.
    pub status: Status,
    /// How many events have happened to it, the first being 1; each event adds one.
    pub sequence: u32,
    /// What happened when, oldest first.
    pub timeline: Vec<Step>,
    /// When the customer ordered.
    pub placed_at: Timestamp,
    /// Until when the restaurant has to answer.
    pub accept_by: Timestamp,
    /// When it should arrive, as of the last event; absent for an order of another channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_at: Option<Timestamp>,
    /// When it arrives at the latest, as of the last event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest_at: Option<Timestamp>,
    /// When it should be ready for the courier, as the restaurant has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_at: Option<Timestamp>,
    /// When somebody in the restaurant saw it, before it was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<Timestamp>,
    /// Since when a courier will bring it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_at: Option<Timestamp>,
    /// When the courier was a few minutes away, as they have said; absent for another courier since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearby_at: Option<Timestamp>,
    /// When the courier was at the door, as they have said; absent for another courier since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_door_at: Option<Timestamp>,
    /// The last time that the restaurant promised another time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<Delay>,
    /// Why it ended, if it did not arrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What was ordered; absent for an order placed through another channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basket: Option<Basket>,
}

/// One thing that made an order what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What it became.
    pub status: Status,
    /// When.
    pub at: Timestamp,
}

/// Another time was promised: [`Order::ready_at`] and [`Order::expected_at`] hold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delay {
    /// When it was promised.
    pub at: Timestamp,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// What was ordered, from whom, for where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basket {
    /// Where it is cooked.
    pub restaurant_id: RestaurantId,
    /// What that restaurant was called.
    pub restaurant_name: String,
    /// The restaurant's phone number of then, if it has one.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::optional"
    )]
    pub restaurant_phone: Option<Phone>,
    /// The prices of then.
    pub bill: Bill,
    /// Where it is brought; absent once the customer's account is deleted.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::optional_address"
    )]
    pub address: Option<DeliveryAddress>,
    /// What the restaurant and the courier should know.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::optional"
    )]
    pub note: Option<Note>,
    /// How it is paid.
    #[serde(default, skip_serializing_if = "Payment::is_on_delivery")]
    pub payment: Payment,
}

/// The result of applying an event to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// The event was the next one; the order has advanced.
    Advanced,
    /// The order has it already, or it is of another order.
    Duplicate,
    /// Events before this one are missing: fetch the order.
    Gap,
}

impl Order {
    /// Applies one event to this copy of the order; never moves it backwards.
    pub fn apply(&mut self, event: &OrderEvent) -> Applied {
        let fact = &event.fact;
        if fact.order_id != self.order_id || fact.sequence <= self.sequence {
            return Applied::Duplicate;
        }
        let next = self.status.after(event.name);
        if fact.sequence != self.sequence + 1 || next != Some(fact.order_status) {
            return Applied::Gap;
        }
        self.status = fact.order_status;
        self.sequence = fact.sequence;
        self.ready_at = fact.ready_at.or(self.ready_at);
        self.expected_at = fact.expected_at.or(self.expected_at);
        self.latest_at = fact.latest_at.or(self.latest_at);
        let at = fact.occurred_at;
        match event.name {
            EventName::Seen => self.seen_at = Some(at),
            EventName::Claimed => {
                self.claimed_at = Some(at);
                // What the courier before said.
                (self.nearby_at, self.at_door_at) = (None, None);
            }
            EventName::Released => self.claimed_at = None,
            EventName::Nearby => self.nearby_at = Some(at),
            EventName::AtDoor => self.at_door_at = Some(at),
            EventName::Delayed => self.delay = Some(Delay { at, reason: fact.reason.clone() }),
            _ => {
                self.timeline.push(Step { status: fact.order_status, at });
                self.reason.clone_from(&fact.reason);
            }
        }
        Applied::Advanced
    }

    /// Takes a fetched copy of the same order unless it is older than this one.
    pub fn catch_up(&mut self, fetched: Self) {
        if fetched.order_id == self.order_id && fetched.sequence >= self.sequence {
            *self = fetched;
        }
    }
}
