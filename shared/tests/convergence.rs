//! However events reach a browser, its copy of the order never goes backwards, and one fetch mends it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use shared::{
    Fact, Order, OrderEvent, Reason, Status, Timestamp,
    order::{Applied, Step},
};

const ORDER: &str = "0ff5e0c8-7c95-49be-ac84-771d47e1d92a";
const USER: &str = "68a0f215-8453-45be-a418-5b0b1c94b456";
const LIVES: [&[Status]; 3] = [
    &[Status::Placed, Status::Accepted, Status::PickedUp, Status::Delivered],
    &[Status::Placed, Status::Rejected],
    &[Status::Placed, Status::Cancelled],
];

fn events(life: &[Status]) -> Vec<OrderEvent> {
    (1..)
        .zip(life)
        .map(|(sequence, &order_status)| {
            OrderEvent::of(Fact {
                order_id: ORDER.parse().unwrap(),
                order_status,
                user_id: USER.parse().unwrap(),
                sequence,
                occurred_at: Timestamp::from_millis(i64::from(sequence)),
                expected_at: estimate(order_status),
                latest_at: estimate(order_status).map(|at| at.plus_seconds(60)),
                reason: reason(order_status),
            })
        })
        .collect()
}

/// When an order should arrive, as the event that makes it `status` has it.
fn estimate(status: Status) -> Option<Timestamp> {
    match status {
        Status::Accepted => Some(Timestamp::from_millis(50_000)),
        Status::PickedUp => Some(Timestamp::from_millis(40_000)),
        _ => None,
    }
}

/// Why an order is `status`, as its event has it.
fn reason(status: Status) -> Option<Reason> {
    match status {
        Status::Rejected => Some(Reason::TooBusy),
        Status::Cancelled => Some(Reason::ByCustomer),
        _ => None,
    }
}

/// The order as the server knows it after the first `count` events.
fn after(life: &[Status], count: usize) -> Order {
    let at = |number: usize| Timestamp::from_millis(i64::try_from(number).unwrap() + 1);
    // An event that names no other estimate leaves the one before as it is.
    let expected_at = life[..count].iter().rev().find_map(|&status| estimate(status));
    Order {
        order_id: ORDER.parse().unwrap(),
        status: life[count - 1],
        sequence: u32::try_from(count).unwrap(),
        timeline: life[..count]
            .iter()
            .enumerate()
            .map(|(n, &status)| Step { status, at: at(n) })
            .collect(),
        placed_at: at(0),
        accept_by: at(0).plus_seconds(60),
        expected_at,
        latest_at: expected_at.map(|at| at.plus_seconds(60)),
        reason: reason(life[count - 1]),
        basket: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_deliveries_in_any_order_converge_and_never_go_backwards(
        life in prop::sample::select(&LIVES[..]),
        arrivals in prop::collection::vec(0usize..4, 0..24),
    ) {
        let events = events(life);
        let mut order = after(life, 1);
        for arrival in arrivals {
            let before = order.clone();
            let event = &events[arrival % events.len()];
            match order.apply(event) {
                Applied::Advanced => prop_assert_eq!(order.sequence, before.sequence + 1),
                Applied::Duplicate => prop_assert_eq!(&order, &before),
                Applied::Gap => {
                    prop_assert_eq!(&order, &before);
                    prop_assert!(event.fact().sequence > before.sequence + 1);
                }
            }
            prop_assert_eq!(&order, &after(life, usize::try_from(order.sequence).unwrap()));
        }
        let fetched = after(life, life.len());
        order.catch_up(fetched.clone());
        prop_assert_eq!(&order, &fetched);
        order.catch_up(after(life, 1));
        prop_assert_eq!(&order, &fetched, "an older copy changes nothing");
    }

    #[test]
    fn a_terminal_order_stays_as_it_is(life in prop::sample::select(&LIVES[..]), next in prop::sample::select(&Status::ALL[..])) {
        let mut order = after(life, life.len());
        let before = order.clone();
        let mut event = events(&[next]).remove(0).fact().clone();
        event.sequence = order.sequence + 1;
        prop_assert_eq!(order.apply(&OrderEvent::of(event)), Applied::Gap);
        prop_assert_eq!(order, before);
    }
}

#[test]
fn a_status_becomes_what_the_choreography_says_and_nothing_else() {
    use Status::{Accepted, Cancelled, Delivered, PickedUp, Placed, Rejected};
    let allowed = [
        (Placed, Accepted),
        (Placed, Rejected),
        (Placed, Cancelled),
        (Accepted, PickedUp),
        (PickedUp, Delivered),
    ];
    for from in Status::ALL {
        for to in Status::ALL {
            assert_eq!(from.may_become(to), allowed.contains(&(from, to)), "{from:?} → {to:?}");
        }
        let leads_on = allowed.iter().any(|&(other, _)| other == from);
        assert_eq!(from.is_terminal(), !leads_on, "{from:?}");
    }
}

#[test]
fn another_orders_event_or_copy_changes_nothing() {
    let mut order = after(LIVES[0], 1);
    let mut accepted = events(LIVES[0]).remove(1).fact().clone();
    accepted.order_id = USER.parse().unwrap();
    assert_eq!(order.apply(&OrderEvent::of(accepted)), Applied::Duplicate);
    let other = Order { order_id: USER.parse().unwrap(), ..after(LIVES[0], 4) };
    order.catch_up(other);
    assert_eq!(order, after(LIVES[0], 1));
}

#[test]
fn a_fetched_copy_as_new_as_this_one_takes_its_place() {
    let mut order = after(LIVES[0], 2);
    let fetched = Order { accept_by: Timestamp::from_millis(9), ..order.clone() };
    order.catch_up(fetched.clone());
    assert_eq!(order, fetched);
}
