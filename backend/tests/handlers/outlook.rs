//! What a customer is told of an order's future, and why it ended: in each push, and in the table.

use serde_json::{Value, json};
use shared::{OrderEvent, Timestamp};

use crate::support::{
    DEMO, Fault, ORDER, Pace, START, USER, World, accepting, clock, envelope, invocation, order,
    order_request, pass, placed_elsewhere, user,
};

/// What is pushed of an event: its detail.
async fn pushed(world: &World, event: &OrderEvent) -> Value {
    world.aws.pushed.lock().unwrap().clear();
    world.notifications.handle(envelope(event), clock()).await.unwrap();
    let pushed = world.aws.pushed.lock().unwrap().clone();
    let [(_, message)] = &pushed[..] else { panic!("{pushed:?}") };
    assert_eq!(message["event"]["detail-type"], event.status().name());
    message["event"]["detail"].clone()
}

/// A customer with an open socket and an order that has just been placed.
async fn with_order(pace: Pace, kitchen: &Value) -> World {
    let world = World::new(pace);
    world.list(kitchen);
    world.connect(user(), "open=", clock()).await;
    assert_eq!(world.place(user(), order(), &order_request()).await.0, 201);
    world
}

fn after(seconds: i64) -> Timestamp {
    START.plus_seconds(seconds)
}

/// An event with when it happened, and when the order arrives as of then: seconds after it was
/// placed.
type Step = (&'static str, i64, i64, i64);

/// Lets an order go its way; asserts what is pushed of each event, and that the order says it too.
async fn assert_outlook(kitchen: &Value, steps: [Step; 4]) {
    let world = with_order(DEMO, kitchen).await;
    for (sequence, (status, at, expected, latest)) in (1..).zip(steps) {
        pass(after(at).millis_since(clock()) / 1_000);
        world.watch().await.unwrap();
        let events = world.settle().await;
        let [event] = &events[..] else { panic!("{status}: {events:?}") };
        let mut detail = json!({
            "order_id": ORDER, "user_id": USER, "order_status": status, "sequence": sequence,
            "occurred_at": after(at), "expected_at": after(expected), "latest_at": after(latest),
        });
        if status == "order_accepted" {
            let [.., (_, picked_up, ..), _] = steps;
            detail["ready_at"] = json!(after(picked_up));
        }
        assert_eq!(pushed(&world, event).await, detail);
        let item = world.item(order()).await;
        let estimates = (item.order.expected_at, item.order.latest_at);
        assert_eq!(estimates, (Some(after(expected)), Some(after(latest))), "{status}");
    }
}

/// 6 s to answer; 18 min of preparation and 12 of travel, at a second each; half as long again at
/// the latest.
#[tokio::test]
async fn every_push_says_when_the_order_arrives_as_of_then() {
    let steps = [
        ("order_placed", 0, 36, 54),
        ("order_accepted", 6, 36, 51),
        ("order_picked_up", 24, 36, 42),
        ("order_delivered", 36, 36, 42),
    ];
    assert_outlook(&accepting(), steps).await;
}

/// What it promises is what any kitchen would, until it has accepted.
#[tokio::test]
async fn a_slow_kitchen_takes_three_times_as_long() {
    let steps = [
        ("order_placed", 0, 36, 54),
        ("order_accepted", 18, 108, 153),
        ("order_picked_up", 72, 108, 126),
        ("order_delivered", 108, 108, 126),
    ];
    assert_outlook(&json!({"kitchen": "slow"}), steps).await;
}

/// 15 minutes of preparation and 10 of travel.
#[tokio::test]
async fn an_order_of_another_channel_has_usual_estimates() {
    let world = World::new(DEMO);
    let detail = placed_elsewhere();
    let answer = world.restaurants.handle(invocation("order_placed", detail), clock()).await;
    assert_eq!(answer.unwrap()["outcome"], "not time yet");
    let item = world.item(order()).await;
    assert_eq!((item.act_at, item.order.accept_by), (Some(after(6)), after(60)));
    assert_eq!(item.order.expected_at, Some(after(31)));
    assert_eq!(item.order.latest_at, Some(after(46).plus_millis(500)));
    assert_eq!(item.attention_at, item.act_at);
}

/// `invocation` has 2026-11-23T16:48:10Z, and tests begin 40 minutes before that.
#[tokio::test]
async fn an_order_of_another_channel_was_placed_when_the_bus_took_its_event() {
    let world = World::new(DEMO);
    world.connect(user(), "open=", clock()).await;
    let detail = placed_elsewhere();
    let raw = invocation("order_placed", detail);
    world.notifications.handle(raw.clone(), clock()).await.unwrap();
    world.restaurants.handle(raw, clock()).await.unwrap();
    let placed_at = START.plus_seconds(40 * 60).plus_millis(-791);
    assert_eq!(world.item(order()).await.order.placed_at, placed_at);
    let pushed = world.aws.pushed.lock().unwrap()[0].1["event"]["detail"].clone();
    let expected = json!({
        "order_id": ORDER, "user_id": USER, "order_status": "order_placed", "sequence": 1,
        "occurred_at": placed_at,
    });
    assert_eq!(pushed, expected);
}

/// An order's last event and what is pushed of it.
async fn last_push(world: &World) -> (String, Value) {
    let events = world.settle().await;
    let last = events.last().unwrap();
    (last.status().name().to_owned(), pushed(world, last).await["reason"].clone())
}

#[tokio::test]
async fn a_push_says_why_an_order_ended() {
    let rejects = json!({"kitchen": "rejects", "reject_reason": "item_unavailable"});
    let world = with_order(DEMO, &rejects).await;
    pass(6);
    world.watch().await.unwrap();
    let reason = json!({"code": "item_unavailable"});
    assert_eq!(last_push(&world).await, ("order_rejected".to_owned(), reason));

    let world = with_order(DEMO, &accepting()).await;
    assert_eq!(world.cancel(user(), order()).await.0, 200);
    let reason = json!({"code": "by_customer"});
    assert_eq!(last_push(&world).await, ("order_cancelled".to_owned(), reason));

    let world = with_order(DEMO, &json!({"kitchen": "silent"})).await;
    pass(60);
    world.watch().await.unwrap();
    let reason = json!({"code": "not_answered", "within_seconds": 60});
    assert_eq!(last_push(&world).await, ("order_cancelled".to_owned(), reason));
}

/// What an order is by then is no part of what happened to it before.
#[tokio::test]
async fn an_event_that_is_published_late_says_what_was_known_then() {
    let world = World::new(DEMO);
    world.list(&accepting());
    world.aws.fate(|call| if call.operation == "PutEvents" { Fault::Refused } else { Fault::None });
    world.place(user(), order(), &order_request()).await;
    pass(1);
    world.cancel(user(), order()).await;
    world.aws.calm();
    pass(30);
    world.watch().await.unwrap();
    let events = world.settle().await;
    let [placed, cancelled] = [&events[0].fact, &events[1].fact];
    assert_eq!((placed.sequence, placed.occurred_at), (1, START));
    assert_eq!((&placed.reason, placed.expected_at, placed.latest_at), (&None, None, None));
    assert_eq!((cancelled.sequence, cancelled.occurred_at), (2, after(1)));
    let reason = serde_json::to_value(&cancelled.reason).unwrap();
    assert_eq!(reason, json!({"code": "by_customer"}));
}
