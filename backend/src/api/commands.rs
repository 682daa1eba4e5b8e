//! What the commands of a restaurant and those of its couriers have in common.

use serde::{Deserialize, Serialize};
use shared::{
    Command, EventName,
    api::{Happened, Membership, Problem, ProblemType},
    staff::{Action, Actor, CommandError, CommandRequest, may},
};

use super::request::{Request, invalid};
use crate::{
    runtime::error::Error,
    store::orders::{HistoryEntry, Item},
};

/// What a request says of how the customer paid. [`PaidBy`](shared::staff::PaidBy) takes any word, as a later version
/// may have stored it; in a request, another word is a mistake by which cash would be counted as something else.
#[derive(Deserialize, Serialize)]
struct SaysPaid {
    collected: CollectedBy,
}

#[derive(Deserialize, Serialize)]
struct CollectedBy {
    method: Method,
}

/// The words of it.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Method {
    Cash,
    Card,
    Other,
}

/// The command in a request's body.
///
/// # Errors
/// As [`Request::json`]; `invalid-field` if it cannot be carried out on any order.
pub(super) fn command_of(request: &Request) -> Result<CommandRequest, Problem> {
    let wanted: CommandRequest = request.json()?;
    wanted.command.check().map_err(invalid_command)?;
    if let Command::Deliver { collected: Some(_) } = wanted.command {
        request.json::<SaysPaid>()?;
    }
    Ok(wanted)
}

/// How the order's history names whoever sends a command.
pub(super) fn actor_of(member: &Membership, wanted: &CommandRequest) -> Actor {
    Actor { name: wanted.name.clone().or(Some(member.name.clone())), ..actor(member) }
}

/// How an order's history names a member of staff.
pub(super) fn actor(member: &Membership) -> Actor {
    Actor { role: member.role.into(), name: Some(member.name.clone()) }
}

/// Checks that what a courier collects is said by somebody who may deliver, and not by the kitchen: it is counted
/// under the courier's name.
///
/// # Errors
/// `forbidden`.
pub(super) fn check_collected(
    member: &Membership,
    command: &Command,
    item: &Item,
) -> Result<(), Problem> {
    let is_said = matches!(command, Command::Deliver { collected: Some(_) });
    if !is_said || item.courier.is_none() || may(member.role, Action::Deliver) {
        return Ok(());
    }
    let title = "A courier brings this order and says what the customer paid, or a manager does; leave \
                 `collected` out.";
    Err(Problem::new(ProblemType::Forbidden, title).at("collected"))
}

fn invalid_command(error: CommandError) -> Problem {
    let field = match error {
        CommandError::Minutes { .. } => "minutes",
        CommandError::Amount => "collected.amount",
        CommandError::Reason { .. } => "reason",
    };
    invalid(field, &error)
}

/// What keeps a command from being carried out: who has claimed the order before, or what happened to it last.
pub(super) fn happened(item: &Item, command: &Command) -> Option<Happened> {
    let goes_on = item.courier.is_some() && !item.order.status.is_terminal();
    let is_claimed = *command == Command::Claim && goes_on;
    let claimed = item.history.iter().rfind(|entry| entry.event == EventName::Claimed);
    let entry = claimed.filter(|_| is_claimed).cloned().or_else(|| item.last_entry())?;
    let HistoryEntry { event, at, actor, courier, .. } = entry;
    Some(Happened { event, at, actor, courier })
}

/// A command has the id of an earlier one that said something else.
pub(super) fn reused() -> Error {
    let title = "was sent before with other contents; send another command under an id of its own";
    invalid("command_id", &title).into()
}

/// A courier claims an order while off shift.
pub(super) fn off_shift() -> Error {
    let title = "You are off shift; start your shift, and claim the order then.";
    Problem::new(ProblemType::OffShift, title).into()
}

/// A courier has not waited at the door for long enough, by so many milliseconds; without any, they have not
/// said that they are there.
pub(super) fn too_early(left: Option<i64>) -> Error {
    let title = match left {
        Some(_) => "Wait at the door for some minutes before you say that nobody is there.",
        None => "Say that you are at the door first, and wait there for some minutes.",
    };
    let mut problem = Problem::new(ProblemType::WaitAtDoor, title);
    let seconds = |millis: i64| u32::try_from(millis.unsigned_abs().div_ceil(1_000));
    problem.retry_after = left.map(|left| seconds(left).unwrap_or(u32::MAX));
    problem.into()
}
