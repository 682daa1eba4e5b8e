//! What is said of what staff do to an order.

use shared::{
    Command, EventName, OrderId, Reason,
    api::{Happened, OrderChanged, ProblemType, Ticket},
    staff::{Actor, ActorRole, PaidBy},
};

use crate::{
    counter::choice::Choice,
    http::ApiError,
    text::{format::when, order::number},
};

/// The name of a button of a ticket for a screen reader.
pub(in crate::counter) fn of_order(button: &str, id: OrderId) -> String {
    format!("{button}, order {}", number(id))
}

/// The button that accepts an order.
pub(in crate::counter) fn accept(minutes: u16) -> String {
    format!("Accept · {minutes} min")
}

/// The button for fewer minutes.
pub(in crate::counter) fn minus(minutes: u16) -> String {
    format!("− {minutes}")
}

/// The button for more minutes.
pub(in crate::counter) fn plus(minutes: u16) -> String {
    format!("+ {minutes}")
}

/// The same for a screen reader.
pub(in crate::counter) fn fewer(minutes: u16, id: OrderId) -> String {
    of_order(&format!("{minutes} minutes less"), id)
}

/// The same for a screen reader.
pub(in crate::counter) fn more(minutes: u16, id: OrderId) -> String {
    of_order(&format!("{minutes} minutes more"), id)
}

/// The heading of the choice of a later time.
pub(in crate::counter) fn later_title(id: OrderId) -> String {
    format!("Delay order {}?", number(id))
}

/// The button for a later time.
pub(in crate::counter) fn later(minutes: u16) -> String {
    format!("{minutes} min later")
}

/// The button, the heading and the hint of a choice of reasons.
pub(in crate::counter) const fn choice(
    choice: Choice,
) -> (&'static str, &'static str, &'static str) {
    match choice {
        Choice::Decline => {
            ("Decline", "Decline order", "Choose a reason. The customer will see it.")
        }
        Choice::Cancel => (
            "Cancel order",
            "Cancel order",
            "Choose a reason. The customer will see it and won’t be charged.",
        ),
        Choice::Fail => ("Not delivered", "Not delivered: order", "Choose what happened."),
    }
}

/// A reason to choose.
pub(in crate::counter) fn reason(reason: &Reason, ticket: &Ticket) -> String {
    let Reason::ItemUnavailable { dish_id } = reason else { return reason_name(reason).to_owned() };
    let mut lines = ticket.bill.lines.iter();
    let line = lines.find(|line| Some(&line.dish_id) == dish_id.as_ref());
    format!("Sold out: {}", line.map_or("a dish", |line| line.name.as_str()))
}

pub(in crate::counter) const fn reason_name(reason: &Reason) -> &'static str {
    reason.words()
}

/// What will be sent unless it is undone.
pub(in crate::counter) const fn waiting(command: &Command) -> &'static str {
    match command {
        Command::Decline { .. } => "Declining…",
        Command::Cancel { .. } => "Cancelling…",
        Command::Fail { .. } => "Marking as not delivered…",
        Command::Deliver { collected: Some(collected) } => match collected.method {
            PaidBy::Cash => "Marking as delivered, paid in cash…",
            PaidBy::Card => "Marking as delivered, paid by card…",
            PaidBy::Other => "Marking as delivered…",
        },
        _ => "Sending…",
    }
}

/// The button that takes it back.
pub(in crate::counter) fn undo(seconds: i64) -> String {
    format!("Undo ({seconds})")
}

/// Who was first.
pub(in crate::counter) fn changed(changed: &OrderChanged) -> String {
    let OrderChanged { happened, ticket, .. } = changed;
    format!("{} at {}.", what_happened(happened, ticket.order_id), when(happened.at))
}

/// What happened to an order, and who made it happen.
pub(super) fn what_happened(happened: &Happened, id: OrderId) -> String {
    let Happened { event, actor: by, courier, .. } = happened;
    let (who, order) = (actor(by), number(id));
    let given =
        courier.as_ref().filter(|it| *event == EventName::Claimed && by.name.as_ref() != Some(*it));
    match given {
        Some(courier) => format!("{who} gave order {order} to {}", courier.as_ref()),
        None => format!("{who} {} order {order}", did(*event)),
    }
}

fn actor(actor: &Actor) -> String {
    if let Some(name) = &actor.name {
        return name.as_ref().to_owned();
    }
    let text = match actor.role {
        ActorRole::Robot => "The demo robot",
        ActorRole::Customer => "The customer",
        ActorRole::Deadline => "The time limit",
        ActorRole::Courier => "The courier",
        ActorRole::Owner | ActorRole::Manager | ActorRole::Kitchen | ActorRole::Unknown => {
            "Somebody else"
        }
    };
    text.to_owned()
}

const fn did(event: EventName) -> &'static str {
    match event {
        EventName::Placed => "placed",
        EventName::Accepted => "accepted",
        EventName::Ready => "finished",
        EventName::PickedUp => "handed over",
        EventName::Delivered => "delivered",
        EventName::Rejected => "declined",
        EventName::Cancelled => "cancelled",
        EventName::Failed => "could not deliver",
        EventName::Delayed => "delayed",
        EventName::Claimed => "claimed",
        EventName::Released => "gave back",
        EventName::Seen => "saw",
        EventName::Nearby | EventName::AtDoor => "brought",
        EventName::Unknown => "changed",
    }
}

/// That a command was not sent, for the page was frozen.
pub(in crate::counter) fn too_late(id: OrderId) -> String {
    format!("Order {} wasn’t changed: this tablet was asleep. Check it again.", number(id))
}

/// That a command was not carried out.
pub(in crate::counter) fn not_sent(error: &ApiError, id: OrderId) -> String {
    let order = number(id);
    match error {
        ApiError::NoAnswer => {
            format!("No answer. Check order {order} before you try again.")
        }
        ApiError::Outdated => format!("Order {order} hasn’t changed. Reload for the new version."),
        ApiError::Problem(problem) if problem.kind == ProblemType::OffShift => {
            format!("You’re off shift. Start your shift to claim order {order}.")
        }
        ApiError::Problem(problem) => match problem.status {
            403 => format!("Your role doesn’t include this. Order {order} hasn’t changed."),
            404 => format!("Order {order} isn’t this restaurant’s any more."),
            _ => format!("Something went wrong. Order {order} hasn’t changed. Try again."),
        },
    }
}
