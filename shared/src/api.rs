//! The HTTP API: its paths, its replies, and the one shape of its errors.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{
    hours::LocalTime,
    id::{AddressId, OrderId, RestaurantId, UserId},
    lenient,
    menu::Card,
    money::{Amount, Currency},
    order::{DeliveryAddress, Order, OrderLine, Quantity, Status},
    price::Bill,
    text::Text,
    time::Timestamp,
};

/// `GET`: the list of restaurants, a [`Restaurants`].
pub const RESTAURANTS: &str = "/api/restaurants";
/// `GET`: the shop's own texts, each a [`LegalPage`] under [`page_path`].
pub const PAGES: &str = "/api/pages";
/// `GET`: one's own orders, an [`Orders`].
pub const ORDERS: &str = "/api/orders";
/// `POST` a [`QuoteRequest`]: what a cart costs now, a [`Quote`]. Needs no account.
pub const QUOTES: &str = "/api/quotes";
/// `GET`: the addresses kept for one's account, an [`Addresses`].
pub const ADDRESSES: &str = "/api/addresses";
/// `GET`: all that is kept of oneself, an [`Account`]; `DELETE` to have it deleted.
pub const ACCOUNT: &str = "/api/account";
/// `DELETE`: every WebSocket of one's own is closed, and opens again only for whoever signs in
/// anew; called after signing out everywhere and after setting a new password.
pub const SESSIONS: &str = "/api/sessions";
/// `POST`: a ticket for the WebSocket, a [`LiveTicket`].
pub const LIVE_TICKETS: &str = "/api/live-tickets";
/// The query parameter that is part of the catalog's key in every cache: a value that no cache has
/// seen fetches the catalog from the function, which ignores it.
pub const CATALOG_VERSION: &str = "v";
/// The largest body of a request, in bytes, after decoding base64.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// `GET`: one restaurant with its menu, a [`crate::menu::Restaurant`].
#[must_use]
pub fn restaurant_path(id: &RestaurantId) -> String {
    format!("{RESTAURANTS}/{id}")
}

/// `GET`: the text of that name, a [`LegalPage`].
#[must_use]
pub fn page_path(name: PageName) -> String {
    format!("{PAGES}/{}", name.as_str())
}

/// `GET` the [`Order`]; `PUT` an [`crate::OrderRequest`] to place it.
#[must_use]
pub fn order_path(id: OrderId) -> String {
    format!("{ORDERS}/{id}")
}

/// `POST` without a body: the cancelled [`Order`].
#[must_use]
pub fn cancel_path(id: OrderId) -> String {
    format!("{ORDERS}/{id}/cancel")
}

/// `PUT` an [`AddressInput`] to save or replace it; `DELETE` to remove it.
#[must_use]
pub fn address_path(id: AddressId) -> String {
    format!("{ADDRESSES}/{id}")
}

/// `GET`: the next page of all that is kept of oneself.
#[must_use]
pub fn account_path(cursor: Option<&str>) -> String {
    match cursor {
        Some(cursor) => format!("{ACCOUNT}?cursor={cursor}"),
        None => ACCOUNT.to_owned(),
    }
}

/// `GET`: the next page of one's own orders.
#[must_use]
pub fn orders_path(cursor: Option<&str>) -> String {
    match cursor {
        Some(cursor) => format!("{ORDERS}?cursor={cursor}"),
        None => ORDERS.to_owned(),
    }
}

/// The restaurants one can order from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restaurants {
    /// By name; at most 200.
    pub restaurants: Vec<Card>,
}

/// The name of a text that the shop's owner writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PageName {
    /// What is stored of customers, why, and for how long.
    Privacy,
    /// The terms of an order.
    Terms,
}

impl PageName {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Privacy, Self::Terms];

    /// The name in the path, in the catalog's folder and in the table.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Privacy => "privacy",
            Self::Terms => "terms",
        }
    }
}

impl FromStr for PageName {
    type Err = PageNameError;
    fn from_str(text: &str) -> Result<Self, PageNameError> {
        Self::ALL.into_iter().find(|name| name.as_str() == text).ok_or(PageNameError)
    }
}

/// A text that names no page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be privacy or terms")]
pub struct PageNameError;

/// A text that the shop's owner writes, such as the privacy notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalPage {
    /// Its heading.
    pub title: String,
    /// Its sections, in order; at least one.
    pub sections: Vec<LegalSection>,
}

/// A part of a [`LegalPage`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalSection {
    /// Its heading; absent for what stands before the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// Its paragraphs in order, plain text without line breaks; at least one.
    pub paragraphs: Vec<String>,
}

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
    /// Whether the restaurant takes orders now.
    pub open: bool,
    /// When it opens next, by its own clock, if it is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<LocalTime>,
}

/// An address to save for an account: the body of `PUT /api/addresses/{address_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressInput {
    /// What the customer calls it: `Home`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Text<40>>,
    /// The address.
    pub address: DeliveryAddress,
}

/// The saved addresses of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addresses {
    /// In the order in which they were first saved; at most [`Addresses::MAX`].
    pub addresses: Vec<AddressRecord>,
}

impl Addresses {
    /// The most addresses that are kept for an account.
    pub const MAX: usize = 20;
}

/// A saved address with its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressRecord {
    /// Its id.
    pub address_id: AddressId,
    /// What the customer calls it.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::optional"
    )]
    pub label: Option<Text<40>>,
    /// The address.
    #[serde(deserialize_with = "lenient::address")]
    pub address: DeliveryAddress,
}

/// All that is kept of a customer, a page of orders at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The customer.
    pub user_id: UserId,
    /// Since when the account is closed: deleting it has begun, and asking again completes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// Every saved address.
    pub addresses: Vec<AddressRecord>,
    /// The orders of this page, newest first, whole.
    pub orders: Vec<Order>,
    /// What to send as `cursor` for the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// Permission to open one WebSocket: sent as `?ticket=…`, spent by the handshake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveTicket {
    /// 256 random bits in unpadded base64url (RFC 4648, section 5).
    pub ticket: String,
    /// When it can no longer be spent: 60 s after it was made.
    pub expires_at: Timestamp,
}

/// `/config.json`: what the page must know about the place it runs at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteConfig {
    /// Where Cognito's JSON API is: an address, or a path on this site.
    pub cognito_endpoint: String,
    /// The id of the user pool client that sessions belong to. It writes no email address.
    pub client_id: String,
    /// The id of the user pool client that writes email addresses: it signs up, and changes the
    /// address of whoever has typed the current password.
    pub email_client_id: String,
    /// Where confirmation codes can be read, on a laptop without a mail server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailbox: Option<String>,
    /// Whether kitchens and couriers are simulated faster than real time.
    #[serde(default)]
    pub demo_pace: bool,
}

/// An error of ours: `application/problem+json` (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What kind it is; stable.
    #[serde(rename = "type", default)]
    pub kind: ProblemType,
    /// What is wrong and what to do: one sentence in English, for developers and logs.
    pub title: String,
    /// The HTTP status, repeated.
    pub status: u16,
    /// The field at fault: `lines[2].quantity`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// With `price-changed`: what the order costs now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill: Option<Box<Bill>>,
    /// With `restaurant-closed`: when it opens next, by its own clock, if it ever does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<LocalTime>,
    /// With `order-under-way`: the orders that have not ended, or whose end is not published yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<OrderId>,
    /// With `too-many-requests`: after how many seconds to try again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// With `order-already-placed` and `too-late-to-cancel`: the order as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Box<Order>>,
}

impl Problem {
    /// A problem of this kind with its usual status.
    #[must_use]
    pub fn new(kind: ProblemType, title: impl Into<String>) -> Self {
        let (title, status) = (title.into(), kind.status());
        Self {
            kind,
            title,
            status,
            field: None,
            bill: None,
            opens: None,
            orders: Vec::new(),
            retry_after: None,
            order: None,
        }
    }

    /// The same problem, pointing at a field of the request.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}

/// The kinds of problem: the `type` of RFC 9457, a URI that is compared and never fetched.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub enum ProblemType {
    /// The body is not JSON, or not in UTF-8.
    #[serde(rename = "urn:tiffin:problem:malformed-json")]
    MalformedJson,
    /// A field is missing, unknown, or holds what it must not; `field` names it.
    #[serde(rename = "urn:tiffin:problem:invalid-field")]
    InvalidField,
    /// The body is over [`MAX_BODY_BYTES`].
    #[serde(rename = "urn:tiffin:problem:body-too-large")]
    BodyTooLarge,
    /// The address of the request names nothing here.
    #[serde(rename = "urn:tiffin:problem:not-found")]
    NotFound,
    /// No such restaurant.
    #[serde(rename = "urn:tiffin:problem:unknown-restaurant")]
    UnknownRestaurant,
    /// The restaurant does not sell that dish.
    #[serde(rename = "urn:tiffin:problem:unknown-dish")]
    UnknownDish,
    /// The dish has run out.
    #[serde(rename = "urn:tiffin:problem:sold-out")]
    SoldOut,
    /// The options chosen are not those the dish offers.
    #[serde(rename = "urn:tiffin:problem:invalid-options")]
    InvalidOptions,
    /// The subtotal is below what the restaurant takes.
    #[serde(rename = "urn:tiffin:problem:below-minimum")]
    BelowMinimum,
    /// The total is above what an order may cost.
    #[serde(rename = "urn:tiffin:problem:above-maximum")]
    AboveMaximum,
    /// The restaurant takes no orders now; `opens` says when it does.
    #[serde(rename = "urn:tiffin:problem:restaurant-closed")]
    RestaurantClosed,
    /// As many addresses are kept as can be.
    #[serde(rename = "urn:tiffin:problem:too-many-addresses")]
    TooManyAddresses,
    /// The account cannot be deleted while `orders` are under way.
    #[serde(rename = "urn:tiffin:problem:order-under-way")]
    OrderUnderWay,
    /// The account is being deleted and accepts no changes.
    #[serde(rename = "urn:tiffin:problem:account-closed")]
    AccountClosed,
    /// The total is not the expected one; `bill` holds the new one, and nothing was placed.
    #[serde(rename = "urn:tiffin:problem:price-changed")]
    PriceChanged,
    /// This id is another order of yours; `order` holds it.
    #[serde(rename = "urn:tiffin:problem:order-already-placed")]
    OrderAlreadyPlaced,
    /// This id is in use.
    #[serde(rename = "urn:tiffin:problem:order-id-taken")]
    OrderIdTaken,
    /// No order of yours has this id.
    #[serde(rename = "urn:tiffin:problem:order-not-found")]
    OrderNotFound,
    /// The restaurant has answered; `order` holds the order as it is.
    #[serde(rename = "urn:tiffin:problem:too-late-to-cancel")]
    TooLateToCancel,
    /// Not signed in, or no longer.
    #[serde(rename = "urn:tiffin:problem:not-signed-in")]
    NotSignedIn,
    /// Signed in, and not allowed.
    #[serde(rename = "urn:tiffin:problem:forbidden")]
    Forbidden,
    /// A newer connection has taken this one's place: a customer has no more than twenty.
    #[serde(rename = "urn:tiffin:problem:too-many-connections")]
    TooManyConnections,
    /// Too many requests; `retry_after` says when to try again.
    #[serde(rename = "urn:tiffin:problem:too-many-requests")]
    TooManyRequests,
    /// Something on our side failed; sending the same again is safe.
    #[serde(rename = "urn:tiffin:problem:unavailable")]
    Unavailable,
    /// A kind that a later version knows.
    #[default]
    #[serde(other, rename = "about:blank")]
    Unknown,
}

impl ProblemType {
    /// The HTTP status that goes with it (RFC 9110, section 15).
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::MalformedJson => 400,
            Self::NotSignedIn => 401,
            Self::Forbidden => 403,
            Self::NotFound | Self::OrderNotFound => 404,
            Self::RestaurantClosed
            | Self::TooManyAddresses
            | Self::OrderUnderWay
            | Self::AccountClosed
            | Self::PriceChanged
            | Self::OrderAlreadyPlaced
            | Self::OrderIdTaken
            | Self::TooManyConnections
            | Self::TooLateToCancel => 409,
            Self::BodyTooLarge => 413,
            Self::InvalidField
            | Self::UnknownRestaurant
            | Self::UnknownDish
            | Self::SoldOut
            | Self::InvalidOptions
            | Self::BelowMinimum
            | Self::AboveMaximum => 422,
            Self::TooManyRequests => 429,
            Self::Unknown => 500,
            Self::Unavailable => 503,
        }
    }
}
