//! What there is to deliver, and how it follows the server.

use std::collections::{BTreeMap, BTreeSet};

use shared::{
    OrderId, Timestamp,
    api::{Deliveries, Delivery, Offer},
};

use super::taps::Taps;

/// A list may come from an index that is behind what a command has answered: for so many milliseconds, the answer
/// stays (docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html, "eventually consistent").
pub(super) const LISTED_WITHIN: i64 = 10_000;

/// What there is to deliver. Moments are on the page's monotonic clock, in milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Round {
    on_shift_until: Option<Timestamp>,
    offers: Vec<Offer>,
    claimed: Vec<Entry>,
    /// What was given back or has ended here, and when: a list may have it still.
    left: BTreeMap<OrderId, i64>,
    /// When the list that is here was asked for.
    listed_at: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    delivery: Delivery,
    /// When a command last answered with it; `None` for what only a list has said.
    answered_at: Option<i64>,
}

/// What a list has changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// Whether the list was behind what is known here, so that another one is needed soon.
    pub(super) is_behind: bool,
    /// The deliveries that are not the courier's any more, although they have not ended or given them back here.
    pub(super) lost: Vec<OrderId>,
}

impl Change {
    /// The lost orders of which the courier has to be told: nothing else has told of them, and nothing pressed for
    /// them waits, whose answer will say what became of them.
    pub(super) fn untold(&self, taps: &Taps, told: &BTreeSet<OrderId>) -> Vec<OrderId> {
        let is_untold = |id: &&OrderId| !told.contains(id) && taps.of(**id).next().is_none();
        self.lost.iter().filter(is_untold).copied().collect()
    }
}

impl Round {
    /// Takes a whole list as the server answered a request of `asked_at`.
    pub(super) fn take_all(&mut self, list: Deliveries, asked_at: i64) -> Change {
        let mut change = Change::default();
        if asked_at < self.listed_at {
            return change;
        }
        self.listed_at = asked_at;
        let is_recent = |at: i64| at + LISTED_WITHIN >= asked_at;
        self.left.retain(|_, at| is_recent(*at));
        let mut known = std::mem::take(&mut self.claimed);
        for delivery in list.claimed {
            if self.left.contains_key(&delivery.order_id) {
                change.is_behind = true;
                continue;
            }
            let place = known.iter().position(|it| it.delivery.order_id == delivery.order_id);
            let before = place.map(|place| known.remove(place));
            let answered_at = before.as_ref().and_then(|before| before.answered_at);
            let newer = before.filter(|before| before.delivery.sequence > delivery.sequence);
            self.claimed.push(newer.unwrap_or(Entry { delivery, answered_at }));
        }
        let is_newer = |it: &Entry| it.answered_at.is_some_and(is_recent);
        let (newer, lost): (Vec<_>, Vec<_>) = known.into_iter().partition(is_newer);
        change.is_behind |= !newer.is_empty();
        change.lost = lost.into_iter().map(|it| it.delivery.order_id).collect();
        self.claimed.extend(newer);
        self.on_shift_until = list.on_shift_until;
        self.offers = list.offers;
        let claimed = &self.claimed;
        self.offers.retain(|offer| claimed.iter().all(|it| it.delivery.order_id != offer.order_id));
        change
    }

    /// Takes what a command for an order has answered at this moment: the delivery, or that it is not theirs.
    pub(super) fn take(&mut self, id: OrderId, answer: Option<Delivery>, at: i64) {
        let place = self.claimed.iter().position(|it| it.delivery.order_id == id);
        let Some(delivery) = answer.filter(|delivery| !delivery.status.is_terminal()) else {
            self.claimed.retain(|it| it.delivery.order_id != id);
            self.left.insert(id, at);
            return;
        };
        self.left.remove(&id);
        self.offers.retain(|offer| offer.order_id != id);
        let entry = Entry { delivery, answered_at: Some(at) };
        match place.map(|place| &mut self.claimed[place]) {
            Some(known) if known.delivery.sequence > entry.delivery.sequence => {}
            Some(known) => *known = entry,
            None => self.claimed.push(entry),
        }
    }

    /// Takes an offer away that somebody else has claimed.
    pub(super) fn remove_offer(&mut self, id: OrderId) {
        self.offers.retain(|offer| offer.order_id != id);
    }

    /// Takes what the server has said of the shift: until when it is on, if it is.
    pub(super) fn set_shift(&mut self, until: Option<Timestamp>) {
        self.on_shift_until = until;
        if until.is_none() {
            self.offers.clear();
        }
    }

    /// Until when the courier is on shift, if they are now.
    pub(super) fn on_shift_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.on_shift_until.filter(|until| now < *until)
    }

    /// What waits for a courier, by when it is ready; nothing off shift.
    pub(super) fn offers(&self, now: Timestamp) -> &[Offer] {
        if self.on_shift_until(now).is_some() { &self.offers } else { &[] }
    }

    /// What the courier brings.
    pub(super) fn claimed(&self) -> impl Iterator<Item = &Delivery> {
        self.claimed.iter().map(|it| &it.delivery)
    }

    /// A delivery of the courier's.
    pub(super) fn get(&self, id: OrderId) -> Option<&Delivery> {
        self.claimed().find(|delivery| delivery.order_id == id)
    }

    /// Whether an order is here, offered or theirs.
    pub(super) fn has(&self, id: OrderId) -> bool {
        self.offers.iter().any(|offer| offer.order_id == id) || self.get(id).is_some()
    }

    /// Every order here: what is offered and is not among those of before is new.
    pub(super) fn orders(&self) -> BTreeSet<OrderId> {
        let offered = self.offers.iter().map(|offer| offer.order_id);
        offered.chain(self.claimed().map(|delivery| delivery.order_id)).collect()
    }

    /// Whether something is offered that was not here before.
    pub(super) fn has_new_offer(&self, before: &BTreeSet<OrderId>) -> bool {
        self.offers.iter().any(|offer| !before.contains(&offer.order_id))
    }
}

#[cfg(test)]
mod tests {
    use shared::Status;

    use super::{
        super::taps::tests::{delivery, order, pressed},
        *,
    };

    const UNTIL: Timestamp = Timestamp::from_millis(100_000);
    const NOW: Timestamp = Timestamp::from_millis(1_000);

    fn offer(number: u8, sequence: u32) -> Offer {
        let file = include_str!("../../../shared/tests/wire/reply_deliveries.json");
        let list: Deliveries = serde_json::from_str(file).unwrap();
        Offer { order_id: order(number), sequence, ..list.offers[0].clone() }
    }

    fn list(offers: &[u8], claimed: &[(u8, u32)]) -> Deliveries {
        let claimed = claimed.iter().map(|(it, sequence)| delivery(*it, Status::Ready, *sequence));
        Deliveries {
            on_shift_until: Some(UNTIL),
            offers: offers.iter().map(|it| offer(*it, 2)).collect(),
            claimed: claimed.collect(),
        }
    }

    fn offered(round: &Round) -> Vec<OrderId> {
        round.offers(NOW).iter().map(|offer| offer.order_id).collect()
    }

    fn claimed(round: &Round) -> Vec<(OrderId, u32)> {
        round.claimed().map(|it| (it.order_id, it.sequence)).collect()
    }

    #[test]
    fn what_was_claimed_stays_though_a_list_is_behind() {
        let mut round = Round::default();
        assert_eq!(round.take_all(list(&[1, 2], &[]), 0), Change::default());
        round.take(order(1), Some(delivery(1, Status::Accepted, 3)), 10);
        assert_eq!((offered(&round), claimed(&round)), (vec![order(2)], vec![(order(1), 3)]));
        let behind = Change { is_behind: true, lost: Vec::new() };
        assert_eq!(round.take_all(list(&[1, 2], &[]), 20), behind);
        assert_eq!((offered(&round), claimed(&round)), (vec![order(2)], vec![(order(1), 3)]));
        // Somebody else has it by now.
        let lost = Change { is_behind: false, lost: vec![order(1)] };
        assert_eq!(round.take_all(list(&[2], &[]), 11 + LISTED_WITHIN), lost);
        assert_eq!(claimed(&round), []);
    }

    #[test]
    fn what_only_a_list_has_said_goes_with_the_next_list() {
        let mut round = Round::default();
        round.take_all(list(&[], &[(1, 3)]), 0);
        let Change { lost, .. } = round.take_all(list(&[], &[]), 1);
        assert_eq!((claimed(&round), lost), (vec![], vec![order(1)]), "given to somebody else");
    }

    /// The order was delivered, but not the answer that says so: the list without it came first.
    #[test]
    fn what_waits_for_its_answer_is_not_said_to_be_lost() {
        let mut round = Round::default();
        round.take_all(list(&[], &[(1, 3), (2, 4), (3, 4)]), 0);
        let change = round.take_all(list(&[], &[]), 1);
        let (none, told) = (Taps::default(), BTreeSet::from([order(1)]));
        assert_eq!(change.untold(&none, &BTreeSet::new()), [1, 2, 3].map(order), "all of them");
        assert_eq!(change.untold(&none, &told), [2, 3].map(order));
        let taps = pressed(&[2, 3]);
        assert_eq!(change.untold(&taps, &told), []);
        assert_eq!(change.untold(&pressed(&[2]), &told), [order(3)]);
    }

    #[test]
    fn what_left_does_not_come_back_by_a_list_that_is_behind() {
        let mut round = Round::default();
        round.take_all(list(&[], &[(1, 3), (2, 4)]), 0);
        round.take(order(1), None, 10);
        round.take(order(2), Some(delivery(2, Status::Delivered, 5)), 10);
        let behind = Change { is_behind: true, lost: Vec::new() };
        assert_eq!(round.take_all(list(&[], &[(1, 3), (2, 4)]), 20), behind);
        assert_eq!(claimed(&round), []);
        // Claimed again: an answer is newer than what left.
        round.take(order(1), Some(delivery(1, Status::Ready, 7)), 30);
        assert_eq!(round.take_all(list(&[], &[(1, 7)]), 40), Change::default());
        assert_eq!(claimed(&round), [(order(1), 7)]);
    }

    #[test]
    fn what_is_given_back_can_be_offered_again() {
        let mut round = Round::default();
        round.take_all(list(&[], &[(1, 3)]), 0);
        round.take(order(1), None, 10);
        round.take_all(list(&[1], &[]), 20);
        assert_eq!(offered(&round), [order(1)]);
    }

    #[test]
    fn an_older_answer_changes_nothing() {
        let mut round = Round::default();
        round.take_all(list(&[], &[(1, 3)]), 10);
        round.take_all(list(&[2], &[]), 5);
        assert_eq!((offered(&round), claimed(&round)), (vec![], vec![(order(1), 3)]));
        round.take(order(1), Some(delivery(1, Status::Ready, 2)), 20);
        round.take_all(list(&[], &[(1, 2)]), 30);
        assert_eq!(claimed(&round), [(order(1), 3)]);
        round.take(order(1), Some(delivery(1, Status::PickedUp, 4)), 40);
        round.take_all(list(&[], &[(1, 3)]), 50);
        assert_eq!(claimed(&round), [(order(1), 4)]);
    }

    #[test]
    fn a_shift_ends_by_itself_and_nothing_is_offered_then() {
        let mut round = Round::default();
        round.take_all(list(&[1], &[(2, 3)]), 0);
        assert_eq!(round.on_shift_until(UNTIL.plus_millis(-1)), Some(UNTIL));
        assert_eq!((round.on_shift_until(UNTIL), round.offers(UNTIL)), (None, &[][..]));
        round.set_shift(None);
        assert_eq!((offered(&round), claimed(&round)), (vec![], vec![(order(2), 3)]));
    }

    #[test]
    fn an_offer_is_new_unless_it_was_here_before() {
        let mut round = Round::default();
        round.take_all(list(&[1], &[(2, 3)]), 0);
        let before = round.orders();
        assert!(!round.has_new_offer(&before));
        // Given back by whoever looks at it.
        round.take(order(2), None, 10);
        round.take_all(list(&[1, 2], &[]), 20);
        assert!(!round.has_new_offer(&before));
        round.take_all(list(&[1, 3], &[]), 30);
        assert!(round.has_new_offer(&before));
        round.remove_offer(order(3));
        assert!(!round.has_new_offer(&before));
    }
}
