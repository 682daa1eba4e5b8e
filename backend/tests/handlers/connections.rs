//! Which sockets an event is pushed to: how long a connection counts, and which of many.

use crate::support::{AT_ONCE, START, World, clock, invocation, pass, placed_elsewhere, user};

/// How long a connection counts without a ping, in seconds: API Gateway ends it after two hours.
const REMEMBERED: i64 = 2 * 3_600 + 300;

/// The ids of the sockets that an event of the customer's is pushed to.
async fn pushed_to(world: &World) -> Vec<String> {
    world.aws.pushed.lock().unwrap().clear();
    let detail = placed_elsewhere();
    world.notifications.handle(invocation("order_placed", detail), clock()).await.unwrap();
    let pushed = world.aws.pushed.lock().unwrap();
    let mut ids: Vec<_> = pushed.iter().map(|(id, _)| id.clone()).collect();
    ids.sort_unstable();
    ids
}

async fn ping(world: &World, id: &str) {
    world.socket("MESSAGE", user(), id, START, r#"{"action":"ping"}"#).await.unwrap();
}

#[tokio::test]
async fn a_connection_counts_for_two_hours_after_its_last_ping() {
    let world = World::new(AT_ONCE);
    world.connect(user(), "pinging=", clock()).await;
    world.connect(user(), "silent=", clock()).await;
    pass(3_600);
    ping(&world, "pinging=").await;
    pass(REMEMBERED - 3_600 - 1);
    assert_eq!(pushed_to(&world).await, ["pinging=", "silent="]);
    pass(1);
    assert_eq!(pushed_to(&world).await, ["pinging="], "the other's row is there and has expired");
    pass(3_600 - 1);
    assert_eq!(pushed_to(&world).await, ["pinging="]);
    pass(1);
    assert!(pushed_to(&world).await.is_empty());
}

#[tokio::test]
async fn a_connection_that_was_closed_is_not_pushed_to() {
    let world = World::new(AT_ONCE);
    for id in ["open=", "closed="] {
        world.connect(user(), id, clock()).await;
    }
    world.socket("DISCONNECT", user(), "closed=", clock(), "").await.unwrap();
    assert_eq!(pushed_to(&world).await, ["open="]);
}

#[tokio::test]
async fn of_many_connections_the_newest_twenty_are_pushed_to() {
    let world = World::new(AT_ONCE);
    pass(60);
    // The table sorts them by id, and the newest has the smallest.
    for number in 0..22 {
        let id = format!("{:02}=", 21 - number);
        world.connect(user(), &id, START.plus_seconds(number)).await;
    }
    let newest: Vec<_> = (0..20).map(|number| format!("{number:02}=")).collect();
    assert_eq!(pushed_to(&world).await, newest);
    ping(&world, "21=").await;
    assert_eq!(pushed_to(&world).await, newest, "what was ended stays so");
}

#[tokio::test]
async fn connections_that_have_expired_leave_room_for_another() {
    let world = World::new(AT_ONCE);
    for number in 0..20 {
        world.connect(user(), &format!("{number}="), clock()).await;
    }
    pass(REMEMBERED);
    world.connect(user(), "new=", clock()).await;
    assert!(world.aws.hung_up.lock().unwrap().is_empty());
    assert!(world.aws.pushed.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_connection_that_is_gone_is_forgotten_once_it_is_older_than_30_seconds() {
    let world = World::new(AT_ONCE);
    pass(60);
    for (id, age) in [("older=", 30_001), ("younger=", 30_000)] {
        world.connect(user(), id, clock().plus_millis(-age)).await;
        world.aws.gone.lock().unwrap().insert(id.to_owned());
    }
    assert!(pushed_to(&world).await.is_empty());
    world.aws.gone.lock().unwrap().clear();
    assert_eq!(pushed_to(&world).await, ["younger="]);
}
