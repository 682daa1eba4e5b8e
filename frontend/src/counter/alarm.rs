//! Whether the tablet has to ring, and how loud: a function of what is on the board, so that it rings after
//! a reload, and on every device, until somebody has seen the orders.

use shared::{Status, Timestamp, api::Ticket};

/// What the board has to say aloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ring {
    /// How many new orders nobody has seen.
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

/// Whether there are new orders that nobody has seen, and how urgent the most urgent of them is.
pub(super) fn ring<'a>(tickets: impl Iterator<Item = &'a Ticket>, now: Timestamp) -> Option<Ring> {
    let unseen: Vec<_> = tickets.filter(|ticket| is_unseen(ticket)).collect();
    let loudness = unseen.iter().map(|ticket| loudness(ticket, now)).max()?;
    Some(Ring { orders: unseen.len(), loudness })
}

/// Whether an order is new and nobody has seen it.
pub(super) fn is_unseen(ticket: &Ticket) -> bool {
    ticket.status == Status::Placed && ticket.seen_at.is_none()
}

fn loudness(ticket: &Ticket, now: Timestamp) -> Loudness {
    let (gone, whole) =
        (now.millis_since(ticket.placed_at), ticket.accept_by.millis_since(ticket.placed_at));
    match gone * 3 {
        thirds if thirds >= whole * 2 => Loudness::Loudest,
        thirds if thirds >= whole => Loudness::Louder,
        _ => Loudness::Normal,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::board::tests::ticket, *};

    fn placed(number: u8, at: i64, by: i64) -> Ticket {
        let placed = ticket(number, Status::Placed, 1);
        let time = Timestamp::from_millis;
        Ticket { placed_at: time(at), accept_by: time(by), seen_at: None, ..placed }
    }

    fn ring_at(tickets: &[Ticket], now: i64) -> Option<(usize, Loudness)> {
        let ring = ring(tickets.iter(), Timestamp::from_millis(now));
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
            (900, Loudness::Loudest),
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
        assert_eq!(ring_at(&[seen, accepted], 250), None);
        assert_eq!(ring_at(&[], 250), None);
    }
}
