//! A customer's account: what is kept, and how all of it is deleted whatever happens meanwhile.

use std::sync::Arc;

use crate::support::{
    self, AT_ONCE, Call, DEMO, Fault, ORDER, USER, World, accepting, clock, detailed_order_request,
    envelope, invocation, kind, numbered_order, order_request, pass, placed_elsewhere,
    somebody_else, stack, unless_it_ends, user,
};
use aws_local::template::Resource;
use serde_json::{Value, json};
use shared::{AddressId, OrderEvent, OrderId, Status, staff::Role};

/// What only the customer may be known by, and nothing may hold once the account is deleted.
const PERSONAL: [&str; 10] = [
    "Asha",
    "1 Mill Row",
    "Flat 3",
    "London",
    "N1 5TB",
    "7946",
    "Ring twice",
    "Extra crisp",
    "Grandma",
    "digest",
];

async fn save_address(world: &World, number: u8) -> (u16, Value) {
    let id = AddressId::new(support::START, [number; 10]).to_string();
    let body = json!({"label": "Grandma's", "address": detailed_order_request()["address"]});
    world.save_address(&id, &body).await
}

async fn read(world: &World, cursor: Option<&str>) -> (u16, Value) {
    let parameters: Vec<_> = cursor.map(|cursor| ("cursor", cursor)).into_iter().collect();
    world.call("GET /api/account", Some(user()), &parameters, "").await
}

/// A customer with two delivered orders, one of another channel, two addresses, two sockets, a share in a
/// restaurant, and somebody whom they have invited there; and the events of it all.
async fn settled_in() -> (World, Vec<OrderEvent>) {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    for number in [1, 2] {
        assert_eq!(
            world.place(user(), numbered_order(number), &detailed_order_request()).await.0,
            201
        );
        assert_eq!(save_address(&world, number).await.0, 201);
    }
    let seed = placed_elsewhere();
    world.restaurants.handle(invocation("order_placed", seed), clock()).await.unwrap();
    world.connect(user(), "phone=", clock()).await;
    world.connect(user(), "desk=", clock()).await;
    world.employs(somebody_else(), "golden-dosa", Role::Owner).await;
    world.employs(user(), "golden-dosa", Role::Owner).await;
    let invitation = json!({"email": "ben@example.com", "role": "kitchen", "name": "Grandma"});
    assert_eq!(world.invites(user(), "golden-dosa", &invitation).await.0, 201);
    let events = world.settle().await;
    (world, events)
}

/// Nothing in any table says who the customer was, and the owner still knows what was sold.
async fn assert_forgotten(world: &World, context: &str) {
    for item in world.aws.everything(stack()) {
        let text = item.to_string();
        for personal in PERSONAL {
            assert!(!text.contains(personal), "{context}: {personal} in {text}");
        }
        // The latter are ids and numbers, and the table forgets them within the hour.
        let name = item["item"]["S"].as_str().unwrap_or_default();
        let may_stay = ["closed", "sessions_ended"].contains(&name) || name.starts_with("limit#");
        assert!(!text.contains(USER) || may_stay, "{context}: {text}");
    }
    for number in [1, 2] {
        let item = world.item(numbered_order(number)).await;
        assert_eq!((item.user_id, item.order.status), (None, Status::Delivered), "{context}");
        let bill = item.order.basket.unwrap().bill;
        assert_eq!((bill.total.minor(), bill.lines[1].name.as_str()), (2400, "Masala dosa"));
    }
    assert_eq!(world.item(ORDER.parse().unwrap()).await.order.status, Status::Delivered);
}

#[tokio::test]
async fn all_that_is_kept_of_a_customer_is_shown_to_them() {
    let world = World::new(DEMO);
    world.list(&accepting());
    for number in 0..25 {
        pass(1);
        assert_eq!(
            world.place(user(), numbered_order(number), &detailed_order_request()).await.0,
            201
        );
    }
    world.place(somebody_else(), ORDER.parse().unwrap(), &order_request()).await;
    save_address(&world, 1).await;
    let (status, first) = read(&world, None).await;
    assert_eq!(
        (status, first["user_id"].as_str(), first.get("closed_at")),
        (200, Some(USER), None)
    );
    let (_, second) = read(&world, first["cursor"].as_str()).await;
    let pages = [&first, &second].map(|page| page["orders"].as_array().unwrap().clone());
    assert_eq!((pages[0].len(), pages[1].len(), second.get("cursor")), (20, 5, None));
    let placed: Vec<_> =
        pages.iter().flatten().map(|order| order["placed_at"].as_i64().unwrap()).collect();
    assert!(placed.is_sorted_by(|a, b| a > b), "newest first");
    for page in [&first, &second] {
        assert_eq!(page["orders"][0]["basket"]["address"]["name"], "Asha", "whole");
        assert_eq!(page["addresses"][0]["label"], "Grandma's");
    }
    let (status, problem) = read(&world, Some("x")).await;
    assert_eq!((status, problem["field"].as_str()), (422, Some("cursor")));
}

#[tokio::test]
async fn an_account_with_an_order_under_way_stays_open() {
    let world = World::new(DEMO);
    world.list(&accepting());
    world.place(user(), numbered_order(1), &order_request()).await;
    world.place(user(), numbered_order(2), &order_request()).await;
    world.settle().await;
    world.cancel(user(), numbered_order(2)).await;
    let (status, problem) = world.delete_account().await;
    assert_eq!((status, kind(&problem)), (409, "order-under-way"));
    assert_eq!(problem["orders"], json!([numbered_order(1)]), "and not the one that has ended");
    assert_eq!(world.item(numbered_order(2)).await.user_id, Some(user()), "nothing was touched");
    assert_eq!(save_address(&world, 1).await.0, 201, "the account takes what it took");
    world.cancel(user(), numbered_order(1)).await;
    assert_eq!(world.delete_account().await.0, 204);
}

#[tokio::test]
async fn an_order_whose_end_the_bus_does_not_know_is_under_way() {
    let world = World::new(DEMO);
    world.list(&accepting());
    world.place(user(), numbered_order(1), &order_request()).await;
    world.settle().await;
    world.aws.fate(|call| if call.operation == "PutEvents" { Fault::Refused } else { Fault::None });
    world.cancel(user(), numbered_order(1)).await;
    world.aws.calm();
    let (status, problem) = world.delete_account().await;
    assert_eq!(
        (status, kind(&problem), &problem["orders"]),
        (409, "order-under-way", &json!([numbered_order(1)]))
    );
    pass(30);
    world.watch().await.unwrap();
    assert_eq!(world.settle().await.len(), 1, "the customer hears of it first");
    assert_eq!(world.delete_account().await.0, 204);
}

#[tokio::test]
async fn a_deleted_account_leaves_what_was_sold_and_nobody_who_bought_it() {
    let (world, _) = settled_in().await;
    world.connect(somebody_else(), "other=", clock()).await;
    let event = support::http("DELETE /api/account", Some(user()), &[], "");
    let reply = world.api.handle(event, clock()).await.unwrap();
    assert_eq!((&reply["statusCode"], &reply["body"]), (&json!(204), &json!("")));
    assert_eq!(reply["headers"]["cache-control"], "no-store");
    assert_forgotten(&world, "at once").await;
    let hung_up = world.aws.hung_up.lock().unwrap().clone();
    assert_eq!(hung_up.into_iter().collect::<Vec<_>>(), ["desk=", "phone="]);
    assert_eq!(world.delete_account().await.0, 204, "and again");
    let (_, account) = read(&world, None).await;
    assert_eq!(account["closed_at"], json!(clock()));
    assert_eq!((&account["orders"], &account["addresses"]), (&json!([]), &json!([])));
}

#[tokio::test]
async fn a_closed_account_takes_nothing_any_more() {
    let (world, _) = settled_in().await;
    assert_eq!(world.delete_account().await.0, 204);
    let answers = [
        world.place(user(), numbered_order(3), &order_request()).await,
        save_address(&world, 3).await,
        world.ticket().await,
    ];
    for (status, problem) in answers {
        assert_eq!((status, kind(&problem)), (409, "account-closed"), "{problem}");
    }
    assert!(world.orders.get(numbered_order(3)).await.unwrap().is_none());
    assert_forgotten(&world, "whatever is asked").await;
    assert_eq!(
        world.place(somebody_else(), numbered_order(3), &order_request()).await.0,
        201,
        "it is one account"
    );
}

#[tokio::test]
async fn a_socket_that_is_gone_already_is_no_hindrance() {
    let (world, _) = settled_in().await;
    world.aws.gone.lock().unwrap().insert("phone=".to_owned());
    assert_eq!(world.delete_account().await.0, 204);
    assert_forgotten(&world, "gone").await;
}

#[tokio::test]
async fn an_event_that_comes_late_finds_a_stripped_order_done() {
    let (world, events) = settled_in().await;
    assert_eq!(world.delete_account().await.0, 204);
    let before = world.aws.everything(stack());
    for event in &events {
        world.deliver(event).await.unwrap();
        world.notifications.handle(envelope(event), clock()).await.unwrap();
    }
    let seed = placed_elsewhere();
    let said = world.restaurants.handle(invocation("order_placed", seed), clock()).await.unwrap();
    assert_eq!(said["outcome"], "no change: already order_delivered");
    pass(600);
    world.watch().await.unwrap();
    assert!(world.settle().await.is_empty());
    assert_eq!(world.aws.everything(stack()), before);
    assert_eq!(
        world.place(user(), numbered_order(1), &detailed_order_request()).await.0,
        409,
        "its id stays taken"
    );
}

#[tokio::test]
async fn an_order_that_slips_in_opens_the_account_again() {
    let (world, _) = settled_in().await;
    world.place(somebody_else(), numbered_order(3), &order_request()).await;
    // Between the look and the closing, the order becomes the customer's.
    let (aws, table) =
        (Arc::clone(&world.aws), stack().get("OrdersTable").unwrap().physical_id.clone());
    world.aws.fate(move |call| {
        if call.operation == "PutItem" {
            let mut item = aws.take_item(&table, numbered_order(3));
            item["user_id"] = json!({"S": USER});
            aws.put_item(&table, &item);
        }
        Fault::None
    });
    let (status, problem) = world.delete_account().await;
    assert_eq!((status, &problem["orders"]), (409, &json!([numbered_order(3)])));
    world.aws.calm();
    assert!(world.aws.hung_up.lock().unwrap().is_empty(), "nothing was touched");
    assert_eq!(save_address(&world, 3).await.0, 201, "the account is open");
    world.settle().await;
    assert_eq!(world.delete_account().await.0, 204);
    assert_forgotten(&world, "in the end").await;
}

/// The account takes nothing any more, and nothing can open it again.
async fn assert_closed(world: &World, context: &str) {
    let (_, account) = read(world, None).await;
    assert!(account["closed_at"].is_i64(), "{context}: {account}");
    let (status, problem) = save_address(world, 7).await;
    assert_eq!((status, kind(&problem)), (409, "account-closed"), "{context}");
    let everything = world.aws.everything(stack());
    let closed = everything.iter().find(|item| item["item"]["S"] == "closed").unwrap();
    assert!(closed["deleted_at"]["N"].is_string(), "{context}: {closed}");
}

/// Whatever becomes of any one outside call: a success means that all is deleted, and otherwise
/// the next request completes it.
#[tokio::test(start_paused = true)]
async fn deleting_goes_on_wherever_it_ended() {
    let faults =
        [Fault::CrashBefore, Fault::CrashAfter, Fault::Lost, Fault::AnswerLost, Fault::Refused];
    for fault in faults {
        let mut number = 0;
        while deleted_after(fault, number).await {
            number += 1;
        }
        assert!(number > 15, "{fault:?} struck only {number} calls");
    }
}

/// Deletes an account while `fault` strikes outside call `number`, and then again in the same
/// session, which may have ended; whether there was such a call.
async fn deleted_after(fault: Fault, number: usize) -> bool {
    let (world, _) = settled_in().await;
    pass(30);
    let delete =
        || signed_at(&world, 0, support::http("DELETE /api/account", Some(user()), &[], ""));
    let made = world.aws.calls.lock().unwrap().len();
    let mut calls = 0;
    world.aws.fate(move |_: &Call| {
        calls += 1;
        if calls == number + 1 { fault } else { Fault::None }
    });
    let first = unless_it_ends(delete()).await;
    let struck = world.aws.calls.lock().unwrap().len() - made > number;
    let context = format!("{fault:?} at call {number}");
    if let Some((status, answer)) = first {
        assert!(matches!(status, 204 | 503), "{context}: {status} {answer}");
        assert!(struck || status == 204);
        if status == 204 {
            world.aws.calm();
            assert_forgotten(&world, &context).await;
            assert_closed(&world, &context).await;
        }
    }
    world.aws.calm();
    assert_eq!(delete().await.0, 204, "{context}");
    assert_forgotten(&world, &context).await;
    assert_closed(&world, &context).await;
    struck
}

/// A request of who signed in at that time, in seconds since the test's beginning, and whose access
/// token was renewed just now.
async fn signed_at(world: &World, signed_in: i64, mut event: Value) -> (u64, Value) {
    let signed_in_at = support::START.millis() / 1_000 + signed_in;
    let claims = &mut event["requestContext"]["authorizer"]["jwt"]["claims"];
    claims["auth_time"] = json!(signed_in_at.to_string());
    answer(world, event).await
}

async fn answer(world: &World, event: Value) -> (u64, Value) {
    let reply = world.api.handle(event, clock()).await.unwrap();
    let body = serde_json::from_str(reply["body"].as_str().unwrap()).unwrap_or_default();
    (reply["statusCode"].as_u64().unwrap(), body)
}

/// A ticket for who signed in at that time.
async fn ticket(world: &World, signed_in: i64) -> String {
    let event = support::http("POST /api/live-tickets", Some(user()), &[], "");
    let (status, body) = signed_at(world, signed_in, event).await;
    assert_eq!(status, 201, "{body}");
    body["ticket"].as_str().unwrap().to_owned()
}

async fn place_at(world: &World, signed_in: i64, number: u8) -> (u64, Value) {
    let id = numbered_order(number).to_string();
    let route = "PUT /api/orders/{order_id}";
    let event =
        support::http(route, Some(user()), &[("order_id", &id)], &order_request().to_string());
    signed_at(world, signed_in, event).await
}

async fn browsers_told(world: &World) -> Value {
    let seed = placed_elsewhere();
    let told = world.notifications.handle(invocation("order_placed", seed), clock()).await;
    told.unwrap()["outcome"].clone()
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_socket_and_ticket_at_once() {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    assert_eq!(world.shake_hands(&ticket(&world, 0).await, "phone=").await, 200);
    let unspent = ticket(&world, 0).await;
    pass(30);
    assert_eq!(world.call("DELETE /api/sessions", Some(user()), &[], "").await.0, 204);
    assert_eq!(world.aws.hung_up.lock().unwrap().iter().collect::<Vec<_>>(), ["phone="]);
    assert_eq!(browsers_told(&world).await, "pushed to 0 of 0 connections");
    assert_eq!(world.shake_hands(&unspent, "old=").await, 403, "a ticket of before");
    assert_eq!(browsers_told(&world).await, "pushed to 0 of 0 connections");
    assert_eq!(place_at(&world, 30, 1).await.0, 201);
    world.aws.take_published();
    assert_eq!(world.shake_hands(&ticket(&world, 30).await, "new=").await, 200, "signed in anew");
    assert_eq!(browsers_told(&world).await, "pushed to 1 of 1 connections");
    let (status, problem) = world.call("DELETE /api/sessions", None, &[], "").await;
    assert_eq!((status, kind(&problem)), (401, "not-signed-in"));
}

/// The routes of the template that are a customer's, and a request to each that would be answered.
fn requests_of_customers() -> Vec<(String, Value)> {
    let routes = stack().of_kind("AWS::ApiGatewayV2::Route");
    let routes = routes.filter(|route| route.properties["AuthorizationType"] == "JWT");
    let address = json!({"address": detailed_order_request()["address"]}).to_string();
    let order_request = order_request().to_string();
    let address_id = AddressId::new(support::START, [1; 10]).to_string();
    let order_id = numbered_order(1).to_string();
    let parameters = [
        ("order_id", order_id.as_str()),
        ("address_id", &address_id),
        ("restaurant_id", "golden-dosa"),
        ("invitation_id", &address_id),
        ("user_id", &address_id),
        ("upload_id", &address_id),
        ("date", "today"),
        ("code", "E1D92A"),
        ("from", "2026-11-23"),
        ("to", "2026-11-23"),
    ];
    let invitation = json!({"email": "ben@example.com", "role": "kitchen"}).to_string();
    let acceptance = json!({"invitation": "A".repeat(43)}).to_string();
    let hours = json!({"version": 0, "spans": []}).to_string();
    let areas = json!({"version": 0, "areas": []}).to_string();
    let command = json!({"command_id": address_id, "action": "see"}).to_string();
    let shift = json!({"on": true}).to_string();
    let picture = json!({"content_type": "image/png", "bytes": 1}).to_string();
    let request = |route: &Resource| {
        let key = route.text("/RouteKey").unwrap().to_owned();
        let body = match &*key {
            key if key.contains("addresses") => &address,
            key if key.ends_with("commands") => &command,
            key if key.ends_with("invitations") => &invitation,
            key if key.ends_with("shift") => &shift,
            key if key.ends_with("memberships") => &acceptance,
            key if key.ends_with("hours") => &hours,
            key if key.ends_with("pictures") => &picture,
            key if key.ends_with("delivery") => &areas,
            _ => &order_request,
        };
        let event = support::http(&key, Some(user()), &parameters, body);
        match &*key {
            // The one route that takes an ID token.
            "POST /api/memberships" => (key, support::with_id_token(event, "ben@example.com")),
            _ => (key, event),
        }
    };
    routes.map(request).collect()
}

#[tokio::test]
async fn nothing_is_answered_to_a_session_that_has_ended() {
    let world = World::new(DEMO);
    world.list(&accepting());
    assert_eq!(world.place(user(), numbered_order(1), &order_request()).await.0, 201);
    assert_eq!(save_address(&world, 1).await.0, 201);
    world.employs(user(), "golden-dosa", Role::Owner).await;
    pass(30);
    assert_eq!(world.call("DELETE /api/sessions", Some(user()), &[], "").await.0, 204);
    let before = world.aws.everything(stack());
    let requests = requests_of_customers();
    assert_eq!(requests.len(), 45);
    for (route, event) in requests {
        let (status, problem) = signed_at(&world, 0, event.clone()).await;
        assert_eq!((status, kind(&problem)), (401, "not-signed-in"), "{route}");
        assert_eq!(world.aws.everything(stack()), before, "{route}");
    }
    for (route, event) in requests_of_customers() {
        let (status, answer) = signed_at(&world, 30, event).await;
        assert!(status != 401 && status < 500, "{route}: {status} {answer}");
    }
}

/// A session could renew its access token right before it is ended, and again each second.
#[tokio::test]
async fn a_session_is_as_old_as_its_sign_in_however_young_its_token_is() {
    let world = World::new(AT_ONCE);
    pass(30);
    assert_eq!(world.call("DELETE /api/sessions", Some(user()), &[], "").await.0, 204);
    let with = |claim: &str, at: i64| {
        let mut event = support::http("GET /api/orders", Some(user()), &[], "");
        let claims = &mut event["requestContext"]["authorizer"]["jwt"]["claims"];
        claims.as_object_mut().unwrap().remove("auth_time");
        claims[claim] = json!((support::START.millis() / 1_000 + at).to_string());
        event
    };
    assert_eq!(answer(&world, with("auth_time", 20)).await.0, 401, "renewed just now");
    assert_eq!(answer(&world, with("auth_time", 30)).await.0, 200, "signed in just now");
    assert_eq!(answer(&world, with("iat", 20)).await.0, 401, "who does not say when it began");
    assert_eq!(answer(&world, with("iat", 30)).await.0, 200);
}

#[tokio::test]
async fn a_read_and_its_check_are_made_at_the_same_time() {
    let world = World::new(AT_ONCE);
    let lost = |call: &Call| call.operation == "GetItem";
    world.aws.fate(move |call| if lost(call) { Fault::Refused } else { Fault::None });
    let (status, problem) = world.call("GET /api/orders", Some(user()), &[], "").await;
    assert_eq!(
        (status, kind(&problem)),
        (503, "unavailable"),
        "who cannot be checked sees nothing"
    );
    let calls = world.aws.calls.lock().unwrap();
    assert!(calls.iter().any(|call| call == "Query"), "{calls:?}");
}

/// The deletion ended its own session before it was interrupted.
#[tokio::test]
async fn a_deletion_goes_on_in_the_session_that_began_it() {
    let (world, _) = settled_in().await;
    pass(30);
    let delete = || support::http("DELETE /api/account", Some(user()), &[], "");
    world.aws.fate(|call| if call.operation == "UpdateItem" { Fault::Lost } else { Fault::None });
    assert_eq!(signed_at(&world, 0, delete()).await.0, 503);
    world.aws.calm();
    let read = support::http("GET /api/account", Some(user()), &[], "");
    let (status, problem) = signed_at(&world, 0, read).await;
    assert_eq!((status, kind(&problem)), (409, "account-closed"), "and nothing else does");
    for time in ["again", "and again"] {
        assert_eq!(signed_at(&world, 0, delete()).await.0, 204, "{time}");
    }
    assert_forgotten(&world, "in the end").await;
}

#[tokio::test]
async fn a_ticket_of_an_account_that_is_deleted_opens_nothing() {
    let (world, _) = settled_in().await;
    let unspent = ticket(&world, 0).await;
    pass(10);
    assert_eq!(world.delete_account().await.0, 204);
    assert_eq!(world.shake_hands(&unspent, "late=").await, 403);
    assert_eq!(browsers_told(&world).await, "pushed to 0 of 0 connections");
}

/// An access token outlives the account by minutes.
#[tokio::test]
async fn nothing_opens_a_deleted_account_again_and_nobody_orders_for_it() {
    let (world, _) = settled_in().await;
    assert_eq!(world.delete_account().await.0, 204);
    // Another channel knows nothing of it, and its order is under way.
    let other =
        json!({"order_id": numbered_order(9), "order_status": "order_placed", "user_id": USER});
    world.aws.fate(|call| if call.operation == "PutEvents" { Fault::Refused } else { Fault::None });
    let _ = world.restaurants.handle(invocation("order_placed", other), clock()).await;
    world.aws.calm();
    let (status, problem) = world.delete_account().await;
    assert_eq!((status, kind(&problem)), (409, "order-under-way"));
    let (status, problem) = place_at(&world, 60, 3).await;
    assert_eq!((status, kind(&problem)), (409, "account-closed"), "still");
    pass(7_200);
    let (status, problem) = world.place(user(), numbered_order(3), &order_request()).await;
    assert_eq!((status, kind(&problem)), (409, "account-closed"), "hours later");
    assert!(world.orders.get(numbered_order(3)).await.unwrap().is_none());
}

/// One item that no version of ours has written makes nothing else fail.
#[tokio::test]
async fn an_unreadable_order_or_address_hides_no_other_and_stops_nothing() {
    let (world, _) = settled_in().await;
    world.place(user(), numbered_order(3), &detailed_order_request()).await;
    world.settle().await;
    let physical = |name: &str| stack().get(name).unwrap().physical_id.clone();
    let orders = physical("OrdersTable");
    // One for the index, one for the table, one for what the list reads of the table.
    let broken: [(OrderId, &str, Value); 3] = [
        (numbered_order(2), "/status", json!({"N": "1"})),
        (ORDER.parse().unwrap(), "/plan", json!({"S": "none"})),
        (numbered_order(3), "/basket/M/bill/M/lines", json!({"S": "none"})),
    ];
    for (id, place, value) in broken {
        let mut item = world.aws.take_item(&orders, id);
        *item.pointer_mut(place).unwrap() = value;
        world.aws.put_item(&orders, &item);
    }
    let address =
        json!({"user_id": {"S": USER}, "item": {"S": "address#0"}, "kept_at": {"S": "?"}});
    world.aws.put_item(&physical("PeopleTable"), &address);

    let (status, list) = world.call("GET /api/orders", Some(user()), &[], "").await;
    let listed = list["orders"].as_array().unwrap();
    assert_eq!((status, listed.len()), (200, 3), "{list}");
    let dishes =
        |id: OrderId| &listed.iter().find(|it| it["order_id"] == json!(id)).unwrap()["dishes"];
    assert_eq!(dishes(numbered_order(1))[1]["name"], "Masala dosa", "with their dishes");
    assert_eq!(dishes(numbered_order(3)), &Value::Null);
    let (status, account) = read(&world, None).await;
    assert_eq!((status, account["orders"].as_array().unwrap().len()), (200, 1), "{account}");
    assert_eq!(account["addresses"].as_array().unwrap().len(), 2);
    assert_eq!(world.call("GET /api/addresses", Some(user()), &[], "").await.0, 200);
    assert_eq!(world.delete_account().await.0, 204);
    assert_eq!(world.item(numbered_order(1)).await.user_id, None, "the others are stripped");
    let kept = world.aws.everything(stack());
    assert!(!kept.iter().any(|item| item["item"]["S"] == "address#0"), "and forgotten");
}

/// The last one of a page cannot be read, and then a whole page.
#[tokio::test]
async fn a_list_goes_on_beyond_a_page_that_cannot_be_read() {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    let orders = stack().get("OrdersTable").unwrap().physical_id.clone();
    for number in 0..45 {
        pass(1);
        assert_eq!(world.place(user(), numbered_order(number), &order_request()).await.0, 201);
        if number >= 5 {
            let mut item = world.aws.take_item(&orders, numbered_order(number));
            item["status"] = json!({"N": "1"});
            world.aws.put_item(&orders, &item);
        }
    }
    let mut cursor = Value::Null;
    let mut listed = 0;
    for _ in 0..3 {
        let parameters: Vec<_> = cursor.as_str().map(|it| ("cursor", it)).into_iter().collect();
        let (status, page) = world.call("GET /api/orders", Some(user()), &parameters, "").await;
        assert_eq!(status, 200);
        listed += page["orders"].as_array().unwrap().len();
        cursor = page["cursor"].clone();
    }
    assert_eq!((listed, cursor), (5, Value::Null));
}

/// The first of two requests arrives last: tokens from between them stay ended.
#[tokio::test]
async fn a_late_sign_out_of_before_revokes_no_later_one() {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    pass(30);
    assert_eq!(world.call("DELETE /api/sessions", Some(user()), &[], "").await.0, 204);
    pass(-20);
    let late = support::http("DELETE /api/sessions", Some(user()), &[], "");
    assert_eq!(signed_at(&world, 30, late).await.0, 204);
    pass(25);
    let (status, problem) = place_at(&world, 20, 1).await;
    assert_eq!((status, kind(&problem)), (401, "not-signed-in"));
}

/// Another request may have found an order under way and reopened the account.
#[tokio::test]
async fn an_account_that_was_reopened_meanwhile_is_not_called_deleted() {
    let world = World::new(AT_ONCE);
    let failed = r#"{"__type": "ConditionalCheckFailedException", "message": "no"}"#;
    world.aws.fate(move |call| match call.body.to_string().contains("deleted_at") {
        true if call.operation == "PutItem" => Fault::Answer(400, failed),
        _ => Fault::None,
    });
    let (status, problem) = world.delete_account().await;
    assert_eq!((status, kind(&problem)), (503, "unavailable"));
    world.aws.calm();
    assert_eq!(world.delete_account().await.0, 204);
}
