//! The routes of `/api/staff`: one function each.

mod menus;
mod people;
mod pictures;

use gloo_net::http::Method;
use serde::de::DeserializeOwned;
use shared::{
    OrderId, RestaurantId,
    api::{
        Board, CsvFile, CustomerPhone, Day, Deliveries, Delivery, DeliveryAreasChanged,
        DeliveryAreasRequest, DeliveryChanged, DeliveryReply, FoundOrders, HoursChanged,
        HoursRequest, LiveTicket, Memberships, OrderChanged, OrderHistory, ProblemType,
        RestaurantDelivery, RestaurantHours, STAFF, Shift, ShiftRequest, Ticket, availability_path,
        board_path, commands_path, courier_ticket_path, csv_path, day_path, deliveries_path,
        delivery_commands_path, delivery_path, found_orders_path, hours_path, order_history_path,
        phone_path, shift_path, staff_ticket_path, ticket_path,
    },
    availability::{Availability, AvailabilityChange},
    hours::Date,
    staff::CommandRequest,
};

pub(super) use self::{menus::*, people::*, pictures::*};
use crate::{
    api::{json, reply, signed},
    browser,
    http::{self, ApiError, Reply},
    session::Session,
};

/// Where one is staff.
///
/// # Errors
/// Not signed in; no answer, unavailable, outdated.
pub(super) async fn memberships(session: Session) -> Result<Memberships, ApiError> {
    http::parse(&signed(session, Method::GET, STAFF, None).await?)
}

/// The orders that somebody in the restaurant has to look after.
///
/// # Errors
/// Not staff, not signed in; no answer, unavailable, outdated.
pub(super) async fn board(session: Session, restaurant: &RestaurantId) -> Result<Board, ApiError> {
    http::parse(&signed(session, Method::GET, &board_path(restaurant), None).await?)
}

/// An order of the restaurant.
///
/// # Errors
/// Not staff, not found, not signed in; no answer, unavailable, outdated.
pub(super) async fn ticket(
    session: Session,
    restaurant: &RestaurantId,
    order: OrderId,
) -> Result<Ticket, ApiError> {
    http::parse(&signed(session, Method::GET, &ticket_path(restaurant, order), None).await?)
}

/// A ticket for one WebSocket on which the restaurant's orders are told of.
///
/// # Errors
/// Not staff, not signed in; no answer, unavailable, outdated.
pub(super) async fn live_ticket(
    session: Session,
    restaurant: &RestaurantId,
) -> Result<LiveTicket, ApiError> {
    http::parse(&signed(session, Method::POST, &staff_ticket_path(restaurant), None).await?)
}

/// A ticket for one WebSocket on which the orders are told of all restaurants that one delivers for.
///
/// # Errors
/// No courier, not signed in; no answer, unavailable, outdated.
pub(super) async fn courier_ticket(session: Session) -> Result<LiveTicket, ApiError> {
    http::parse(&signed(session, Method::POST, &courier_ticket_path(), None).await?)
}

/// The customer's phone number; the order's history says who asked.
///
/// # Errors
/// Not allowed, not found, not signed in; no answer, unavailable, outdated.
pub(super) async fn phone(
    session: Session,
    restaurant: &RestaurantId,
    order: OrderId,
) -> Result<CustomerPhone, ApiError> {
    http::parse(&signed(session, Method::POST, &phone_path(restaurant, order), None).await?)
}

/// What became of a command.
pub(super) enum CommandResult {
    /// It was carried out; the order as it is now.
    Done(Box<Ticket>),
    /// Somebody else was first.
    Changed(Box<OrderChanged>),
}

/// Carries out a command; the same again is the same command.
///
/// # Errors
/// Not allowed, not found, not signed in; no answer, unavailable, outdated.
pub(super) async fn command(
    session: Session,
    restaurant: &RestaurantId,
    order: OrderId,
    request: &CommandRequest,
) -> Result<CommandResult, ApiError> {
    let path = commands_path(restaurant, order);
    let reply = reply(session, Method::POST, &path, json(request)).await?;
    if reply.status == ProblemType::OrderChanged.status()
        && let Some(changed) = browser::parse_json::<OrderChanged>(&reply.body)
    {
        return Ok(CommandResult::Changed(Box::new(changed)));
    }
    let ticket = http::parse(&reply.into_body()?)?;
    Ok(CommandResult::Done(Box::new(ticket)))
}

/// What the restaurant cannot do for a while.
///
/// # Errors
/// Not staff, not signed in; no answer, unavailable, outdated.
pub(super) async fn availability(
    session: Session,
    restaurant: &RestaurantId,
) -> Result<Availability, ApiError> {
    http::parse(&signed(session, Method::GET, &availability_path(restaurant), None).await?)
}

/// Changes it; what it is then.
///
/// # Errors
/// Not allowed, not on the menu, not signed in; no answer, unavailable, outdated.
pub(super) async fn change_availability(
    session: Session,
    restaurant: &RestaurantId,
    change: &AvailabilityChange,
) -> Result<Availability, ApiError> {
    let path = availability_path(restaurant);
    http::parse(&signed(session, Method::POST, &path, json(change)).await?)
}

/// What there is to deliver.
///
/// # Errors
/// Not allowed, not staff, not signed in; no answer, unavailable, outdated.
pub(super) async fn deliveries(
    session: Session,
    restaurant: &RestaurantId,
) -> Result<Deliveries, ApiError> {
    http::parse(&signed(session, Method::GET, &deliveries_path(restaurant), None).await?)
}

/// What became of a courier's command.
pub(super) enum DeliveryResult {
    /// It was carried out; the order as it is now, if whoever sent it brings it.
    Done(Option<Box<Delivery>>),
    /// The order is no longer what the command is for.
    Changed(Box<DeliveryChanged>),
}

/// Carries out a courier's command; the same again is the same command.
///
/// # Errors
/// Not allowed, not found, not signed in; no answer, unavailable, outdated.
pub(super) async fn delivery_command(
    session: Session,
    restaurant: &RestaurantId,
    order: OrderId,
    request: &CommandRequest,
) -> Result<DeliveryResult, ApiError> {
    let path = delivery_commands_path(restaurant, order);
    let reply = reply(session, Method::POST, &path, json(request)).await?;
    if reply.status == ProblemType::OrderChanged.status()
        && let Some(changed) = browser::parse_json::<DeliveryChanged>(&reply.body)
    {
        return Ok(DeliveryResult::Changed(Box::new(changed)));
    }
    let DeliveryReply { delivery } = http::parse(&reply.into_body()?)?;
    Ok(DeliveryResult::Done(delivery.map(Box::new)))
}

/// The shift that one is on or was on last.
///
/// # Errors
/// Not allowed, not staff, not signed in; no answer, unavailable, outdated.
pub(super) async fn shift(session: Session, restaurant: &RestaurantId) -> Result<Shift, ApiError> {
    http::parse(&signed(session, Method::GET, &shift_path(restaurant), None).await?)
}

/// Begins or ends it; what it is then.
///
/// # Errors
/// Not allowed, not staff, not signed in; no answer, unavailable, outdated.
pub(super) async fn change_shift(
    session: Session,
    restaurant: &RestaurantId,
    request: ShiftRequest,
) -> Result<Shift, ApiError> {
    let path = shift_path(restaurant);
    http::parse(&signed(session, Method::POST, &path, json(&request)).await?)
}

/// When the restaurant is open.
///
/// # Errors
/// Not allowed, not staff, not signed in; no answer, unavailable, outdated.
pub(super) async fn hours(
    session: Session,
    restaurant: &RestaurantId,
) -> Result<RestaurantHours, ApiError> {
    http::parse(&signed(session, Method::GET, &hours_path(restaurant), None).await?)
}

/// What became of setting something that others may set, too.
pub(super) enum SaveResult<T> {
    /// It is set; what it is now.
    Saved(T),
    /// Somebody else was first; what it is now.
    Changed(T),
}

/// Reads what became of setting something; `current` is what it is now, of the problem that somebody else was first.
fn saved<T: DeserializeOwned, C: DeserializeOwned>(
    reply: Reply,
    changed: ProblemType,
    current: fn(C) -> T,
) -> Result<SaveResult<T>, ApiError> {
    if reply.status == changed.status()
        && let Some(changed) = browser::parse_json(&reply.body)
    {
        return Ok(SaveResult::Changed(current(changed)));
    }
    Ok(SaveResult::Saved(http::parse(&reply.into_body()?)?))
}

/// Sets when the restaurant is open; the same again is the same change.
///
/// # Errors
/// Not allowed, a field that is refused, not signed in; no answer, unavailable, outdated.
pub(super) async fn set_hours(
    session: Session,
    restaurant: &RestaurantId,
    request: &HoursRequest,
) -> Result<SaveResult<RestaurantHours>, ApiError> {
    let reply = reply(session, Method::PUT, &hours_path(restaurant), json(request)).await?;
    saved(reply, ProblemType::HoursChanged, |changed: HoursChanged| changed.current)
}

/// Where the restaurant delivers.
///
/// # Errors
/// Not allowed, not staff, not signed in; no answer, unavailable, outdated.
pub(super) async fn delivery_areas(
    session: Session,
    restaurant: &RestaurantId,
) -> Result<RestaurantDelivery, ApiError> {
    http::parse(&signed(session, Method::GET, &delivery_path(restaurant), None).await?)
}

/// Sets where the restaurant delivers; the same again is the same change.
///
/// # Errors
/// Not allowed, a field that is refused, not signed in; no answer, unavailable, outdated.
pub(super) async fn set_delivery_areas(
    session: Session,
    restaurant: &RestaurantId,
    request: &DeliveryAreasRequest,
) -> Result<SaveResult<RestaurantDelivery>, ApiError> {
    let reply = reply(session, Method::PUT, &delivery_path(restaurant), json(request)).await?;
    saved(reply, ProblemType::DeliveryAreasChanged, |changed: DeliveryAreasChanged| changed.current)
}

/// What a day brought in; today if none is named.
///
/// # Errors
/// Not allowed, no such day yet, not signed in; no answer, unavailable, outdated.
pub(super) async fn day(
    session: Session,
    restaurant: &RestaurantId,
    date: Option<Date>,
) -> Result<Day, ApiError> {
    http::parse(&signed(session, Method::GET, &day_path(restaurant, date), None).await?)
}

/// The orders of the last days with this code, or a part of it.
///
/// # Errors
/// Not allowed, no code, not signed in; no answer, unavailable, outdated.
pub(super) async fn found_orders(
    session: Session,
    restaurant: &RestaurantId,
    code: &str,
) -> Result<FoundOrders, ApiError> {
    http::parse(&signed(session, Method::GET, &found_orders_path(restaurant, code), None).await?)
}

/// All that happened to an order.
///
/// # Errors
/// Not allowed, not found, not signed in; no answer, unavailable, outdated.
pub(super) async fn order_history(
    session: Session,
    restaurant: &RestaurantId,
    order: OrderId,
) -> Result<OrderHistory, ApiError> {
    http::parse(&signed(session, Method::GET, &order_history_path(restaurant, order), None).await?)
}

/// The orders or the dishes of several days as CSV.
///
/// # Errors
/// Not allowed, too many days, not signed in; no answer, unavailable.
pub(super) async fn csv(
    session: Session,
    restaurant: &RestaurantId,
    of: CsvFile,
    from: Date,
    to: Date,
) -> Result<String, ApiError> {
    signed(session, Method::GET, &csv_path(restaurant, of, from, to), None).await
}
