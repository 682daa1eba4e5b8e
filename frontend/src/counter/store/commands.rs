//! What is sent for an order: at once, or after a while in which it can be undone.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    Command, OrderId, Reason, Status, Timestamp,
    api::{Membership, Ticket},
    availability::{AvailabilityChange, MenuItem, PausedFor, SoldOutFor},
    staff::CommandRequest,
};

use super::{
    super::{
        alarm::{self, Loudness, Ring},
        api::{self, CommandResult},
        text,
    },
    Store,
};
use crate::{browser, http::ApiError, server_clock};

/// Milliseconds in which something that cannot be taken back can be undone: it is sent afterwards.
const UNDO_WITHIN: i64 = 8_000;
/// Milliseconds after which what waited is not sent any more.
const LATE: i64 = 60_000;
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
            // Another command of this order may be on its way.
            while self.sending.with_untracked(|sending| sending.contains(&id)) {
                browser::sleep(250).await;
            }
            if self.waiting.with_untracked(|all| all.contains(&waiting)) {
                self.send_waiting(waiting);
            }
        });
    }

    /// Sends at once what waits: nobody will undo it.
    pub(in crate::counter) fn send_all_waiting(self) {
        for waiting in self.waiting.get_untracked() {
            self.send_waiting(waiting);
        }
    }

    /// Sends what was waiting. A page that was frozen meanwhile does not: hours may have passed.
    fn send_waiting(self, waiting: Waiting) {
        let Waiting { order, command, sent_at } = waiting;
        self.undo(order);
        if server_clock::now_or_device().millis_since(sent_at) > LATE {
            self.notices.notify(text::too_late(order));
        } else {
            self.send(order, command);
        }
    }

    /// A reason acts: what has run out is not sold in this service, and who closes takes no orders until the
    /// next.
    fn change_for(self, member: Membership, command: &Command) {
        match command.reason() {
            Some(Reason::ItemUnavailable { dish_id: Some(dish_id) }) => {
                let item = MenuItem { dish_id: dish_id.clone(), choice: None };
                self.change_of(
                    member,
                    AvailabilityChange::SellOut { item, lasts: SoldOutFor::Service },
                );
            }
            Some(Reason::Closed) => {
                self.change_of(member, AvailabilityChange::Pause { lasts: PausedFor::Service });
            }
            _ => {}
        }
    }

    /// Does not send the command that is waiting.
    pub(in crate::counter) fn undo(self, id: OrderId) {
        self.waiting.update(|waiting| waiting.retain(|it| it.order != id));
    }

    /// What rings now on this device. Reactive.
    pub(in crate::counter) fn ring(self, now: Timestamp) -> Option<Ring> {
        let waiting = self.waiting.get();
        self.silenced.with(|silenced| {
            self.board.with(|board| {
                let is_answered = |ticket: &&Ticket| {
                    waiting.iter().any(|waiting| waiting.order == ticket.order_id)
                };
                alarm::ring(board.tickets().filter(|it| !is_answered(it)), silenced, now)
            })
        })
    }

    /// Silences this device for every new order, and says that somebody has seen them, which silences the
    /// others.
    pub(in crate::counter) fn see_all(self) {
        let now = self.now.get_untracked();
        let placed: Vec<(OrderId, Loudness, bool)> = self.board.with_untracked(|board| {
            let placed = board.tickets().filter(|it| it.status == Status::Placed);
            let urgent =
                placed.map(|it| (it.order_id, alarm::loudness(it, now), alarm::is_unseen(it)));
            urgent.collect()
        });
        self.silenced.update(|silenced| {
            silenced.extend(placed.iter().map(|(id, loudness, _)| (*id, *loudness)));
        });
        for (id, ..) in placed.into_iter().filter(|(.., is_unseen)| *is_unseen) {
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
        let acts = command.clone();
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
            // Another board may be open by now: what was refused is said there, too.
            let is_open = self.is_open(&member);
            match answer {
                Ok(CommandResult::Done(ticket)) => {
                    self.change_for(member, &acts);
                    self.take_if(is_open, *ticket, has_seen);
                }
                Ok(CommandResult::Changed(changed)) => {
                    // Somebody else had seen it is no news.
                    if !has_seen {
                        self.notices.notify(text::changed(&changed));
                    }
                    self.take_if(is_open, changed.ticket, has_seen);
                }
                Err(error) => {
                    self.notices.notify(text::not_sent(&error, id));
                    self.refetch();
                }
            }
        });
    }

    fn take_if(self, is_open: bool, ticket: Ticket, has_seen: bool) {
        if is_open {
            self.take(ticket, has_seen, browser::monotonic());
        }
    }

    /// Takes a ticket as the server answered a request of that moment.
    pub(super) fn take(self, ticket: Ticket, has_seen: bool, asked_at: i64) {
        self.board.update(|board| match has_seen && ticket.status.is_terminal() {
            true => board.remove(ticket.order_id, asked_at),
            false => board.take(ticket, asked_at),
        });
    }
}
