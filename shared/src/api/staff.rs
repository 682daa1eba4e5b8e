//! What staff see of a restaurant and its orders.
//!
//! A kitchen needs no name, address or phone number of a customer, so a [`Ticket`] has no field for them.

use serde::{Deserialize, Serialize};

use super::problem::{Problem, ProblemType};
use crate::{
    event::EventName,
    id::{OrderId, RestaurantId, UserId},
    lenient,
    order::{Delay, Order, Payment, Reason, Status},
    price::Bill,
    staff::{Actor, Role, StaffName},
    text::{Note, Phone},
    time::Timestamp,
};

/// `GET`: where one is staff, a [`Memberships`].
pub const STAFF: &str = "/api/staff";

/// `POST`: a ticket for a WebSocket on which the restaurant's orders are told, a
/// [`super::LiveTicket`]. Needs [`crate::staff::Action::ReadOrders`].
#[must_use]
pub fn staff_ticket_path(restaurant: &RestaurantId) -> String {
    format!("{}?restaurant_id={restaurant}", super::LIVE_TICKETS)
}

/// `POST`: the same for all restaurants for which one may deliver. Needs [`crate::staff::Action::Deliver`] in one.
#[must_use]
pub fn courier_ticket_path() -> String {
    format!("{}?purpose=deliveries", super::LIVE_TICKETS)
}

/// `GET`: the orders that somebody in the restaurant has to look after, a [`Board`].
#[must_use]
pub fn board_path(restaurant: &RestaurantId) -> String {
    format!("{STAFF}/{restaurant}/orders")
}

/// `GET`: one order of the restaurant, a [`Ticket`].
#[must_use]
pub fn ticket_path(restaurant: &RestaurantId, order: OrderId) -> String {
    format!("{STAFF}/{restaurant}/orders/{order}")
}

/// `GET`: what the restaurant cannot do for a while, an [`crate::availability::Availability`]; `POST` an
/// [`crate::availability::AvailabilityChange`] to change it.
#[must_use]
pub fn availability_path(restaurant: &RestaurantId) -> String {
    format!("{STAFF}/{restaurant}/availability")
}

/// `POST` a [`crate::staff::CommandRequest`]: the [`Ticket`] as it is then.
#[must_use]
pub fn commands_path(restaurant: &RestaurantId, order: OrderId) -> String {
    format!("{STAFF}/{restaurant}/orders/{order}/commands")
}

/// `POST` without a body: the customer's phone number, a [`CustomerPhone`]; the order's history says who asked.
#[must_use]
pub fn phone_path(restaurant: &RestaurantId, order: OrderId) -> String {
    format!("{STAFF}/{restaurant}/orders/{order}/phone")
}

/// How to call whoever ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerPhone {
    /// Their number, if they gave one.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::optional"
    )]
    pub phone: Option<Phone>,
}

/// Where one is staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memberships {
    /// By the restaurant's id.
    pub memberships: Vec<Membership>,
}

/// That somebody is staff of a restaurant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Of which.
    pub restaurant_id: RestaurantId,
    /// As what.
    pub role: Role,
    /// What they are called in an order's history.
    pub name: StaffName,
}

/// The orders that somebody in a restaurant has to look after: those that have not ended, and those that
/// ended by themselves a moment ago.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// By id, which is by the time at which they were begun.
    pub orders: Vec<Ticket>,
    /// Who can bring them: staff whose role is courier, and others who are on shift. Without any, the
    /// restaurant hands its orders to couriers that are not staff.
    #[serde(default)]
    pub couriers: Vec<Courier>,
}

/// Somebody who can bring orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Courier {
    /// Their id, for [`Command::Assign`](crate::Command::Assign).
    pub user_id: UserId,
    /// What they are called.
    pub name: StaffName,
    /// Until when they are on shift, if they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_shift_until: Option<Timestamp>,
}

/// An order as its kitchen sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its id.
    pub order_id: OrderId,
    /// How far it has come.
    pub status: Status,
    /// How many events have happened to it.
    pub sequence: u32,
    /// When the customer ordered.
    pub placed_at: Timestamp,
    /// Until when the restaurant has to answer.
    pub accept_by: Timestamp,
    /// The minutes that [`Command::Accept`](crate::Command::Accept) without minutes gives the kitchen, rounded
    /// up. They are fixed when the order is placed; the menu may say others by now.
    pub preparation_minutes: u16,
    /// When it should arrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_at: Option<Timestamp>,
    /// When it arrives at the latest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest_at: Option<Timestamp>,
    /// When it should be ready for the courier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_at: Option<Timestamp>,
    /// When somebody in the restaurant saw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<Timestamp>,
    /// Since when a courier will bring it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_at: Option<Timestamp>,
    /// Who brings it, if somebody has claimed it.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::optional"
    )]
    pub courier: Option<StaffName>,
    /// When the courier was at the door, as they have said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_door_at: Option<Timestamp>,
    /// The last time that the restaurant promised another time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<Delay>,
    /// Why it ended, if it did not arrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What is to be cooked, with the prices of then.
    pub bill: Bill,
    /// What the customer wrote to the restaurant and the courier.
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

/// The problem `order-changed`: the order is no longer what the command is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "OrderChangedFields")]
pub struct OrderChanged {
    /// The problem's members.
    #[serde(flatten)]
    pub problem: Problem,
    /// The order as it is.
    pub ticket: Ticket,
    /// What happened to it last.
    pub happened: Happened,
}

/// [`OrderChanged`] as it is read: to read what is flattened, serde buffers it, in a second reader of
/// everything that a problem can have, which the page would have to carry.
#[derive(Deserialize)]
struct OrderChangedFields {
    title: String,
    ticket: Ticket,
    happened: Happened,
}

impl From<OrderChangedFields> for OrderChanged {
    fn from(fields: OrderChangedFields) -> Self {
        let OrderChangedFields { title, ticket, happened } = fields;
        Self { problem: Problem::new(ProblemType::OrderChanged, title), ticket, happened }
    }
}

/// What happened to an order last, and who made it happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    /// What.
    pub event: EventName,
    /// When.
    pub at: Timestamp,
    /// Who made it happen.
    pub actor: Actor,
    /// Who brings the order from then on, if that is what happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub courier: Option<StaffName>,
}

impl Ticket {
    /// The ticket of an order that takes [`Ticket::preparation_minutes`] and that this courier brings; `None` for
    /// an order of another channel, which has no restaurant here.
    #[must_use]
    pub fn of(order: Order, preparation_minutes: u16, courier: Option<StaffName>) -> Option<Self> {
        let basket = order.basket?;
        Some(Self {
            order_id: order.order_id,
            status: order.status,
            sequence: order.sequence,
            placed_at: order.placed_at,
            accept_by: order.accept_by,
            preparation_minutes,
            expected_at: order.expected_at,
            latest_at: order.latest_at,
            ready_at: order.ready_at,
            seen_at: order.seen_at,
            claimed_at: order.claimed_at,
            courier,
            at_door_at: order.at_door_at,
            delay: order.delay,
            reason: order.reason,
            bill: basket.bill,
            note: basket.note,
            payment: basket.payment,
        })
    }
}
