//! However events reach a browser, its copy of the order never goes backwards, and one fetch mends it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use shared::{
    EventName, Fact, Order, OrderEvent, Reason, Status, Timestamp,
    order::{Applied, Delay, Step},
};

const ORDER: &str = "0ff5e0c8-7c95-49be-ac84-771d47e1d92a";
const USER: &str = "68a0f215-8453-45be-a418-5b0b1c94b456";
use EventName as Event;

const LIVES: [&[Event]; 7] = [
    &[Event::Placed, Event::Accepted, Event::PickedUp, Event::Delivered],
    &[
        Event::Placed,
        Event::Seen,
        Event::Accepted,
        Event::Claimed,
        Event::Delayed,
        Event::Released,
        Event::Ready,
        Event::Claimed,
        Event::PickedUp,
        Event::Delayed,
        Event::Delivered,
    ],
    &[
        Event::Placed,
        Event::Accepted,
        Event::Claimed,
        Event::PickedUp,
        Event::Nearby,
        Event::AtDoor,
        // Another courier goes on with it.
        Event::Claimed,
        Event::Nearby,
        Event::AtDoor,
        Event::Delivered,
    ],
    &[Event::Placed, Event::Accepted, Event::Ready, Event::PickedUp, Event::Failed],
    &[Event::Placed, Event::Accepted, Event::Ready, Event::Delayed, Event::Cancelled],
    &[Event::Placed, Event::Seen, Event::Rejected],
    &[Event::Placed, Event::Cancelled],
];

fn events(life: &[Event]) -> Vec<OrderEvent> {
    let mut status = Status::Placed;
    let mut event = |sequence: u32, name: Event| {
        status = name.status().unwrap_or(status);
        let fact = Fact {
            order_id: ORDER.parse().unwrap(),
            order_status: status,
            user_id: USER.parse().unwrap(),
            restaurant_id: None,
            sequence,
            occurred_at: Timestamp::from_millis(i64::from(sequence)),
            ready_at: ready(name),
            expected_at: estimate(name),
            latest_at: estimate(name).map(|at| at.plus_seconds(60)),
            reason: reason(name),
        };
        OrderEvent { name, fact }
    };
    (1..).zip(life).map(|(sequence, name)| event(sequence, *name)).collect()
}

/// When an order should arrive, as an event of this name has it.
const fn estimate(name: Event) -> Option<Timestamp> {
    match name {
        Event::Accepted => Some(Timestamp::from_millis(50_000)),
        Event::PickedUp => Some(Timestamp::from_millis(40_000)),
        Event::Delayed => Some(Timestamp::from_millis(60_000)),
        _ => None,
    }
}

/// When an order should be ready, as an event of this name has it.
const fn ready(name: Event) -> Option<Timestamp> {
    match name {
        Event::Accepted => Some(Timestamp::from_millis(20_000)),
        Event::Ready => Some(Timestamp::from_millis(15_000)),
        _ => None,
    }
}

/// Why it happened, as an event of this name has it.
const fn reason(name: Event) -> Option<Reason> {
    match name {
        Event::Rejected | Event::Delayed => Some(Reason::TooBusy),
        Event::Cancelled => Some(Reason::ByCustomer),
        Event::Failed => Some(Reason::NobodyThere),
        _ => None,
    }
}

/// The order as the server knows it after the first `count` events.
fn after(life: &[Event], count: usize) -> Order {
    let at = |number: usize| Timestamp::from_millis(i64::try_from(number).unwrap() + 1);
    let happened = || life[..count].iter().copied().enumerate();
    let last = |wanted: &[Event]| happened().rfind(|(_, name)| wanted.contains(name));
    // An event that names no other estimate leaves the one before as it is.
    let expected_at = happened().rev().find_map(|(_, name)| estimate(name));
    let statuses = || happened().filter_map(|(n, name)| Some((n, name.status()?)));
    let (_, status) = statuses().next_back().unwrap();
    Order {
        order_id: ORDER.parse().unwrap(),
        status,
        sequence: u32::try_from(count).unwrap(),
        timeline: statuses().map(|(n, status)| Step { status, at: at(n) }).collect(),
        placed_at: at(0),
        accept_by: at(0).plus_seconds(60),
        ready_at: happened().rev().find_map(|(_, name)| ready(name)),
        expected_at,
        latest_at: expected_at.map(|at| at.plus_seconds(60)),
        seen_at: last(&[Event::Seen]).map(|(n, _)| at(n)),
        claimed_at: last(&[Event::Claimed, Event::Released])
            .filter(|(_, name)| *name == Event::Claimed)
            .map(|(n, _)| at(n)),
        // What one courier has said is not so of the next.
        nearby_at: last(&[Event::Nearby, Event::Claimed])
            .filter(|(_, name)| *name == Event::Nearby)
            .map(|(n, _)| at(n)),
        at_door_at: last(&[Event::AtDoor, Event::Claimed])
            .filter(|(_, name)| *name == Event::AtDoor)
            .map(|(n, _)| at(n)),
        delay: last(&[Event::Delayed]).map(|(n, name)| Delay { at: at(n), reason: reason(name) }),
        reason: reason(status.event()),
        basket: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_deliveries_in_any_order_converge_and_never_go_backwards(
        life in prop::sample::select(&LIVES[..]),
        arrivals in prop::collection::vec(0usize..11, 0..48),
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
                    prop_assert!(event.fact.sequence > before.sequence + 1);
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
    fn a_terminal_order_stays_as_it_is(life in prop::sample::select(&LIVES[..]), next in prop::sample::select(&Event::ALL[..])) {
        let mut order = after(life, life.len());
        let before = order.clone();
        let mut event = events(&[next]).remove(0).fact.clone();
        event.sequence = order.sequence + 1;
        prop_assert_eq!(order.apply(&OrderEvent { name: next, fact: event }), Applied::Gap);
        prop_assert_eq!(order, before);
    }
}

#[test]
fn an_event_happens_to_an_order_when_the_choreography_says_and_never_else() {
    use Status::{Accepted, Cancelled, Delivered, Failed, PickedUp, Placed, Ready, Rejected};
    let allowed = [
        (Placed, Event::Seen, Placed),
        (Placed, Event::Accepted, Accepted),
        (Placed, Event::Rejected, Rejected),
        (Placed, Event::Cancelled, Cancelled),
        (Accepted, Event::Ready, Ready),
        (Accepted, Event::PickedUp, PickedUp),
        (Accepted, Event::Cancelled, Cancelled),
        (Accepted, Event::Delayed, Accepted),
        (Accepted, Event::Claimed, Accepted),
        (Accepted, Event::Released, Accepted),
        (Ready, Event::PickedUp, PickedUp),
        (Ready, Event::Cancelled, Cancelled),
        (Ready, Event::Delayed, Ready),
        (Ready, Event::Claimed, Ready),
        (Ready, Event::Released, Ready),
        (PickedUp, Event::Delivered, Delivered),
        (PickedUp, Event::Failed, Failed),
        (PickedUp, Event::Delayed, PickedUp),
        (PickedUp, Event::Claimed, PickedUp),
        (PickedUp, Event::Nearby, PickedUp),
        (PickedUp, Event::AtDoor, PickedUp),
    ];
    for from in Status::ALL {
        for event in Event::ALL {
            let expected = allowed.iter().find(|it| (it.0, it.1) == (from, event)).map(|it| it.2);
            assert_eq!(from.after(event), expected, "{from:?}, {event:?}");
        }
        let leads_on = allowed.iter().any(|&(other, _, _)| other == from);
        assert_eq!(from.is_terminal(), !leads_on, "{from:?}");
    }
}

#[test]
fn another_orders_event_or_copy_changes_nothing() {
    let mut order = after(LIVES[0], 1);
    let mut accepted = events(LIVES[0]).remove(1).fact.clone();
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
