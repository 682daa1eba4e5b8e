//! Every text of the counter.

mod actions;
mod availability;
mod courier_shift;
mod deliveries;
mod delivery_areas;
mod figures;
mod hours;
mod menu;
mod people;
mod taps;

use shared::{
    Command, OrderId, Reason, RestaurantId, Status, Timestamp,
    api::{Courier, Membership, ProblemType, Ticket},
    staff::{Action, Role, may},
};

use super::board::Column;
use crate::{
    components::ErrorTexts,
    http::ApiError,
    text::{counted, format::countdown, isolated, order::number},
};

mod texts {
    pub const TITLE: &str = "Counter";
    pub const BROKEN: &str = "Something went wrong. Orders are safe. Reload to go on.";
    pub const SIGN_IN_TITLE: &str = "Sign in to the counter";
    pub const LEAD: &str = "For restaurant staff. Use the account you were invited with.";
    pub const OFFICE: &str = "Office";
    pub const SIGN_OUT: &str = "Sign out";
    pub const NOT_FOUND_HINT: &str = "Check the link, or go to the counter.";
    pub const CHOOSE: &str = "Your restaurants";
    pub const MY_RESTAURANTS: &str = "Your restaurants";
    pub const SWITCH: &str = "Switch restaurant";
    pub const SWITCH_PATH: &str = "/counter?choose";
    pub const NO_RESTAURANT: &str = "You’re not on a team yet";
    pub const NO_RESTAURANT_HINT: &str =
        "Ask the restaurant’s owner to invite you, then open the link they send.";
    pub const NOT_STAFF: &str = "You’re not on this team";
    pub const NOT_STAFF_HINT: &str = "Ask the restaurant’s owner to invite you.";

    pub const NOT_LOADED: &str = "Orders didn’t load. Trying again…";
    pub const NO_SHIFT: &str = "This tablet is silent. Start your shift to hear new orders.";
    pub const START_SHIFT: &str = "Start shift";
    pub const SILENT: &str = "This tablet is silent. Turn on sound to hear new orders.";
    pub const SOUND_ON: &str = "Turn on sound";
    pub const DID_YOU_HEAR: &str = "Did you hear the chime?";
    pub const HEARD: &str = "Yes";
    pub const PLAY_AGAIN: &str = "No, play again";
    pub const VOLUME_HINT: &str = "Turn up the tablet’s media volume, and turn off Do Not Disturb.";
    pub const SHIFT_ON: &str = "On shift. New orders ring here.";
    pub const CANNOT_RING: &str = "Offline. New orders can’t ring here.";
    pub const NO_RESTAURANT_OPEN: &str =
        "Choose a restaurant: new orders don’t ring here until then.";
    pub const END_SHIFT: &str = "End shift";
    pub const SILENCE: &str = "Silence";

    pub const READY: &str = "Ready";
    pub const HAND_OVER: &str = "Handed over";
    pub const DELIVERED: &str = "Delivered";
    pub const REMOVE: &str = "Dismiss";
    pub const SHOW_PHONE: &str = "Show phone number";
    pub const NO_PHONE: &str = "No phone number given";
    pub const ENDED: &str = "off the board";
    pub const RAN_OUT: &str = "Sold out…";
    pub const RAN_OUT_TITLE: &str = "What’s sold out?";
    pub const ALLERGENS_NOT_LOADED: &str = "Allergens not loaded";
    pub const ALLERGENS_UNKNOWN: &str = "Allergens unavailable";
    pub const LATER: &str = "Delay";
    pub const LATER_HINT: &str = "The customer sees the new time.";
    pub const ASSIGN: &str = "Courier";
    pub const ASSIGN_HINT: &str = "They see the order right away.";
}
pub(super) use self::{
    actions::*, availability::*, courier_shift::*, deliveries::*, delivery_areas::*, figures::*,
    hours::*, menu::*, people::*, taps::*, texts::*,
};

/// What the counter says of errors.
pub(super) const ERRORS: ErrorTexts = ErrorTexts { hint, home: ("/counter", MY_RESTAURANTS) };

/// What to do about an error in place of a page.
fn hint(error: &ApiError) -> &'static str {
    match error {
        ApiError::NoAnswer => "You’re offline, or Tiffin isn’t responding.",
        ApiError::Outdated => "Reload to get the newest version.",
        ApiError::Problem(problem) => match problem.kind {
            ProblemType::NotSignedIn | ProblemType::Forbidden => {
                "Your session has ended. Sign in again."
            }
            ProblemType::TooManyRequests => "Try again in a few seconds.",
            ProblemType::Unavailable => "Something failed on our side. It’s safe to try again.",
            _ => NOT_FOUND_HINT,
        },
    }
}

/// Where somebody begins in a restaurant: at its board, or at what there is to deliver.
pub(super) fn start_path(member: &Membership) -> String {
    match may(member.role, Action::ReadOrders) {
        true => board_path(&member.restaurant_id),
        false => deliveries_path(&member.restaurant_id),
    }
}

/// Those of somebody's restaurants that they may deliver for.
pub(super) fn couriers(memberships: Vec<Membership>) -> Vec<Membership> {
    memberships.into_iter().filter(|it| may(it.role, Action::Deliver)).collect()
}

/// Whether somebody begins at what there is to deliver for all of their restaurants: couriers of several.
pub(super) fn begins_at_all(memberships: &[Membership]) -> bool {
    let is_courier =
        |it: &Membership| may(it.role, Action::Deliver) && !may(it.role, Action::ReadOrders);
    memberships.len() > 1 && memberships.iter().all(is_courier)
}

/// The address of a restaurant's board.
pub(super) fn board_path(restaurant: &RestaurantId) -> String {
    format!("/counter/{restaurant}")
}

/// Whether an address is that of a page of the office.
pub(super) fn is_of_office(path: &str) -> bool {
    let page = path.split('/').nth(3).unwrap_or_default();
    !matches!(page, "" | "deliveries")
}

/// What leads to the board: `Orders`, `Orders (2 new)`.
pub(super) fn orders_link(new: usize) -> String {
    match new {
        0 => ORDERS.to_owned(),
        new => format!("{ORDERS} ({new} new)"),
    }
}

/// The title of the board's tab: new orders show in it.
pub(super) fn board_title(new: usize, restaurant: &str) -> String {
    match new {
        0 => restaurant.to_owned(),
        new => format!("({new}) {restaurant}"),
    }
}

/// Who is signed in.
pub(super) fn signed_in_as(email: &str) -> String {
    format!("You’re signed in as {email}.")
}

/// What somebody is in a restaurant.
pub(super) const fn role(role: Role) -> &'static str {
    match role {
        Role::Owner => "Owner",
        Role::Manager => "Manager",
        Role::Kitchen => "Kitchen",
        Role::Courier => "Courier",
    }
}

/// The name of a column, and what it says when it is empty.
pub(super) const fn column(column: Column) -> (&'static str, &'static str) {
    match column {
        Column::New => ("New", "No new orders"),
        Column::Kitchen => ("In the kitchen", "Nothing to cook"),
        Column::Ready => ("Ready", "Nothing to hand over"),
        Column::OnTheWay => ("On the way", "Nothing on its way"),
    }
}

/// A column's part of an element's id.
pub(super) const fn column_id(column: Column) -> &'static str {
    match column {
        Column::New => "new",
        Column::Kitchen => "kitchen",
        Column::Ready => "ready",
        Column::OnTheWay => "way",
    }
}

/// That the board is out of date.
pub(super) fn offline_since(time: &str) -> String {
    format!("Offline since {time}. Orders may have changed.")
}

/// How many orders nobody has seen.
pub(super) fn new_orders(count: usize) -> String {
    counted(count, "new order")
}

/// What is due next, and whether it is late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) text: String,
    pub(super) is_late: bool,
}

/// When something has to be done about an order; `time` is that moment as text, which the browser formats
/// slowly.
pub(super) fn due(ticket: &Ticket, time: &str, now: Timestamp) -> Due {
    due_at(ticket.status, super::board::due(ticket), time, now)
}

/// When something has to be done about an order of this status.
pub(super) fn due_at(status: Status, at: Timestamp, time: &str, now: Timestamp) -> Due {
    let millis = at.millis_since(now);
    let is_late = millis < 0;
    // As long as a minute lasts, it counts.
    let minutes = millis.abs() / 60_000;
    let late = || match minutes {
        0 => "late".to_owned(),
        minutes => format!("{minutes} min late"),
    };
    let text = match status {
        Status::Placed if is_late => "Too late to accept".to_owned(),
        Status::Placed => format!("Answer within {}", countdown((millis + 999) / 1_000)),
        Status::Accepted if is_late => format!("Ready at {time}, {}", late()),
        Status::Accepted => format!("Ready in {} min, at {time}", minutes.max(1)),
        Status::Ready | Status::PickedUp if is_late => format!("Due {time}, {}", late()),
        Status::Ready | Status::PickedUp => format!("Due {time}"),
        _ => String::new(),
    };
    let is_late = is_late && !status.is_terminal();
    Due { text, is_late }
}

/// Why an order ended without anybody of the restaurant.
pub(super) fn news(ticket: &Ticket) -> &'static str {
    match ticket.reason {
        Some(Reason::NotAnswered { .. }) => "Cancelled: nobody answered in time",
        _ => "Cancelled by the customer",
    }
}

/// What the courier collects.
pub(super) fn to_collect(total: &str) -> String {
    format!("{total} to collect")
}

/// The name of a button for a screen reader, where several say the same.
pub(super) fn named(button: &str, of: &str) -> String {
    format!("{button}: {of}")
}

/// Why a customer's phone number is not shown.
pub(super) fn phone_error(error: &ApiError) -> String {
    let text = match error {
        ApiError::NoAnswer => "Couldn’t load the number. Try again.",
        ApiError::Outdated => "Reload for the new version.",
        ApiError::Problem(problem) => match problem.status {
            403 => "The customer’s number isn’t available any more.",
            _ => "Something went wrong. Try again.",
        },
    };
    text.to_owned()
}

/// Who brings an order, or that nobody does yet; `has_couriers` says whether anybody of the staff could.
pub(super) fn courier(ticket: &Ticket, has_couriers: bool) -> Option<String> {
    let name = ticket.courier.as_ref().map(|name| isolated(name.as_ref()));
    let is_claimed = ticket.claimed_at.is_some() || name.is_some();
    let name = name.unwrap_or_else(|| "A courier".to_owned());
    match ticket.status {
        Status::Accepted | Status::Ready if is_claimed => Some(format!("{name} will bring it")),
        Status::Accepted | Status::Ready => has_couriers.then(|| "No courier yet".to_owned()),
        Status::PickedUp if ticket.at_door_at.is_some() => Some(format!("{name} is at the door")),
        Status::PickedUp if is_claimed => Some(format!("{name} is bringing it")),
        _ => None,
    }
}

/// How many orders have no courier although it is time.
pub(super) fn without_courier(count: usize) -> String {
    match count {
        1 => "1 order has no courier".to_owned(),
        count => format!("{count} orders have no courier"),
    }
}

/// The heading of the choice of a courier.
pub(super) fn assign_title(id: OrderId) -> String {
    format!("Who will bring order {}?", number(id))
}

/// Somebody who can bring an order, to choose; `until` is the end of their shift as text, if they are on one.
pub(super) fn courier_choice(courier: &Courier, until: Option<&str>) -> String {
    let name = isolated(courier.name.as_ref());
    match until {
        Some(until) => format!("{name} · on shift until {until}"),
        None => format!("{name} · off shift"),
    }
}

/// What became of an order by a command, for a screen reader: where it is on the board now, or who brings it.
pub(super) fn moved(ticket: &Ticket, command: &Command) -> String {
    if let (Command::Assign { .. }, Some(courier)) = (command, courier(ticket, false)) {
        return format!("Order {}: {courier}", number(ticket.order_id));
    }
    let (name, _) = column(super::board::column_of(ticket.status));
    format!(
        "Order {}: {}",
        number(ticket.order_id),
        if ticket.status.is_terminal() { ENDED } else { name }
    )
}

#[cfg(test)]
mod tests {
    use super::{super::board::tests::ticket, *};

    fn text(status: Status, at: i64, now: i64) -> (String, bool) {
        let time = Timestamp::from_millis;
        let ticket = Ticket {
            accept_by: time(at),
            ready_at: Some(time(at)),
            expected_at: Some(time(at)),
            ..ticket(1, status, 2)
        };
        let Due { text, is_late } = due(&ticket, "18:45", time(now));
        (text, is_late)
    }

    #[test]
    fn what_the_kitchen_and_couriers_look_at_is_not_of_the_office() {
        let restaurant: RestaurantId = "golden-dosa".parse().unwrap();
        let paths = [hours_path, menu_path, people_path, delivery_areas_path, today_path];
        assert!(paths.iter().all(|path| is_of_office(&path(&restaurant))));
        for path in [&board_path(&restaurant), "/counter/golden-dosa/", "/counter", SWITCH_PATH] {
            assert!(!is_of_office(path), "{path}");
        }
        assert!(!is_of_office(&deliveries_path(&restaurant)));
    }

    #[test]
    fn what_is_due_is_said_in_words_too() {
        assert_eq!(text(Status::Placed, 65_000, 500), ("Answer within 1:05".to_owned(), false));
        assert_eq!(text(Status::Placed, 0, 1), ("Too late to accept".to_owned(), true));
        let (ready, is_late) = text(Status::Accepted, 12 * 60_000, 0);
        assert!(ready.starts_with("Ready in 12 min, at ") && !is_late, "{ready}");
        let (ready, is_late) = text(Status::Accepted, 0, 3 * 60_000);
        assert!(ready.ends_with(", 3 min late") && is_late, "{ready}");
        let (way, is_late) = text(Status::PickedUp, 0, 30_000);
        assert!(way.ends_with(", late") && is_late, "{way}");
        assert_eq!(text(Status::Cancelled, 0, 1), (String::new(), false));
    }
}
