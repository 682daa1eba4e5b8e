//! What a customer asks of the shop before and beside ordering: quotes, opening hours, addresses.

use crate::support::{
    self, AT_ONCE, DEMO, Fault, ORDER, START, World, accepting, clock, http, kind, numbered_order,
    order_request, pass, restaurant, somebody_else, user,
};
use aws_config::retry::RetryConfig;
use serde_json::{Value, json};
use shared::{
    AddressId, UserId,
    api::{LegalPage, LegalSection, PageName},
    hours::{OpeningHours, Span, Weekday},
    menu::Restaurant,
};

fn cart() -> Value {
    json!({"restaurant_id": "golden-dosa", "lines": order_request()["lines"]})
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
    let friday = json!({"day": "friday", "minute": 1020, "date": "2026-11-27"});
    let (status, quoted) = quote(&world, &cart()).await;
    assert_eq!((status, &quoted["open"], &quoted["opens"]), (200, &json!(false), &friday));

    let mut dearer = order_request();
    dearer["expected_total"] = json!(1);
    for order_request in [order_request(), dearer] {
        let (status, problem) = world.place(user(), numbered_order(1), &order_request).await;
        assert_eq!((status, kind(&problem)), (409, "restaurant-closed"), "whatever it would cost");
        assert_eq!(problem["opens"], friday);
    }
    let read = world.call("GET /api/orders", Some(user()), &[], "").await;
    assert_eq!(read.1["orders"], json!([]));

    let mut never = restaurant();
    never.card.hours.spans.clear();
    world.list_as(never, &accepting());
    let (_, problem) = world.place(user(), numbered_order(1), &order_request()).await;
    assert_eq!((kind(&problem), problem.get("opens")), ("restaurant-closed", None));
}

#[tokio::test]
async fn an_order_that_was_taken_is_there_after_the_restaurant_has_closed() {
    let world = World::new(DEMO);
    world.list_as(open_on(Weekday::Monday, 16, 17), &accepting());
    let first = numbered_order(1);
    assert_eq!(world.place(user(), first, &order_request()).await.0, 201);
    pass(52 * 60);
    assert_eq!(world.place(user(), first, &order_request()).await.0, 200, "17:00");
    let (_, problem) = world.place(user(), numbered_order(2), &order_request()).await;
    assert_eq!(kind(&problem), "restaurant-closed");
    assert_eq!(
        problem["opens"],
        json!({"day": "monday", "minute": 960, "date": "2026-11-30"}),
        "next week"
    );
}

#[tokio::test]
async fn a_time_zone_that_is_none_fails_the_request_and_not_the_function() {
    let world = World::new(AT_ONCE);
    let mut lost = restaurant();
    lost.card.hours = OpeningHours {
        time_zone: "Europe/Atlantis".to_owned(),
        spans: Vec::new(),
        exceptions: Vec::new(),
    };
    world.list_as(lost, &accepting());
    assert_eq!(quote(&world, &cart()).await.0, 503);
    assert_eq!(world.place(user(), numbered_order(1), &order_request()).await.0, 503);
}

#[tokio::test]
async fn a_text_of_the_shop_is_there_once_its_owner_has_written_it() {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    let read =
        async |name: &str| world.call("GET /api/pages/{name}", None, &[("name", name)], "").await;
    let (status, problem) = read("terms").await;
    assert_eq!((status, kind(&problem)), (404, "not-found"));
    let terms = LegalPage {
        title: "Terms".to_owned(),
        sections: vec![LegalSection { heading: None, paragraphs: vec!["Be kind.".to_owned()] }],
    };
    world.publish_page(PageName::Terms, &terms);
    assert_eq!(read("terms").await, (200, serde_json::to_value(&terms).unwrap()));
    for missing in ["privacy", "imprint", "golden-dosa"] {
        assert_eq!(read(missing).await.0, 404, "{missing}");
    }
    let mut event = http("GET /api/pages/{name}", None, &[("name", "terms")], "");
    let reply = world.api.handle(event.clone(), clock()).await.unwrap();
    assert!(reply["headers"]["cache-control"].as_str().unwrap().starts_with("public, max-age=10"));
    event["headers"]["if-none-match"] = reply["headers"]["etag"].clone();
    assert_eq!(world.api.handle(event, clock()).await.unwrap()["statusCode"], 304);
    let (status, problem) = world
        .call("GET /api/restaurants/{restaurant_id}", None, &[("restaurant_id", "pages")], "")
        .await;
    assert_eq!((status, kind(&problem)), (404, "not-found"), "and it is no restaurant");
}

fn address(street: &str) -> Value {
    json!({"label": "Home", "address": {"name": "Asha", "street": street, "city": "London", "postcode": "N1 5TB"}})
}

fn address_id(number: u8) -> String {
    AddressId::new(clock(), [number; 10]).to_string()
}

async fn streets(world: &World, user: UserId) -> Vec<String> {
    let (status, list) = world.call("GET /api/addresses", Some(user), &[], "").await;
    assert_eq!(status, 200);
    let streets = list["addresses"].as_array().unwrap().iter();
    streets.map(|kept| kept["address"]["street"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn addresses_are_listed_in_the_order_in_which_they_were_first_kept() {
    let world = World::new(AT_ONCE);
    let (mill, quay) = (address_id(9), address_id(1));
    let (status, listed) = world.save_address(&mill, &address("1 Mill Row")).await;
    assert_eq!((status, listed["address_id"].as_str()), (201, Some(mill.as_str())));
    pass(1);
    assert_eq!(world.save_address(&quay, &address("2 Quay Street")).await.0, 201);
    pass(1);
    let (status, again) = world.save_address(&mill, &address("1 Mill Row")).await;
    assert_eq!((status, again), (200, listed), "the same again is the same");
    assert_eq!(world.save_address(&mill, &address("3 Mill Row")).await.0, 200);
    assert_eq!(streets(&world, user()).await, ["3 Mill Row", "2 Quay Street"]);
    let stranger = "11111111-1111-4111-8111-111111111111".parse().unwrap();
    assert!(streets(&world, stranger).await.is_empty(), "they are one's own");

    let route = "DELETE /api/addresses/{address_id}";
    for _ in 0..2 {
        let event = http(route, Some(user()), &[("address_id", &mill)], "");
        let reply = world.api.handle(event, clock()).await.unwrap();
        assert_eq!((&reply["statusCode"], &reply["body"]), (&json!(204), &json!("")));
        assert_eq!(reply["headers"], json!({"cache-control": "no-store"}));
    }
    assert_eq!(streets(&world, user()).await, ["2 Quay Street"]);
}

#[tokio::test]
async fn twenty_addresses_are_kept_and_no_more() {
    let world = World::new(AT_ONCE);
    let ids: Vec<String> = (0..21).map(address_id).collect();
    for id in &ids[..20] {
        assert_eq!(world.save_address(id, &address("1 Mill Row")).await.0, 201);
    }
    let (status, problem) = world.save_address(&ids[20], &address("1 Mill Row")).await;
    assert_eq!((status, kind(&problem)), (409, "too-many-addresses"));
    assert_eq!(
        world.save_address(&ids[0], &address("2 Mill Row")).await.0,
        200,
        "one of them may change"
    );
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_with_the_field_at_fault() {
    let world = World::new(AT_ONCE);
    let with = |path: &str, value: Value| {
        let mut address = address("1 Mill Row");
        address["address"]["phone"] = json!("020 7946 0000");
        *address.pointer_mut(path).unwrap() = value;
        address.to_string()
    };
    let mut unknown = address("1 Mill Row");
    unknown["colour"] = json!("blue");
    let rows = [
        ("{".to_owned(), 400, "malformed-json", None),
        ("{}".to_owned(), 422, "invalid-field", Some("address")),
        (unknown.to_string(), 422, "invalid-field", Some("colour")),
        (with("/label", json!(" ")), 422, "invalid-field", Some("label")),
        (with("/label", json!("x".repeat(41))), 422, "invalid-field", Some("label")),
        (with("/address/street", json!(" ")), 422, "invalid-field", Some("address.street")),
        (with("/address/name", json!("x".repeat(81))), 422, "invalid-field", Some("address.name")),
        (with("/address/name", json!("…")), 422, "invalid-field", Some("address.name")),
        (with("/address/postcode", json!(" ")), 422, "invalid-field", Some("address.postcode")),
        (with("/address/phone", json!("call me")), 422, "invalid-field", Some("address.phone")),
        (with("/label", json!("x".repeat(65_536))), 413, "body-too-large", None),
    ];
    for (body, status, expected, field) in rows {
        let route = "PUT /api/addresses/{address_id}";
        let id = address_id(1);
        let (got, problem) = world.call(route, Some(user()), &[("address_id", &id)], &body).await;
        let shown = &body[..body.len().min(120)];
        assert_eq!((got, kind(&problem)), (status, expected), "{shown} → {problem}");
        assert_eq!(problem.get("field").and_then(Value::as_str), field, "{shown} → {problem}");
    }
    for route in ["PUT /api/addresses/{address_id}", "DELETE /api/addresses/{address_id}"] {
        let body = address("1 Mill Row").to_string();
        let (status, problem) =
            world.call(route, Some(user()), &[("address_id", "home")], &body).await;
        assert_eq!((status, problem["field"].as_str()), (422, Some("address_id")), "{route}");
    }
    assert!(streets(&world, user()).await.is_empty());
}

#[tokio::test]
async fn an_order_needs_a_postcode_where_there_are_postcodes() {
    let world = World::new(AT_ONCE);
    let mut bare = order_request();
    bare["address"].as_object_mut().unwrap().remove("postcode");
    let mut kept = address("1 Mill Row");
    kept["address"].as_object_mut().unwrap().remove("postcode");
    assert_eq!(world.save_address(ORDER, &kept).await.0, 201, "an address may be kept without");
    for country in [None, Some("GB")] {
        let mut london = open_on(Weekday::Friday, 17, 25);
        london.card.country = country.map(|code| code.parse().unwrap());
        world.list_as(london, &accepting());
        let (status, problem) = world.place(user(), numbered_order(1), &bare).await;
        assert_eq!((status, kind(&problem)), (422, "invalid-field"), "{country:?}, and closed");
        assert_eq!(problem["field"], "address.postcode");
    }
    let mut dubai = restaurant();
    dubai.card.country = Some("AE".parse().unwrap());
    world.list_as(dubai, &accepting());
    assert_eq!(world.place(user(), numbered_order(1), &bare).await.0, 201);
    assert_eq!(
        world.place(user(), numbered_order(2), &order_request()).await.0,
        201,
        "and it may have one"
    );
}

#[tokio::test]
async fn what_earlier_rules_accepted_is_still_shown() {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    world.save_address(ORDER, &address("1 Mill Row")).await;
    assert_eq!(world.place(user(), numbered_order(1), &order_request()).await.0, 201);
    let old = json!({"M": {
        "name": {"S": "…"}, "street": {"S": "1 Mill Row"}, "city": {"S": "London"},
        "postcode": {"S": "N1 5TB"}, "phone": {"S": "call me"},
    }});
    let tables = |name: &str| support::stack().get(name).unwrap().physical_id.clone();
    let mut item = world.aws.take_item(&tables("OrdersTable"), numbered_order(1));
    item["basket"]["M"]["address"] = old.clone();
    item["basket"]["M"]["note"] = json!({"S": "\u{200b}"});
    world.aws.put_item(&tables("OrdersTable"), &item);
    let address = json!({
        "user_id": {"S": user()}, "item": {"S": format!("address#{ORDER}")}, "kept_at": {"N": "1"},
        "label": {"S": "\u{200b}"}, "address": old,
    });
    world.aws.put_item(&tables("PeopleTable"), &address);

    let expected =
        json!({"name": "…", "street": "1 Mill Row", "city": "London", "postcode": "N1 5TB"});
    let (status, account) = world.call("GET /api/account", Some(user()), &[], "").await;
    assert_eq!((status, &account["addresses"][0]["address"]), (200, &expected), "{account}");
    assert_eq!(account["addresses"][0].get("label"), None);
    assert_eq!(account["orders"][0]["basket"]["address"], expected);
    let id = numbered_order(1).to_string();
    for (route, parameters) in [
        ("GET /api/orders/{order_id}", vec![("order_id", id.as_str())]),
        ("GET /api/orders", vec![]),
        ("GET /api/addresses", vec![]),
    ] {
        let (status, reply) = world.call(route, Some(user()), &parameters, "").await;
        assert_eq!(status, 200, "{route}: {reply}");
    }
    let (status, problem) =
        world.save_address(ORDER, &json!({"address": account["addresses"][0]["address"]})).await;
    assert_eq!((status, problem["field"].as_str()), (422, Some("address.name")), "not again");
}

#[tokio::test]
async fn without_a_customer_nothing_of_a_customers_is_done() {
    let world = World::new(AT_ONCE);
    let parameters = [("address_id", ORDER), ("order_id", ORDER)];
    for route in [
        "PUT /api/orders/{order_id}",
        "GET /api/addresses",
        "PUT /api/addresses/{address_id}",
        "DELETE /api/addresses/{address_id}",
        "GET /api/account",
        "DELETE /api/account",
        "POST /api/live-tickets",
    ] {
        let (status, problem) = world.call(route, None, &parameters, "{}").await;
        assert_eq!((status, kind(&problem)), (401, "not-signed-in"), "{route}");
    }
    assert!(world.aws.calls.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_write_that_meets_another_of_the_same_customer_is_tried_again() {
    let world = World::with(DEMO, RetryConfig::standard());
    world.list(&accepting());
    let mut met = false;
    world.aws.fate(move |call| match call.operation.as_str() {
        "TransactWriteItems" if !std::mem::replace(&mut met, true) => Fault::Refused,
        _ => Fault::None,
    });
    assert_eq!(world.place(user(), numbered_order(1), &order_request()).await.0, 201);
    let refuse = |call: &support::Call| match call.operation.as_str() {
        "TransactWriteItems" => Fault::Refused,
        _ => Fault::None,
    };
    world.aws.fate(refuse);
    let (status, problem) = world.place(user(), numbered_order(2), &order_request()).await;
    assert_eq!((status, kind(&problem)), (503, "unavailable"), "and not without end");
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_found_when_it_is_asked_again() {
    let world = World::new(DEMO);
    world.list(&accepting());
    let lose = |call: &support::Call| match call.operation.as_str() {
        "TransactWriteItems" => Fault::AnswerLost,
        _ => Fault::None,
    };
    world.aws.fate(lose);
    let order_id = numbered_order(1);
    assert_eq!(world.place(user(), order_id, &order_request()).await.0, 503);
    assert_eq!(world.save_address(ORDER, &address("1 Mill Row")).await.0, 503);
    world.aws.calm();
    assert_eq!(world.place(user(), order_id, &order_request()).await.0, 200);
    assert_eq!(world.save_address(ORDER, &address("1 Mill Row")).await.0, 200);
    assert_eq!(streets(&world, user()).await, ["1 Mill Row"]);
}

#[tokio::test]
async fn of_two_that_place_one_order_at_the_same_moment_both_get_that_order() {
    let world = World::new(DEMO);
    world.list(&accepting());
    let order_id = numbered_order(1);
    assert_eq!(world.place(user(), order_id, &order_request()).await.0, 201);
    // The second has looked before the first wrote: its read finds nothing.
    let tables = support::stack().get("OrdersTable").unwrap().physical_id.clone();
    let other = "11111111-1111-4111-8111-111111111111".parse().unwrap();
    for (who, status, expected) in [(user(), 200, ""), (other, 409, "order-id-taken")] {
        let (aws, table) = (std::sync::Arc::clone(&world.aws), tables.clone());
        let there = aws.take_item(&table, order_id);
        world.aws.fate(move |call| {
            if call.operation == "TransactWriteItems" {
                aws.put_item(&table, &there);
            }
            Fault::None
        });
        let (got, answer) = world.place(who, order_id, &order_request()).await;
        assert_eq!((got, kind(&answer)), (status, expected), "{answer}");
        world.aws.calm();
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_told_so_whatever_the_route() {
    let world = World::new(AT_ONCE);
    let large = "=".repeat(65_537);
    for route in
        ["POST /api/live-tickets", "GET /api/orders", "ANY /api/{proxy+}", "POST /api/quotes"]
    {
        let (status, problem) = world.call(route, Some(user()), &[], &large).await;
        assert_eq!((status, kind(&problem)), (413, "body-too-large"), "{route}");
    }
}

#[tokio::test]
async fn an_order_has_a_most_that_it_may_cost() {
    let world = World::set(AT_ONCE, &[("MAX_ORDER_TOTALS", "GBP:2149,*:9999")]);
    world.list(&accepting());
    let (status, problem) = world.place(user(), numbered_order(1), &order_request()).await;
    assert_eq!((status, kind(&problem)), (422, "above-maximum"));
    assert_eq!(problem["field"], "lines");
    assert_eq!(world.call("GET /api/orders", Some(user()), &[], "").await.1["orders"], json!([]));
    assert_eq!(quote(&world, &cart()).await.0, 200, "what it would cost is no secret");
    let world = World::set(AT_ONCE, &[("MAX_ORDER_TOTALS", "GBP:2150")]);
    world.list(&accepting());
    assert_eq!(world.place(user(), numbered_order(1), &order_request()).await.0, 201);
}

#[tokio::test]
async fn a_customer_has_a_limit_a_minute_of_orders_and_tickets() {
    let limits = [("ORDERS_PER_MINUTE", "2"), ("TICKETS_PER_MINUTE", "2")];
    let world = World::set(AT_ONCE, &limits);
    world.list(&accepting());
    for number in [1, 2] {
        assert_eq!(world.place(user(), numbered_order(number), &order_request()).await.0, 201);
        assert_eq!(world.ticket().await.0, 201);
    }
    for (status, problem) in
        [world.place(user(), numbered_order(3), &order_request()).await, world.ticket().await]
    {
        assert_eq!((status, kind(&problem)), (429, "too-many-requests"), "{problem}");
        // Every test begins 10.791 s into a minute.
        assert_eq!(problem["retry_after"], 50, "{problem}");
    }
    let event = http("POST /api/live-tickets", Some(user()), &[], "");
    let reply = world.api.handle(event, clock()).await.unwrap();
    assert_eq!(reply["headers"]["retry-after"], "50");
    assert_eq!(
        world.place(user(), numbered_order(1), &order_request()).await.0,
        200,
        "the same again is no new one"
    );
    assert_eq!(
        world.place(somebody_else(), numbered_order(4), &order_request()).await.0,
        201,
        "each has their own"
    );
    pass(50);
    assert_eq!(
        world.place(user(), numbered_order(3), &order_request()).await.0,
        201,
        "the next minute"
    );
    // A table that does not count closes no shop.
    world.aws.fate(|call| {
        if call.body["UpdateExpression"].as_str().is_some_and(|it| it.starts_with("ADD")) {
            Fault::Lost
        } else {
            Fault::None
        }
    });
    assert_eq!(world.place(user(), numbered_order(5), &order_request()).await.0, 201);
}

#[tokio::test]
async fn an_order_that_is_refused_is_not_counted() {
    let world = World::set(AT_ONCE, &[("ORDERS_PER_MINUTE", "1")]);
    world.list(&accepting());
    let mut wrong = order_request();
    wrong["expected_total"] = json!(1);
    for _ in 0..3 {
        let (status, problem) = world.place(user(), numbered_order(1), &wrong).await;
        assert_eq!((status, kind(&problem)), (409, "price-changed"));
    }
    assert_eq!(world.place(user(), numbered_order(1), &order_request()).await.0, 201);
    assert_eq!(world.place(user(), numbered_order(2), &order_request()).await.0, 429);
}

async fn ping(world: &World, id: &str) {
    world.socket("MESSAGE", user(), id, clock(), r#"{"action":"ping"}"#).await.unwrap();
}

/// The sockets that were closed by us.
fn hung_up(world: &World) -> Vec<String> {
    world.aws.hung_up.lock().unwrap().iter().cloned().collect()
}

#[tokio::test]
async fn a_message_beyond_the_limit_a_minute_on_all_sockets_closes_its_socket() {
    let world = World::set(AT_ONCE, &[("MESSAGES_PER_MINUTE", "2")]);
    for id in ["phone=", "desk="] {
        world.connect(user(), id, clock()).await;
    }
    for id in ["phone=", "desk=", "phone="] {
        ping(&world, id).await;
    }
    let pushed = world.aws.pushed.lock().unwrap().clone();
    assert_eq!((&pushed[0].1["type"], &pushed[1].1["type"]), (&json!("pong"), &json!("pong")));
    let problem = &pushed[2].1["problem"];
    assert_eq!((kind(problem), &problem["retry_after"]), ("too-many-requests", &json!(50)));
    let title = "At most 2 messages a minute are accepted; try again in 50 s.";
    assert_eq!(problem["title"], title);
    assert_eq!(hung_up(&world), ["phone="]);
    ping(&world, "phone=").await;
    pass(50);
    ping(&world, "phone=").await;
    assert_eq!(
        world.aws.pushed.lock().unwrap().len(),
        3,
        "it is told once, and opens nothing again"
    );
    ping(&world, "desk=").await;
    assert_eq!(world.aws.pushed.lock().unwrap()[3].1["type"], "pong", "the next minute");
    assert_eq!(hung_up(&world), ["phone="]);
}

#[tokio::test]
async fn a_message_of_any_size_is_answered_by_a_small_problem() {
    let world = World::new(AT_ONCE);
    world.connect(user(), "open=", clock()).await;
    for body in [
        r#"["ping"]"#.to_owned(),
        r#"{"action":"ping","more":1}"#.to_owned(),
        json!({"action": "\u{1}".repeat(30_000)}).to_string(),
        "[".repeat(120_000),
    ] {
        world.socket("MESSAGE", user(), "open=", clock(), &body).await.unwrap();
    }
    let pushed = world.aws.pushed.lock().unwrap().clone();
    assert_eq!(pushed.len(), 4);
    for (_, push) in pushed {
        assert_eq!(kind(&push["problem"]), "malformed-json");
        assert!(push.to_string().len() < 300, "{push}");
    }
}

#[tokio::test]
async fn a_socket_that_a_newer_one_replaces_is_told_so_before_it_is_closed() {
    let world = World::new(AT_ONCE);
    for number in 0..20 {
        world.connect(user(), &format!("{number}="), clock()).await;
        pass(1);
    }
    assert!(hung_up(&world).is_empty());
    world.connect(user(), "newest=", clock()).await;
    let pushed = world.aws.pushed.lock().unwrap().clone();
    let [(id, push)] = &pushed[..] else { panic!("{pushed:?}") };
    assert_eq!((id.as_str(), kind(&push["problem"])), ("0=", "too-many-connections"));
    assert_eq!(hung_up(&world), ["0="]);
    let calls = world.aws.calls.lock().unwrap().clone();
    let at = |name: &str| calls.iter().position(|call| call == name).unwrap();
    assert!(at("PostToConnection") < at("DeleteConnection"), "told first");
    // One that cannot be told is no reason to refuse another.
    pass(1);
    world.refuse(|call| call.operation.ends_with("Connection"));
    world.connect(user(), "newer=", clock()).await;
}

/// The ids of the customer's sockets that the table holds.
fn stored(world: &World) -> Vec<String> {
    let items = world.aws.items(&world.table("LiveTable"));
    let ids =
        items.iter().filter_map(|item| item["item"]["S"].as_str()?.strip_prefix("connection#"));
    ids.map(str::to_owned).collect()
}

#[tokio::test]
async fn tickets_that_were_collected_open_no_more_than_twenty_sockets() {
    let world = World::new(AT_ONCE);
    let id = |number: i64| format!("{number:02}=");
    for number in 0..50 {
        world.connect(user(), &id(number), START.plus_seconds(number)).await;
    }
    assert_eq!(stored(&world).len(), 20);
    assert_eq!(hung_up(&world), (0..30).map(id).collect::<Vec<_>>());
    // One whose handshake took so long that newer ones have opened meanwhile.
    let reply = world.socket("CONNECT", user(), "late=", START, "").await.unwrap();
    assert_eq!(reply["statusCode"], 403);
    assert!(!stored(&world).contains(&"late=".to_owned()));
}

#[tokio::test]
async fn a_socket_that_could_not_be_closed_while_it_opened_is_closed_at_its_first_message() {
    let world = World::new(AT_ONCE);
    world.connect(user(), "opening=", START).await;
    world.aws.gone.lock().unwrap().insert("opening=".to_owned());
    for number in 1..=20 {
        world.connect(user(), &format!("{number}="), START.plus_seconds(number)).await;
    }
    world.aws.gone.lock().unwrap().clear();
    assert!(hung_up(&world).is_empty(), "the gateway knew no such socket yet");
    ping(&world, "opening=").await;
    assert_eq!(hung_up(&world), ["opening="]);
    assert!(world.aws.pushed.lock().unwrap().is_empty());
    assert_eq!(stored(&world).len(), 20);
}

#[tokio::test]
async fn only_what_comes_through_the_site_is_answered_if_it_has_a_secret() {
    let world = World::set(AT_ONCE, &[("ORIGIN_SECRET", "s3cret")]);
    world.list(&accepting());
    let status = async |secret: Option<&str>| {
        let mut event = http("GET /api/restaurants", None, &[], "");
        if let Some(secret) = secret {
            event["headers"]["x-origin-secret"] = json!(secret);
        }
        world.api.handle(event, clock()).await.unwrap()["statusCode"].clone()
    };
    for wrong in [None, Some(""), Some("s3cre"), Some("s3cret "), Some("S3CRET")] {
        assert_eq!(status(wrong).await, 403, "{wrong:?}");
    }
    assert_eq!(status(Some("s3cret")).await, 200);

    let mut event = http("POST /api/live-tickets", Some(user()), &[], "");
    event["headers"]["x-origin-secret"] = json!("s3cret");
    let reply = world.api.handle(event, clock()).await.unwrap();
    let ticket: Value = serde_json::from_str(reply["body"].as_str().unwrap()).unwrap();
    let effect = async |headers: Value| {
        let ask = json!({"methodArn": "arn:x/$connect", "headers": headers, "queryStringParameters": {"ticket": ticket["ticket"]}});
        let policy = world.authorizer.handle(ask, clock()).await.unwrap();
        policy["policyDocument"]["Statement"][0]["Effect"].clone()
    };
    assert_eq!(effect(json!({"Host": "x"})).await, "Deny");
    assert_eq!(effect(json!({"X-Origin-Secret": "guess"})).await, "Deny");
    assert_eq!(effect(json!({"X-Origin-Secret": "s3cret"})).await, "Allow", "and is not spent yet");

    let world = World::set(AT_ONCE, &[("ORIGIN_SECRET", "")]);
    world.list(&accepting());
    let mut event = http("GET /api/restaurants", None, &[], "");
    event["headers"]["x-origin-secret"] = json!("s3cret");
    for event in [http("GET /api/restaurants", None, &[], ""), event] {
        assert_eq!(world.api.handle(event, clock()).await.unwrap()["statusCode"], 200, "no secret");
    }
}

#[tokio::test]
async fn an_array_is_no_order() {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    let mut odd = order_request();
    odd["lines"][0]["options"][0] = json!(["size", "large"]);
    let (status, problem) = world.place(user(), numbered_order(1), &odd).await;
    assert_eq!((status, kind(&problem)), (422, "invalid-field"));
    assert_eq!(problem["field"], "lines[0].options[0]");
    let line = json!(["masala-dosa", 2, [["size", "large"]], null]);
    let body = json!(["golden-dosa", [line], 0]).to_string();
    let (status, problem) = world.call("POST /api/quotes", None, &[], &body).await;
    assert_eq!((status, kind(&problem)), (422, "invalid-field"));
}
