//! What staff hear of their restaurant's orders, and until when.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Value, json};
use shared::{
    Timestamp, UserId,
    availability::Availability,
    live::ToStaff,
    staff::{Action, Role, may},
};

use crate::support::{
    AT_ONCE, Call, Fault, START, World, clock, detailed_order_request, envelope, invocation, kind,
    numbered_order, order_request, pass, placed_elsewhere, somebody_else, user,
};

const RESTAURANT: &str = "golden-dosa";
const TICKETS: &str = "POST /api/live-tickets";

/// Somebody who works in the restaurant.
fn cook() -> UserId {
    "22222222-2222-4222-8222-222222222222".parse().unwrap()
}

/// A restaurant where nobody is simulated, and its cook.
async fn staffed() -> World {
    let world = World::new(AT_ONCE);
    world.list(&json!({"kitchen": "silent"}));
    world.employs(cook(), RESTAURANT, Role::Kitchen).await;
    world
}

async fn asks_for_ticket(world: &World, who: UserId, restaurant: &str) -> (u16, Value) {
    world.call(TICKETS, Some(who), &[("restaurant_id", restaurant)], "").await
}

async fn ticket(world: &World, who: UserId, restaurant: &str) -> String {
    let (status, ticket) = asks_for_ticket(world, who, restaurant).await;
    assert_eq!(status, 201, "{ticket}");
    ticket["ticket"].as_str().unwrap().to_owned()
}

/// Opens a socket for a restaurant.
async fn listens(world: &World, who: UserId, restaurant: &str, id: &str) {
    let ticket = ticket(world, who, restaurant).await;
    assert_eq!(world.shake_hands(&ticket, id).await, 200, "{id}");
}

/// A call on a socket that was opened for the restaurant.
async fn calls(world: &World, event_type: &str, id: &str, connected_at: Timestamp) {
    calls_for(world, "board", event_type, id, connected_at).await;
}

/// The same on one that was opened for that purpose.
async fn calls_for(
    world: &World,
    purpose: &str,
    event_type: &str,
    id: &str,
    connected_at: Timestamp,
) {
    let authorizer = json!({
        "user_id": cook(), "signed_in_at": "0", "restaurant_id": RESTAURANT, "purpose": purpose,
    });
    let context = json!({
        "eventType": event_type, "connectionId": id, "connectedAt": connected_at,
        "authorizer": authorizer,
    });
    let call = json!({"requestContext": context, "body": r#"{"action":"ping"}"#});
    assert_eq!(world.connections.handle(call, clock()).await.unwrap()["statusCode"], 200);
}

/// Hands what the bus has to `notifications`.
async fn notify(world: &World) {
    for event in world.aws.take_published() {
        world.notifications.handle(envelope(&event), clock()).await.unwrap();
    }
}

/// Has the restaurant get an order of a customer who says much of themselves, and tells of it.
async fn an_order_is_placed(world: &World, number: u8) {
    let order = numbered_order(number);
    assert_eq!(world.place(user(), order, &detailed_order_request()).await.0, 201);
    notify(world).await;
}

/// What was pushed to a socket since this was last asked of it.
fn heard(world: &World, id: &str) -> Vec<Value> {
    let mut pushed = world.aws.pushed.lock().unwrap();
    pushed.extract_if(.., |(to, _)| to == id).map(|(_, message)| message).collect()
}

/// The connections that are stored: each row's channel, and the connection's id.
fn rows(world: &World) -> BTreeSet<(String, String)> {
    let text = |row: &Value, name: &str| row[name]["S"].as_str().unwrap().to_owned();
    let live = world.aws.items(&world.table("LiveTable"));
    let rows = live.iter().map(|row| (text(row, "channel"), text(row, "item")));
    rows.filter_map(|(channel, item)| Some((channel, item.strip_prefix("connection#")?.to_owned())))
        .collect()
}

/// The two rows of a socket that the cook has opened for the restaurant.
fn both_rows(id: &str) -> BTreeSet<(String, String)> {
    [format!("user#{}", cook()), format!("restaurant#{RESTAURANT}")]
        .map(|channel| (channel, id.to_owned()))
        .into()
}

fn hung_up(world: &World) -> Vec<String> {
    world.aws.hung_up.lock().unwrap().iter().cloned().collect()
}

fn delete_row(world: &World, channel: &str, id: &str) {
    let key = json!({"channel": {"S": channel}, "item": {"S": format!("connection#{id}")}});
    world.aws.delete_item(&world.table("LiveTable"), &key);
}

#[tokio::test]
async fn a_ticket_of_a_restaurant_is_for_whoever_may_read_its_orders_or_deliver() {
    for role in Role::ALL {
        let world = World::new(AT_ONCE);
        world.employs(cook(), RESTAURANT, role).await;
        let (status, answer) = asks_for_ticket(&world, cook(), RESTAURANT).await;
        let expected = match may(role, Action::ReadOrders) || may(role, Action::Deliver) {
            true => (201, ""),
            false => (403, "forbidden"),
        };
        assert_eq!((status, kind(&answer)), expected, "{role:?}");
        for restaurant in ["raat", "nowhere", "No Slug", ""] {
            let (status, problem) = asks_for_ticket(&world, cook(), restaurant).await;
            assert_eq!((status, kind(&problem)), (404, "not-found"), "{role:?} {restaurant}");
        }
        let (status, problem) = asks_for_ticket(&world, somebody_else(), RESTAURANT).await;
        assert_eq!((status, kind(&problem)), (404, "not-found"));
        let live = world.aws.items(&world.table("LiveTable"));
        let is_ticket = |row: &&Value| row["item"]["S"] == "ticket";
        assert_eq!(live.iter().filter(is_ticket).count(), usize::from(expected.0 == 201));
    }
}

#[tokio::test]
async fn a_kitchen_hears_each_event_of_its_orders_and_nothing_of_who_ordered() {
    let world = staffed().await;
    world.employs(somebody_else(), "raat", Role::Owner).await;
    listens(&world, cook(), RESTAURANT, "tablet=").await;
    listens(&world, cook(), RESTAURANT, "till=").await;
    listens(&world, somebody_else(), "raat", "elsewhere=").await;
    world.connect(user(), "phone=", clock()).await;
    an_order_is_placed(&world, 1).await;
    let reason = json!({"code": "too_busy"});
    for (number, mut command) in (0..).zip([
        json!({"action": "see"}),
        json!({"action": "accept", "minutes": 20, "name": "Asha"}),
        json!({"action": "delay", "minutes": 10, "reason": reason}),
        json!({"action": "cancel", "reason": reason}),
    ]) {
        command["command_id"] = json!(format!("0197f0a3-5b1c-7d2e-8f40-11223344550{number}"));
        let sent = world.sends_command(cook(), RESTAURANT, numbered_order(1), &command).await;
        assert_eq!(sent.0, 200, "{sent:?}");
    }
    notify(&world).await;
    let events =
        ["order_placed", "order_seen", "order_accepted", "order_delayed", "order_cancelled"];
    let statuses =
        ["order_placed", "order_placed", "order_accepted", "order_accepted", "order_cancelled"];
    let expected: Vec<Value> = (1..)
        .zip(events.into_iter().zip(statuses))
        .map(|(sequence, (event, status))| {
            json!({
                "type": "order_changed", "order_id": numbered_order(1), "event": event,
                "status": status, "sequence": sequence, "occurred_at": clock(),
            })
        })
        .collect();
    for device in ["tablet=", "till="] {
        assert_eq!(heard(&world, device), expected, "{device}");
    }
    assert_eq!(heard(&world, "elsewhere="), Vec::<Value>::new());
    // The customer hears the same, in another form.
    let pushed = heard(&world, "phone=");
    let names: Vec<_> = pushed.iter().map(|it| &it["event"]["detail-type"]).collect();
    assert_eq!(names, events);
    for push in pushed {
        assert_eq!(push["event"]["detail"]["user_id"], json!(user()));
        assert_eq!(push["event"]["detail"].get("restaurant_id"), None, "it knows that: {push}");
    }
}

#[tokio::test]
async fn what_staff_order_for_themselves_is_not_told_in_the_kitchen() {
    let world = staffed().await;
    world.employs(cook(), "raat", Role::Kitchen).await;
    listens(&world, cook(), "raat", "tablet=").await;
    world.connect(cook(), "phone=", clock()).await;
    assert_eq!(world.place(cook(), numbered_order(1), &order_request()).await.0, 201);
    notify(&world).await;
    assert_eq!(heard(&world, "phone=").len(), 1);
    assert_eq!(heard(&world, "tablet="), Vec::<Value>::new());
}

/// An order of another channel, and what an earlier version has published.
#[tokio::test]
async fn an_event_without_a_restaurant_is_its_customers_alone() {
    let world = staffed().await;
    listens(&world, cook(), RESTAURANT, "tablet=").await;
    world.connect(user(), "phone=", clock()).await;
    let mut placed = placed_elsewhere();
    placed["restaurant_id"] = json!(RESTAURANT);
    world.restaurants.handle(invocation("order_placed", placed.clone()), clock()).await.unwrap();
    world.notifications.handle(invocation("order_placed", placed), clock()).await.unwrap();
    notify(&world).await;
    let mut accepted = placed_elsewhere();
    accepted["order_status"] = json!("order_accepted");
    accepted["sequence"] = json!(2);
    accepted["occurred_at"] = json!(clock());
    world.notifications.handle(invocation("order_accepted", accepted), clock()).await.unwrap();
    assert!(heard(&world, "phone=").len() >= 2);
    assert_eq!(heard(&world, "tablet="), Vec::<Value>::new());
}

#[tokio::test]
async fn who_is_removed_between_the_ticket_and_the_handshake_is_refused() {
    for becomes in [None, Some(Role::Courier)] {
        let world = staffed().await;
        let ticket = ticket(&world, cook(), RESTAURANT).await;
        match becomes {
            None => world.dismisses(cook(), RESTAURANT).await,
            Some(role) => world.employs(cook(), RESTAURANT, role).await,
        }
        assert_eq!(world.shake_hands(&ticket, "late=").await, 403, "{becomes:?}");
        assert_eq!(rows(&world), BTreeSet::new());
        an_order_is_placed(&world, 1).await;
        assert_eq!(heard(&world, "late="), Vec::<Value>::new());
    }
}

/// Whatever the moment at which somebody is removed: their socket does not open, or is found.
#[tokio::test]
async fn connecting_and_removing_somebody_cannot_miss_each_other() {
    let world = staffed().await;
    let unspent = ticket(&world, cook(), RESTAURANT).await;
    let (aws, people, live) =
        (Arc::clone(&world.aws), world.table("PeopleTable"), world.table("LiveTable"));
    let found = Arc::new(std::sync::Mutex::new(None));
    let seen = Arc::clone(&found);
    world.aws.fate(move |call| {
        if call.operation == "GetItem" && call.body["TableName"] == people.as_str() {
            assert_eq!(call.body["ConsistentRead"], true);
            let is_connection = |row: &&Value| row["item"]["S"] == "connection#late=";
            let rows = aws.items(&live).iter().filter(is_connection).count();
            *seen.lock().unwrap() = Some(rows);
            // Removed at the last moment.
            let key = json!({"user_id": {"S": cook()}, "item": {"S": "staff#golden-dosa"}});
            aws.delete_item(&people, &key);
        }
        Fault::None
    });
    assert_eq!(world.shake_hands(&unspent, "late=").await, 403);
    assert_eq!(*found.lock().unwrap(), Some(2), "stored before that is read");
    assert_eq!(rows(&world), BTreeSet::new());
}

#[tokio::test]
async fn who_cannot_be_checked_is_not_connected() {
    let world = staffed().await;
    let ticket = ticket(&world, cook(), RESTAURANT).await;
    let people = world.table("PeopleTable");
    world.refuse(move |call| call.body["TableName"] == people.as_str());
    let ask = json!({"methodArn": "arn:x/$connect", "queryStringParameters": {"ticket": ticket}});
    let policy = world.authorizer.handle(ask, clock()).await.unwrap();
    assert_eq!(
        policy["context"],
        json!({"user_id": cook(), "signed_in_at": (clock().millis() / 1_000).to_string(), "restaurant_id": RESTAURANT, "purpose": "board"})
    );
    let connect = json!({"requestContext": {"eventType": "CONNECT", "connectionId": "tablet=", "connectedAt": clock(), "authorizer": policy["context"]}});
    assert!(world.connections.handle(connect, clock()).await.is_err());
}

#[tokio::test]
async fn a_context_without_a_restaurant_is_a_customers_and_one_with_a_wrong_one_is_nobodys() {
    let world = staffed().await;
    let connects = async |restaurant: Value| {
        let authorizer = json!({"user_id": cook(), "restaurant_id": restaurant});
        let connect = json!({"requestContext": {"eventType": "CONNECT", "connectionId": "phone=", "connectedAt": clock(), "authorizer": authorizer}});
        world.connections.handle(connect, clock()).await
    };
    for none in [json!(""), Value::Null] {
        assert_eq!(connects(none).await.unwrap()["statusCode"], 200);
        assert_eq!(rows(&world), [(format!("user#{}", cook()), "phone=".to_owned())].into());
    }
    let error = connects(json!("No Slug")).await.unwrap_err();
    assert_eq!(error.kind(), "Tiffin.InvalidEvent", "{error}");
}

#[tokio::test]
async fn a_ping_refreshes_both_rows_and_is_answered() {
    let world = staffed().await;
    listens(&world, cook(), RESTAURANT, "tablet=").await;
    listens(&world, cook(), RESTAURANT, "silent=").await;
    pass(3_600);
    calls(&world, "MESSAGE", "tablet=", START).await;
    assert_eq!(heard(&world, "tablet="), [serde_json::to_value(pong()).unwrap()]);
    let ends = |id: &str| -> Vec<i64> {
        let live = world.aws.items(&world.table("LiveTable"));
        let item = format!("connection#{id}");
        let rows = live.iter().filter(|row| row["item"]["S"] == item.as_str());
        rows.map(|row| row["expires_at"]["N"].as_str().unwrap().parse().unwrap()).collect()
    };
    let at = |seconds: i64| START.millis() / 1_000 + 7_500 + seconds;
    assert_eq!(ends("tablet="), [at(3_600); 2]);
    assert_eq!(ends("silent="), [at(0); 2]);
    // Two hours after it was opened, who has not pinged is not pushed to.
    pass(3_900);
    an_order_is_placed(&world, 1).await;
    assert_eq!((heard(&world, "tablet=").len(), heard(&world, "silent=").len()), (1, 0));
}

fn pong() -> ToStaff {
    ToStaff::Pong { now: clock() }
}

#[tokio::test]
async fn a_ping_on_a_connection_of_which_a_row_is_missing_closes_it() {
    for channel in [format!("user#{}", cook()), format!("restaurant#{RESTAURANT}")] {
        let world = staffed().await;
        listens(&world, cook(), RESTAURANT, "tablet=").await;
        delete_row(&world, &channel, "tablet=");
        calls(&world, "MESSAGE", "tablet=", START).await;
        assert_eq!(hung_up(&world), ["tablet="], "{channel}");
        assert_eq!(heard(&world, "tablet="), Vec::<Value>::new());
        // The gateway says that it is closed.
        calls(&world, "DISCONNECT", "tablet=", START).await;
        assert_eq!(rows(&world), BTreeSet::new());
    }
}

#[tokio::test]
async fn a_connection_that_ends_leaves_no_row() {
    let world = staffed().await;
    let opened = async || {
        listens(&world, cook(), RESTAURANT, "tablet=").await;
        assert_eq!(rows(&world), both_rows("tablet="));
    };
    opened().await;
    calls(&world, "DISCONNECT", "tablet=", START).await;
    assert_eq!(rows(&world), BTreeSet::new(), "closed");

    opened().await;
    pass(60);
    world.aws.gone.lock().unwrap().insert("tablet=".to_owned());
    an_order_is_placed(&world, 1).await;
    assert_eq!(rows(&world), BTreeSet::new(), "found gone");
    world.aws.gone.lock().unwrap().clear();

    for route in ["DELETE /api/sessions", "DELETE /api/account"] {
        opened().await;
        pass(60);
        assert_eq!(world.call(route, Some(cook()), &[], "").await.0, 204);
        assert_eq!(rows(&world), BTreeSet::new(), "{route}");
        assert_eq!(hung_up(&world), ["tablet="], "{route}");
        world.aws.gone.lock().unwrap().clear();
        world.aws.hung_up.lock().unwrap().clear();
        pass(1);
    }
}

#[tokio::test]
async fn who_is_removed_hears_no_more_there_and_goes_on_elsewhere() {
    let world = staffed().await;
    world.employs(cook(), "raat", Role::Kitchen).await;
    world.employs(somebody_else(), RESTAURANT, Role::Manager).await;
    for id in ["tablet=", "till="] {
        listens(&world, cook(), RESTAURANT, id).await;
    }
    listens(&world, cook(), "raat", "other=").await;
    listens(&world, somebody_else(), RESTAURANT, "manager=").await;
    world.connect(cook(), "phone=", clock()).await;
    let before = rows(&world);
    world.dismisses(cook(), RESTAURANT).await;
    // The gateway does not answer: it can be called again.
    world.refuse(|call| call.operation == "DeleteConnection");
    let restaurant = RESTAURANT.parse().unwrap();
    assert!(world.api.end_staff_connections(cook(), &restaurant).await.is_err());
    world.aws.calm();
    world.api.end_staff_connections(cook(), &restaurant).await.unwrap();
    assert_eq!(hung_up(&world), ["tablet=", "till="]);
    let ended = &both_rows("tablet=") | &both_rows("till=");
    assert_eq!(rows(&world), &before - &ended);
    an_order_is_placed(&world, 1).await;
    assert_eq!(heard(&world, "manager=").len(), 1);
    let (status, _) = asks_for_ticket(&world, cook(), RESTAURANT).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn of_a_restaurants_connections_the_newest_fifty_hear_and_the_others_are_told_why_not() {
    let world = staffed().await;
    let people = [cook(), somebody_else(), user()];
    for who in people {
        world.employs(who, RESTAURANT, Role::Kitchen).await;
    }
    for number in 0..51 {
        // The table sorts them by id, and the newest has the smallest.
        listens(&world, people[number / 20], RESTAURANT, &format!("{:02}=", 50 - number)).await;
        pass(1);
    }
    assert_eq!(hung_up(&world), ["50="]);
    let [told] = heard(&world, "50=").try_into().unwrap();
    assert_eq!(kind(&told["problem"]), "too-many-connections");
    assert!(told["problem"]["title"].as_str().unwrap().starts_with("A restaurant has at most 50"));
    assert_eq!(rows(&world).len(), 2 * 50);
    an_order_is_placed(&world, 1).await;
    let hearing: BTreeSet<_> =
        world.aws.pushed.lock().unwrap().iter().map(|(id, _)| id.clone()).collect();
    assert_eq!(hearing, (0..50).map(|number| format!("{number:02}=")).collect());
}

#[tokio::test]
async fn of_one_persons_connections_at_most_twenty_are_open_whatever_for() {
    let world = staffed().await;
    listens(&world, cook(), RESTAURANT, "tablet=").await;
    pass(1);
    for number in 0..20 {
        world.connect(cook(), &format!("{number}="), clock()).await;
    }
    assert_eq!(hung_up(&world), ["tablet="]);
    let [told] = heard(&world, "tablet=").try_into().unwrap();
    assert!(told["problem"]["title"].as_str().unwrap().starts_with("A customer has at most 20"));
    assert!(rows(&world).iter().all(|(channel, _)| channel.starts_with("user#")));
}

#[tokio::test]
async fn an_audience_that_cannot_be_told_does_not_keep_the_other_from_hearing() {
    let customers = format!("user#{}", user());
    let staffs = format!("restaurant#{RESTAURANT}");
    for (lost, hears) in [(customers, "tablet="), (staffs, "phone=")] {
        let world = staffed().await;
        listens(&world, cook(), RESTAURANT, "tablet=").await;
        world.connect(user(), "phone=", clock()).await;
        assert_eq!(world.place(user(), numbered_order(1), &order_request()).await.0, 201);
        let placed = envelope(&world.aws.take_published()[0]);
        let is_lost = |call: &Call, lost: &str| {
            let values = &call.body["ExpressionAttributeValues"];
            call.operation == "Query" && values[":channel"]["S"] == lost
        };
        world.refuse(move |call| is_lost(call, &lost));
        let told = world.notifications.handle(placed.clone(), clock()).await;
        assert_eq!(told.unwrap_err().kind(), "Tiffin.Dependency", "so that it is tried again");
        assert_eq!(heard(&world, hears).len(), 1, "{hears}");
        assert!(world.aws.pushed.lock().unwrap().is_empty());
        world.aws.calm();
        let told = world.notifications.handle(placed, clock()).await.unwrap();
        assert_eq!(told["outcome"], "pushed to 2 of 2 connections");
    }
}

/// It has two hours to go when the functions are updated.
#[tokio::test]
async fn a_connection_that_an_earlier_version_has_stored_is_a_customers() {
    let world = staffed().await;
    let expires_at = (START.millis() / 1_000 + 60).to_string();
    let row = json!({
        "channel": {"S": format!("user#{}", user())}, "item": {"S": "connection#phone="},
        "connected_at": {"N": START.millis().to_string()}, "expires_at": {"N": expires_at},
    });
    world.aws.put_item(&world.table("LiveTable"), &row);
    an_order_is_placed(&world, 1).await;
    assert_eq!(heard(&world, "phone=").len(), 1);
    pass(1);
    assert_eq!(world.call("DELETE /api/sessions", Some(user()), &[], "").await.0, 204);
    assert_eq!((hung_up(&world), rows(&world)), (vec!["phone=".to_owned()], BTreeSet::new()));
}

#[tokio::test]
async fn a_restaurant_may_pause_itself_while_no_device_shows_its_orders() {
    let world = staffed().await;
    let is_open = async || {
        let cart = json!({"restaurant_id": RESTAURANT, "lines": order_request()["lines"]});
        let (status, quote) = world.call("POST /api/quotes", None, &[], &cart.to_string()).await;
        assert_eq!(status, 200, "{quote}");
        quote["open"].as_bool().unwrap()
    };
    let changes = async |change: &str| {
        let (route, body) =
            ("POST /api/staff/{restaurant_id}/availability", json!({"change": change}).to_string());
        let parameters = [("restaurant_id", RESTAURANT)];
        assert_eq!(world.call(route, Some(cook()), &parameters, &body).await.0, 200, "{change}");
    };
    assert!(is_open().await, "it is not asked for");
    changes("pause_when_unattended").await;
    assert!(!is_open().await, "nobody has listened yet");
    let (status, problem) = world.place(user(), numbered_order(1), &order_request()).await;
    assert_eq!((status, kind(&problem)), (409, "restaurant-closed"));
    listens(&world, cook(), RESTAURANT, "tablet=").await;
    assert!(is_open().await, "at once");
    pass(Availability::UNATTENDED_SECONDS - 1);
    assert!(is_open().await);
    calls(&world, "MESSAGE", "tablet=", clock()).await;
    pass(Availability::UNATTENDED_SECONDS - 1);
    assert!(is_open().await, "each ping counts");
    pass(1);
    assert!(!is_open().await);
    changes("take_when_unattended").await;
    assert!(is_open().await);
}

/// A courier's phone on the road is no tablet in the kitchen.
#[tokio::test]
async fn a_courier_hears_the_restaurants_orders_and_does_not_attend_it() {
    let world = World::new(AT_ONCE);
    world.list(&json!({"kitchen": "silent"}));
    world.employs(somebody_else(), RESTAURANT, Role::Manager).await;
    let pause = json!({"change": "pause_when_unattended"}).to_string();
    let (route, parameters) =
        ("POST /api/staff/{restaurant_id}/availability", [("restaurant_id", RESTAURANT)]);
    assert_eq!(world.call(route, Some(somebody_else()), &parameters, &pause).await.0, 200);
    let is_open = async || {
        let cart = json!({"restaurant_id": RESTAURANT, "lines": order_request()["lines"]});
        world.call("POST /api/quotes", None, &[], &cart.to_string()).await.1["open"].clone()
    };
    world.employs(cook(), RESTAURANT, Role::Courier).await;
    listens(&world, cook(), RESTAURANT, "phone=").await;
    assert_eq!(rows(&world), both_rows("phone="));
    calls_for(&world, "deliveries", "MESSAGE", "phone=", clock()).await;
    assert_eq!(heard(&world, "phone="), [serde_json::to_value(pong()).unwrap()]);
    assert_eq!(is_open().await, false, "nobody is in the kitchen");
    listens(&world, somebody_else(), RESTAURANT, "tablet=").await;
    assert_eq!(is_open().await, true);
    an_order_is_placed(&world, 1).await;
    assert_eq!((heard(&world, "phone=").len(), heard(&world, "tablet=").len()), (1, 1));
    pass(60);
    assert_eq!(world.removes(somebody_else(), RESTAURANT, cook()).await.0, 204);
    assert_eq!(hung_up(&world), ["phone="]);
}

#[tokio::test]
async fn who_is_not_a_courier_any_more_does_not_listen_as_one() {
    for (becomes, expected) in [(Role::Kitchen, 403), (Role::Courier, 200), (Role::Owner, 200)] {
        let world = World::new(AT_ONCE);
        world.employs(cook(), RESTAURANT, Role::Courier).await;
        let ticket = ticket(&world, cook(), RESTAURANT).await;
        world.employs(cook(), RESTAURANT, becomes).await;
        assert_eq!(world.shake_hands(&ticket, "phone=").await, expected, "{becomes:?}");
    }
}
