//! A tablet in a restaurant, without the page around it: what it shows, and for which orders it has rung.
//!
//! The rules are the counter's own files, so that what is tested here is what the page does; their unit
//! tests come along.

#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "a vocabulary of which each test uses a part"
)]

#[path = "../../../frontend/src/counter/alarm.rs"]
mod alarm;
#[path = "../../../frontend/src/counter/board.rs"]
mod board;

use std::collections::BTreeSet;

use shared::{
    OrderId, Timestamp,
    api::{self, Ticket},
    live::ToStaff,
};

use alarm::Silenced;
use board::Board;

/// What a tablet shows, and for which orders it has rung.
#[derive(Default)]
pub struct Tablet {
    board: Board,
    rung_for: BTreeSet<OrderId>,
}

impl Tablet {
    /// Takes a message: the order whose ticket has to be fetched for it.
    pub fn receive(&self, message: &ToStaff) -> Option<OrderId> {
        let ToStaff::OrderChanged { order_id, sequence, .. } = message else { return None };
        let known = self.get(*order_id).map(|ticket| ticket.sequence);
        known.is_none_or(|known| known < *sequence).then_some(*order_id)
    }

    /// Takes the whole board, which was asked for at `asked_at` and is here `now`.
    pub fn take_all(&mut self, board: api::Board, asked_at: Timestamp, now: Timestamp) {
        self.board.take_all(board, asked_at.millis());
        self.ring(now);
    }

    /// Takes a ticket in the same way.
    pub fn take(&mut self, ticket: Ticket, asked_at: Timestamp, now: Timestamp) {
        self.board.take(ticket, asked_at.millis());
        self.ring(now);
    }

    /// Takes the ticket of an order of which somebody here has seen that it has ended.
    pub fn take_seen(&mut self, ticket: Ticket, asked_at: Timestamp, now: Timestamp) {
        match ticket.status.is_terminal() {
            true => self.board.remove(ticket.order_id, asked_at.millis()),
            false => self.take(ticket, asked_at, now),
        }
    }

    pub fn get(&self, order_id: OrderId) -> Option<&Ticket> {
        self.board.get(order_id)
    }

    /// Every ticket that it shows, by the order's id.
    pub fn tickets(&self) -> impl Iterator<Item = &Ticket> {
        self.board.tickets()
    }

    /// Whether an order that has ended is shown until somebody has seen that.
    pub fn is_news(ticket: &Ticket) -> bool {
        board::is_news(ticket)
    }

    pub fn has_rung_for(&self, order_id: OrderId) -> bool {
        self.rung_for.contains(&order_id)
    }

    /// Rings for what it shows, as it does each second.
    pub fn ring(&mut self, now: Timestamp) {
        let silenced = Silenced::new();
        let rings = |ticket: &&Ticket| alarm::ring([*ticket].into_iter(), &silenced, now).is_some();
        self.rung_for.extend(self.board.tickets().filter(rings).map(|ticket| ticket.order_id));
    }
}
