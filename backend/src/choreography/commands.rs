//! Carrying out what staff do to an order: each command is one transition with its event.

use shared::{
    Command, Timestamp,
    staff::{Actor, CommandRequest},
};

use super::{
    changes::{by_staff, not_answered},
    steps::Steps,
};
use crate::{
    runtime::error::Error,
    store::orders::{Cause, Item, Transition, Written},
};

/// How often a command is tried again after somebody else has changed the order.
const ATTEMPTS: usize = 5;

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Commanded {
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
    ) -> Result<Commanded, Error> {
        let mut item = Box::new(item);
        for _ in 0..ATTEMPTS {
            if let Some(sequence) = item.sequence_of(request.command_id) {
                self.publish_now_or_later(&item, sequence).await;
                return Ok(Commanded::Done(item));
            }
            if request.command == Command::See && item.order.seen_at.is_some() {
                return Ok(Commanded::Done(item));
            }
            let too_late = not_answered(&item, now);
            let change = too_late.or_else(|| by_staff(&item, request, actor, now));
            let Some(change) = change else {
                return Ok(Commanded::Refused(item));
            };
            let (order_id, from) = (item.order.order_id, item.order.status);
            let sequence = item.order.sequence + 1;
            let transition =
                Transition { order_id, from, change, sequence, cause: Cause::Other, now };
            let is_ours = transition.change.command_id.is_some();
            item = match self.advance(&transition).await? {
                Written::Done(written) => {
                    self.publish_now_or_later(&written, sequence).await;
                    return Ok(match is_ours {
                        true => Commanded::Done(written),
                        false => Commanded::Refused(written), // it was the deadline's
                    });
                }
                Written::Conflict(Some(there)) => there,
                Written::Conflict(None) => return Err(busy("it is gone")),
            };
        }
        Err(busy("others changed it again and again"))
    }
}

fn busy(cause: &str) -> Error {
    Error::Dependency { operation: "changing an order", cause: cause.to_owned() }
}
