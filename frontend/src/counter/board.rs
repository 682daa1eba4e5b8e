//! What is on the board, and how it follows the server.

use std::collections::BTreeMap;

use shared::{OrderId, Reason, Status, Timestamp, api};

/// A part of the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// To be answered; or cancelled before anybody did, until somebody has seen that.
    New,
    /// Being cooked.
    Kitchen,
    /// Cooked.
    Ready,
    /// On its way.
    OnTheWay,
}

/// The board's index follows the orders a little later, and a push may be faster: for so many milliseconds
/// what is known of an order stays, whatever a list says
/// (docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html, "eventually consistent").
const LISTED_WITHIN: i64 = 10_000;

/// What has left the board is remembered for so many milliseconds: a push may be as late as EventBridge tries to
/// deliver an event, 24 h, and has the ticket fetched once more, which still says that the customer has cancelled
/// the order (docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-event-delivery.html).
const PUSHED_WITHIN: i64 = 24 * 3_600_000;

/// The orders that somebody has to look after. Moments are on the page's monotonic clock, in milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Board {
    tickets: BTreeMap<OrderId, Entry>,
    /// When tickets left the board: a list that was asked for before has them still, and a late push fetches them
    /// again.
    removed: BTreeMap<OrderId, i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    ticket: api::Ticket,
    /// When the server said so.
    taken_at: i64,
}

impl Board {
    /// Takes the whole board as the server answered a request of `asked_at`. What is known since then
    /// stays.
    pub(super) fn take_all(&mut self, board: api::Board, asked_at: i64) {
        let listed: BTreeMap<OrderId, api::Ticket> =
            board.orders.into_iter().map(|ticket| (ticket.order_id, ticket)).collect();
        let is_recent = |at: i64| at + LISTED_WITHIN >= asked_at;
        self.tickets.retain(|id, entry| listed.contains_key(id) || is_recent(entry.taken_at));
        self.removed.retain(|_, at| *at + PUSHED_WITHIN >= asked_at);
        for ticket in listed.into_values() {
            self.take(ticket, asked_at);
        }
    }

    /// Takes a ticket as the server answered a request of `asked_at`, unless it is older than what is here or
    /// has left the board. One that has ended leaves the board, unless that is news to the restaurant.
    pub(super) fn take(&mut self, ticket: api::Ticket, asked_at: i64) {
        let id = ticket.order_id;
        let known = self.tickets.get(&id);
        let is_older = known.is_some_and(|known| known.ticket.sequence > ticket.sequence);
        if is_older || self.removed.contains_key(&id) {
            return;
        }
        let taken_at = known.map_or(asked_at, |known| known.taken_at.max(asked_at));
        match ticket.status.is_terminal() && !is_news(&ticket) {
            true => self.remove(id, asked_at),
            false => drop(self.tickets.insert(id, Entry { ticket, taken_at })),
        }
    }

    /// Takes a ticket off the board, for good: an order that has ended does not begin again.
    pub(super) fn remove(&mut self, id: OrderId, at: i64) {
        self.tickets.remove(&id);
        self.removed.insert(id, at);
    }

    /// The ticket of an order.
    pub(super) fn get(&self, id: OrderId) -> Option<&api::Ticket> {
        self.tickets.get(&id).map(|entry| &entry.ticket)
    }

    /// Every ticket.
    pub(super) fn tickets(&self) -> impl Iterator<Item = &api::Ticket> {
        self.tickets.values().map(|entry| &entry.ticket)
    }

    /// The orders of a column, the most urgent first.
    pub(super) fn column(&self, column: Column) -> Vec<OrderId> {
        let mut of_column: Vec<_> =
            self.tickets().filter(|ticket| column_of(ticket.status) == column).collect();
        of_column.sort_by_key(|ticket| (due(ticket), ticket.order_id));
        of_column.into_iter().map(|ticket| ticket.order_id).collect()
    }
}

/// The column of an order with this status.
pub(super) fn column_of(status: Status) -> Column {
    match status {
        Status::Accepted | Status::Unknown => Column::Kitchen,
        Status::Ready => Column::Ready,
        Status::PickedUp => Column::OnTheWay,
        Status::Placed
        | Status::Delivered
        | Status::Rejected
        | Status::Cancelled
        | Status::Failed => Column::New,
    }
}

/// When something has to be done about an order: answer, have it cooked, or bring it.
pub(super) fn due(ticket: &api::Ticket) -> Timestamp {
    let (ready, expected) = (ticket.ready_at, ticket.expected_at);
    match ticket.status {
        Status::Placed => ticket.accept_by,
        Status::Accepted | Status::Unknown => ready.or(expected).unwrap_or(ticket.placed_at),
        _ => expected.or(ready).unwrap_or(ticket.placed_at),
    }
}

/// Whether an order ended without anybody of the restaurant.
pub(super) fn is_news(ticket: &api::Ticket) -> bool {
    ticket.status == Status::Cancelled
        && matches!(ticket.reason, Some(Reason::ByCustomer | Reason::NotAnswered { .. }))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The ticket of a golden wire file, with this number, status and sequence.
    pub(in super::super) fn ticket(number: u8, status: Status, sequence: u32) -> api::Ticket {
        let file = include_str!("../../../shared/tests/wire/reply_board.json");
        let board: api::Board = serde_json::from_str(file).unwrap();
        let id = format!("0193a1f0-0000-7000-8000-0000000000{number:02}");
        let order_id = id.parse().unwrap();
        api::Ticket { order_id, status, sequence, reason: None, ..board.orders[0].clone() }
    }

    fn list(tickets: &[api::Ticket]) -> api::Board {
        api::Board { orders: tickets.to_vec(), couriers: Vec::new() }
    }

    #[test]
    fn an_older_answer_changes_nothing() {
        let mut board = Board::default();
        board.take_all(list(&[ticket(1, Status::Placed, 1)]), 0);
        board.take(ticket(1, Status::Accepted, 2), 10);
        // It was asked for before the order was accepted, and came after.
        board.take_all(list(&[ticket(1, Status::Placed, 1)]), 5);
        board.take(ticket(1, Status::Placed, 1), 20);
        assert_eq!(board.column(Column::Kitchen).len(), 1);
        assert!(board.column(Column::New).is_empty());
    }

    #[test]
    fn what_left_the_board_meanwhile_does_not_come_back() {
        let mut board = Board::default();
        board.take_all(list(&[ticket(1, Status::PickedUp, 4)]), 0);
        board.take(ticket(1, Status::Delivered, 5), 10);
        board.take_all(list(&[ticket(1, Status::PickedUp, 4)]), 5);
        assert_eq!(board.tickets().count(), 0);
        // One order, asked for before it was delivered; and a list of an index that is behind.
        board.take(ticket(1, Status::PickedUp, 4), 5);
        board.take_all(list(&[ticket(1, Status::PickedUp, 4)]), 20);
        assert_eq!(board.tickets().count(), 0);
        board.take_all(list(&[]), 20 + PUSHED_WITHIN);
        assert_eq!(board, Board::default(), "nothing is remembered for longer than it is needed");
    }

    #[test]
    fn what_somebody_has_seen_does_not_come_back_by_a_late_push() {
        let mut board = Board::default();
        let ended = ticket(1, Status::Cancelled, 2);
        let ended = api::Ticket { reason: Some(Reason::ByCustomer), ..ended };
        board.take(ended.clone(), 0);
        board.remove(ended.order_id, 10);
        board.take_all(list(&[]), 3_600_000);
        board.take(ended, 3_600_010);
        assert_eq!(board.tickets().count(), 0);
    }

    #[test]
    fn an_order_that_came_while_the_list_was_fetched_stays() {
        let mut board = Board::default();
        board.take(ticket(1, Status::Placed, 1), 10);
        board.take_all(list(&[]), 5);
        assert_eq!(board.column(Column::New).len(), 1);
        board.take_all(list(&[]), 10 + LISTED_WITHIN);
        assert_eq!(board.column(Column::New).len(), 1, "the index may be behind");
        board.take_all(list(&[]), 11 + LISTED_WITHIN);
        assert_eq!(board.tickets().count(), 0);
    }

    #[test]
    fn only_an_end_that_nobody_here_decided_stays_on_the_board() {
        for (reason, stays) in [
            (Reason::ByCustomer, true),
            (Reason::NotAnswered { within_seconds: 690 }, true),
            (Reason::TooBusy, false),
            (Reason::CustomerCalled, false),
        ] {
            let mut board = Board::default();
            let ended = ticket(1, Status::Cancelled, 2);
            board.take(api::Ticket { reason: Some(reason.clone()), ..ended }, 0);
            assert_eq!(board.column(Column::New).len(), usize::from(stays), "{reason:?}");
        }
    }

    #[test]
    fn a_column_begins_with_the_most_urgent() {
        let at = Timestamp::from_millis;
        let due = |number: u8, millis: i64| api::Ticket {
            ready_at: Some(at(millis)),
            ..ticket(number, Status::Accepted, 2)
        };
        let mut board = Board::default();
        board.take_all(list(&[due(1, 300), due(2, 100), due(3, 200)]), 0);
        let order = [2, 3, 1].map(|number| ticket(number, Status::Placed, 1).order_id);
        assert_eq!(board.column(Column::Kitchen), order);
    }
}
