//! What is sent for an order: at once, or after a while in which it can be undone.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    Command, OrderId, Reason, Timestamp,
    api::Ticket,
    availability::{AvailabilityChange, MenuItem, PausedFor, SoldOutFor},
    staff::CommandRequest,
};

use super::{
    super::{
        alarm,
        api::{self, CommandResult},
        text,
    },
    Store,
};
use crate::{browser, http::ApiError};

/// Milliseconds in which something that cannot be taken back can be undone: it is sent afterwards.
const UNDO_WITHIN: i64 = 8_000;
/// Milliseconds before each further attempt to send a command that got no answer.
const ATTEMPTS: [u32; 3] = [1_000, 2_000, 4_000];

/// A command that is sent after a while unless it is undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::counter) struct Waiting {
    /// For which order.
    order: OrderId,
    /// What is sent.
    pub(in crate::counter) command: Command,
    /// When it is sent.
    pub(in crate::counter) sent_at: Timestamp,
}

impl Store {
    /// The command that is waiting to be sent for an order. Reactive.
    pub(in crate::counter) fn waiting(self, id: OrderId) -> Option<Waiting> {
        self.waiting.with(|waiting| waiting.iter().find(|it| it.order == id).cloned())
    }

    /// Whether a command for this order is being sent. Reactive.
    pub(in crate::counter) fn is_sending(self, id: OrderId) -> bool {
        self.sending.with(|sending| sending.contains(&id))
    }

    /// Sends a command that cannot be taken back, unless it is undone before.
    pub(in crate::counter) fn send_later(self, id: OrderId, command: Command) {
        let sent_at = self.now.get_untracked().plus_millis(UNDO_WITHIN);
        let waiting = Waiting { order: id, command, sent_at };
        self.waiting.update(|all| {
            all.retain(|it| it.order != id);
            all.push(waiting.clone());
        });
        spawn_local(async move {
            browser::sleep(UNDO_WITHIN as u32).await;
            if self.waiting.with_untracked(|all| all.contains(&waiting)) {
                self.undo(id);
                self.change_for(&waiting.command);
                self.send(id, waiting.command);
            }
        });
    }

    /// A reason acts: what has run out is not sold in this service, and who closes takes no orders until the
    /// next.
    fn change_for(self, command: &Command) {
        match command.reason() {
            Some(Reason::ItemUnavailable { dish_id: Some(dish_id) }) => {
                let item = MenuItem { dish_id: dish_id.clone(), choice: None };
                self.change(AvailabilityChange::SellOut { item, lasts: SoldOutFor::Service });
            }
            Some(Reason::Closed) => {
                self.change(AvailabilityChange::Pause { lasts: PausedFor::Service });
            }
            _ => {}
        }
    }

    /// Does not send the command that is waiting.
    pub(in crate::counter) fn undo(self, id: OrderId) {
        self.waiting.update(|waiting| waiting.retain(|it| it.order != id));
    }

    /// Says that somebody has seen every new order, and every one that was cancelled.
    pub(in crate::counter) fn see_all(self) {
        let unseen: Vec<OrderId> = self.board.with_untracked(|board| {
            let unseen = board.tickets().filter(|ticket| alarm::is_unseen(ticket));
            unseen.map(|ticket| ticket.order_id).collect()
        });
        for id in unseen {
            self.send(id, Command::See);
        }
    }

    /// Sends a command at once. What gets no answer is sent again for a while: with the same id, it is the
    /// same command.
    pub(in crate::counter) fn send(self, id: OrderId, command: Command) {
        let Some(member) = self.member.get_untracked() else { return };
        if self.sending.try_update(|sending| sending.insert(id)) != Some(true) {
            return;
        }
        let has_seen = command == Command::See;
        let request = CommandRequest { command_id: browser::new_command_id(), name: None, command };
        spawn_local(async move {
            let mut answer = api::command(self.session, &member.restaurant_id, id, &request).await;
            for wait in ATTEMPTS {
                if !answer.as_ref().is_err_and(ApiError::is_transient) {
                    break;
                }
                browser::sleep(wait).await;
                answer = api::command(self.session, &member.restaurant_id, id, &request).await;
            }
            self.sending.update(|sending| {
                sending.remove(&id);
            });
            if !self.is_open(&member) {
                return;
            }
            match answer {
                Ok(CommandResult::Done(ticket)) => self.take(*ticket, has_seen),
                Ok(CommandResult::Changed(changed)) => {
                    // Somebody else had seen it is no news.
                    if !has_seen {
                        self.notices.notify(text::changed(&changed));
                    }
                    self.take(changed.ticket, has_seen);
                }
                Err(error) => {
                    self.notices.notify(text::not_sent(&error, id));
                    self.refetch();
                }
            }
        });
    }

    pub(super) fn take(self, ticket: Ticket, has_seen: bool) {
        let now = browser::monotonic();
        self.board.update(|board| match has_seen && ticket.status.is_terminal() {
            true => board.remove(ticket.order_id, now),
            false => board.take(ticket, now),
        });
    }
}
