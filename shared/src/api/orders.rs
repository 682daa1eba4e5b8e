//! What a cart costs, and the list of one's own orders.

use serde::{Deserialize, Serialize};

use crate::{
    hours::OpeningTime,
    id::{OrderId, RestaurantId},
    money::{Amount, Currency},
    order::{OrderLine, Quantity, Status},
    price::Bill,
    text::Text,
    time::Timestamp,
};

/// A page of one's own orders, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orders {
    /// The orders of this page.
    pub orders: Vec<OrderSummary>,
    /// What to send as `cursor` for the next page; absent on the last one. Needs no URL-encoding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// An order as the list shows it: eventually consistent, so its absence proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderSummary {
    /// Its id.
    pub order_id: OrderId,
    /// How far it has come.
    pub status: Status,
    /// How many events have happened to it.
    pub sequence: u32,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// Who cooks it; absent for an order of another channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restaurant_name: Option<String>,
    /// What it costs; absent for an order of another channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Amount>,
    /// In what currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// What was ordered: its first lines, at most [`OrderSummary::MAX_DISHES`]; none for an order of
    /// another channel.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dishes: Vec<SummaryLine>,
    /// How many lines it has beyond those.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_dishes: u32,
}

impl OrderSummary {
    /// The most lines of an order that the list shows.
    pub const MAX_DISHES: usize = 3;
}

const fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// One line of an order as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummaryLine {
    /// What the menu called the dish.
    pub name: String,
    /// How many.
    pub quantity: Quantity,
}

/// What a cart would cost: the body of `POST /api/quotes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuoteRequest {
    /// Where it is cooked.
    pub restaurant_id: RestaurantId,
    /// What is wanted: 1 to [`crate::OrderRequest::MAX_LINES`] lines.
    pub lines: Vec<OrderLine>,
    /// Where it would be brought: a postcode, by whose area it is priced. Without one, by the lowest fee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<Text<16>>,
    /// What the courier would get on top, in minor units: at most the subtotal.
    #[serde(default, skip_serializing_if = "Amount::is_zero")]
    pub tip: Amount,
}

/// What a cart costs now. Nothing remembers it: an order is priced again when it is placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The bill.
    pub bill: Bill,
    /// What the dishes still lack to the smallest order; zero if nothing.
    pub missing: Amount,
    /// Whether the fee and the smallest order depend on a postcode that was not sent: then the fee is the lowest there
    /// is, and nothing is missing.
    #[serde(default)]
    pub depends_on_postcode: bool,
    /// Whether the restaurant takes orders now.
    pub open: bool,
    /// When it opens next, by its own clock, if it is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<OpeningTime>,
}
