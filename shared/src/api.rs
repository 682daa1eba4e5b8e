//! The HTTP API: its paths, its replies, and the one shape of its errors.

mod account;
mod deliveries;
mod delivery;
mod figures;
mod hours;
mod legal;
mod menu;
mod orders;
mod people;
mod problem;
mod staff;

use serde::{Deserialize, Serialize};

pub use self::{
    account::{Account, AddressInput, AddressRecord, Addresses},
    deliveries::{
        ADDRESS_AFTERWARDS, Deliveries, Delivery, DeliveryChanged, DeliveryReply, LONGEST_SHIFT,
        Offer, Shift, ShiftRecord, ShiftRequest, Sum, deliveries_path, delivery_commands_path,
        shift_path,
    },
    delivery::{DeliveryAreasChanged, DeliveryAreasRequest, RestaurantDelivery, delivery_path},
    figures::{
        CourierTakings, CsvFile, Day, DishTakings, Figures, FoundOrders, HistoryEvent,
        OrderHistory, OrderRow, PhoneShown, Report, ReportDay, TODAY, Takings, csv_path, day_path,
        found_orders_path, order_history_path, report_path,
    },
    hours::{HoursChanged, HoursRequest, RestaurantHours, hours_path},
    legal::{LegalPage, LegalSection, PageName, PageNameError},
    menu::{
        FileMistake, MAX_MENU_BODY_BYTES, MAX_MENU_BYTES, MenuChanged, MenuFile, MenuFileWrong,
        MenuRequest, MenuSections, MenuVersion, MenuVersions, Picture, PictureRefusal,
        PictureRequest, RestaurantMenu, Upload, menu_file_path, menu_path, menu_version_path,
        menu_versions_path, picture_path, pictures_path,
    },
    orders::{OrderSummary, Orders, Quote, QuoteRequest, SummaryLine},
    people::{
        Acceptance, Invitation, InvitationPreview, InvitationRequest, InvitationToken,
        InvitationTokenError, MEMBERSHIPS, Member, NewInvitation, People, invitation_path,
        invitations_path, member_path, people_path,
    },
    problem::{Problem, ProblemType},
    staff::{
        Board, Courier, CustomerPhone, Happened, Membership, Memberships, OrderChanged, STAFF,
        Ticket, availability_path, board_path, commands_path, courier_ticket_path, phone_path,
        staff_ticket_path, ticket_path,
    },
};
use crate::{
    id::{AddressId, OrderId, RestaurantId},
    menu::Card,
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
/// `POST`: a ticket for the WebSocket, a [`LiveTicket`]; for staff at [`staff_ticket_path`].
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

/// `GET` the [`crate::Order`]; `PUT` an [`crate::OrderRequest`] to place it.
#[must_use]
pub fn order_path(id: OrderId) -> String {
    format!("{ORDERS}/{id}")
}

/// `POST` without a body: the cancelled [`crate::Order`].
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
