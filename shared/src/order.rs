//! What an order is, what it may become, and how a browser's copy follows the events.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, Unexpected, Visitor},
};

use crate::{
    event::OrderEvent,
    id::{ChoiceId, DishId, GroupId, OrderId, RestaurantId},
    lenient,
    money::Amount,
    price::Bill,
    text::{LineNote, Note, PersonName, Phone, Text},
    time::Timestamp,
};

/// How far an order has come, named as the event that brought it there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Status {
    /// The customer has ordered; the restaurant has not answered.
    #[serde(rename = "order_placed")]
    Placed,
    /// The restaurant is cooking.
    #[serde(rename = "order_accepted")]
    Accepted,
    /// A courier has it.
    #[serde(rename = "order_picked_up")]
    PickedUp,
    /// The customer has it. Final.
    #[serde(rename = "order_delivered")]
    Delivered,
    /// The restaurant said no. Final.
    #[serde(rename = "order_rejected")]
    Rejected,
    /// The customer, or the deadline, ended it before the restaurant answered. Final.
    #[serde(rename = "order_cancelled")]
    Cancelled,
}

impl Status {
    /// Every status, in the order of an order's life.
    pub const ALL: [Self; 6] = [
        Self::Placed,
        Self::Accepted,
        Self::PickedUp,
        Self::Delivered,
        Self::Rejected,
        Self::Cancelled,
    ];

    /// The name on every wire: the event's `detail-type`, the order's status.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Placed => "order_placed",
            Self::Accepted => "order_accepted",
            Self::PickedUp => "order_picked_up",
            Self::Delivered => "order_delivered",
            Self::Rejected => "order_rejected",
            Self::Cancelled => "order_cancelled",
        }
    }

    /// Whether nothing can happen to the order any more.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Delivered | Self::Rejected | Self::Cancelled)
    }

    /// Whether an order of this status may be `next` after one event.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Placed, Self::Accepted | Self::Rejected | Self::Cancelled)
                | (Self::Accepted, Self::PickedUp)
                | (Self::PickedUp, Self::Delivered)
        )
    }
}

/// Why an order was rejected or cancelled: a code with its parameters; the sentence is the page's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case", from = "Code")]
pub enum Reason {
    /// The customer changed their mind while it was free.
    ByCustomer,
    /// The restaurant did not answer in time.
    NotAnswered {
        /// How long it had, in seconds.
        within_seconds: u32,
    },
    /// The restaurant is closed.
    Closed,
    /// The kitchen cannot take another order.
    TooBusy,
    /// The restaurant has run out of something.
    ItemUnavailable,
    /// A reason that a later version knows.
    Unknown,
}

/// A [`Reason`] as it is read: its code with every parameter that any code has.
#[derive(Deserialize)]
struct Code {
    code: String,
    #[serde(default)]
    within_seconds: Option<u32>,
}

impl From<Code> for Reason {
    fn from(read: Code) -> Self {
        match (read.code.as_str(), read.within_seconds) {
            ("by_customer", _) => Self::ByCustomer,
            ("not_answered", Some(within_seconds)) => Self::NotAnswered { within_seconds },
            ("closed", _) => Self::Closed,
            ("too_busy", _) => Self::TooBusy,
            ("item_unavailable", _) => Self::ItemUnavailable,
            _ => Self::Unknown,
        }
    }
}

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

/// One line of a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderLine {
    /// Which dish of the restaurant.
    pub dish_id: DishId,
    /// How many.
    pub quantity: Quantity,
    /// What is chosen with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<ChosenOption>,
    /// What the kitchen should know about this line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<LineNote>,
}

/// A choice made in one of a dish's option groups.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChosenOption {
    /// The group.
    pub group_id: GroupId,
    /// The choice in it.
    pub choice_id: ChoiceId,
}

/// A count of dishes: 1 to 99.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(into = "u8")]
pub struct Quantity(u8);

impl<'de> Deserialize<'de> for Quantity {
    /// So that −1 and 1.5 get the same sentence as 0 and 100.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_u64(QuantityVisitor)
    }
}

struct QuantityVisitor;

impl Visitor<'_> for QuantityVisitor {
    type Value = Quantity;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number from 1 to 99")
    }

    fn visit_u64<E: Error>(self, count: u64) -> Result<Quantity, E> {
        let quantity = u8::try_from(count).ok().and_then(|count| count.try_into().ok());
        quantity.ok_or_else(|| E::invalid_value(Unexpected::Unsigned(count), &self))
    }

    fn visit_i64<E: Error>(self, count: i64) -> Result<Quantity, E> {
        match u64::try_from(count) {
            Ok(count) => self.visit_u64(count),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(count), &self)),
        }
    }
}

/// A quantity that is not 1 to 99.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number from 1 to 99")]
pub struct QuantityError;

impl Quantity {
    /// One.
    pub const ONE: Self = Self(1);
    /// The most of one line.
    pub const MAX: Self = Self(99);

    /// The count.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Quantity {
    type Error = QuantityError;
    fn try_from(count: u8) -> Result<Self, QuantityError> {
        if (1..=99).contains(&count) { Ok(Self(count)) } else { Err(QuantityError) }
    }
}

impl From<Quantity> for u8 {
    fn from(quantity: Quantity) -> u8 {
        quantity.0
    }
}

/// Where an order is brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryAddress {
    /// Who takes it.
    pub name: PersonName,
    /// House and street.
    pub street: Text<120>,
    /// Flat, floor or door code: the second line of the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Text<60>>,
    /// Town.
    pub city: Text<80>,
    /// Postal code, in whatever form the country has; required by an order where
    /// [`crate::country::uses_postcodes`] says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<Text<16>>,
    /// Whom the courier calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
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
    /// Why it ended, if it did not arrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What was ordered; absent for an order placed through another channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basket: Option<Basket>,
}

/// One thing that happened to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What it became.
    pub status: Status,
    /// When.
    pub at: Timestamp,
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

/// What came of folding an event into an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folded {
    /// The event was the next one; the order has advanced.
    Advanced,
    /// The order knew it already, or it is about another order.
    Known,
    /// Events before this one are missing: fetch the order.
    Missed,
}

impl Order {
    /// Folds one event into this copy of the order; never moves it backwards.
    pub fn apply(&mut self, event: &OrderEvent) -> Folded {
        let fact = event.fact();
        if fact.order_id != self.order_id || fact.sequence <= self.sequence {
            return Folded::Known;
        }
        if fact.sequence != self.sequence + 1 || !self.status.may_become(fact.order_status) {
            return Folded::Missed;
        }
        self.status = fact.order_status;
        self.sequence = fact.sequence;
        self.timeline.push(Step { status: fact.order_status, at: fact.occurred_at });
        self.expected_at = fact.expected_at.or(self.expected_at);
        self.latest_at = fact.latest_at.or(self.latest_at);
        self.reason.clone_from(&fact.reason);
        Folded::Advanced
    }

    /// Takes a fetched copy of the same order unless it is older than this one.
    pub fn catch_up(&mut self, fetched: Self) {
        if fetched.order_id == self.order_id && fetched.sequence >= self.sequence {
            *self = fetched;
        }
    }
}
