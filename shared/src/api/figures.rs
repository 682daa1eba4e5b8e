//! What a restaurant took: a day, a report of several, and what happened to one order.
//!
//! An order belongs to the local day on which it was placed. No reply here has a field for a customer's name,
//! address, phone number or note.

use serde::{Deserialize, Serialize};

use super::{
    deliveries::Sum,
    staff::{STAFF, ticket_path},
};
use crate::{
    event::EventName,
    hours::Date,
    id::{DishId, OrderId, RestaurantId},
    money::{Amount, Currency},
    price::Bill,
    staff::{Actor, Collected, StaffName},
    status::{Reason, Status},
    time::Timestamp,
};

/// `GET`: a [`Day`], today if none is named. Needs [`crate::staff::Action::ReadFigures`], as all of these.
#[must_use]
pub fn day_path(restaurant: &RestaurantId, date: Option<Date>) -> String {
    match date {
        Some(date) => format!("{STAFF}/{restaurant}/days/{date}"),
        None => format!("{STAFF}/{restaurant}/days/{TODAY}"),
    }
}

/// `GET`: the orders with this code, [`FoundOrders`]; the code without what an address would have to encode.
#[must_use]
pub fn found_orders_path(restaurant: &RestaurantId, code: &str) -> String {
    format!("{STAFF}/{restaurant}/history?code={code}")
}

/// `GET`: all that happened to an order, an [`OrderHistory`].
#[must_use]
pub fn order_history_path(restaurant: &RestaurantId, order: OrderId) -> String {
    format!("{}/history", ticket_path(restaurant, order))
}

/// `GET`: the [`Report`] of these days, the last included.
#[must_use]
pub fn report_path(restaurant: &RestaurantId, from: Date, to: Date) -> String {
    format!("{STAFF}/{restaurant}/reports?from={from}&to={to}")
}

/// `GET`: the orders of these days, or the dishes that were delivered, as CSV (RFC 4180, with a header).
#[must_use]
pub fn csv_path(restaurant: &RestaurantId, of: CsvFile, from: Date, to: Date) -> String {
    format!("{STAFF}/{restaurant}/reports/{}.csv?from={from}&to={to}", of.name())
}

/// In the path of a day in place of its date: today, by the restaurant's clock.
pub const TODAY: &str = "today";

/// What a CSV file has a row for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CsvFile {
    /// Each order.
    Orders,
    /// Each dish that was delivered, day by day.
    Dishes,
}

impl CsvFile {
    /// Its name in the path.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Dishes => "dishes",
        }
    }

    /// What it is called when it is saved: the files of several restaurants are in one folder.
    #[must_use]
    pub fn file_name(self, restaurant: &RestaurantId, from: Date, to: Date) -> String {
        format!("{}-{restaurant}-{from}-{to}.csv", self.name())
    }
}

/// A local day of a restaurant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// Which.
    pub date: Date,
    /// The day that it is there now: there is no later one.
    pub today: Date,
    /// Its sums.
    pub figures: Figures,
    /// Its orders, newest first.
    pub orders: Vec<OrderRow>,
}

/// The sums of some orders.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// How many were placed.
    pub orders: u32,
    /// How many of them were delivered.
    pub delivered: u32,
    /// How many the restaurant did not take.
    pub declined: u32,
    /// How many ended before a courier had them, whoever ended them.
    pub cancelled: u32,
    /// How many a courier could not hand over.
    pub failed: u32,
    /// How many have not ended.
    pub under_way: u32,
    /// How many were late, as [`OrderRow::is_late`] says; each is counted above, too.
    pub late: u32,
    /// What the delivered ones brought in, by currency; one, unless the restaurant changed its own.
    pub takings: Vec<Takings>,
}

/// What delivered orders brought in, in one currency: `total + difference` is what was collected and `unstated`
/// together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Takings {
    /// The currency of all amounts here.
    pub currency: Currency,
    /// What the orders cost.
    pub total: Amount,
    /// What of that their dishes cost; the rest is delivery, taxes on top and tips.
    pub dishes: Amount,
    /// What of `total` are tips.
    #[serde(default)]
    pub tips: Amount,
    /// What was said to be paid at the door, by how it was paid.
    pub collected: Vec<Sum>,
    /// What was collected beyond what those orders cost; negative if it was less.
    pub difference: Amount,
    /// What the orders cost of which nobody has said what was paid.
    pub unstated: Amount,
    /// The same by courier, by name; those without one are the last.
    #[serde(default)]
    pub couriers: Vec<CourierTakings>,
}

/// What the orders that somebody delivered brought in, in the currency of the [`Takings`] that this is a part of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourierTakings {
    /// Who brought them; `None` if nobody was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub courier: Option<StaffName>,
    /// What was said to be paid at the door, by how it was paid.
    pub collected: Vec<Sum>,
    /// The tips of these orders, paid or not.
    pub tips: Amount,
    /// What the orders cost of which nobody has said what was paid.
    pub unstated: Amount,
}

/// An order in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRow {
    /// Its id.
    pub order_id: OrderId,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// How far it has come.
    pub status: Status,
    /// What it costs.
    pub total: Amount,
    /// The currency of that.
    pub currency: Currency,
    /// Who of the restaurant's staff brings it, or has brought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub courier: Option<StaffName>,
    /// What the customer paid, if that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collected: Option<Collected>,
    /// Whether it ended, in whatever way, or is still under way after the latest time that was promised last.
    /// A delay that was announced in time makes an order no later.
    pub is_late: bool,
    /// When it ended, if it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Why it ended, if it did not arrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// The orders that a search finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundOrders {
    /// Newest first.
    pub orders: Vec<OrderRow>,
}

impl FoundOrders {
    /// How many days back are searched, with today.
    pub const DAYS: u32 = 31;
    /// The fewest digits of a code that are searched for.
    pub const FEWEST_DIGITS: usize = 3;
}

/// All that happened to an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderHistory {
    /// The order.
    pub order: OrderRow,
    /// When it arrives at the latest, as was promised last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest_at: Option<Timestamp>,
    /// What was ordered, and what it cost; without what the customer wrote to the kitchen.
    pub bill: Bill,
    /// What happened, oldest first.
    pub events: Vec<HistoryEvent>,
    /// Who was shown the customer's phone number, first to last.
    pub phone_shown: Vec<PhoneShown>,
}

/// Something that happened to an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEvent {
    /// What.
    pub event: EventName,
    /// When, by the server's clock.
    pub at: Timestamp,
    /// When it was pressed, by the clock of a device that could not send it then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pressed_at: Option<Timestamp>,
    /// Who made it happen.
    pub actor: Actor,
    /// Why, if that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Who brings it from then on, if that is what happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub courier: Option<StaffName>,
    /// When it should be ready, if that was promised with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_at: Option<Timestamp>,
    /// When it should arrive, if that was promised with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_at: Option<Timestamp>,
}

/// That somebody was shown the customer's phone number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneShown {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
}

/// The sums of several days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// The sums of all days.
    pub figures: Figures,
    /// The dishes of all days, what brought in most first.
    pub dishes: Vec<DishTakings>,
    /// Each day, also one without orders.
    pub days: Vec<ReportDay>,
}

impl Report {
    /// The most days of a report.
    pub const MAX_DAYS: u32 = 31;
}

/// A day of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportDay {
    /// Which.
    pub date: Date,
    /// Its sums.
    pub figures: Figures,
    /// Its dishes, what brought in most first.
    pub dishes: Vec<DishTakings>,
}

/// What a dish brought in, of delivered orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DishTakings {
    /// Which dish of the restaurant.
    pub dish_id: DishId,
    /// What the menu called it last.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// What they cost with their options.
    pub takings: Amount,
    /// The currency of that.
    pub currency: Currency,
}
