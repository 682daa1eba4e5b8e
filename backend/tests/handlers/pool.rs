//! A courier of several restaurants hears of all of them on one connection.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use shared::staff::Role;

use crate::{
    couriers::{RESTAURANT, accepts, cory, dana, kim, mira, staffed},
    support::{World, clock, envelope, kind, numbered_order, order_request, pass, user},
};

/// The other restaurant.
const OTHER: &str = "raat";
const TICKETS: &str = "POST /api/live-tickets";

/// A restaurant, and another one, for both of which Cory delivers; Dana does for the first alone.
async fn two() -> World {
    let world = staffed().await;
    world.employs_as("Cory", cory(), OTHER, Role::Courier).await;
    world
}

async fn asks(world: &World, who: shared::UserId, purpose: &str) -> (u16, Value) {
    world.call(TICKETS, Some(who), &[("purpose", purpose)], "").await
}

async fn listens(world: &World, id: &str) {
    let (status, ticket) = asks(world, cory(), "deliveries").await;
    assert_eq!(status, 201, "{ticket}");
    assert_eq!(world.shake_hands(ticket["ticket"].as_str().unwrap(), id).await, 200);
}

/// Tells what the bus has, as if it were of this restaurant.
async fn notify(world: &World, restaurant: &str) {
    for event in world.aws.take_published() {
        let mut event = envelope(&event);
        event["detail"]["restaurant_id"] = json!(restaurant);
        world.notifications.handle(event, clock()).await.unwrap();
    }
}

/// How much was pushed to a socket since this was last asked.
fn heard(world: &World, id: &str) -> usize {
    world.aws.pushed.lock().unwrap().extract_if(.., |(to, _)| to == id).count()
}

/// The channels that a connection is in.
fn channels(world: &World, id: &str) -> BTreeSet<String> {
    let item = format!("connection#{id}");
    let live = world.aws.items(&world.table("LiveTable"));
    let rows = live.iter().filter(|row| row["item"]["S"] == item.as_str());
    rows.map(|row| row["channel"]["S"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn one_connection_hears_of_all_restaurants_for_which_somebody_delivers() {
    let world = two().await;
    world.employs(cory(), "third", Role::Kitchen).await;
    listens(&world, "pool=").await;
    let user = format!("user#{}", cory());
    let both = [user, format!("restaurant#{RESTAURANT}"), format!("restaurant#{OTHER}")];
    assert_eq!(channels(&world, "pool="), both.into());
    for (number, restaurant, expected) in [(1, RESTAURANT, 1), (2, OTHER, 1), (3, "third", 0)] {
        let order = numbered_order(number);
        assert_eq!(world.place(crate::support::user(), order, &order_request()).await.0, 201);
        notify(&world, restaurant).await;
        assert_eq!(heard(&world, "pool="), expected, "{restaurant}");
    }
    // What a courier orders for themselves is not told here.
    assert_eq!(world.place(cory(), numbered_order(4), &order_request()).await.0, 201);
    notify(&world, "third").await;
    assert_eq!(heard(&world, "pool="), 0);
}

#[tokio::test]
async fn a_ticket_for_deliveries_is_for_whoever_delivers_somewhere() {
    let world = two().await;
    for (who, expected) in [
        (dana(), (201, "")),
        (mira(), (201, "")),
        (kim(), (404, "not-found")),
        (user(), (404, "not-found")),
    ] {
        let (status, answer) = asks(&world, who, "deliveries").await;
        assert_eq!((status, kind(&answer)), expected, "{answer}");
    }
    let (status, problem) = asks(&world, cory(), "board").await;
    assert_eq!(
        (status, kind(&problem), &problem["field"]),
        (422, "invalid-field", &json!("purpose"))
    );
}

#[tokio::test]
async fn who_is_removed_from_one_restaurant_hears_of_the_others_alone() {
    let world = two().await;
    listens(&world, "pool=").await;
    pass(60);
    assert_eq!(world.removes(mira(), RESTAURANT, cory()).await.0, 204);
    assert!(world.aws.hung_up.lock().unwrap().contains("pool="), "the page gets another ticket");
    assert_eq!(channels(&world, "pool="), BTreeSet::new());
    listens(&world, "again=").await;
    let user = format!("user#{}", cory());
    assert_eq!(channels(&world, "again="), [user, format!("restaurant#{OTHER}")].into());
    accepts(&world, numbered_order(1)).await;
    notify(&world, RESTAURANT).await;
    assert_eq!((heard(&world, "pool="), heard(&world, "again=")), (0, 0));
}

#[tokio::test]
async fn who_is_removed_from_one_between_the_ticket_and_the_handshake_is_refused() {
    let world = two().await;
    let (_, ticket) = asks(&world, cory(), "deliveries").await;
    world.dismisses(cory(), OTHER).await;
    assert_eq!(world.shake_hands(ticket["ticket"].as_str().unwrap(), "late=").await, 403);
    assert_eq!(channels(&world, "late="), BTreeSet::new());
}

/// A courier's phone on the road is no tablet in any of the kitchens, even that of a manager.
#[tokio::test]
async fn a_connection_for_deliveries_attends_no_restaurant() {
    let world = two().await;
    world.employs(cory(), OTHER, Role::Manager).await;
    let (route, parameters) =
        ("POST /api/staff/{restaurant_id}/availability", [("restaurant_id", RESTAURANT)]);
    let pause = json!({"change": "pause_when_unattended"}).to_string();
    assert_eq!(world.call(route, Some(mira()), &parameters, &pause).await.0, 200);
    listens(&world, "pool=").await;
    let authorizer = json!({
        "user_id": cory(), "restaurant_id": format!("{RESTAURANT} {OTHER}"), "purpose": "deliveries",
    });
    let context = json!({
        "eventType": "MESSAGE", "connectionId": "pool=", "connectedAt": clock(),
        "authorizer": authorizer,
    });
    let ping = json!({"requestContext": context, "body": r#"{"action":"ping"}"#});
    assert_eq!(world.connections.handle(ping, clock()).await.unwrap()["statusCode"], 200);
    assert_eq!(heard(&world, "pool="), 1, "the pong");
    assert_eq!(channels(&world, "pool=").len(), 3);
    let live = world.aws.items(&world.table("LiveTable"));
    assert!(live.iter().all(|row| row["item"]["S"] != "listening"), "{live:?}");
    let cart = json!({"restaurant_id": RESTAURANT, "lines": order_request()["lines"]});
    let (_, quote) = world.call("POST /api/quotes", None, &[], &cart.to_string()).await;
    assert_eq!(quote["open"], false, "nobody is in the kitchen");
}

#[tokio::test]
async fn a_connection_that_closes_leaves_every_channel() {
    let world = two().await;
    listens(&world, "pool=").await;
    let authorizer = json!({
        "user_id": cory(), "restaurant_id": format!("{RESTAURANT} {OTHER}"), "purpose": "deliveries",
    });
    let context = json!({
        "eventType": "DISCONNECT", "connectionId": "pool=", "connectedAt": clock(),
        "authorizer": authorizer,
    });
    let call = json!({"requestContext": context});
    world.connections.handle(call, clock()).await.unwrap();
    assert_eq!(channels(&world, "pool="), BTreeSet::new());
}
