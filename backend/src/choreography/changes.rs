//! What a person, the autopilot or the clock makes of an order: no I/O, so that all of them go through
//! the same transitions.

use shared::{
    Command, EventName, Order, Reason, Status, Timestamp,
    staff::{Actor, CommandRequest},
};

use crate::store::orders::{Change, Item, Times};

const MINUTE: i64 = 60_000;
/// An order to which more has happened is not delayed once more.
const MAX_HISTORY: usize = 100;

/// The change that the autopilot's command makes of an order of this status, in the times of its plan.
#[must_use]
pub fn by_robot(from: Status, command: &Command) -> Change {
    let event = command.event();
    Change {
        event,
        to: event.status().unwrap_or(from),
        actor: Actor::ROBOT,
        reason: command.reason().cloned(),
        command_id: None,
        times: Times::AsPlanned,
    }
}

/// The change that a person's command makes of an order; `None` if it cannot be carried out.
#[must_use]
pub fn by_staff(
    item: &Item,
    request: &CommandRequest,
    actor: &Actor,
    now: Timestamp,
) -> Option<Change> {
    let CommandRequest { command_id, command, .. } = request;
    let (order, event) = (&item.order, command.event());
    let minutes = |minutes: u16| i64::from(minutes) * MINUTE;
    let times = match command {
        // Before it is accepted, an order is declined.
        Command::Cancel { .. } if order.status == Status::Placed => return None,
        Command::Accept { minutes: None } => {
            Times::ReadyAt(now.plus_millis(planned_preparation(item)))
        }
        Command::Accept { minutes: Some(count) } => {
            Times::ReadyAt(now.plus_millis(minutes(*count)))
        }
        Command::Delay { .. } if item.history.len() >= MAX_HISTORY => return None,
        Command::Delay { minutes: count, .. } => later(order, minutes(*count), now),
        Command::Ready => Times::Ready,
        Command::HandOver => Times::OnItsWay,
        _ => Times::Unchanged,
    };
    Some(Change {
        event,
        to: order.status.after(event)?,
        actor: actor.clone(),
        reason: command.reason().cloned(),
        command_id: Some(*command_id),
        times,
    })
}

/// How long the kitchen has for an order that is accepted without minutes, in milliseconds.
const fn planned_preparation(item: &Item) -> i64 {
    item.plan.accepted.act_after
}

/// The same in minutes, rounded up, for whoever is about to accept it.
#[must_use]
pub fn preparation_minutes(item: &Item) -> u16 {
    let millis = planned_preparation(item).max(0).unsigned_abs();
    u16::try_from(millis.div_ceil(MINUTE.unsigned_abs())).unwrap_or(u16::MAX)
}

/// The times of an order that takes `millis` longer than promised; than now, if that is over.
fn later(order: &Order, millis: i64, now: Timestamp) -> Times {
    let cooking = order.ready_at.filter(|_| order.status == Status::Accepted);
    let promised = cooking.or(order.expected_at).unwrap_or(now);
    let shift = promised.max(now).plus_millis(millis).millis_since(promised);
    let moved = |at: Timestamp| at.plus_millis(shift);
    Times::Promised {
        ready: cooking.map(moved),
        expected: order.expected_at.map_or(now.plus_millis(millis), moved),
        latest: order.latest_at.map_or(now.plus_millis(millis), moved),
    }
}

/// The change by which a customer ends an order that is not answered yet.
#[must_use]
pub const fn by_customer() -> Change {
    cancelled(Actor::CUSTOMER, Reason::ByCustomer)
}

/// The change that the deadline makes of an order that no restaurant has answered in time.
#[must_use]
pub fn not_answered(item: &Item, now: Timestamp) -> Option<Change> {
    let is_late = item.order.status == Status::Placed && item.order.accept_by <= now;
    let within_seconds = item.plan.accept_within;
    is_late.then(|| cancelled(Actor::DEADLINE, Reason::NotAnswered { within_seconds }))
}

const fn cancelled(actor: Actor, reason: Reason) -> Change {
    Change {
        event: EventName::Cancelled,
        to: Status::Cancelled,
        actor,
        reason: Some(reason),
        command_id: None,
        times: Times::Unchanged,
    }
}
