use shared::{Amount, api::Deliveries, staff::PaidBy};

use super::*;

const PAID: Collected = Collected { method: PaidBy::Cash, amount: Amount::new(2_300) };

/// The delivery of a golden wire file, with this number, status and sequence.
pub(in super::super) fn delivery(number: u8, status: Status, sequence: u32) -> Delivery {
    let file = include_str!("../../../../shared/tests/wire/reply_deliveries.json");
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

/// That an order was picked up was pressed.
pub(in super::super) fn handed_over(order: u8) -> Taps {
    taps(&[(order, Command::HandOver)])
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
    let unexplained = Tap { reason: None, ..tap(1, 1, &Command::Fail { reason: Reason::Refused }) };
    assert_eq!(unexplained.request(Timestamp::from_millis(1)), None);
}

#[test]
fn a_press_waits_for_those_before_it_of_its_order_only() {
    let mut taps = taps(&[(1, Command::HandOver), (1, Command::Nearby), (2, Command::HandOver)]);
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
    let mut taps = taps(&[(1, Command::HandOver), (2, Command::HandOver), (1, Command::Nearby)]);
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
