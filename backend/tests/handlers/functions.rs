//! Each function by itself, through its own door.

use crate::support::{
    self, AT_ONCE, DEMO, Fault, ORDER, USER, World, accepting, clock, invocation, kind, order,
    order_request, pass, placed_elsewhere, somebody_else, user,
};
use serde_json::{Value, json};
use shared::{OrderId, Status};

/// Delivers what the bus has, and what comes of it: the names of the events.
async fn settle(world: &World) -> Vec<&'static str> {
    world.settle().await.iter().map(|event| event.status().name()).collect()
}

#[tokio::test]
async fn an_order_is_carried_from_placed_to_delivered() {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    let (status, placed) = world.place(user(), order(), &order_request()).await;
    assert_eq!((status, placed["status"].as_str()), (201, Some("order_placed")), "{placed}");
    assert_eq!(
        settle(&world).await,
        ["order_placed", "order_accepted", "order_picked_up", "order_delivered"]
    );
    let item = world.item(order()).await;
    assert_eq!((item.order.status, item.order.sequence), (Status::Delivered, 4));
    assert!(item.unpublished.is_empty() && item.attention_at.is_none(), "{item:?}");
    assert_eq!(item.order.timeline.len(), 4);
}

#[tokio::test]
async fn at_a_walking_pace_the_watchdog_acts_when_it_is_time() {
    let world = World::new(DEMO);
    world.list(&accepting());
    world.place(user(), order(), &order_request()).await;
    assert_eq!(settle(&world).await, ["order_placed"]);
    let item = world.item(order()).await;
    assert_eq!(
        item.attention_at, item.act_at,
        "all is published, so the next thing is the kitchen's answer"
    );
    for (seconds, became) in
        [(6, "order_accepted"), (18, "order_picked_up"), (12, "order_delivered")]
    {
        pass(seconds - 1);
        world.watch().await.unwrap();
        assert!(settle(&world).await.is_empty(), "too early for {became}");
        pass(1);
        world.watch().await.unwrap();
        assert_eq!(settle(&world).await, [became]);
    }
    assert!(world.item(order()).await.attention_at.is_none());
}

#[tokio::test]
async fn a_kitchen_that_rejects_says_why() {
    let world = World::new(AT_ONCE);
    world.list(&json!({"kitchen": "rejects", "reject_reason": "too_busy"}));
    world.place(user(), order(), &order_request()).await;
    let events = world.settle().await;
    let rejected = &events.last().unwrap().fact;
    assert_eq!(rejected.order_status, Status::Rejected);
    assert_eq!(serde_json::to_value(&rejected.reason).unwrap(), json!({"code": "too_busy"}));
}

#[tokio::test]
async fn an_order_that_nobody_answers_is_cancelled_at_its_deadline() {
    let world = World::new(DEMO);
    world.list(&json!({"kitchen": "silent"}));
    world.place(user(), order(), &order_request()).await;
    settle(&world).await;
    pass(59);
    world.watch().await.unwrap();
    assert_eq!(world.item(order()).await.order.status, Status::Placed);
    pass(1);
    world.watch().await.unwrap();
    let item = world.item(order()).await;
    assert_eq!(item.order.status, Status::Cancelled);
    assert_eq!(
        serde_json::to_value(item.order.reason).unwrap(),
        json!({"code": "not_answered", "within_seconds": 60})
    );
}

#[tokio::test]
async fn past_the_deadline_cancelling_wins_in_restaurants_too() {
    let world = World::new(DEMO);
    world.list(&accepting());
    world.place(user(), order(), &order_request()).await;
    pass(60);
    assert_eq!(settle(&world).await, ["order_placed", "order_cancelled"]);
}

#[tokio::test]
async fn the_same_order_again_is_the_same_order() {
    let world = World::new(DEMO);
    world.list(&accepting());
    let (_, first) = world.place(user(), order(), &order_request()).await;
    let (status, again) = world.place(user(), order(), &order_request()).await;
    assert_eq!((status, again), (200, first));
    assert_eq!(settle(&world).await, ["order_placed"]);

    let mut other = order_request();
    other["note"] = json!("Ring once.");
    let (status, problem) = world.place(user(), order(), &other).await;
    assert_eq!((status, kind(&problem)), (409, "order-already-placed"));
    assert_eq!(problem["order"]["order_id"], ORDER);

    let (status, problem) = world.place(somebody_else(), order(), &order_request()).await;
    assert_eq!((status, kind(&problem)), (409, "order-id-taken"));
    assert_eq!(problem.get("order"), None, "someone else learns nothing more");
}

#[tokio::test]
async fn a_customer_may_cancel_until_the_restaurant_answers() {
    let world = World::new(DEMO);
    world.list(&accepting());
    world.place(user(), order(), &order_request()).await;
    assert_eq!(world.cancel(somebody_else(), order()).await.0, 404);
    let (status, cancelled) = world.cancel(user(), order()).await;
    assert_eq!((status, cancelled["status"].as_str()), (200, Some("order_cancelled")));
    assert_eq!(world.cancel(user(), order()).await.0, 200, "cancelling again changes nothing");
    assert_eq!(settle(&world).await, ["order_placed", "order_cancelled"]);
    let item = world.item(order()).await;
    assert!(item.unpublished.is_empty() && item.attention_at.is_none(), "{item:?}");
}

#[tokio::test]
async fn an_accepted_order_can_no_longer_be_cancelled() {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    world.place(user(), order(), &order_request()).await;
    settle(&world).await;
    let (status, problem) = world.cancel(user(), order()).await;
    assert_eq!((status, kind(&problem)), (409, "too-late-to-cancel"));
    assert_eq!(problem["order"]["status"], "order_delivered");
}

#[tokio::test]
async fn the_seeds_test_event_makes_an_order_once() {
    let world = World::new(AT_ONCE);
    let seed = placed_elsewhere();
    for _ in 0..2 {
        world.restaurants.handle(invocation("order_placed", seed.clone()), clock()).await.unwrap();
    }
    assert_eq!(settle(&world).await, ["order_accepted", "order_picked_up", "order_delivered"]);
    let (status, order) =
        world.call("GET /api/orders/{order_id}", Some(user()), &[("order_id", ORDER)], "").await;
    assert_eq!(
        (status, order["status"].as_str(), order.get("basket")),
        (200, Some("order_delivered"), None)
    );
}

#[tokio::test]
async fn nothing_happens_twice_and_a_replay_does_nothing() {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    world.place(user(), order(), &order_request()).await;
    let events = world.settle().await;
    let before = world.item(order()).await;
    for event in &events {
        world.deliver(event).await.unwrap();
        let mut replayed = support::envelope(event);
        replayed["replay-name"] = json!("july");
        world.restaurants.handle(replayed.clone(), clock()).await.unwrap();
        world.delivery.handle(replayed, clock()).await.unwrap();
    }
    assert_eq!(world.item(order()).await, before);
    assert!(world.aws.take_published().is_empty());
}

#[tokio::test]
async fn a_transition_that_was_written_and_not_published_is_published_when_its_event_comes_again() {
    for seconds in [0, 30] {
        let world = World::new(AT_ONCE);
        world.list(&accepting());
        world.place(user(), order(), &order_request()).await;
        let placed = world.aws.take_published().remove(0);
        let refuse = |call: &support::Call| match call.operation.as_str() {
            "PutEvents" => Fault::Refused,
            _ => Fault::None,
        };
        world.aws.fate(refuse);
        assert!(world.deliver(&placed).await.is_err());
        world.aws.calm();
        // At the same moment it was written by this invocation, and 30 s later by one that has ended.
        pass(seconds);
        let again = world.deliver(&placed).await.unwrap();
        assert_eq!(again["outcome"], "published again, already order_accepted");
        let published = world.aws.take_published();
        assert_eq!((published.len(), published[0].fact.sequence), (1, 2));
        let again = world.deliver(&placed).await.unwrap();
        assert_eq!(again["outcome"], "no change: already order_accepted");
    }
}

#[tokio::test]
async fn an_event_for_an_order_that_is_not_there_ends() {
    let world = World::new(AT_ONCE);
    let detail = json!({"order_id": ORDER, "order_status": "order_accepted", "user_id": USER, "sequence": 2, "occurred_at": 1});
    let said = world.delivery.handle(invocation("order_accepted", detail), clock()).await.unwrap();
    assert_eq!(said["outcome"], "no such order");
}

#[tokio::test]
async fn poison_is_an_error_with_a_stable_name() {
    let world = World::new(AT_ONCE);
    let contradiction = json!({"order_id": ORDER, "order_status": "order_accepted", "user_id": USER, "sequence": 1, "occurred_at": 1});
    for detail in [json!({}), json!({"order_id": "7"}), contradiction] {
        let error = world
            .restaurants
            .handle(invocation("order_placed", detail), clock())
            .await
            .unwrap_err();
        assert_eq!(error.kind(), "Tiffin.InvalidEvent", "{error}");
    }
}

#[tokio::test]
async fn an_array_is_no_event() {
    let world = World::new(AT_ONCE);
    let fact = json!({"order_id": ORDER, "order_status": "order_accepted", "user_id": USER, "restaurant_id": null, "sequence": 2, "occurred_at": 1, "expected_at": null, "latest_at": null, "reason": null});
    let mut reason = fact.clone();
    reason["reason"] = json!(["too_busy", null]);
    let names = [
        "order_id",
        "order_status",
        "user_id",
        "restaurant_id",
        "sequence",
        "occurred_at",
        "expected_at",
        "latest_at",
        "reason",
    ];
    let values: Vec<_> = names.iter().map(|name| fact[name].clone()).collect();
    assert!(world.delivery.handle(invocation("order_accepted", fact), clock()).await.is_ok());
    for odd in [json!(values), reason] {
        let error = world.delivery.handle(invocation("order_accepted", odd), clock()).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), "Tiffin.InvalidEvent");
        assert!(error.to_string().ends_with("must be a JSON object, and is an array"), "{error}");
    }
}

#[tokio::test]
async fn a_bus_that_refuses_does_not_fail_the_customer_and_the_watchdog_publishes() {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    world.aws.fate(|call| if call.operation == "PutEvents" { Fault::Refused } else { Fault::None });
    assert_eq!(world.place(user(), order(), &order_request()).await.0, 201);
    assert!(world.aws.take_published().is_empty());
    world.aws.calm();
    pass(30);
    world.watch().await.unwrap();
    assert!(settle(&world).await.contains(&"order_placed"));
}

#[tokio::test]
async fn a_bus_that_refuses_everything_keeps_no_deadline_from_being_enforced() {
    let world = World::new(DEMO);
    world.list(&json!({"kitchen": "silent"}));
    let refuse_events = |call: &support::Call| match call.operation.as_str() {
        "PutEvents" => Fault::Refused,
        _ => Fault::None,
    };
    world.aws.fate(refuse_events);
    let numbers = 0_u8..100; // more than after which the bus counts as down
    let orders: Vec<OrderId> =
        numbers.map(|number| OrderId::new(support::START, [number; 10])).collect();
    for &id in &orders {
        assert_eq!(world.place(user(), id, &order_request()).await.0, 201);
    }
    // Runs before the deadline put the orders off, but never beyond it.
    for seconds in [30, 5, 10, 15] {
        assert_eq!(world.item(orders[0]).await.order.status, Status::Placed);
        pass(seconds);
        world.watch().await.unwrap();
    }
    for &id in &orders {
        let item = world.item(id).await;
        assert_eq!(item.order.status, Status::Cancelled);
        assert_eq!(item.unpublished(), [1, 2]);
        let attention = item.attention_at.expect("an unpublished event needs attention");
        assert!(attention > clock() && attention <= clock().plus_seconds(600), "{attention:?}");
    }
    world.aws.calm();
    pass(600);
    world.watch().await.unwrap();
    let events = world.settle().await;
    for &id in &orders {
        let of_order = events.iter().filter(|event| event.fact.order_id == id);
        let names: Vec<_> = of_order.map(|event| event.status().name()).collect();
        assert_eq!(names, ["order_placed", "order_cancelled"]);
        assert_eq!(world.item(id).await.attention_at, None);
    }
}

#[tokio::test]
async fn every_browser_of_the_customer_hears_and_a_gone_one_is_forgotten() {
    let world = World::new(AT_ONCE);
    for (id, age) in [("old=", 60_000), ("young=", 1_000), ("open=", 60_000)] {
        let connected_at = clock().plus_millis(-age);
        let connect = json!({"requestContext": {"eventType": "CONNECT", "connectionId": id, "connectedAt": connected_at, "authorizer": {"user_id": USER}}});
        world.connections.handle(connect, clock()).await.unwrap();
    }
    world.aws.gone.lock().unwrap().extend(["old=".to_owned(), "young=".to_owned()]);
    let seed = placed_elsewhere();
    for (round, expected) in
        [(1, "pushed to 1 of 3 connections"), (2, "pushed to 1 of 2 connections")]
    {
        let said = world
            .notifications
            .handle(invocation("order_placed", seed.clone()), clock())
            .await
            .unwrap();
        assert_eq!(said["outcome"], expected, "round {round}");
    }
    let pushed = world.aws.pushed.lock().unwrap().clone();
    assert_eq!(pushed[0].0, "open=");
    assert_eq!(pushed[0].1["event"]["detail"]["sequence"], 1);
}

#[tokio::test]
async fn a_ticket_opens_one_socket_for_a_minute() {
    let world = World::new(AT_ONCE);
    let ask = |ticket: &str| json!({"methodArn": "arn:x/$connect", "queryStringParameters": {"ticket": ticket}});
    let effect = |policy: Value| {
        policy["policyDocument"]["Statement"][0]["Effect"].as_str().unwrap().to_owned()
    };
    let mut tickets = Vec::new();
    for _ in 0..2 {
        let (status, ticket) = world.ticket().await;
        assert_eq!(status, 201);
        tickets.push(ticket["ticket"].as_str().unwrap().to_owned());
    }
    let allowed = world.authorizer.handle(ask(&tickets[0]), clock()).await.unwrap();
    assert_eq!(allowed["context"]["user_id"], USER);
    assert_eq!(effect(allowed), "Allow");
    assert_eq!(
        effect(world.authorizer.handle(ask(&tickets[0]), clock()).await.unwrap()),
        "Deny",
        "spent"
    );
    pass(60);
    assert_eq!(
        effect(world.authorizer.handle(ask(&tickets[1]), clock()).await.unwrap()),
        "Deny",
        "late"
    );
    assert_eq!(
        effect(world.authorizer.handle(ask("made-up"), clock()).await.unwrap()),
        "Deny",
        "forged"
    );
}

#[tokio::test]
async fn a_ping_is_answered_by_a_pong_and_anything_else_by_a_problem() {
    let world = World::new(AT_ONCE);
    world.connect(user(), "open=", clock()).await;
    for body in [r#"{"action":"ping"}"#, "not json", r#"{"action":"dance"}"#] {
        let message = json!({"requestContext": {"eventType": "MESSAGE", "connectionId": "open=", "connectedAt": 1, "authorizer": {"user_id": USER}}, "body": body});
        let reply = world.connections.handle(message, clock()).await.unwrap();
        assert_eq!(reply, json!({"statusCode": 200}), "the answer goes another way");
    }
    let pushed = world.aws.pushed.lock().unwrap().clone();
    assert_eq!(pushed[0].1, json!({"type": "pong", "now": clock()}));
    assert_eq!(
        (&pushed[1].1["type"], &pushed[2].1["type"]),
        (&json!("problem"), &json!("problem"))
    );
}

#[tokio::test]
async fn bad_requests_get_an_answer_that_names_the_fault_and_nothing_is_placed() {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    let with = |path: &str, value: Value| {
        let mut order_request = order_request();
        *order_request.pointer_mut(path).unwrap() = value;
        order_request.to_string()
    };
    let size = |choice: &str| json!({"group_id": "size", "choice_id": choice});
    let mut unknown = order_request();
    unknown["coupon"] = json!(1);
    let mut greedy = order_request();
    greedy["tip"] = json!(1901);
    let mut stingy = order_request();
    stingy["tip"] = json!(-1);
    let mut unknown_in_line = order_request();
    unknown_in_line["lines"][0]["tip"] = json!(1);
    let rows = [
        ("{".to_owned(), 400, "malformed-json", None),
        (order_request().to_string() + "{}", 400, "malformed-json", None),
        ("[]".to_owned(), 422, "invalid-field", None),
        ("{}".to_owned(), 422, "invalid-field", Some("restaurant_id")),
        (unknown.to_string(), 422, "invalid-field", Some("coupon")),
        (greedy.to_string(), 422, "invalid-field", Some("tip")),
        (stingy.to_string(), 422, "invalid-field", Some("tip")),
        (unknown_in_line.to_string(), 422, "invalid-field", Some("lines[0].tip")),
        (
            with("/restaurant_id", json!("nowhere")),
            422,
            "unknown-restaurant",
            Some("restaurant_id"),
        ),
        (with("/restaurant_id", json!("cards")), 422, "unknown-restaurant", Some("restaurant_id")),
        (with("/restaurant_id", json!("No!")), 422, "invalid-field", Some("restaurant_id")),
        (with("/lines/0/dish_id", json!("pizza")), 422, "unknown-dish", Some("lines[0].dish_id")),
        (with("/lines/0/dish_id", json!("halwa")), 422, "sold-out", Some("lines[0].dish_id")),
        (with("/lines/0/options", json!([])), 422, "invalid-options", Some("lines[0].options")),
        (
            with("/lines/0/options/0/choice_id", json!("huge")),
            422,
            "invalid-options",
            Some("lines[0].options"),
        ),
        (
            with("/lines/0/options", json!([size("regular"), size("large")])),
            422,
            "invalid-options",
            Some("lines[0].options"),
        ),
        (
            with("/lines/0/options", json!([size("large"), size("large")])),
            422,
            "invalid-options",
            Some("lines[0].options"),
        ),
        (with("/lines/0/quantity", json!(0)), 422, "invalid-field", Some("lines[0].quantity")),
        (with("/lines/0/quantity", json!(100)), 422, "invalid-field", Some("lines[0].quantity")),
        (with("/lines/0/quantity", json!(-1)), 422, "invalid-field", Some("lines[0].quantity")),
        (with("/lines/0/quantity", json!(1.5)), 422, "invalid-field", Some("lines[0].quantity")),
        (with("/lines", json!([])), 422, "invalid-field", Some("lines")),
        (with("/note", json!("x".repeat(281))), 422, "invalid-field", Some("note")),
        (with("/address/street", json!(" ")), 422, "invalid-field", Some("address.street")),
        (with("/expected_total", json!(2149)), 409, "price-changed", Some("expected_total")),
        (with("/note", json!("x".repeat(65_536))), 413, "body-too-large", None),
    ];
    for (body, status, expected, field) in rows {
        let (got, problem) = world
            .call("PUT /api/orders/{order_id}", Some(user()), &[("order_id", ORDER)], &body)
            .await;
        let shown = &body[..body.len().min(120)];
        assert_eq!((got, kind(&problem)), (status, expected), "{shown} → {problem}");
        if let Some(field) = field {
            assert_eq!(problem["field"], field, "{shown} → {problem}");
        }
    }
    let mut changed = order_request();
    changed["expected_total"] = json!(1);
    let (_, problem) = world.place(user(), order(), &changed).await;
    assert_eq!(problem["bill"]["total"], 2150, "the new price comes with the refusal");
    assert_eq!(
        world.call("GET /api/orders/{order_id}", Some(user()), &[("order_id", ORDER)], "").await.0,
        404
    );
    assert!(world.aws.take_published().is_empty());
}

#[tokio::test]
async fn a_cheap_order_is_below_the_minimum() {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    let mut cheap = order_request();
    cheap["lines"] = json!([{"dish_id": "chai", "quantity": 1}]);
    cheap["expected_total"] = json!(400);
    let (status, problem) = world.place(user(), order(), &cheap).await;
    assert_eq!((status, kind(&problem)), (422, "below-minimum"));
}

#[tokio::test]
async fn a_base64_body_is_decoded_before_it_is_measured_and_read() {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    let mut event =
        support::http("PUT /api/orders/{order_id}", Some(user()), &[("order_id", ORDER)], "");
    event["isBase64Encoded"] = json!(true);
    event["body"] = json!(BASE64_STANDARD.encode(order_request().to_string()));
    assert_eq!(world.api.handle(event.clone(), clock()).await.unwrap()["statusCode"], 201);
    event["body"] = json!("%%%");
    assert_eq!(world.api.handle(event, clock()).await.unwrap()["statusCode"], 400);
}

/// A quote's body of so many bytes.
fn body_of(bytes: usize) -> String {
    let quote =
        json!({"restaurant_id": "golden-dosa", "lines": order_request()["lines"]}).to_string();
    let padding = " ".repeat(bytes - quote.len());
    quote + &padding
}

#[tokio::test]
async fn a_body_has_at_most_64_kib_after_decoding_base64() {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    for (bytes, status) in [
        (49_153, 200), // more than 64 KiB in base64
        (65_534, 200),
        (65_535, 200),
        (65_536, 200),
        (65_537, 413),
        (65_538, 413),
        (65_539, 413),
    ] {
        let body = body_of(bytes);
        assert_eq!(body.len(), bytes);
        let mut event = support::http("POST /api/quotes", None, &[], &body);
        let plain = world.api.handle(event.clone(), clock()).await.unwrap();
        event["isBase64Encoded"] = json!(true);
        event["body"] = json!(BASE64_STANDARD.encode(&body));
        let encoded = world.api.handle(event, clock()).await.unwrap();
        assert_eq!(
            (&plain["statusCode"], &encoded["statusCode"]),
            (&json!(status), &json!(status)),
            "{bytes}"
        );
    }
}

#[tokio::test]
async fn an_order_of_another_channel_is_not_the_one_that_is_placed_under_its_id() {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    let seed = placed_elsewhere();
    world.restaurants.handle(invocation("order_placed", seed), clock()).await.unwrap();
    settle(&world).await;
    let before = world.item(order()).await;
    assert_eq!(before.digest, None, "nobody has sent a request");
    let (status, problem) = world.place(user(), order(), &order_request()).await;
    assert_eq!((status, kind(&problem)), (409, "order-already-placed"));
    assert_eq!(problem["order"]["status"], "order_delivered");
    assert_eq!(world.item(order()).await, before);
}

#[tokio::test]
async fn someone_elses_order_is_not_there_and_the_list_is_ones_own() {
    let world = World::new(DEMO);
    world.list(&accepting());
    for number in 0..25u8 {
        let order_id = OrderId::new(clock(), [number; 10]);
        pass(1);
        assert_eq!(world.place(user(), order_id, &order_request()).await.0, 201);
    }
    world.place(somebody_else(), order(), &order_request()).await;
    let (status, problem) =
        world.call("GET /api/orders/{order_id}", Some(user()), &[("order_id", ORDER)], "").await;
    assert_eq!((status, kind(&problem)), (404, "order-not-found"));

    let (_, first) = world.call("GET /api/orders", Some(user()), &[], "").await;
    let cursor = first["cursor"].as_str().unwrap();
    assert!(!cursor.contains(USER), "a cursor carries no user id");
    let (_, second) = world.call("GET /api/orders", Some(user()), &[("cursor", cursor)], "").await;
    let pages = [&first, &second].map(|page| page["orders"].as_array().unwrap().clone());
    assert_eq!((pages[0].len(), pages[1].len(), second.get("cursor")), (20, 5, None));
    let placed: Vec<_> =
        pages.iter().flatten().map(|order| order["placed_at"].as_i64().unwrap()).collect();
    assert!(placed.is_sorted_by(|a, b| a > b), "newest first");
    assert_eq!(pages[0][0]["restaurant_name"], "Golden Dosa");
    let dosas = json!([{"name": "Masala dosa", "quantity": 2}]);
    assert!(pages.iter().flatten().all(|order| order["dishes"] == dosas));
    assert_eq!(world.call("GET /api/orders", Some(user()), &[("cursor", "x")], "").await.0, 422);
}

#[tokio::test]
async fn the_list_names_the_first_three_dishes_and_counts_the_others() {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    let mut feast = order_request();
    let chai = |quantity| json!({"dish_id": "chai", "quantity": quantity});
    feast["lines"] = json!([feast["lines"][0], chai(1), chai(2), chai(3), chai(4)]);
    feast["expected_total"] = json!(2150 + 1500);
    let (status, placed) = world.place(user(), order(), &feast).await;
    assert_eq!(status, 201, "{placed}");
    let listed =
        async || world.call("GET /api/orders", Some(user()), &[], "").await.1["orders"][0].clone();
    let feast = listed().await;
    let name = |number: usize| feast["dishes"][number]["name"].as_str().unwrap().to_owned();
    assert_eq!([name(0), name(1), name(2)], ["Masala dosa", "Chai", "Chai"]);
    assert_eq!((feast["dishes"].as_array().unwrap().len(), &feast["more_dishes"]), (3, &json!(2)));

    // What another channel placed has no dishes.
    let orders = &support::stack().get("OrdersTable").unwrap().physical_id;
    let mut item = world.aws.take_item(orders, order());
    item.as_object_mut().unwrap().remove("basket");
    world.aws.put_item(orders, &item);
    assert_eq!((listed().await.get("dishes"), listed().await.get("more_dishes")), (None, None));
}

#[tokio::test]
async fn a_browser_that_has_the_menu_is_told_so() {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    let (status, menu) = world
        .call("GET /api/restaurants/{restaurant_id}", None, &[("restaurant_id", "golden-dosa")], "")
        .await;
    assert_eq!(status, 200);
    assert_eq!(menu, serde_json::to_value(support::restaurant()).unwrap());
    let mut event = support::http("GET /api/restaurants", None, &[], "");
    let first = world.api.handle(event.clone(), clock()).await.unwrap();
    event["headers"]["if-none-match"] = first["headers"]["etag"].clone();
    let again = world.api.handle(event, clock()).await.unwrap();
    assert_eq!((&again["statusCode"], &again["body"]), (&json!(304), &json!("")));
    assert_eq!(
        world
            .call("GET /api/restaurants/{restaurant_id}", None, &[("restaurant_id", "nowhere")], "")
            .await
            .0,
        404
    );
    assert_eq!(world.call("ANY /api/{proxy+}", None, &[], "").await.0, 404);
}

/// API Gateway leaves out what a request does not have; some that play it write `null`.
#[tokio::test]
async fn null_is_read_as_absent_at_every_door() {
    let world = World::new(AT_ONCE);
    world.list(&accepting());
    let mut stranger = json!({"routeKey": "GET /api/restaurants"});
    for field in [
        "headers",
        "pathParameters",
        "queryStringParameters",
        "body",
        "isBase64Encoded",
        "requestContext",
    ] {
        stranger[field] = Value::Null;
    }
    assert_eq!(world.api.handle(stranger.clone(), clock()).await.unwrap()["statusCode"], 200);
    stranger["routeKey"] = json!("GET /api/orders");
    for context in [json!({"authorizer": null}), json!({"authorizer": {"jwt": null}})] {
        stranger["requestContext"] = context;
        assert_eq!(world.api.handle(stranger.clone(), clock()).await.unwrap()["statusCode"], 401);
    }

    for query in [Value::Null, json!({"ticket": null})] {
        let ask = json!({"methodArn": "arn:x/$connect", "queryStringParameters": query});
        let said = world.authorizer.handle(ask, clock()).await.unwrap();
        assert_eq!(said["policyDocument"]["Statement"][0]["Effect"], "Deny");
    }
    world.connect(user(), "open=", clock()).await;
    let message = json!({"requestContext": {"eventType": "MESSAGE", "connectionId": "open=", "connectedAt": 1, "authorizer": {"user_id": USER}}, "body": null});
    assert_eq!(world.connections.handle(message, clock()).await.unwrap()["statusCode"], 200);
    assert_eq!(world.aws.pushed.lock().unwrap()[0].1["type"], "problem");
}
