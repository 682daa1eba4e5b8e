//! Carrying out what staff do to an order: each command is one transition with its event.

use shared::{
    Command, EventName, Timestamp, UserId,
    staff::{Actor, CommandRequest},
};

use super::{
    changes::{Refusal, StaffCommand, by_staff, is_done, not_answered, without_former_courier},
    steps::Steps,
};
use crate::{
    runtime::error::Error,
    store::orders::{HistoryEntry, Item, Transition, Written},
};

/// How often a change is tried again after somebody else has changed the order.
pub const ATTEMPTS: usize = 5;

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandOutcome {
    /// The order is as the command says, by this or by an earlier request.
    Done(Box<Item>),
    /// The command cannot be carried out on the order as it is now.
    Refused(Box<Item>),
    /// The same command with other contents was carried out under its id.
    Reused,
    /// The courier is off shift, and claims nothing then.
    OffShift,
    /// The courier has not waited at the door for long enough.
    TooEarly {
        /// How much longer it takes, in milliseconds; absent if they have not said that they are there.
        left: Option<i64>,
    },
}

impl Steps {
    /// Carries out a person's command on an order that was just read. Of several at once, the first
    /// to be written wins; the same command again is done already.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not have been carried out; sending it again is safe.
    pub async fn command(
        &self,
        item: Item,
        sent: &StaffCommand<'_>,
        now: Timestamp,
    ) -> Result<CommandOutcome, Error> {
        let request = sent.request;
        let read = item.order.sequence;
        let mut item = Box::new(item);
        for _ in 0..ATTEMPTS {
            if let Some(entry) = item.entry_of(request.command_id) {
                if entry.event != request.command.event() {
                    return Ok(CommandOutcome::Refused(item)); // the id is another command's
                }
                if !has_same_contents(&item, entry, &request.command) {
                    return Ok(CommandOutcome::Reused);
                }
                self.publish_now_or_later(&item, entry.sequence).await;
                return Ok(CommandOutcome::Done(item));
            }
            if is_done(&item, sent) {
                return Ok(CommandOutcome::Done(item));
            }
            let change = match not_answered(&item, now) {
                Some(too_late) => Ok(too_late),
                None if is_delayed_twice(&item, request, read) => Err(Refusal::Changed),
                None => by_staff(&item, sent, now),
            };
            let change = match change {
                Ok(change) => change,
                Err(Refusal::Changed) => return Ok(CommandOutcome::Refused(item)),
                Err(Refusal::OffShift) => return Ok(CommandOutcome::OffShift),
                Err(Refusal::TooEarly { left }) => return Ok(CommandOutcome::TooEarly { left }),
            };
            let is_ours = change.command_id.is_some();
            let transition = Transition::of(&item, change, now);
            item = match self.advance(&transition).await? {
                Written::Done(written) => {
                    self.publish_now_or_later(&written, transition.sequence).await;
                    return Ok(match is_ours {
                        true => CommandOutcome::Done(written),
                        false => CommandOutcome::Refused(written), // it was the deadline's
                    });
                }
                Written::Conflict(Some(there)) => there,
                Written::Conflict(None) => return Err(not_changed("it is gone")),
            };
        }
        Err(not_changed("others changed it again and again"))
    }

    /// Releases an order that waits for a courier who delivers for the restaurant no more, so that others may claim
    /// it; any other order stays as it is.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may still be that courier's; doing it again is safe.
    pub async fn release_of(
        &self,
        mut item: Box<Item>,
        courier: UserId,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), Error> {
        for _ in 0..ATTEMPTS {
            let Some(change) = without_former_courier(&item, courier, actor) else {
                return Ok(());
            };
            let transition = Transition::of(&item, change, now);
            item = match self.advance(&transition).await? {
                Written::Done(written) => {
                    self.publish_now_or_later(&written, transition.sequence).await;
                    return Ok(());
                }
                Written::Conflict(Some(there)) => there,
                Written::Conflict(None) => return Ok(()),
            };
        }
        Err(not_changed("others changed it again and again"))
    }
}

/// Whether a command says what was carried out under its id, as far as the order still knows that: minutes are kept
/// as times only, and of couriers only the present one.
fn has_same_contents(item: &Item, entry: &HistoryEntry, command: &Command) -> bool {
    use EventName::{Claimed, Released};
    match command {
        Command::Deliver { collected } => *collected == item.collected,
        Command::Assign { courier } => {
            let mut later = item.history.iter().filter(|it| it.sequence > entry.sequence);
            let is_moved = later.any(|it| matches!(it.event, Claimed | Released));
            is_moved || item.is_brought_by(*courier)
        }
        _ => command.reason() == entry.reason.as_ref(),
    }
}

/// Whether somebody else has delayed the order since it was read: together it would be too long.
fn is_delayed_twice(item: &Item, request: &CommandRequest, read: u32) -> bool {
    let since = |entry: &&HistoryEntry| entry.sequence > read;
    matches!(request.command, Command::Delay { .. })
        && item.history.iter().filter(since).any(|entry| entry.event == EventName::Delayed)
}

fn not_changed(cause: &str) -> Error {
    Error::Dependency { operation: "changing an order", cause: cause.to_owned() }
}
