//! What a courier has pressed and the server is not known to have carried out: kept until it has, in the order
//! of the presses, so that a courier can go on without a connection.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use shared::{
    Command, Currency, EventName, OrderId, Reason, RestaurantId, Status, Timestamp,
    api::Delivery,
    id::CommandId,
    staff::{Collected, CommandRequest},
};

/// Milliseconds after a press from which it counts as one that could not be sent then.
const AT_ONCE: i64 = 2_000;
/// Milliseconds until what got no answer is sent again, for the first time and at the most.
const RETRY: (i64, i64) = (2_000, 10_000);

/// A press of a courier. It is kept by its event and not as a [`Command`], whose tagged form the page would need
/// another reader for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tap {
    /// Of which restaurant.
    pub(super) restaurant_id: RestaurantId,
    /// For which order.
    pub(super) order_id: OrderId,
    /// The id of its command, however often it is sent.
    pub(super) command_id: CommandId,
    /// When it was pressed.
    pub(super) pressed_at: Timestamp,
    /// What it makes happen.
    pub(super) event: EventName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    collected: Option<Collected>,
    /// The currency of what was collected, which outlives the order's card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) currency: Option<Currency>,
}

impl Tap {
    /// A press at this time.
    pub(super) fn new(
        restaurant_id: RestaurantId,
        order_id: OrderId,
        command_id: CommandId,
        pressed_at: Timestamp,
        command: &Command,
    ) -> Self {
        let collected = match command {
            Command::Deliver { collected } => *collected,
            _ => None,
        };
        let (event, reason) = (command.event(), command.reason().cloned());
        Self {
            restaurant_id,
            order_id,
            command_id,
            pressed_at,
            event,
            reason,
            collected,
            currency: None,
        }
    }

    /// What is sent; `None` for what this version of the page does not know.
    pub(super) fn request(&self, now: Timestamp) -> Option<CommandRequest> {
        let is_late = now.millis_since(self.pressed_at) >= AT_ONCE;
        Some(CommandRequest {
            command_id: self.command_id,
            name: None,
            pressed_at: is_late.then_some(self.pressed_at),
            command: self.command()?,
        })
    }

    /// Whether its order is not the courier's any more once it is carried out.
    pub(super) const fn ends(&self) -> bool {
        matches!(self.event, EventName::Delivered | EventName::Failed | EventName::Released)
    }

    fn command(&self) -> Option<Command> {
        let reason = self.reason.clone();
        Some(match self.event {
            EventName::PickedUp => Command::HandOver,
            EventName::Nearby => Command::Nearby,
            EventName::AtDoor => Command::Arrive,
            EventName::Delivered => Command::Deliver { collected: self.collected },
            EventName::Failed => Command::Fail { reason: reason? },
            EventName::Released => Command::Release { reason: reason? },
            _ => return None,
        })
    }
}

/// The presses of an account, the first pressed first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Taps(Vec<Tap>);

impl Taps {
    /// Whether the server has carried out all of them.
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Tap> {
        self.0.iter()
    }

    /// Adds one.
    pub(super) fn push(&mut self, tap: Tap) {
        self.0.push(tap);
    }

    /// Those for an order.
    pub(super) fn of(&self, order: OrderId) -> impl Iterator<Item = &Tap> {
        self.0.iter().filter(move |tap| tap.order_id == order)
    }

    /// What was collected for an order, as its courier has said.
    pub(super) fn collected(&self, order: OrderId) -> Option<(Collected, Currency)> {
        self.of(order).find_map(|tap| Some((tap.collected?, tap.currency?)))
    }

    /// The next one to send: each waits for those before it of the same order. Nothing of these orders is sent
    /// now.
    pub(super) fn next(&self, without: &BTreeSet<OrderId>) -> Option<&Tap> {
        self.0.iter().find(|tap| !without.contains(&tap.order_id))
    }

    /// Whether this one is here still.
    pub(super) fn has(&self, command: CommandId) -> bool {
        self.0.iter().any(|tap| tap.command_id == command)
    }

    /// The orders that ended by what is not among these any more.
    pub(super) fn ended_without(&self, left: &Self) -> Vec<OrderId> {
        let has_ended = |tap: &&Tap| tap.ends() && !left.has(tap.command_id);
        self.iter().filter(has_ended).map(|tap| tap.order_id).collect()
    }

    /// Removes one that was carried out.
    pub(super) fn remove(&mut self, command: CommandId) {
        self.0.retain(|tap| tap.command_id != command);
    }

    /// Removes those for an order: one was refused, and the others followed from it.
    pub(super) fn remove_of(&mut self, order: OrderId) {
        self.0.retain(|tap| tap.order_id != order);
    }
}

/// Milliseconds until what got no answer is sent again, after so many attempts before the last one.
pub(super) fn back_off(attempts: u32) -> i64 {
    let (first, longest) = RETRY;
    (first << attempts.min(10)).min(longest)
}

/// A delivery as its courier sees it: as if everything pressed were carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Card {
    /// The delivery.
    pub(super) delivery: Delivery,
    /// How far it has come.
    pub(super) stage: Stage,
    /// Whether something of that has yet to be sent.
    pub(super) is_pending: bool,
}

/// How far a delivery has come for its courier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// To be picked up.
    Claimed,
    /// On its way.
    Carried,
    /// On its way, and the customer is told that it is near.
    Nearby,
    /// At the customer's door.
    AtDoor,
    /// The customer has it, it could not be handed over, or it ended otherwise.
    Ended,
    /// Given back to the restaurant.
    Released,
}

impl Card {
    /// A delivery with what was pressed since the server said so.
    pub(super) fn of(delivery: &Delivery, taps: &Taps) -> Self {
        let mut card = Self {
            delivery: delivery.clone(),
            stage: stage(delivery),
            is_pending: taps.of(delivery.order_id).next().is_some(),
        };
        for tap in taps.of(delivery.order_id) {
            card.apply(tap);
        }
        card
    }

    /// What cannot happen to it any more changes nothing: the server will refuse it, or has carried it out.
    fn apply(&mut self, tap: &Tap) {
        let Some(status) = self.delivery.status.after(tap.event) else { return };
        let delivery = &mut self.delivery;
        delivery.status = status;
        match tap.event {
            EventName::Nearby => delivery.nearby_at = Some(tap.pressed_at),
            EventName::AtDoor => delivery.at_door_at = Some(tap.pressed_at),
            EventName::Released => {
                self.stage = Stage::Released;
                return;
            }
            _ => {}
        }
        if status.is_terminal() {
            delivery.ended_at = Some(tap.pressed_at);
            delivery.reason.clone_from(&tap.reason);
            delivery.collected = tap.collected;
        }
        self.stage = stage(delivery);
    }
}

fn stage(delivery: &Delivery) -> Stage {
    match (delivery.status, delivery.at_door_at, delivery.nearby_at) {
        (status, ..) if status.is_terminal() => Stage::Ended,
        (Status::PickedUp, Some(_), _) => Stage::AtDoor,
        (Status::PickedUp, None, Some(_)) => Stage::Nearby,
        (Status::PickedUp, None, None) => Stage::Carried,
        _ => Stage::Claimed,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use shared::{Amount, api::Deliveries, staff::PaidBy};

    use super::*;

    const PAID: Collected = Collected { method: PaidBy::Cash, amount: Amount::new(2_300) };

    /// The delivery of a golden wire file, with this number, status and sequence.
    pub(in super::super) fn delivery(number: u8, status: Status, sequence: u32) -> Delivery {
        let file = include_str!("../../../shared/tests/wire/reply_deliveries.json");
        let deliveries: Deliveries = serde_json::from_str(file).unwrap();
        let first = deliveries.claimed[0].clone();
        Delivery { order_id: order(number), status, sequence, nearby_at: None, ..first }
    }

    pub(in super::super) fn order(number: u8) -> OrderId {
        format!("0193a1f0-0000-7000-8000-0000000000{number:02}").parse().unwrap()
    }

    fn command_id(number: i64) -> CommandId {
        CommandId::new(Timestamp::from_millis(number), [0; 10])
    }

    fn tap(of: u8, at: i64, command: &Command) -> Tap {
        let restaurant = "golden-dosa".parse().unwrap();
        Tap::new(restaurant, order(of), command_id(at), Timestamp::from_millis(at), command)
    }

    fn taps(of: &[(u8, Command)]) -> Taps {
        let mut taps = Taps::default();
        for ((of, command), at) in of.iter().zip(1_000..) {
            taps.push(tap(*of, at, command));
        }
        taps
    }

    /// That somebody is nearby was pressed for each of these.
    pub(in super::super) fn pressed(orders: &[u8]) -> Taps {
        taps(&orders.iter().map(|order| (*order, Command::Nearby)).collect::<Vec<_>>())
    }

    /// That an order was delivered was pressed.
    pub(in super::super) fn delivered(order: u8) -> Taps {
        taps(&[(order, Command::Deliver { collected: Some(PAID) })])
    }

    fn every_command() -> Vec<Command> {
        vec![
            Command::HandOver,
            Command::Nearby,
            Command::Arrive,
            Command::Deliver { collected: Some(PAID) },
            Command::Deliver { collected: None },
            Command::Fail { reason: Reason::NobodyThere },
            Command::Release { reason: Reason::Accident },
        ]
    }

    #[test]
    fn what_is_kept_is_the_same_command_when_it_is_read_again() {
        for command in every_command() {
            let kept = serde_json::to_string(&taps(&[(1, command.clone())])).unwrap();
            let read: Taps = serde_json::from_str(&kept).unwrap();
            let request = read.0[0].request(Timestamp::from_millis(1_500)).unwrap();
            let id = command_id(1_000);
            let same = CommandRequest { command_id: id, name: None, pressed_at: None, command };
            assert_eq!(request, same);
        }
    }

    #[test]
    fn what_could_not_be_sent_at_once_carries_the_time_of_the_press() {
        let tap = tap(1, 1_000, &Command::Nearby);
        let pressed_at = |now| tap.request(Timestamp::from_millis(now)).unwrap().pressed_at;
        assert_eq!(pressed_at(1_000 + AT_ONCE - 1), None);
        assert_eq!(pressed_at(1_000 + AT_ONCE), Some(tap.pressed_at));
    }

    #[test]
    fn what_this_version_does_not_know_is_not_sent() {
        let unknown = Tap { event: EventName::Unknown, ..tap(1, 1, &Command::Nearby) };
        assert_eq!(unknown.request(Timestamp::from_millis(1)), None);
        let unexplained =
            Tap { reason: None, ..tap(1, 1, &Command::Fail { reason: Reason::Refused }) };
        assert_eq!(unexplained.request(Timestamp::from_millis(1)), None);
    }

    #[test]
    fn a_press_waits_for_those_before_it_of_its_order_only() {
        let mut taps =
            taps(&[(1, Command::HandOver), (1, Command::Nearby), (2, Command::HandOver)]);
        let next = |taps: &Taps, without: &[u8]| {
            let without = without.iter().copied().map(order).collect();
            taps.next(&without).map(|tap| (tap.order_id, tap.event))
        };
        assert_eq!(next(&taps, &[]), Some((order(1), EventName::PickedUp)));
        assert_eq!(next(&taps, &[1]), Some((order(2), EventName::PickedUp)));
        assert_eq!(next(&taps, &[1, 2]), None);
        taps.remove(command_id(1_000));
        assert!(!taps.has(command_id(1_000)) && taps.has(command_id(1_001)));
        assert_eq!(next(&taps, &[]), Some((order(1), EventName::Nearby)));
    }

    #[test]
    fn a_refusal_takes_the_orders_other_presses_with_it() {
        let mut taps =
            taps(&[(1, Command::HandOver), (2, Command::HandOver), (1, Command::Nearby)]);
        taps.remove_of(order(1));
        assert_eq!(taps.iter().map(|tap| tap.order_id).collect::<Vec<_>>(), [order(2)]);
        taps.remove_of(order(2));
        assert!(taps.is_empty());
    }

    /// What was refused may be another press than the one with the money.
    #[test]
    fn what_was_collected_is_known_as_long_as_the_press_is_kept() {
        let mut taps = taps(&[(1, Command::HandOver), (2, Command::HandOver)]);
        let deliver = tap(1, 2_000, &Command::Deliver { collected: Some(PAID) });
        assert_eq!(taps.collected(order(1)), None);
        let currency: Currency = "GBP".parse().unwrap();
        taps.push(Tap { currency: Some(currency), ..deliver });
        let kept: Taps = serde_json::from_str(&serde_json::to_string(&taps).unwrap()).unwrap();
        assert_eq!(kept.collected(order(1)), Some((PAID, currency)));
        assert_eq!(kept.collected(order(2)), None);
    }

    #[test]
    fn what_another_tab_has_sent_ends_an_order_if_that_is_what_was_pressed() {
        let known = taps(&[
            (1, Command::Nearby),
            (2, Command::Deliver { collected: Some(PAID) }),
            (3, Command::Release { reason: Reason::Accident }),
            (4, Command::Fail { reason: Reason::Refused }),
        ]);
        assert_eq!(known.ended_without(&Taps::default()), [2, 3, 4].map(order));
        assert_eq!(known.ended_without(&known), []);
    }

    #[test]
    fn it_is_tried_less_often_the_longer_there_is_no_answer() {
        assert_eq!([0, 1, 2].map(back_off), [2_000, 4_000, 8_000]);
        assert_eq!(back_off(u32::MAX), 10_000);
    }

    #[test]
    fn a_card_shows_what_was_pressed_as_if_it_were_done() {
        let at = Timestamp::from_millis;
        let picked_up = Card::of(&delivery(1, Status::Ready, 3), &taps(&[(1, Command::HandOver)]));
        assert_eq!((picked_up.stage, picked_up.is_pending), (Stage::Carried, true));
        let pressed = taps(&[(1, Command::HandOver), (1, Command::Nearby), (1, Command::Arrive)]);
        let door = Card::of(&delivery(1, Status::Accepted, 3), &pressed);
        assert_eq!((door.stage, door.delivery.at_door_at), (Stage::AtDoor, Some(at(1_002))));
        assert_eq!(door.delivery.nearby_at, Some(at(1_001)));
        let paid = taps(&[(1, Command::Deliver { collected: Some(PAID) })]);
        let delivered = Card::of(&delivery(1, Status::PickedUp, 4), &paid);
        assert_eq!(delivered.stage, Stage::Ended);
        assert_eq!(delivered.delivery.status, Status::Delivered);
        assert_eq!(delivered.delivery.collected, Some(PAID));
        let failed = taps(&[(1, Command::Fail { reason: Reason::Refused })]);
        let failed = Card::of(&delivery(1, Status::PickedUp, 4), &failed);
        assert_eq!(failed.delivery.status, Status::Failed);
        assert_eq!(failed.delivery.reason, Some(Reason::Refused));
        let released = taps(&[(1, Command::Release { reason: Reason::TooBusy })]);
        let released = Card::of(&delivery(1, Status::Accepted, 3), &released);
        assert_eq!(released.stage, Stage::Released);
    }

    #[test]
    fn a_card_is_as_the_server_says_without_a_press_that_can_still_happen() {
        let other = taps(&[(2, Command::HandOver)]);
        let card = Card::of(&delivery(1, Status::Ready, 3), &other);
        assert_eq!((card.stage, card.is_pending), (Stage::Claimed, false));
        // Carried out, and the answer was lost.
        let done = taps(&[(1, Command::HandOver)]);
        let card = Card::of(&delivery(1, Status::PickedUp, 4), &done);
        assert_eq!((card.stage, card.is_pending), (Stage::Carried, true));
        // Cancelled meanwhile.
        let gone = taps(&[(1, Command::Release { reason: Reason::TooBusy })]);
        let card = Card::of(&delivery(1, Status::Cancelled, 4), &gone);
        assert_eq!(card.stage, Stage::Ended);
    }
}
