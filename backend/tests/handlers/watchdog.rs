//! The watchdog when there is much to do, little time, or a service that fails.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use backend::store::orders::{MAX_DUE, SHARDS};
use serde_json::{Value, json};
use shared::{OrderId, Status, Timestamp};

use crate::support::{
    DEMO, Fault, START, World, accepting, clock, order, order_request, pass, user,
};

fn orders(count: u8) -> Vec<OrderId> {
    (0..count).map(|number| OrderId::new(START, [number; 10])).collect()
}

fn silent() -> Value {
    json!({"kitchen": "silent"})
}

/// Orders that are placed, of which the bus knows.
async fn placed(kitchen: &Value, ids: &[OrderId]) -> World {
    let world = World::new(DEMO);
    world.list(kitchen);
    for &id in ids {
        assert_eq!(world.place(user(), id, &order_request()).await.0, 201);
    }
    world.settle().await;
    world
}

/// Orders that are placed, and no bus that takes events.
async fn unpublished(kitchen: &Value, ids: &[OrderId]) -> World {
    let world = World::new(DEMO);
    world.list(kitchen);
    world.refuse(|call| call.operation == "PutEvents");
    for &id in ids {
        assert_eq!(world.place(user(), id, &order_request()).await.0, 201);
    }
    world
}

/// A round of 13 seconds while each call takes a tenth of one: how long it took in milliseconds.
async fn short_round(world: &World) -> i64 {
    let began = clock();
    world.aws.latency.store(100, Ordering::Relaxed);
    world.watch_for(13).await.unwrap();
    world.aws.latency.store(0, Ordering::Relaxed);
    clock().millis_since(began)
}

async fn count(
    world: &World,
    ids: &[OrderId],
    is: impl Fn(&backend::store::orders::Item) -> bool,
) -> usize {
    let mut count = 0;
    for &id in ids {
        count += usize::from(is(&world.item(id).await));
    }
    count
}

#[tokio::test]
async fn a_round_ends_before_its_deadline_and_the_next_one_goes_on() {
    let ids = orders(60);
    let world = placed(&accepting(), &ids).await;
    pass(6);
    let took = short_round(&world).await;
    assert!((8_000..12_000).contains(&took), "it stops 5 s before its deadline: {took}");
    let accepted = count(&world, &ids, |item| item.order.status == Status::Accepted).await;
    assert!((16..60).contains(&accepted), "{accepted}");
    // What was written and not published is found once its writer must be gone.
    for _ in 0..2 {
        pass(30);
        world.watch().await.unwrap();
    }
    assert_eq!(count(&world, &ids, |item| item.order.status != Status::Placed).await, 60);
    let mut events: Vec<_> = world.aws.take_published();
    events.retain(|event| event.status() == Status::Accepted);
    assert_eq!(events.len(), 60);
}

#[tokio::test]
async fn publishing_ends_before_the_deadline_too() {
    let ids = orders(40);
    let world = unpublished(&silent(), &ids).await;
    world.aws.calm();
    pass(30);
    let took = short_round(&world).await;
    assert!((8_000..12_000).contains(&took), "{took}");
    let left = count(&world, &ids, |item| !item.unpublished.is_empty()).await;
    assert!((1..=24).contains(&left), "{left}");
    world.watch().await.unwrap();
    assert_eq!(world.aws.take_published().len(), 40, "each once");
    assert_eq!(count(&world, &ids, |item| item.unpublished.is_empty()).await, 40);
}

#[tokio::test]
async fn an_order_that_cannot_be_published_is_put_off_twice_as_long_each_time() {
    let world = unpublished(&accepting(), &[order()]).await;
    assert_eq!(world.cancel(user(), order()).await.0, 200);
    assert_eq!(world.item(order()).await.attention_at, Some(START.plus_seconds(30)));
    pass(30);
    for (tries, seconds) in (1..).zip([5, 10, 20, 40, 80, 160, 320, 600, 600]) {
        let round = world.watch().await.unwrap();
        assert_eq!(round, json!({"handled": 0, "failed": 1}));
        let item = world.item(order()).await;
        assert_eq!(item.attention_at, Some(clock().plus_seconds(seconds)));
        assert_eq!(item.attention_tries, tries);
        pass(seconds - 1);
        let round = world.watch().await.unwrap();
        assert_eq!(round, json!({"handled": 0, "failed": 0}), "it waits its turn");
        pass(1);
    }
    world.aws.calm();
    assert_eq!(world.watch().await.unwrap(), json!({"handled": 1, "failed": 0}));
    let sequences = world.aws.take_published().into_iter().map(|event| event.fact.sequence);
    assert_eq!(sequences.collect::<Vec<_>>(), [1, 2]);
    assert_eq!(world.item(order()).await.attention_tries, 0, "the next failure is a first one");
    assert!(world.item(order()).await.is_over());
    assert_eq!(world.item(order()).await.attention_at, None);
}

#[tokio::test]
async fn an_order_is_never_put_off_beyond_its_deadline() {
    let world = unpublished(&silent(), &[order()]).await;
    let attention = async || world.item(order()).await.attention_at.unwrap().millis_since(START);
    for (seconds, expected) in [(30, 35_000), (5, 45_000), (10, 60_000)] {
        pass(seconds);
        world.watch().await.unwrap();
        assert_eq!(attention().await, expected);
    }
}

#[tokio::test]
async fn an_order_that_cannot_be_written_is_put_off_and_moves_later() {
    let world = placed(&accepting(), &[order()]).await;
    world.refuse(|call| call.body.to_string().contains("order_accepted"));
    pass(6);
    assert_eq!(world.watch().await.unwrap(), json!({"handled": 0, "failed": 1}));
    let item = world.item(order()).await;
    assert_eq!((item.order.status, item.attention_tries), (Status::Placed, 1));
    assert_eq!(item.attention_at, Some(clock().plus_seconds(5)));
    world.aws.calm();
    pass(5);
    assert_eq!(world.watch().await.unwrap(), json!({"handled": 1, "failed": 0}));
    assert_eq!(world.item(order()).await.order.status, Status::Accepted);
}

#[tokio::test]
async fn an_order_that_cannot_be_read_now_stays_due() {
    let world = placed(&accepting(), &[order()]).await;
    let before = world.item(order()).await;
    pass(6);
    world.refuse(|call| call.operation == "GetItem");
    assert_eq!(world.watch().await.unwrap(), json!({"handled": 0, "failed": 1}));
    world.aws.calm();
    assert_eq!(world.item(order()).await, before);
    world.watch().await.unwrap();
    assert_eq!(world.item(order()).await.order.status, Status::Accepted);
}

/// The function would be killed, and its log line and metrics with it.
#[tokio::test(start_paused = true)]
async fn a_visit_that_gets_no_answer_fails_before_the_functions_deadline() {
    let world = placed(&accepting(), &orders(2)).await;
    pass(6);
    world.aws.fate(|call| match call.operation.as_str() {
        "GetItem" => Fault::CrashBefore,
        _ => Fault::None,
    });
    let round = tokio::time::timeout(Duration::from_secs(55), world.watch_for(55));
    assert_eq!(round.await.unwrap().unwrap(), json!({"handled": 0, "failed": 2}));
}

/// What the bus has is not counted when the order is rescheduled for what it refuses.
#[tokio::test]
async fn an_order_is_rescheduled_when_its_second_event_is_refused() {
    let world = unpublished(&accepting(), &[order()]).await;
    assert_eq!(world.cancel(user(), order()).await.0, 200);
    let published = AtomicUsize::new(0);
    world.aws.fate(move |call| match call.operation.as_str() {
        "PutEvents" if published.fetch_add(1, Ordering::Relaxed) > 0 => Fault::Refused,
        _ => Fault::None,
    });
    pass(30);
    assert_eq!(world.watch().await.unwrap(), json!({"handled": 0, "failed": 1}));
    let item = world.item(order()).await;
    assert_eq!(item.unpublished.keys().collect::<Vec<_>>(), ["2"]);
    assert_eq!(item.attention_at, Some(clock().plus_seconds(5)));
}

#[tokio::test]
async fn a_shard_that_does_not_answer_fails_the_round_and_keeps_no_other_from_being_seen_to() {
    // Of different shards: their ids end in 1 and 2.
    let ids = &orders(3)[1..];
    let world = placed(&accepting(), ids).await;
    let shards: Vec<_> =
        ids.iter().map(|id| world.raw_item(*id)["attention_shard"].clone()).collect();
    assert_ne!(shards[0], shards[1]);
    let shard = shards[0].clone();
    world.refuse(move |call| call.body["ExpressionAttributeValues"][":shard"] == shard);
    pass(6);
    assert_eq!(world.watch().await.unwrap_err().kind(), "Tiffin.Dependency");
    assert_eq!(world.item(ids[0]).await.order.status, Status::Placed);
    assert_eq!(world.item(ids[1]).await.order.status, Status::Accepted);
}

/// How often a run tries to publish, of 100 orders, while the bus refuses what `is_refused` says of
/// the number of a try, from 1.
async fn tries_to_publish(is_refused: impl Fn(usize) -> bool + Send + 'static) -> usize {
    let world = unpublished(&silent(), &orders(100)).await;
    let tries = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&tries);
    world.aws.fate(move |call| {
        let publishes = call.operation == "PutEvents";
        if publishes && is_refused(counter.fetch_add(1, Ordering::Relaxed) + 1) {
            Fault::Refused
        } else {
            Fault::None
        }
    });
    pass(30);
    world.watch().await.unwrap();
    for id in orders(100) {
        let item = world.item(id).await;
        let due = item.attention_at.unwrap();
        let expected = if item.unpublished.is_empty() {
            item.order.accept_by
        } else {
            clock().plus_seconds(5)
        };
        assert_eq!(due, expected, "what was not tried is put off as well");
    }
    tries.load(Ordering::Relaxed)
}

#[tokio::test]
async fn a_bus_that_refuses_32_events_in_a_row_is_left_alone_until_the_next_run() {
    let tries = tries_to_publish(|_| true).await;
    assert!((32..48).contains(&tries), "sixteen are under way at once: {tries}");
    assert_eq!(tries_to_publish(|number| !number.is_multiple_of(31)).await, 100);
}

/// Attention that comes early finds nothing to do.
#[tokio::test]
async fn attention_comes_back_when_something_is_due() {
    let wake = async |world: &World| {
        let now = clock().millis().to_string();
        world.alter(order(), |item| item["attention_at"] = json!({"N": now}));
        assert_eq!(world.watch().await.unwrap(), json!({"handled": 1, "failed": 0}));
        let item = world.item(order()).await;
        assert_eq!(item.attention_tries, 0);
        item.attention_at.map(|at| at.millis_since(START))
    };
    assert_eq!(wake(&placed(&accepting(), &[order()]).await).await, Some(6_000), "its answer");
    assert_eq!(wake(&placed(&silent(), &[order()]).await).await, Some(60_000), "its deadline");
    let world = unpublished(&silent(), &[order()]).await;
    pass(1);
    assert_eq!(wake(&world).await, Some(30_000), "its event is published by then, or again");
    let world = unpublished(&accepting(), &[order()]).await;
    world.cancel(user(), order()).await;
    pass(1);
    assert_eq!(wake(&world).await, Some(30_000));
}

#[tokio::test]
async fn an_order_that_waits_for_a_person_is_looked_at_less_and_less_often() {
    let world = placed(&accepting(), &[order()]).await;
    pass(6);
    world.watch().await.unwrap();
    world.alter(order(), |item| drop(item.as_object_mut().unwrap().remove("act_at")));
    let latest: Timestamp = world.item(order()).await.order.latest_at.unwrap();
    pass(latest.millis_since(clock()) / 1_000);
    for (tries, seconds) in (1..).zip([5, 10, 20]) {
        world.watch().await.unwrap();
        let item = world.item(order()).await;
        assert_eq!((item.order.status, item.attention_tries), (Status::Accepted, tries));
        assert_eq!(item.attention_at, Some(clock().plus_seconds(seconds)));
        pass(seconds);
    }
}

/// One page of a shard's orders is looked at in a round.
#[tokio::test]
async fn the_orders_that_have_been_due_longest_come_first() {
    let world = placed(&accepting(), &[order()]).await;
    let limits = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&limits);
    world.aws.fate(move |call| {
        if call.operation == "Query" {
            seen.lock()
                .unwrap()
                .push((call.body["Limit"].clone(), call.body["ScanIndexForward"].clone()));
        }
        Fault::None
    });
    world.watch().await.unwrap();
    assert_eq!(*limits.lock().unwrap(), vec![(json!(MAX_DUE), Value::Null); usize::from(SHARDS)]);
}

/// A query returns no more than [`MAX_DUE`] orders of a shard; the others are not left for later.
#[tokio::test]
async fn one_round_cancels_more_orders_of_a_shard_than_a_query_returns() {
    let in_one_shard = |number: u16| {
        let [high, low] = number.to_be_bytes();
        OrderId::new(START, [high, low, 0, 0, 0, 0, 0, 0, 0, 0])
    };
    let many = u16::try_from(MAX_DUE).unwrap() + 20;
    let ids: Vec<OrderId> = (0..many).map(in_one_shard).collect();
    let world = placed(&silent(), &ids).await;
    pass(60);
    let answer = world.watch().await.unwrap();
    assert_eq!(answer, json!({"handled": many, "failed": 0}));
    for id in ids {
        assert_eq!(world.item(id).await.order.status, Status::Cancelled);
    }
}
