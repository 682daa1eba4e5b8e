//! Carrying out what staff do to an order: each command is one transition with its event.

use shared::{
    Command, EventName, Status, Timestamp,
    staff::{Actor, CommandRequest},
};

use super::{
    changes::{by_staff, not_answered},
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
        request: &CommandRequest,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<CommandOutcome, Error> {
        let read = item.order.sequence;
        let mut item = Box::new(item);
        for _ in 0..ATTEMPTS {
            if let Some(entry) = item.entry_of(request.command_id) {
                if entry.event != request.command.event() {
                    return Ok(CommandOutcome::Refused(item)); // the id is another command's
                }
                self.publish_now_or_later(&item, entry.sequence).await;
                return Ok(CommandOutcome::Done(item));
            }
            if request.command == Command::See && is_seen(&item) {
                return Ok(CommandOutcome::Done(item));
            }
            let change = match not_answered(&item, now) {
                Some(too_late) => Some(too_late),
                None if is_delayed_twice(&item, request, read) => None,
                None => by_staff(&item, request, actor, now),
            };
            let Some(change) = change else {
                return Ok(CommandOutcome::Refused(item));
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
}

/// Whether nobody has to see the order any more.
fn is_seen(item: &Item) -> bool {
    item.order.seen_at.is_some() || item.order.status != Status::Placed
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
