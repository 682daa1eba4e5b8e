//! What is sent for an order: at once, or after a while in which it can be undone.

use std::collections::BTreeSet;

use leptos::{prelude::*, task::spawn_local};
use shared::{
    Command, OrderId, Reason, RestaurantId, Status, Timestamp,
    api::{Membership, ProblemType, Ticket},
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
    fetching::repeat,
};
use crate::{browser, http::ApiError, server_clock};

/// Milliseconds in which something that cannot be taken back can be undone: it is sent afterwards.
const UNDO_WITHIN: i64 = 8_000;
/// Milliseconds after which what waited is not sent any more.
const LATE: i64 = 60_000;

/// How a command is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::counter) enum Sender {
    /// By the board: with a connection only.
    Board,
    /// By whoever brings the order: kept until there is a connection.
    Courier,
}

/// A command that is sent after a while unless it is undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::counter) struct Waiting {
    /// For which order.
    order: OrderId,
    /// What is sent.
    pub(in crate::counter) command: Command,
    /// When it is sent.
    pub(in crate::counter) sent_at: Timestamp,
    sender: Sender,
    /// For which restaurant its courier brings it.
    restaurant: Option<RestaurantId>,
}

impl Store {
    /// The command that is waiting to be sent for an order. Reactive.
    pub(in crate::counter) fn waiting(self, id: OrderId) -> Option<Waiting> {
        self.waiting.with(|waiting| waiting.iter().find(|it| it.order == id).cloned())
    }

    /// Whether nothing can be done with this order right now. Reactive.
    pub(in crate::counter) fn is_blocked(self, id: OrderId) -> bool {
        self.is_stale() || self.is_sending(id)
    }

    /// Whether a command for this order is being sent. Reactive.
    pub(in crate::counter) fn is_sending(self, id: OrderId) -> bool {
        self.sending.with(|sending| sending.contains(&id))
    }

    /// Sends a command that cannot be taken back, unless it is undone before.
    pub(in crate::counter) fn send_later(self, sender: Sender, id: OrderId, command: Command) {
        let sent_at = self.now.get_untracked().plus_millis(UNDO_WITHIN);
        let restaurant = self.delivers_for(id);
        let waiting = Waiting { order: id, command, sent_at, sender, restaurant };
        self.waiting.update(|all| {
            all.retain(|it| it.order != id);
            all.push(waiting.clone());
        });
        browser::focus_if_lost(format!("#undo-{id}"));
        spawn_local(async move {
            browser::sleep(UNDO_WITHIN as u32).await;
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

    /// Drops what waits, and says so: whoever chose it is not signed in any more.
    pub(super) fn drop_all_waiting(self) {
        let error = ApiError::of(ProblemType::NotSignedIn);
        for waiting in self.waiting.get_untracked() {
            self.undo(waiting.order);
            self.notices.notify(text::not_sent(&error, waiting.order));
        }
    }

    /// Sends what was waiting, after another command of that order that is being sent. A page that was frozen
    /// meanwhile does not: hours may have passed.
    fn send_waiting(self, waiting: Waiting) {
        let Waiting { order, command, sent_at, sender, restaurant } = waiting;
        self.undo(order);
        if server_clock::now_or_device().millis_since(sent_at) > LATE {
            return self.notices.notify(text::too_late(order));
        }
        if sender == Sender::Courier {
            return self.press_for(restaurant, order, &command);
        }
        let Some(member) = self.member.get_untracked() else { return };
        if !self.sending.with_untracked(|sending| sending.contains(&order)) {
            return self.send_as(member, order, command);
        }
        spawn_local(async move {
            while self.sending.with_untracked(|sending| sending.contains(&order)) {
                browser::sleep(250).await;
            }
            self.send_as(member, order, command);
        });
    }

    /// Applies a reason to the menu: what has run out is sold out, and a restaurant that closes takes no orders,
    /// both for this service.
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
        let mut answered = self.sending.get();
        answered.extend(self.waiting.get().iter().map(|waiting| waiting.order));
        self.silenced.with(|silenced| {
            self.board.with(|board| {
                let tickets = board.tickets().filter(|it| !answered.contains(&it.order_id));
                alarm::ring(tickets, silenced, now)
            })
        })
    }

    /// The orders that nobody brings yet although it is time to, if this device has to ring for them. Reactive.
    pub(in crate::counter) fn ring_for_courier(self, now: Timestamp) -> Option<usize> {
        let waiting = self.without_courier(now);
        self.silenced_courier.with(|silenced| alarm::courier_ring(&waiting, silenced))
    }

    fn without_courier(self, now: Timestamp) -> BTreeSet<OrderId> {
        self.board.with(|board| alarm::without_courier(board, now))
    }

    /// Silences this device for the orders that have no courier now.
    pub(in crate::counter) fn silence_courier(self) {
        self.silenced_courier.set(untrack(|| self.without_courier(self.now())));
    }

    /// An order that has a courier rings again if it loses them.
    pub(in crate::counter) fn prune_silenced(self, now: Timestamp) {
        let waiting = untrack(|| self.without_courier(now));
        let is_over = |id: &OrderId| !waiting.contains(id);
        if self.silenced_courier.with_untracked(|silenced| silenced.iter().any(is_over)) {
            self.silenced_courier.update(|silenced| silenced.retain(|id| waiting.contains(id)));
        }
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
        let is_waiting =
            |id| self.waiting.with_untracked(|all| all.iter().any(|it| it.order == id));
        for (id, _, is_unseen) in placed {
            if is_unseen && !is_waiting(id) {
                self.send(id, Command::See);
            }
        }
    }

    /// Sends a command at once. What gets no answer is sent again for a while: with the same id, it is the
    /// same command.
    pub(in crate::counter) fn send(self, id: OrderId, command: Command) {
        if let Some(member) = self.member.get_untracked() {
            self.send_as(member, id, command);
        }
    }

    fn send_as(self, member: Membership, id: OrderId, command: Command) {
        // Whoever has seen an order can go on with it at once.
        let under_way = if command == Command::See { self.seeing } else { self.sending };
        if under_way.try_update(|under_way| under_way.insert(id)) != Some(true) {
            return;
        }
        let acts = command.clone();
        let command_id = browser::new_command_id();
        let request = CommandRequest { command_id, name: None, pressed_at: None, command };
        spawn_local(async move {
            let restaurant = &member.restaurant_id;
            let send = async || api::command(self.session, restaurant, id, &request).await;
            let answer = repeat(send).await;
            under_way.update(|under_way| {
                under_way.remove(&id);
            });
            self.apply_result(member, id, &acts, answer);
        });
    }

    fn apply_result(
        self,
        member: Membership,
        id: OrderId,
        command: &Command,
        result: Result<CommandResult, ApiError>,
    ) {
        // Another board may be open by now: what was refused is said there, too.
        let is_open = self.is_open(&member);
        let has_seen = *command == Command::See;
        match result {
            Ok(CommandResult::Done(ticket)) => {
                self.change_for(member, command);
                if is_open && !has_seen {
                    self.notices.announce(text::moved(&ticket, command));
                    browser::focus_if_lost(format!("#ticket-{id}"));
                }
                self.take_if(is_open, *ticket, has_seen);
            }
            Ok(CommandResult::Changed(changed)) => {
                // That somebody else was first to see it needs no notice.
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
