//! The routes of `/api/staff`: one function each.

use gloo_net::http::Method;
use shared::{
    InvitationId, OrderId, RestaurantId, UserId,
    api::{
        Acceptance, Board, CsvFile, CustomerPhone, Day, Deliveries, Delivery, DeliveryAreasChanged,
        DeliveryAreasRequest, DeliveryChanged, DeliveryReply, FileMistake, FoundOrders,
        HoursChanged, HoursRequest, InvitationRequest, LiveTicket, MEMBERSHIPS, Membership,
        Memberships, MenuChanged, MenuFile, MenuFileWrong, MenuRequest, MenuSections, MenuVersions,
        NewInvitation, OrderChanged, OrderHistory, People, Picture, PictureRequest, ProblemType,
        RestaurantDelivery, RestaurantHours, RestaurantMenu, STAFF, Shift, ShiftRequest, Ticket,
        Upload, availability_path, board_path, commands_path, csv_path, day_path, deliveries_path,
        delivery_commands_path, delivery_path, found_orders_path, hours_path, invitation_path,
        invitations_path, member_path, menu_file_path, menu_path, menu_version_path,
        menu_versions_path, order_history_path, people_path, phone_path, picture_path,
        pictures_path, shift_path, staff_ticket_path, ticket_path,
    },
    availability::{Availability, AvailabilityChange},
    hours::Date,
    menu::Section,
    staff::CommandRequest,
};

use crate::{
    api::{call, json, reply, reply_if, signed},
    browser,
    http::{self, ApiError},
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

/// Who is staff of the restaurant, and who is invited.
///
/// # Errors
/// Not allowed, not staff, not signed in; no answer, unavailable, outdated.
pub(super) async fn people(
    session: Session,
    restaurant: &RestaurantId,
) -> Result<People, ApiError> {
    http::parse(&signed(session, Method::GET, &people_path(restaurant), None).await?)
}

/// Invites somebody.
///
/// # Errors
/// Not allowed, too many invitations, a field that is refused, not signed in; no answer, unavailable,
/// outdated.
pub(super) async fn invite(
    session: Session,
    restaurant: &RestaurantId,
    request: &InvitationRequest,
) -> Result<NewInvitation, ApiError> {
    let path = invitations_path(restaurant);
    http::parse(&signed(session, Method::POST, &path, json(request)).await?)
}

/// Withdraws an invitation.
///
/// # Errors
/// Not allowed, not signed in; no answer, unavailable.
pub(super) async fn withdraw(
    session: Session,
    restaurant: &RestaurantId,
    invitation: InvitationId,
) -> Result<(), ApiError> {
    let path = invitation_path(restaurant, invitation);
    signed(session, Method::DELETE, &path, None).await.map(drop)
}

/// Removes somebody from the restaurant's staff.
///
/// # Errors
/// Not allowed, the last owner, not signed in; no answer, unavailable.
pub(super) async fn remove(
    session: Session,
    restaurant: &RestaurantId,
    user: UserId,
) -> Result<(), ApiError> {
    signed(session, Method::DELETE, &member_path(restaurant, user), None).await.map(drop)
}

/// Accepts an invitation, as whoever is signed in.
///
/// # Errors
/// Not valid any more, for another address, not signed in; no answer, unavailable, outdated.
pub(super) async fn accept(
    session: Session,
    acceptance: &Acceptance,
) -> Result<Membership, ApiError> {
    let token = session.id_token().await?;
    let reply = call(Method::POST, MEMBERSHIPS, json(acceptance), Some(&token)).await?;
    http::parse(&reply.into_body()?)
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

/// What became of setting the hours.
pub(super) enum HoursResult {
    /// They are set; what they are now.
    Saved(RestaurantHours),
    /// Somebody else was first; what they are now.
    Changed(RestaurantHours),
}

/// Sets when the restaurant is open; the same again is the same change.
///
/// # Errors
/// Not allowed, a field that is refused, not signed in; no answer, unavailable, outdated.
pub(super) async fn set_hours(
    session: Session,
    restaurant: &RestaurantId,
    request: &HoursRequest,
) -> Result<HoursResult, ApiError> {
    let reply = reply(session, Method::PUT, &hours_path(restaurant), json(request)).await?;
    if reply.status == ProblemType::HoursChanged.status()
        && let Some(changed) = browser::parse_json::<HoursChanged>(&reply.body)
    {
        return Ok(HoursResult::Changed(changed.current));
    }
    Ok(HoursResult::Saved(http::parse(&reply.into_body()?)?))
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

/// What became of setting the areas.
pub(super) enum DeliveryAreasResult {
    /// They are set; what they are now.
    Saved(RestaurantDelivery),
    /// Somebody else was first; what they are now.
    Changed(RestaurantDelivery),
}

/// Sets where the restaurant delivers; the same again is the same change.
///
/// # Errors
/// Not allowed, a field that is refused, not signed in; no answer, unavailable, outdated.
pub(super) async fn set_delivery_areas(
    session: Session,
    restaurant: &RestaurantId,
    request: &DeliveryAreasRequest,
) -> Result<DeliveryAreasResult, ApiError> {
    let reply = reply(session, Method::PUT, &delivery_path(restaurant), json(request)).await?;
    if reply.status == ProblemType::DeliveryAreasChanged.status()
        && let Some(changed) = browser::parse_json::<DeliveryAreasChanged>(&reply.body)
    {
        return Ok(DeliveryAreasResult::Changed(changed.current));
    }
    Ok(DeliveryAreasResult::Saved(http::parse(&reply.into_body()?)?))
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

/// What is published of a menu.
///
/// # Errors
/// Not allowed, not staff, not signed in; no answer, unavailable, outdated.
pub(super) async fn menu(
    session: Session,
    restaurant: &RestaurantId,
) -> Result<RestaurantMenu, ApiError> {
    http::parse(&signed(session, Method::GET, &menu_path(restaurant), None).await?)
}

/// What became of publishing a menu.
pub(super) enum MenuResult {
    /// It is published.
    Published(RestaurantMenu),
    /// Somebody else was first; what is published.
    Changed(RestaurantMenu),
}

/// Publishes a menu in the place of that version; the same again is the same menu.
///
/// # Errors
/// Not allowed, a field that is refused, not signed in; no answer, unavailable, outdated.
pub(super) async fn publish(
    session: Session,
    restaurant: &RestaurantId,
    version: u32,
    sections: Vec<Section>,
) -> Result<MenuResult, ApiError> {
    let request = MenuRequest { sections };
    let tag = format!("\"{version}\"");
    let path = menu_path(restaurant);
    let reply = reply_if(session, Method::PUT, &path, json(&request), Some(&tag)).await?;
    if reply.status == ProblemType::MenuChanged.status()
        && let Some(changed) = browser::parse_json::<MenuChanged>(&reply.body)
    {
        return Ok(MenuResult::Changed(changed.current));
    }
    Ok(MenuResult::Published(http::parse(&reply.into_body()?)?))
}

/// The menus that were published before a version, or all, newest first.
///
/// # Errors
/// Not allowed, not signed in; no answer, unavailable, outdated.
pub(super) async fn menu_versions(
    session: Session,
    restaurant: &RestaurantId,
    before: Option<u32>,
) -> Result<MenuVersions, ApiError> {
    let path = menu_versions_path(restaurant, before);
    http::parse(&signed(session, Method::GET, &path, None).await?)
}

/// A menu that was published.
///
/// # Errors
/// Not allowed, no such version, not signed in; no answer, unavailable, outdated.
pub(super) async fn menu_version(
    session: Session,
    restaurant: &RestaurantId,
    version: u32,
) -> Result<RestaurantMenu, ApiError> {
    let path = menu_version_path(restaurant, version);
    http::parse(&signed(session, Method::GET, &path, None).await?)
}

/// What is published as TOML.
///
/// # Errors
/// Not allowed, not signed in; no answer, unavailable, outdated.
pub(super) async fn menu_file(
    session: Session,
    restaurant: &RestaurantId,
) -> Result<String, ApiError> {
    let body = signed(session, Method::GET, &menu_file_path(restaurant), None).await?;
    Ok(http::parse::<MenuFile>(&body)?.text)
}

/// The menu in a file, or what is wrong with the file.
///
/// # Errors
/// Not allowed, too large, not signed in; no answer, unavailable, outdated.
pub(super) async fn read_menu_file(
    session: Session,
    restaurant: &RestaurantId,
    text: String,
) -> Result<Result<Vec<Section>, Vec<FileMistake>>, ApiError> {
    let request = json(&MenuFile { text });
    let reply = reply(session, Method::POST, &menu_file_path(restaurant), request).await?;
    if reply.status == ProblemType::MenuFileWrong.status()
        && let Some(wrong) = browser::parse_json::<MenuFileWrong>(&reply.body)
    {
        return Ok(Err(wrong.mistakes));
    }
    Ok(Ok(http::parse::<MenuSections>(&reply.into_body()?)?.sections))
}

/// Where to send a picture.
///
/// # Errors
/// Not allowed, a field that is refused, not signed in; no answer, unavailable, outdated.
pub(super) async fn new_upload(
    session: Session,
    restaurant: &RestaurantId,
    request: &PictureRequest,
) -> Result<Upload, ApiError> {
    let path = pictures_path(restaurant);
    http::parse(&signed(session, Method::POST, &path, json(request)).await?)
}

/// The picture that is made of one that was sent.
///
/// # Errors
/// Not a picture, not allowed, not signed in; no answer, unavailable, outdated.
pub(super) async fn uploaded(
    session: Session,
    restaurant: &RestaurantId,
    upload: &Upload,
) -> Result<Picture, ApiError> {
    let path = picture_path(restaurant, upload.upload_id);
    http::parse(&signed(session, Method::POST, &path, None).await?)
}
