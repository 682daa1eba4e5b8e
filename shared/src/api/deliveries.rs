//! What a courier sees of a restaurant's orders.
//!
//! Before somebody has claimed an order, an [`Offer`] says where it goes only roughly; a [`Delivery`], which its
//! courier alone sees, says whom to bring it to. A while after its end, that is gone again.

use serde::{Deserialize, Serialize};

use super::{
    problem::{Problem, ProblemType},
    staff::{Happened, STAFF},
};
use crate::{
    address::DeliveryAddress,
    id::{OrderId, RestaurantId},
    lenient,
    money::{Amount, Currency},
    staff::{Collected, PaidBy},
    status::{Reason, Status},
    text::Note,
    time::Timestamp,
};

/// How long after an order's end its courier still sees whom it was for, in milliseconds.
pub const ADDRESS_AFTERWARDS: i64 = 2 * 3_600_000;
/// How long a shift lasts at most, in milliseconds: it ends by itself.
pub const LONGEST_SHIFT: i64 = 12 * 3_600_000;

/// `GET`: what there is to deliver, a [`Deliveries`]. Needs [`crate::staff::Action::Deliver`].
#[must_use]
pub fn deliveries_path(restaurant: &RestaurantId) -> String {
    format!("{STAFF}/{restaurant}/deliveries")
}

/// `POST` a [`crate::staff::CommandRequest`]: a [`DeliveryReply`]. One can claim what nobody has claimed, and do the
/// rest to what one has claimed. Needs [`crate::staff::Action::Deliver`].
#[must_use]
pub fn delivery_commands_path(restaurant: &RestaurantId, order: OrderId) -> String {
    format!("{STAFF}/{restaurant}/deliveries/{order}/commands")
}

/// `GET`: the [`Shift`] that one is on there or was on last; `POST` a [`ShiftRequest`] to begin or end one: the
/// [`Shift`] then. Needs [`crate::staff::Action::Deliver`].
#[must_use]
pub fn shift_path(restaurant: &RestaurantId) -> String {
    format!("{STAFF}/{restaurant}/shift")
}

/// What there is to deliver for a restaurant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deliveries {
    /// Until when whoever asks is on shift; absent if they are not, and then there are no offers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_shift_until: Option<Timestamp>,
    /// The orders that nobody has claimed, by when they are ready.
    pub offers: Vec<Offer>,
    /// The orders that whoever asks has claimed and that have not ended, the first claimed first.
    pub claimed: Vec<Delivery>,
}

/// An order that waits for a courier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Its id.
    pub order_id: OrderId,
    /// How far it has come: accepted or ready.
    pub status: Status,
    /// How many events have happened to it.
    pub sequence: u32,
    /// When it is ready, as the restaurant has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_at: Option<Timestamp>,
    /// When it should arrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_at: Option<Timestamp>,
    /// Where it goes, roughly: the first half of its postal code, or the town.
    pub district: String,
    /// How many dishes it has.
    pub dishes: u32,
    /// What is to be collected, in minor units.
    pub to_collect: Amount,
    /// The currency of that.
    pub currency: Currency,
}

/// An order that its courier brings, or has brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// What an offer says of it.
    pub order_id: OrderId,
    /// How far it has come.
    pub status: Status,
    /// How many events have happened to it.
    pub sequence: u32,
    /// When it is ready, as the restaurant has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_at: Option<Timestamp>,
    /// When it should arrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_at: Option<Timestamp>,
    /// How many dishes it has.
    pub dishes: u32,
    /// What is to be collected, in minor units.
    pub to_collect: Amount,
    /// The currency of that.
    pub currency: Currency,
    /// What of `to_collect` is the courier's own.
    #[serde(default, skip_serializing_if = "Amount::is_zero")]
    pub tip: Amount,
    /// Whom it is for; absent some time after its end, and once the customer's account is deleted.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::optional_address"
    )]
    pub address: Option<DeliveryAddress>,
    /// What the customer wrote to the restaurant and the courier; absent when the address is.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::optional"
    )]
    pub note: Option<Note>,
    /// Since when it is theirs.
    pub claimed_at: Timestamp,
    /// When they said that they were nearby.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearby_at: Option<Timestamp>,
    /// When they said that they were at the door.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_door_at: Option<Timestamp>,
    /// When it ended, if it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Why it ended, if it did not arrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What the customer paid, as the courier has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collected: Option<Collected>,
}

/// What an order is after a courier's command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryReply {
    /// The order, if whoever sent the command brings it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
}

/// The problem `order-changed` for a courier: the order is no longer what the command is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "DeliveryChangedFields")]
pub struct DeliveryChanged {
    /// The problem's members.
    #[serde(flatten)]
    pub problem: Problem,
    /// What happened to it last.
    pub happened: Happened,
}

/// [`DeliveryChanged`] as it is read, without what is flattened: see [`super::OrderChanged`].
#[derive(Deserialize)]
struct DeliveryChangedFields {
    title: String,
    happened: Happened,
}

impl From<DeliveryChangedFields> for DeliveryChanged {
    fn from(DeliveryChangedFields { title, happened }: DeliveryChangedFields) -> Self {
        Self { problem: Problem::new(ProblemType::OrderChanged, title), happened }
    }
}

/// Begins or ends a courier's shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShiftRequest {
    /// Whether it begins. Beginning one that is on changes nothing.
    pub on: bool,
}

/// A courier's shift in a restaurant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// When it began; absent if there has been none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began_at: Option<Timestamp>,
    /// When it ended or will end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    /// The deliveries that ended in it, the last first.
    pub ended: Vec<Delivery>,
    /// What was collected in it, by currency and by how it was paid.
    pub sums: Vec<Sum>,
}

/// The last shift of somebody in a restaurant, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftRecord {
    /// Where.
    pub restaurant_id: RestaurantId,
    /// When it began.
    pub began_at: Timestamp,
    /// When it ended or will end.
    pub ends_at: Timestamp,
}

/// What was collected in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// How it was paid.
    pub method: PaidBy,
    /// For how many orders.
    pub orders: u32,
    /// How much, in minor units.
    pub amount: Amount,
    /// The currency of that.
    pub currency: Currency,
}
