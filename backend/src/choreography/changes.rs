//! What a person, the autopilot or the clock makes of an order: no I/O, so that all of them go through
//! the same transitions.

use shared::{
    Command, EventName, Order, Reason, Status, Timestamp, UserId,
    staff::{Actor, CommandRequest},
};

use crate::store::orders::{Change, Courier, Item, Times};

const MINUTE: i64 = 60_000;
/// An order to which more has happened is neither delayed nor claimed once more.
const MAX_HISTORY: usize = 100;
/// And to which more than this, it is not assigned either: an owner can still say who brings an order that was claimed
/// and given back again and again.
const MAX_HISTORY_ASSIGNED: usize = 150;

/// A command of a member of staff.
#[derive(Debug, Clone)]
pub struct StaffCommand<'a> {
    /// The command.
    pub request: &'a CommandRequest,
    /// Who sends it.
    pub user_id: UserId,
    /// How the order's history names them.
    pub actor: &'a Actor,
    /// For whom they act.
    pub side: Side,
    /// Who is to bring the order, with [`Command::Assign`].
    pub assigned: Option<Courier>,
}

impl StaffCommand<'_> {
    /// Who brings the order from now on, if it is claimed by this.
    fn courier(&self) -> Option<Courier> {
        match self.request.command {
            Command::Claim => {
                Some(Courier { user_id: self.user_id, name: self.actor.name.clone()? })
            }
            Command::Assign { .. } => self.assigned.clone(),
            _ => None,
        }
    }
}

/// For whom a member of staff acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// For the restaurant, on any of its orders.
    Restaurant,
    /// As a courier, on the orders that they bring.
    Courier {
        /// Whether they are on shift: only then they claim an order, so that what they collect is in a shift's sums.
        is_on_shift: bool,
    },
}

/// Whether so little has happened to an order that a courier may claim it.
#[must_use]
pub const fn can_be_claimed(item: &Item) -> bool {
    item.history.len() < MAX_HISTORY
}

/// Why a command is not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is not for the order as it is now, or the order is another courier's.
    Changed,
    /// The courier is off shift.
    OffShift,
    /// The courier has not waited at the door for long enough.
    TooEarly {
        /// How much longer it takes, in milliseconds; absent if they have not said that they are there.
        left: Option<i64>,
    },
}

/// The change that the autopilot's command makes of an order of this status, in the times of its plan.
#[must_use]
pub fn by_robot(from: Status, command: &Command) -> Change {
    let event = command.event();
    Change {
        reason: command.reason().cloned(),
        times: Times::AsPlanned,
        ..Change::new(event, event.status().unwrap_or(from), Actor::ROBOT)
    }
}

/// Whether an order is already as a person's command says, so that nothing happens to it.
#[must_use]
pub fn is_done(item: &Item, sent: &StaffCommand<'_>) -> bool {
    let Order { status, seen_at, nearby_at, at_door_at, .. } = &item.order;
    let command = &sent.request.command;
    let is_theirs = item.is_brought_by(sent.user_id) && status.after(command.event()).is_some();
    match command {
        Command::See => seen_at.is_some() || *status != Status::Placed,
        Command::Claim => is_theirs,
        Command::Assign { courier } => {
            item.is_brought_by(*courier) && status.after(command.event()).is_some()
        }
        Command::Nearby => is_theirs && nearby_at.is_some(),
        Command::Arrive => is_theirs && at_door_at.is_some(),
        _ => false,
    }
}

/// The change that a person's command makes of an order.
///
/// # Errors
/// Why it makes none.
pub fn by_staff(item: &Item, sent: &StaffCommand<'_>, now: Timestamp) -> Result<Change, Refusal> {
    if !concerns(item, sent) {
        return Err(Refusal::Changed);
    }
    let change = change_of(item, sent, now).ok_or(Refusal::Changed)?;
    match (&sent.request.command, sent.side) {
        (Command::Claim, Side::Courier { is_on_shift: false }) => Err(Refusal::OffShift),
        (Command::Fail { reason: Reason::NobodyThere }, Side::Courier { .. }) => {
            check_waited(item, sent.request.pressed_at, now).map(|()| change)
        }
        _ => Ok(change),
    }
}

/// Whether whoever sends a command may do that to this very order: couriers to those that they bring, and only
/// they say where they are; others to all. Nobody claims what somebody else has claimed.
fn concerns(item: &Item, sent: &StaffCommand<'_>) -> bool {
    match (&sent.request.command, sent.side) {
        (Command::Claim, _) => item.courier.is_none(),
        (Command::Nearby | Command::Arrive, _) | (_, Side::Courier { .. }) => {
            item.is_brought_by(sent.user_id)
        }
        (Command::Release { .. }, Side::Restaurant) => item.courier.is_some(),
        (_, Side::Restaurant) => true,
    }
}

/// Checks that a courier who says that nobody is there has waited at the door: by our clock, or for what was pressed
/// where it could not be sent, by the page's estimate of it.
fn check_waited(item: &Item, pressed: Option<Timestamp>, now: Timestamp) -> Result<(), Refusal> {
    let arrived = item.history.iter().rfind(|entry| entry.event == EventName::AtDoor);
    // What another courier has said there is not theirs: claiming the order removes it.
    let Some(arrived) = arrived.filter(|_| item.order.at_door_at.is_some()) else {
        return Err(Refusal::TooEarly { left: None });
    };
    let since = arrived.pressed_at.unwrap_or(arrived.at);
    let waited = pressed_at(item, pressed, now).unwrap_or(now).millis_since(since);
    match Command::WAIT_AT_DOOR - waited {
        left @ 1.. => Err(Refusal::TooEarly { left: Some(left) }),
        _ => Ok(()),
    }
}

/// When something was pressed, as the page says: not before what a courier has done last, or before the order was
/// placed, nor later than now, for a device can say anything.
fn pressed_at(item: &Item, pressed: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    use EventName::{AtDoor, Claimed, Nearby, PickedUp};
    let last = item.history.iter().rev().find_map(|entry| match entry.event {
        // It was the courier's by our clock only, whatever the device says of its own.
        Claimed => Some(entry.at),
        PickedUp | Nearby | AtDoor => Some(entry.pressed_at.unwrap_or(entry.at)),
        _ => None,
    });
    pressed.map(|at| at.max(last.unwrap_or(item.order.placed_at)).min(now))
}

fn change_of(item: &Item, sent: &StaffCommand<'_>, now: Timestamp) -> Option<Change> {
    let CommandRequest { command_id, command, pressed_at: pressed, .. } = sent.request;
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
        Command::Delay { .. } | Command::Claim if !can_be_claimed(item) => return None,
        Command::Assign { .. } if item.history.len() >= MAX_HISTORY_ASSIGNED => return None,
        // Without a courier, what was handed over is brought by somebody who is no staff.
        Command::Claim if order.status == Status::PickedUp => return None,
        Command::Delay { minutes: count, .. } => later(order, minutes(*count), now),
        Command::Ready => Times::Ready,
        Command::HandOver => Times::OnItsWay,
        _ => Times::Unchanged,
    };
    let courier = sent.courier();
    if event == EventName::Claimed && courier.is_none() {
        return None;
    }
    let collected = match command {
        Command::Deliver { collected } => *collected,
        _ => None,
    };
    Some(Change {
        reason: command.reason().cloned(),
        command_id: Some(*command_id),
        pressed_at: pressed_at(item, *pressed, now),
        courier,
        collected,
        times,
        ..Change::new(event, order.status.after(event)?, sent.actor.clone())
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

/// The change by which an order that waits for a courier is one that nobody brings, as its courier delivers for the
/// restaurant no more; `None` if it is another's, or is on its way.
#[must_use]
pub fn without_former_courier(item: &Item, courier: UserId, actor: &Actor) -> Option<Change> {
    let status = item.order.status.after(EventName::Released)?;
    item.is_brought_by(courier).then(|| Change {
        reason: Some(Reason::Other),
        ..Change::new(EventName::Released, status, actor.clone())
    })
}

/// The change by which a customer ends an order that is not answered yet.
#[must_use]
pub fn by_customer() -> Change {
    cancelled(Actor::CUSTOMER, Reason::ByCustomer)
}

/// The change that the deadline makes of an order that no restaurant has answered in time.
#[must_use]
pub fn not_answered(item: &Item, now: Timestamp) -> Option<Change> {
    let is_late = item.order.status == Status::Placed && item.order.accept_by <= now;
    let within_seconds = item.plan.accept_within;
    is_late.then(|| cancelled(Actor::DEADLINE, Reason::NotAnswered { within_seconds }))
}

fn cancelled(actor: Actor, reason: Reason) -> Change {
    Change { reason: Some(reason), ..Change::new(EventName::Cancelled, Status::Cancelled, actor) }
}
