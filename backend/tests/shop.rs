//! What a customer asks of the shop before and beside ordering: quotes, opening hours.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use serde_json::{Value, json};
use shared::{
    OrderId,
    hours::{OpeningHours, Span, Weekday},
    menu::Restaurant,
};
use support::{AT_ONCE, DEMO, World, accepting, clock, http, kind, pass, restaurant, user, wish};

fn order(number: u8) -> OrderId {
    OrderId::new(clock(), [number; 10])
}

fn cart() -> Value {
    json!({"restaurant_id": "golden-dosa", "lines": wish()["lines"]})
}

/// The restaurant with one span a week; every test begins on a Monday at 16:08 in London.
fn open_on(day: Weekday, opens: u16, closes: u16) -> Restaurant {
    let mut restaurant = restaurant();
    restaurant.card.hours.spans = vec![Span { day, opens: opens * 60, closes: closes * 60 }];
    restaurant
}

async fn quote(world: &World, cart: &Value) -> (u16, Value) {
    world.call("POST /api/quotes", None, &[], &cart.to_string()).await
}

#[tokio::test]
async fn anyone_may_ask_what_a_cart_costs() {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    let (status, quoted) = quote(&world, &cart()).await;
    assert_eq!(status, 200, "{quoted}");
    assert_eq!(quoted["bill"]["total"], 2150);
    assert_eq!(
        (&quoted["missing"], &quoted["open"], quoted.get("opens")),
        (&json!(0), &json!(true), None)
    );

    let mut cheap = cart();
    cheap["lines"] = json!([{"dish_id": "chai", "quantity": 1}]);
    cheap["tip"] = json!(150);
    let (status, quoted) = quote(&world, &cheap).await;
    assert_eq!(
        (status, &quoted["missing"]),
        (200, &json!(550)),
        "a quote may be below the minimum"
    );
    assert_eq!((&quoted["bill"]["tip"], &quoted["bill"]["total"]), (&json!(150), &json!(550)));

    let reply = world.api.handle(http("POST /api/quotes", None, &[], &cart().to_string()), clock());
    assert_eq!(reply.await.unwrap()["headers"]["cache-control"], "no-store");
}

#[tokio::test]
async fn a_quote_that_cannot_be_made_names_the_fault() {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    let with = |path: &str, value: Value| {
        let mut cart = cart();
        cart["tip"] = json!(0);
        *cart.pointer_mut(path).unwrap() = value;
        cart.to_string()
    };
    let mut unknown = cart();
    unknown["note"] = json!("Ring twice.");
    let line = cart()["lines"][0].clone();
    let rows = [
        ("{".to_owned(), 400, "malformed-json", None),
        ("{}".to_owned(), 422, "invalid-field", Some("restaurant_id")),
        (unknown.to_string(), 422, "invalid-field", Some("note")),
        (
            with("/restaurant_id", json!("nowhere")),
            422,
            "unknown-restaurant",
            Some("restaurant_id"),
        ),
        (with("/restaurant_id", json!("cards")), 422, "unknown-restaurant", Some("restaurant_id")),
        (with("/lines", json!([])), 422, "invalid-field", Some("lines")),
        (with("/lines", json!(vec![line; 51])), 422, "invalid-field", Some("lines")),
        (with("/lines/0/dish_id", json!("pizza")), 422, "unknown-dish", Some("lines[0].dish_id")),
        (with("/lines/0/dish_id", json!("halwa")), 422, "sold-out", Some("lines[0].dish_id")),
        (with("/lines/0/options", json!([])), 422, "invalid-options", Some("lines[0].options")),
        (with("/lines/0/quantity", json!(100)), 422, "invalid-field", Some("lines[0].quantity")),
        (with("/tip", json!(-1)), 422, "invalid-field", Some("tip")),
        (with("/tip", json!(1901)), 422, "invalid-field", Some("tip")),
        (with("/restaurant_id", json!("x".repeat(65_536))), 413, "body-too-large", None),
    ];
    for (body, status, expected, field) in rows {
        let (got, problem) = world.call("POST /api/quotes", None, &[], &body).await;
        let shown = &body[..body.len().min(120)];
        assert_eq!((got, kind(&problem)), (status, expected), "{shown} → {problem}");
        assert_eq!(problem.get("field").and_then(Value::as_str), field, "{shown} → {problem}");
    }
}

#[tokio::test]
async fn a_closed_restaurant_says_when_it_opens_and_takes_nothing() {
    let world = World::new(AT_ONCE);
    world.list_as(open_on(Weekday::Friday, 17, 25), &accepting());
    let friday = json!({"day": "friday", "minute": 1020});
    let (status, quoted) = quote(&world, &cart()).await;
    assert_eq!((status, &quoted["open"], &quoted["opens"]), (200, &json!(false), &friday));

    let mut dearer = wish();
    dearer["expected_total"] = json!(1);
    for wish in [wish(), dearer] {
        let (status, problem) = world.place(user(), order(1), &wish).await;
        assert_eq!((status, kind(&problem)), (409, "restaurant-closed"), "whatever it would cost");
        assert_eq!(problem["opens"], friday);
    }
    let read = world.call("GET /api/orders", Some(user()), &[], "").await;
    assert_eq!(read.1["orders"], json!([]));

    let mut never = restaurant();
    never.card.hours.spans.clear();
    world.list_as(never, &accepting());
    let (_, problem) = world.place(user(), order(1), &wish()).await;
    assert_eq!((kind(&problem), problem.get("opens")), ("restaurant-closed", None));
}

#[tokio::test]
async fn an_order_that_was_taken_is_there_after_the_restaurant_has_closed() {
    let world = World::new(DEMO);
    world.list_as(open_on(Weekday::Monday, 16, 17), &accepting());
    let first = order(1);
    assert_eq!(world.place(user(), first, &wish()).await.0, 201);
    pass(52 * 60);
    assert_eq!(world.place(user(), first, &wish()).await.0, 200, "17:00");
    let (_, problem) = world.place(user(), order(2), &wish()).await;
    assert_eq!(kind(&problem), "restaurant-closed");
    assert_eq!(problem["opens"], json!({"day": "monday", "minute": 960}), "next week");
}

#[tokio::test]
async fn a_time_zone_that_is_none_fails_the_request_and_not_the_function() {
    let world = World::new(AT_ONCE);
    let mut lost = restaurant();
    lost.card.hours = OpeningHours { time_zone: "Europe/Atlantis".to_owned(), spans: Vec::new() };
    world.list_as(lost, &accepting());
    assert_eq!(quote(&world, &cart()).await.0, 503);
    assert_eq!(world.place(user(), order(1), &wish()).await.0, 503);
}
