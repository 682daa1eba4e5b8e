//! Whether the tablet has to ring, and how loud: a function of what is on the board, so that it rings after
//! a reload, and on every device, until somebody has seen the orders.

use std::collections::{BTreeMap, BTreeSet};

use shared::{OrderId, Status, Timestamp, api::Ticket};

use super::board::Board;

/// What the board has to say aloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ring {
    /// For how many orders.
    pub(super) orders: usize,
    /// How loud.
    pub(super) loudness: Loudness,
}

/// How much of the time to answer is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Loudness {
    /// Less than a third.
    Normal,
    /// A third.
    Louder,
    /// Two thirds.
    Loudest,
}

/// What was silenced on this device, and how loud it was then.
pub(super) type Silenced = BTreeMap<OrderId, Loudness>;

/// Whether this device has to ring, and how loud: for new orders that nobody has seen, and in the last third
/// of the time to answer for those that somebody has seen and nobody has answered. An order that was silenced
/// here rings again when it is more urgent; one that is too late does not ring.
pub(super) fn ring<'a>(
    tickets: impl Iterator<Item = &'a Ticket>,
    silenced: &Silenced,
    now: Timestamp,
) -> Option<Ring> {
    let in_time = tickets.filter(|it| it.status == Status::Placed && now < it.accept_by);
    let urgent: Vec<Loudness> = in_time
        .map(|ticket| (ticket, loudness(ticket, now)))
        .filter(|(ticket, loudness)| is_unseen(ticket) || *loudness == Loudness::Loudest)
        .filter(|(ticket, loudness)| silenced.get(&ticket.order_id) < Some(loudness))
        .map(|(_, loudness)| loudness)
        .collect();
    let loudness = urgent.iter().copied().max()?;
    Some(Ring { orders: urgent.len(), loudness })
}

/// Whether an order is new and nobody has seen it.
pub(super) fn is_unseen(ticket: &Ticket) -> bool {
    ticket.status == Status::Placed && ticket.seen_at.is_none()
}

/// How urgent an order is.
pub(super) fn loudness(ticket: &Ticket, now: Timestamp) -> Loudness {
    let (gone, whole) =
        (now.millis_since(ticket.placed_at), ticket.accept_by.millis_since(ticket.placed_at));
    match gone * 3 {
        thirds if thirds >= whole * 2 => Loudness::Loudest,
        thirds if thirds >= whole => Loudness::Louder,
        _ => Loudness::Normal,
    }
}

/// Whether an order that is being cooked, or is cooked, has nobody who brings it.
pub(super) fn has_no_courier(ticket: &Ticket) -> bool {
    let waits = matches!(ticket.status, Status::Accepted | Status::Ready);
    waits && ticket.claimed_at.is_none() && ticket.courier.is_none()
}

/// The orders that nobody brings although they are ready, or should be. There are none where the restaurant's
/// couriers are not staff, for nobody could claim them.
pub(super) fn without_courier(board: &Board, now: Timestamp) -> BTreeSet<OrderId> {
    let is_due = |ticket: &&Ticket| {
        ticket.status == Status::Ready || ticket.ready_at.is_some_and(|ready| ready <= now)
    };
    let late = board.tickets().filter(|it| has_no_courier(it)).filter(is_due);
    late.filter(|_| !board.couriers().is_empty()).map(|ticket| ticket.order_id).collect()
}

/// For how many orders without a courier this device has to ring: for all of them, unless it was silenced for each.
pub(super) fn courier_ring(
    without: &BTreeSet<OrderId>,
    silenced: &BTreeSet<OrderId>,
) -> Option<usize> {
    (!without.is_subset(silenced)).then_some(without.len())
}

#[cfg(test)]
mod tests {
    use shared::api;

    use super::{super::board::tests::ticket, *};

    fn placed(number: u8, at: i64, by: i64) -> Ticket {
        let placed = ticket(number, Status::Placed, 1);
        let time = Timestamp::from_millis;
        Ticket { placed_at: time(at), accept_by: time(by), seen_at: None, ..placed }
    }

    fn ring_at(tickets: &[Ticket], now: i64) -> Option<(usize, Loudness)> {
        ring_unless(&Silenced::new(), tickets, now)
    }

    fn ring_unless(silenced: &Silenced, tickets: &[Ticket], now: i64) -> Option<(usize, Loudness)> {
        let ring = ring(tickets.iter(), silenced, Timestamp::from_millis(now));
        ring.map(|ring| (ring.orders, ring.loudness))
    }

    #[test]
    fn it_rings_louder_at_each_third_of_the_time_to_answer() {
        let tickets = [placed(1, 0, 300)];
        for (now, loudness) in [
            (0, Loudness::Normal),
            (99, Loudness::Normal),
            (100, Loudness::Louder),
            (199, Loudness::Louder),
            (200, Loudness::Loudest),
            (299, Loudness::Loudest),
        ] {
            assert_eq!(ring_at(&tickets, now), Some((1, loudness)), "{now}");
        }
    }

    #[test]
    fn the_most_urgent_order_decides() {
        assert_eq!(
            ring_at(&[placed(1, 0, 300), placed(2, 190, 490)], 200),
            Some((2, Loudness::Loudest))
        );
    }

    #[test]
    fn what_was_seen_or_answered_does_not_ring() {
        let seen = Ticket { seen_at: Some(Timestamp::from_millis(5)), ..placed(1, 0, 300) };
        let accepted = ticket(2, Status::Accepted, 2);
        assert_eq!(ring_at(&[seen.clone(), accepted.clone()], 150), None);
        assert_eq!(ring_at(&[], 250), None);
        let reminder = Some((1, Loudness::Loudest));
        assert_eq!(ring_at(&[seen, accepted], 250), reminder, "seen, and still not answered");
    }

    #[test]
    fn it_does_not_ring_for_what_is_too_late() {
        assert_eq!(ring_at(&[placed(1, 0, 300)], 300), None);
    }

    #[test]
    fn what_was_silenced_here_rings_when_it_is_more_urgent() {
        let tickets = [placed(1, 0, 300)];
        let silenced = Silenced::from([(tickets[0].order_id, Loudness::Normal)]);
        assert_eq!(ring_unless(&silenced, &tickets, 99), None);
        assert_eq!(ring_unless(&silenced, &tickets, 100), Some((1, Loudness::Louder)));
    }

    /// A board with these orders and, if it has any, the couriers of a golden wire file.
    fn board(orders: Vec<Ticket>, has_couriers: bool) -> Board {
        let file = include_str!("../../../shared/tests/wire/reply_board.json");
        let golden: api::Board = serde_json::from_str(file).unwrap();
        let couriers = if has_couriers { golden.couriers } else { Vec::new() };
        let mut board = Board::default();
        board.take_all(api::Board { orders, couriers }, 0);
        board
    }

    /// An order that nobody brings and that is ready at this time.
    fn unclaimed(number: u8, status: Status, ready_at: i64) -> Ticket {
        let ready_at = Some(Timestamp::from_millis(ready_at));
        Ticket { ready_at, claimed_at: None, courier: None, ..ticket(number, status, 2) }
    }

    #[test]
    fn it_rings_for_what_is_ready_and_has_no_courier() {
        let now = Timestamp::from_millis(100);
        let without = |ticket: Ticket| without_courier(&board(vec![ticket], true), now).len();
        assert_eq!(without(unclaimed(1, Status::Ready, 500)), 1);
        assert_eq!(without(unclaimed(1, Status::Accepted, 100)), 1, "it should be ready");
        assert_eq!(without(unclaimed(1, Status::Accepted, 101)), 0);
        assert_eq!(without(unclaimed(1, Status::PickedUp, 0)), 0);
        let claimed_at = Some(Timestamp::from_millis(1));
        assert_eq!(without(Ticket { claimed_at, ..unclaimed(1, Status::Ready, 0) }), 0);
        let courier = Some("Ana".parse().unwrap());
        assert_eq!(without(Ticket { courier, ..unclaimed(1, Status::Ready, 0) }), 0);
        let nobody = board(vec![unclaimed(1, Status::Ready, 0)], false);
        assert!(without_courier(&nobody, now).is_empty(), "couriers that are not staff");
    }

    #[test]
    fn a_device_silenced_for_want_of_a_courier_rings_when_another_order_joins() {
        let [first, second] = [1, 2].map(|number| ticket(number, Status::Ready, 2).order_id);
        let ring = |without: &[OrderId], silenced: &[OrderId]| {
            let set = |ids: &[OrderId]| ids.iter().copied().collect();
            courier_ring(&set(without), &set(silenced))
        };
        assert_eq!(ring(&[], &[]), None);
        assert_eq!(ring(&[first], &[]), Some(1));
        assert_eq!(ring(&[first], &[first]), None);
        assert_eq!(ring(&[first, second], &[first]), Some(2));
        assert_eq!(ring(&[second], &[first, second]), None);
    }
}
