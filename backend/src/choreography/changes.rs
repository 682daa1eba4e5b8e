//! What a person, the autopilot or the clock makes of an order: no I/O, so that all of them go through
//! the same transitions.

use shared::{
    Command, EventName, Reason, Status, Timestamp,
    staff::{Actor, CommandRequest},
};

use crate::store::orders::{Change, Item, Times};

const MINUTE: i64 = 60_000;

/// The change that the autopilot's command makes, in the times of the order's plan; `None` for a
/// command that leaves the status as it is, which the autopilot does not use.
#[must_use]
pub fn by_robot(command: &Command) -> Option<Change> {
    let event = command.event();
    Some(Change {
        event,
        to: event.status()?,
        actor: Actor::ROBOT,
        reason: command.reason().cloned(),
        command_id: None,
        times: Times::AsPlanned,
    })
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
    let event = command.event();
    let minutes = |minutes: u16| i64::from(minutes) * MINUTE;
    let times = match command {
        Command::Accept { minutes: None } => {
            Times::ReadyAt(now.plus_millis(item.plan.accepted.act_after))
        }
        Command::Accept { minutes: Some(count) } => {
            Times::ReadyAt(now.plus_millis(minutes(*count)))
        }
        Command::Delay { minutes: count, .. } => Times::Later(minutes(*count)),
        Command::HandOver => Times::OnItsWay,
        _ => Times::Unchanged,
    };
    Some(Change {
        event,
        to: item.order.status.after(event)?,
        actor: actor.clone(),
        reason: command.reason().cloned(),
        command_id: Some(*command_id),
        times,
    })
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
