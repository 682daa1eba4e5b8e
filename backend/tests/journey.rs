//! An order's journey over real processes, through HTTP and WebSocket only.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod laptop;
mod support;

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use aws_local::{faults::FaultPlan, feed::FeedEvent};
use image::ImageFormat;
use laptop::{Clients, Customer, Killable, Laptop, Socket, eventually, new_order_id, picture};
use serde_json::{Value, json};
use shared::{
    OrderId,
    api::{Problem, ProblemType},
    live::{ToBrowser, ToStaff},
};
use support::{ORDER, kind, order_request};

/// A kept address.
const HOME: &str = "/api/addresses/0197f0a3-5b1c-7d2e-8f40-112233445566";
const LIFE: [&str; 4] = ["order_placed", "order_accepted", "order_picked_up", "order_delivered"];

fn statuses(order: &Value) -> Vec<&str> {
    order["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["status"].as_str().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_heard_from_placed_to_delivered_in_every_open_browser() {
    let laptop = Laptop::start().await;
    let asha = laptop.customer("asha@example.com").await;
    let (mut phone, mut desk) = (asha.listen().await, asha.listen().await);
    let order_id = new_order_id(1);
    assert_eq!(asha.place(order_id, &order_request()).await.0, 201);
    for socket in [&mut phone, &mut desk] {
        let heard: BTreeSet<_> = socket.hear_out(order_id).await.into_iter().collect();
        assert!(heard.contains("order_delivered"));
    }
    assert_eq!(statuses(&asha.ended(order_id).await), LIFE);
}

/// The lines of a real process; see `watching.rs` for what they hold.
#[tokio::test(flavor = "multi_thread")]
async fn every_invocation_of_a_real_process_ends_with_one_line_of_json() {
    let laptop = Laptop::start().await;
    let asha = laptop.customer("asha@example.com").await;
    assert_eq!(asha.place(new_order_id(1), &order_request()).await.0, 201);
    asha.ended(new_order_id(1)).await;
    let services = ["RestaurantsFunction", "DeliveryFunction", "NotificationsFunction"];
    let feed = || laptop.cloud.feed().since(0).into_iter();
    // A line comes through a pipe, and may come after the answer.
    let last_lines = async || {
        let invoked = feed().filter(
            |entry| matches!(&entry.event, FeedEvent::Invoked { function, .. } if services.contains(&function.as_str())),
        );
        let invoked = invoked.count();
        let lines: Vec<Value> = feed()
            .filter_map(|entry| match &entry.event {
                FeedEvent::Log { function, line } if services.contains(&function.as_str()) => {
                    Some(serde_json::from_str(line).unwrap())
                }
                _ => None,
            })
            .filter(|line: &Value| line.get("duration_ms").is_some())
            .collect();
        // Placed: two services; accepted: two; picked up: two; delivered: one.
        (invoked == 7 && lines.len() == invoked).then_some(lines)
    };
    let lines = eventually("a line for each invocation", last_lines).await;
    let requests: BTreeSet<_> =
        lines.iter().map(|line| line["request_id"].as_str().unwrap()).collect();
    assert_eq!(requests.len(), lines.len(), "one each");
    for line in &lines {
        assert_eq!(line["order_id"], new_order_id(1).to_string(), "{line}");
        assert!(line["timestamp"].is_string() && line["event_id"].is_string(), "{line}");
    }
    // By restaurants, or by the watchdog if it was faster.
    let counted = async || {
        feed().find_map(|entry| match &entry.event {
            FeedEvent::Log { line, .. } => {
                let line: Value = serde_json::from_str(line).ok()?;
                (line["OrdersAccepted"] == 1).then_some(line)
            }
            _ => None,
        })
    };
    let accepted = eventually("the line that counts", counted).await;
    assert_eq!(accepted["Stack"], laptop.cloud.stack().name);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_seeds_event_arrives_for_its_customer_as_it_stands() {
    let laptop = Laptop::start().await;
    let asha = laptop.customer("asha@example.com").await;
    let mut phone = asha.listen().await;
    let detail =
        json!({"order_id": ORDER, "order_status": "order_placed", "user_id": asha.user_id()});
    assert!(laptop.send("custom.food_app", "order_placed", &detail.to_string()).await);
    let order_id: OrderId = ORDER.parse().unwrap();
    assert!(phone.hear_out(order_id).await.contains(&"order_accepted"));
    let order = asha.ended(order_id).await;
    assert_eq!((statuses(&order), order.get("basket")), (LIFE.to_vec(), None));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_access_token_opens_the_doors() {
    let laptop = Laptop::start().await;
    let asha = laptop.customer("asha@example.com").await;
    let mut forged = asha.access_token.clone();
    forged.replace_range(forged.len() - 6.., "AAAAAA");
    for token in [String::new(), asha.id_token.clone(), forged, "x.y.z".to_owned()] {
        let mut stranger = asha.clone();
        stranger.access_token = token.clone();
        let (status, body) = stranger.place(new_order_id(1), &order_request()).await;
        let refused = (status, body["message"].as_str().unwrap());
        assert!(
            matches!(refused, (401, "Unauthorized") | (403, "Forbidden")),
            "{token}: {refused:?}"
        );
    }
    assert_eq!(asha.request("GET", &format!("/api/orders/{}", new_order_id(1)), None).await.0, 404);
    assert_eq!(asha.request("GET", "/api/nothing/here", None).await.0, 404);
}

/// Whoever has the access token of a session, and not the password, must not take the account over.
#[tokio::test(flavor = "multi_thread")]
async fn only_the_password_changes_an_address_and_its_token_opens_no_other_door() {
    let laptop = Laptop::start().await;
    let asha = laptop.customer("asha@example.com").await;
    let change = json!({"UserAttributes": [{"Name": "email", "Value": "thief@example.com"}]});
    let refused = |(status, answer): (u16, Value)| {
        assert_eq!((status, answer["__type"].as_str()), (400, Some("NotAuthorizedException")));
    };
    refused(asha.cognito("UpdateUserAttributes", change).await);

    let permitted = laptop.with_password("asha@example.com").await;
    let change = json!({"UserAttributes": [{"Name": "email", "Value": "rao@example.com"}]});
    assert_eq!(permitted.cognito("UpdateUserAttributes", change).await.0, 200);
    let code = laptop.cloud.user_pools().code_of("rao@example.com").unwrap();
    let proof = json!({"AttributeName": "email", "Code": code});
    assert_eq!(permitted.cognito("VerifyUserAttribute", proof).await.0, 200);
    assert_eq!(laptop.with_password("rao@example.com").await.user_id(), asha.user_id());

    assert_eq!(permitted.place(new_order_id(1), &order_request()).await.0, 401);
    assert_eq!(asha.place(new_order_id(1), &order_request()).await.0, 201, "the session goes on");
}

/// A page takes the time of day from what the API answers.
#[tokio::test(flavor = "multi_thread")]
async fn every_answer_says_once_when_it_was_made() {
    let laptop = Laptop::start().await;
    for (path, status) in [
        ("/api/restaurants", 200),
        ("/api/pages/terms", 404),
        ("/api/nothing/here", 404),
        ("/api/orders", 401),
    ] {
        let reply = laptop.http.get(format!("{}{path}", laptop.edge)).send().await.unwrap();
        assert_eq!(reply.status(), status, "{path}");
        let dates: Vec<_> = reply.headers().get_all("date").iter().collect();
        assert_eq!(dates.len(), 1, "{path}");
        assert!(dates[0].to_str().unwrap().ends_with(" GMT"), "{path}");
    }
    laptop.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_opens_one_socket() {
    let laptop = Laptop::start().await;
    let asha = laptop.customer("asha@example.com").await;
    let ticket = asha.ticket().await;
    let mut socket = Socket::open(&laptop.edge, &ticket).await.ok().unwrap();
    assert_eq!(Socket::open(&laptop.edge, &ticket).await.err(), Some(403), "spent");
    assert_eq!(Socket::open(&laptop.edge, "made-up").await.err(), Some(403), "forged");
    // A key of the table has 2,048 bytes at most, an address of the gateway 4,096.
    let long = "x".repeat(3_500);
    assert_eq!(Socket::open(&laptop.edge, &long).await.err(), Some(403), "longer than a key");

    socket.say("not json").await;
    assert!(matches!(socket.hear().await, ToBrowser::Problem { .. }));
    socket.say(&"x".repeat(33 * 1024)).await;
    assert_eq!(socket.closed().await, 1009, "a frame over 32 KB");
}

#[tokio::test(flavor = "multi_thread")]
async fn someone_elses_order_is_not_there_and_an_id_is_taken_once() {
    let laptop = Laptop::start().await;
    let asha = laptop.customer("asha@example.com").await;
    let ben = laptop.customer("ben@example.com").await;
    let order_id = new_order_id(1);
    assert_eq!(asha.place(order_id, &order_request()).await.0, 201);
    assert_eq!(asha.place(order_id, &order_request()).await.0, 200);
    let (status, problem) = ben.place(order_id, &order_request()).await;
    assert_eq!((status, kind(&problem), problem.get("order")), (409, "order-id-taken", None));
    assert_eq!(kind(&ben.order(order_id).await), "order-not-found");
    let (_, list) = ben.request("GET", "/api/orders", None).await;
    assert_eq!(list["orders"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_no_rule_knows_is_taken_by_the_bus_and_goes_nowhere() {
    let laptop = Laptop::start().await;
    assert!(laptop.send("custom.other_app", "order_placed", "{}").await);
    assert!(laptop.send("custom.food_app", "order_eaten", "{}").await);
    for _ in 0..2 {
        laptop
            .seen("an event without a rule", |seen| {
                matches!(seen, FeedEvent::EventPut { matched_rules, .. } if matched_rules.is_empty())
            })
            .await;
    }
    assert!(laptop.failures().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn poison_ends_in_the_failures_queue_with_its_reason() {
    let laptop = Laptop::with(|settings| settings.time_scale = 10_000).await;
    let contradiction = json!({"order_id": ORDER, "order_status": "order_delivered", "user_id": support::USER, "sequence": 2, "occurred_at": 1});
    assert!(laptop.send("custom.food_app", "order_accepted", &contradiction.to_string()).await);
    assert!(laptop.send("custom.food_app", "order_placed", "{\"hello\":\"world\"}").await);
    let failures =
        eventually("four failures", async || Some(laptop.failures()).filter(|all| all.len() == 4))
            .await;
    for failure in failures {
        assert_eq!(failure["requestContext"]["condition"], "RetriesExhausted");
        assert_eq!(failure["responsePayload"]["errorType"], "Tiffin.InvalidEvent", "{failure}");
        assert_eq!(failure["requestPayload"]["source"], "custom.food_app");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_comes_orders_and_goes_for_good() {
    let laptop = Laptop::start().await;
    laptop.kitchen(&json!({"kitchen": "silent"})).await;
    let cart = json!({"restaurant_id": "golden-dosa", "lines": order_request()["lines"]});
    let stranger = laptop.http.post(format!("{}/api/quotes", laptop.edge)).body(cart.to_string());
    let quote: Value = stranger.send().await.unwrap().json().await.unwrap();
    assert_eq!(
        (&quote["bill"]["total"], &quote["open"]),
        (&order_request()["expected_total"], &json!(true))
    );

    let asha = laptop.customer("asha@example.com").await;
    let kept = json!({"label": "Home", "address": order_request()["address"]});
    assert_eq!(asha.request("PUT", HOME, Some(kept.to_string())).await.0, 201);
    let mut phone = asha.listen().await;
    let order_id = new_order_id(1);
    assert_eq!(asha.place(order_id, &order_request()).await.0, 201);
    let (status, problem) = asha.request("DELETE", "/api/account", None).await;
    assert_eq!((status, kind(&problem)), (409, "order-under-way"));
    assert_eq!(problem["orders"], json!([order_id]));
    let (_, account) = asha.request("GET", "/api/account", None).await;
    assert_eq!(account["orders"][0]["basket"]["address"], order_request()["address"]);
    assert_eq!(
        (&account["addresses"][0]["label"], account.get("closed_at")),
        (&json!("Home"), None)
    );

    let cancel = format!("/api/orders/{order_id}/cancel");
    assert_eq!(asha.request("POST", &cancel, None).await.0, 200);
    eventually("the account to be deleted", async || {
        let (status, answer) = asha.request("DELETE", "/api/account", None).await;
        assert!(matches!(status, 204 | 409), "{status} {answer}");
        (status == 204).then_some(())
    })
    .await;
    assert_eq!(phone.closed().await, 1000, "by us");
    assert_eq!(kind(&asha.place(new_order_id(2), &order_request()).await.1), "account-closed");
    assert_eq!(kind(&asha.order(order_id).await), "order-not-found");
    let sold = laptop.item("OrdersTable", "order_id", &order_id.to_string()).await;
    assert_eq!(sold["total"].as_n().unwrap(), "2150");
    let told = format!("{sold:?}");
    for personal in ["Asha", "Mill Row", "Ring twice", "user_id", "digest"] {
        assert!(!told.contains(personal), "{personal} in {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_everywhere_closes_every_socket_and_opens_none_by_an_old_token() {
    let laptop = Laptop::start().await;
    let asha = laptop.customer("asha@example.com").await;
    let mut phone = asha.listen().await;
    assert_eq!(asha.request("DELETE", "/api/sessions", None).await.0, 204);
    assert_eq!(phone.closed().await, 1000, "by us");
    // Tokens are dated in seconds: one of this very second is as good as a new one.
    eventually("the token to be older than the sign-out", async || {
        // The one before may have made it so meanwhile.
        let signed_out = asha.request("DELETE", "/api/sessions", None).await.0;
        assert!(matches!(signed_out, 204 | 401), "{signed_out}");
        let (status, problem) = asha.request("POST", "/api/live-tickets", None).await;
        (status == 401 && kind(&problem) == "not-signed-in").then_some(())
    })
    .await;
    let (status, problem) = asha.place(new_order_id(1), &order_request()).await;
    assert_eq!((status, kind(&problem)), (401, "not-signed-in"));
}

/// Nobody is simulated: a cook sees the order and takes it to the customer, who hears of each step.
#[tokio::test(flavor = "multi_thread")]
async fn a_kitchen_of_people_cooks_an_order_and_brings_it() {
    let laptop = Laptop::start().await;
    laptop.kitchen(&json!({"kitchen": "silent"})).await;
    let (asha, cook) =
        (laptop.customer("asha@example.com").await, laptop.customer("an@example.com").await);
    let board = "/api/staff/golden-dosa/orders";
    assert_eq!(cook.request("GET", board, None).await.0, 404, "nobody's cook yet");
    laptop.employs(&cook).await;
    let (_, memberships) = cook.request("GET", "/api/staff", None).await;
    assert_eq!(memberships["memberships"][0]["restaurant_id"], "golden-dosa");
    let mut socket = asha.listen().await;
    let order_id = new_order_id(1);
    assert_eq!(asha.place(order_id, &order_request()).await.0, 201);
    let tickets = async || cook.request("GET", board, None).await.1["orders"].clone();
    assert_eq!(tickets().await[0]["order_id"], json!(order_id));
    let path = format!("{board}/{order_id}");
    for (number, command) in [
        json!({"action": "see"}),
        json!({"action": "accept", "minutes": 20}),
        json!({"action": "ready"}),
        json!({"action": "hand_over"}),
        json!({"action": "deliver"}),
    ]
    .into_iter()
    .enumerate()
    {
        let mut command = command;
        command["command_id"] = json!(format!("0197f0a3-5b1c-7d2e-8f40-11223344550{number}"));
        let commands = format!("{path}/commands");
        let (status, ticket) = cook.request("POST", &commands, Some(command.to_string())).await;
        assert_eq!(status, 200, "{command}: {ticket}");
    }
    // Pushes may arrive in another order than they were sent.
    let mut not_heard =
        BTreeSet::from(["placed", "seen", "accepted", "ready", "picked_up", "delivered"]);
    while !not_heard.is_empty() {
        if let ToBrowser::OrderEvent { event } = socket.hear().await {
            not_heard.remove(event.name.name().trim_start_matches("order_"));
        }
    }
    assert_eq!(tickets().await, json!([]));
    let (status, ticket) = cook.request("GET", &path, None).await;
    assert_eq!((status, &ticket["status"]), (200, &json!("order_delivered")));
    assert_eq!(asha.order(order_id).await["status"], "order_delivered");
}

/// Nobody is simulated: a courier hears of an order, claims it and brings it; the customer hears how near they are.
#[tokio::test(flavor = "multi_thread")]
async fn a_courier_brings_an_order_and_counts_what_was_paid() {
    let laptop = Laptop::start().await;
    laptop.kitchen(&json!({"kitchen": "silent"})).await;
    let (asha, cook, courier) = (
        laptop.customer("asha@example.com").await,
        laptop.customer("an@example.com").await,
        laptop.customer("cory@example.com").await,
    );
    laptop.employs(&cook).await;
    laptop.has_courier(&courier).await;
    let staff = "/api/staff/golden-dosa";
    let on = json!({"on": true}).to_string();
    assert_eq!(courier.request("POST", &format!("{staff}/shift"), Some(on)).await.0, 200);
    let (mut phone, mut page) = (courier.listen_for("golden-dosa").await, asha.listen().await);
    let order_id = new_order_id(1);
    assert_eq!(asha.place(order_id, &order_request()).await.0, 201);
    let mut accept = json!({"action": "accept"});
    accept["command_id"] = json!("0197f0a3-5b1c-7d2e-8f40-112233445500");
    let commands = format!("{staff}/orders/{order_id}/commands");
    assert_eq!(cook.request("POST", &commands, Some(accept.to_string())).await.0, 200);
    while !phone.hear_text().await.contains("order_accepted") {}
    let deliveries = async || courier.request("GET", &format!("{staff}/deliveries"), None).await.1;
    let offered = deliveries().await;
    assert_eq!(offered["offers"][0]["district"], "N1", "{offered}");
    assert!(!offered.to_string().contains("Mill Row"), "{offered}");
    let paid = json!({"method": "cash", "amount": 2_150});
    let commands = format!("{staff}/deliveries/{order_id}/commands");
    for (number, mut command) in [
        json!({"action": "claim"}),
        json!({"action": "hand_over"}),
        json!({"action": "nearby"}),
        json!({"action": "arrive"}),
        json!({"action": "deliver", "collected": paid}),
    ]
    .into_iter()
    .enumerate()
    {
        command["command_id"] = json!(format!("0197f0a3-5b1c-7d2e-8f40-11223344551{number}"));
        let (status, reply) = courier.request("POST", &commands, Some(command.to_string())).await;
        assert_eq!(status, 200, "{command}: {reply}");
        assert_eq!(reply["delivery"]["address"]["street"], "1 Mill Row", "{reply}");
    }
    // Pushes may arrive in another order than they were sent.
    let mut not_heard = BTreeSet::from(["claimed", "picked_up", "nearby", "at_door", "delivered"]);
    while !not_heard.is_empty() {
        if let ToBrowser::OrderEvent { event } = page.hear().await {
            not_heard.remove(event.name.name().trim_start_matches("order_"));
        }
    }
    let (_, shift) = courier.request("GET", &format!("{staff}/shift"), None).await;
    let sums = json!([{"method": "cash", "orders": 1, "amount": 2_150, "currency": "GBP"}]);
    assert_eq!((&shift["ended"][0]["order_id"], &shift["sums"]), (&json!(order_id), &sums));
    assert_eq!(deliveries().await["claimed"], json!([]));
}

/// Nobody is simulated: two devices hear of each order, whoever acts on it, and nothing of who ordered.
#[tokio::test(flavor = "multi_thread")]
async fn a_kitchen_hears_its_orders_placed_accepted_and_cancelled() {
    let laptop = Laptop::start().await;
    laptop.kitchen(&json!({"kitchen": "silent"})).await;
    let (asha, cook) =
        (laptop.customer("asha@example.com").await, laptop.customer("an@example.com").await);
    let (status, problem) = cook.staff_ticket("golden-dosa").await.unwrap_err();
    assert_eq!((status, kind(&problem)), (404, "not-found"), "nobody's cook yet");
    laptop.employs(&cook).await;
    let mut devices = [cook.listen_for("golden-dosa").await, cook.listen_for("golden-dosa").await];
    let (eaten, cancelled) = (new_order_id(1), new_order_id(2));
    for order_id in [eaten, cancelled] {
        assert_eq!(asha.place(order_id, &order_request()).await.0, 201);
    }
    let accept = json!({"action": "accept", "command_id": "0197f0a3-5b1c-7d2e-8f40-112233445500"});
    let commands = format!("/api/staff/golden-dosa/orders/{eaten}/commands");
    assert_eq!(cook.request("POST", &commands, Some(accept.to_string())).await.0, 200);
    let cancel = format!("/api/orders/{cancelled}/cancel");
    assert_eq!(asha.request("POST", &cancel, None).await.0, 200);
    for device in &mut devices {
        // Pushes may arrive in another order than they were sent.
        let mut not_heard = BTreeSet::from([
            (eaten, "order_placed", 1),
            (eaten, "order_accepted", 2),
            (cancelled, "order_placed", 1),
            (cancelled, "order_cancelled", 2),
        ]);
        while !not_heard.is_empty() {
            let text = device.hear_text().await;
            assert!(!text.contains(&asha.user_id()), "{text}");
            let heard: ToStaff = serde_json::from_str(&text).unwrap();
            let ToStaff::OrderChanged { order_id, event, status, sequence, .. } = heard else {
                panic!("{text}");
            };
            assert_eq!(status.name(), event.name());
            not_heard.remove(&(order_id, event.name(), sequence));
        }
    }
    let unspent = cook.staff_ticket("golden-dosa").await.unwrap();
    laptop.dismisses(&cook).await;
    assert_eq!(Socket::open(&laptop.edge, &unspent).await.err(), Some(403), "no cook any more");
    assert_eq!(cook.request("DELETE", "/api/sessions", None).await.0, 204);
    for mut device in devices {
        assert_eq!(device.closed().await, 1000, "signed out");
    }
}

/// From an owner alone to a kitchen with a cook, and back: all by the API.
#[tokio::test(flavor = "multi_thread")]
async fn a_cook_is_invited_cooks_and_is_removed() {
    let laptop = Laptop::start().await;
    let (owner, cook) =
        (laptop.customer("owner@example.com").await, laptop.customer("An@Example.com").await);
    laptop.is_owned_by(&owner).await;
    let (board, people) = ("/api/staff/golden-dosa/orders", "/api/staff/golden-dosa/people");
    let invitations = "/api/staff/golden-dosa/invitations";
    assert_eq!(cook.request("GET", board, None).await.0, 404);
    let request = json!({"email": "an@example.com", "role": "kitchen"}).to_string();
    let (status, invitation) = owner.request("POST", invitations, Some(request.clone())).await;
    assert_eq!(status, 201, "{invitation}");

    // Only the ID token of whoever was invited accepts.
    let accept = json!({"invitation": invitation["token"], "name": "An"}).to_string();
    let accepts = async |token: &str| {
        let mut somebody = cook.clone();
        somebody.access_token = token.to_owned();
        somebody.request("POST", "/api/memberships", Some(accept.clone())).await
    };
    let (status, problem) = accepts(&cook.access_token).await;
    assert_eq!((status, kind(&problem)), (403, "forbidden"));
    let (status, problem) = accepts(&owner.id_token).await;
    assert_eq!((status, kind(&problem)), (403, "invitation-for-another"));
    assert_eq!(accepts("x.y.z").await.0, 401);
    let membership = json!({"restaurant_id": "golden-dosa", "role": "kitchen", "name": "An"});
    assert_eq!(accepts(&cook.id_token).await, (201, membership.clone()));
    assert_eq!(accepts(&cook.id_token).await, (200, membership.clone()));
    // And it opens nothing else: the gateway itself refuses it.
    let mut with_id_token = owner.clone();
    with_id_token.access_token = owner.id_token.clone();
    for (method, path) in
        [("GET", people), ("POST", invitations), ("GET", board), ("GET", "/api/staff")]
    {
        let (status, body) = with_id_token.request(method, path, Some(request.clone())).await;
        assert_eq!((status, &body["message"]), (403, &json!("Forbidden")), "{method} {path}");
    }

    assert_eq!(cook.request("GET", board, None).await.0, 200);
    assert_eq!(cook.request("GET", people, None).await.0, 403);
    let (_, listed) = owner.request("GET", people, None).await;
    let roles = [&listed["members"][0]["role"], &listed["members"][1]["role"]];
    assert_eq!((roles, &listed["invitations"]), ([&json!("owner"), &json!("kitchen")], &json!([])));
    let (_, account) = cook.request("GET", "/api/account", None).await;
    assert_eq!(account["memberships"], json!([membership]));

    let (_, second) = owner.request("POST", invitations, Some(request)).await;
    let second = format!("{invitations}/{}", second["invitation_id"].as_str().unwrap());
    assert_eq!(owner.request("DELETE", &second, None).await.0, 204);
    let member = |customer: &Customer| format!("{people}/{}", customer.user_id());
    let (status, problem) = owner.request("DELETE", &member(&owner), None).await;
    assert_eq!((status, kind(&problem)), (409, "last-owner"));
    let (status, problem) = owner.request("DELETE", "/api/account", None).await;
    assert_eq!((status, kind(&problem)), (409, "last-owner"));
    let mut device = cook.listen_for("golden-dosa").await;
    assert_eq!(owner.request("DELETE", &member(&cook), None).await.0, 204);
    assert_eq!(device.closed().await, 1000, "what they listened to is closed");
    assert_eq!(cook.request("GET", board, None).await.0, 404);
    let (_, memberships) = cook.request("GET", "/api/staff", None).await;
    assert_eq!(memberships["memberships"], json!([]));
}

/// IAM is enforced in every test here; this one sees to it that no role allows what nobody needs.
#[tokio::test(flavor = "multi_thread")]
async fn no_function_may_do_what_it_never_does() {
    let calm = Laptop::with(|settings| {
        settings.time_scale = 600;
        settings.parameters.insert("AcceptSeconds".to_owned(), "1".to_owned());
    })
    .await;
    let asha = calm.customer("asha@example.com").await;
    asha.request("GET", "/api/restaurants", None).await;
    let mut first = asha.listen().await;
    let mut others = Vec::new();
    for _ in 0..20 {
        others.push(asha.listen().await);
    }
    match first.hear().await {
        ToBrowser::Problem { problem } => {
            assert_eq!(problem.kind, ProblemType::TooManyConnections);
        }
        other => panic!("{other:?} tells nothing of a newer socket"),
    }
    first.closed().await;
    asha.place(new_order_id(1), &order_request()).await;
    asha.ended(new_order_id(1)).await;
    asha.request("GET", "/api/orders", None).await;
    let seed =
        json!({"order_id": ORDER, "order_status": "order_placed", "user_id": asha.user_id()});
    calm.send("custom.food_app", "order_placed", &seed.to_string()).await;
    asha.ended(ORDER.parse().unwrap()).await;
    calm.employs(&asha).await;
    assert_eq!(asha.request("GET", "/api/staff/golden-dosa/orders", None).await.0, 200);
    others.push(asha.listen_for("golden-dosa").await);
    let resume = json!({"change": "resume"}).to_string();
    let availability = "/api/staff/golden-dosa/availability";
    assert_eq!(asha.request("POST", availability, Some(resume)).await.0, 200);
    calm.is_owned_by(&asha).await;
    let sent = picture(320, 320, ImageFormat::Png);
    let upload = asha.asks_where_to_send("image/png", sent.len()).await;
    assert_eq!(asha.has_accepted(&upload).await.0, 404);
    asha.sends_to(upload["url"].as_str().unwrap(), "image/png", &sent).await;
    assert_eq!(asha.has_accepted(&upload).await.0, 200);
    calm.has_courier(&asha).await;
    let on = json!({"on": true}).to_string();
    assert_eq!(asha.request("POST", "/api/staff/golden-dosa/shift", Some(on)).await.0, 200);
    let kept = json!({"address": order_request()["address"]}).to_string();
    assert_eq!(asha.request("PUT", HOME, Some(kept)).await.0, 201);
    assert_eq!(asha.request("DELETE", HOME, None).await.0, 204);
    eventually("the account to be deleted", async || {
        (asha.request("DELETE", "/api/account", None).await.0 == 204).then_some(())
    })
    .await;
    drop(others);
    calm.seen(
        "a goodbye",
        |seen| matches!(seen, FeedEvent::Socket { change, .. } if change.contains("clos")),
    )
    .await;
    calm.send("custom.food_app", "order_accepted", "{}").await;
    calm.send("custom.food_app", "order_placed", "{}").await;
    eventually("failures", async || (calm.failures().len() >= 4).then_some(())).await;

    let gone = Laptop::with(|settings| {
        settings.faults = Some(FaultPlan { seed: 1, gone: 1_000, ..FaultPlan::default() });
    })
    .await;
    let ben = gone.customer("ben@example.com").await;
    let _socket = Socket::open(&gone.edge, &ben.ticket().await).await.ok().unwrap();
    ben.place(new_order_id(2), &order_request()).await;
    let told = |seen: &FeedEvent| matches!(seen, FeedEvent::Fault { what } if what.contains("410"));
    gone.seen("a refused push", told).await;
    let unused = |laptop: &Laptop| laptop.cloud.unused_permissions();
    eventually("every permission to be needed", async || {
        let left: BTreeSet<_> = &unused(&calm) & &unused(&gone);
        if left.is_empty() {
            return Some(());
        }
        eprintln!("not needed yet: {left:#?}");
        None
    })
    .await;
}

/// 300 orders in a storm: duplicates, delays, partial failures of PutEvents, throttling, lost
/// answers, 410s on open connections, killed functions.
#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_orders_survive_a_storm() {
    let laptop =
        Laptop::with(|settings| settings.faults = Some(FaultPlan::storm(20_261_123))).await;
    let mut customers = Vec::new();
    for name in ["asha", "ben", "chloé"] {
        customers.push(laptop.customer(&format!("{name}@example.com")).await);
    }
    let placing = (0..300).map(|number| {
        let customer = customers[number % customers.len()].clone();
        async move {
            let order_id = new_order_id(u32::try_from(number).unwrap());
            customer.place_surely(order_id, &order_request()).await;
            let order = customer.ended(order_id).await;
            assert_eq!(statuses(&order), LIFE, "{order}");
        }
    });
    in_groups_of(12, placing).await;
    let faults = laptop
        .cloud
        .feed()
        .since(0)
        .iter()
        .filter(|entry| matches!(entry.event, FeedEvent::Fault { .. }))
        .count();
    assert!(faults > 0, "it was no storm");
}

/// The local AWS is killed in the middle of things, again and again, and nothing accepted is lost.
#[tokio::test(flavor = "multi_thread")]
async fn orders_and_accounts_survive_a_local_aws_that_is_killed_again_and_again() {
    let state = tempfile::tempdir().unwrap();
    let mut aws = Killable::start(state.path(), 0);
    let (edge, port) = (aws.edge(), aws.edge_port());
    let table = aws.addresses["outputs"]["CatalogTableName"].as_str().unwrap().to_owned();
    laptop::list_restaurant(&aws.endpoint(), &table, &json!({"kitchen": "accepts"})).await;
    let output = |name: &str| aws.addresses["outputs"][name].as_str().unwrap().to_owned();
    let (client, email_client) = (output("UserPoolClientId"), output("UserPoolEmailClientId"));
    let clients = Clients { session: &client, email: &email_client };
    let http = reqwest::Client::new();
    let codes = async |email: &str| aws.code_of(email);
    let asha = Customer::sign_up(&http, &edge, clients, "asha@example.com", codes).await;

    const ROUNDS: u32 = 6;
    const PER_ROUND: u32 = 8;
    for round in 0..ROUNDS {
        let placing = (0..PER_ROUND).map(|number| {
            let asha = asha.at(&edge);
            async move {
                asha.place_surely(new_order_id(round * PER_ROUND + number), &order_request()).await
            }
        });
        in_groups_of(4, placing).await;
        aws.kill();
        aws = Killable::start(state.path(), port);
    }
    let again =
        Customer::sign_in(&reqwest::Client::new(), &edge, &client, "asha@example.com").await;
    for number in 0..ROUNDS * PER_ROUND {
        let order = again.ended(new_order_id(number)).await;
        assert_eq!(statuses(&order), LIFE, "{order}");
    }
    aws.kill();
}

/// Stopped in the middle of work, neither it nor a function of its panics.
#[tokio::test(flavor = "multi_thread")]
async fn a_local_aws_that_is_stopped_under_load_prints_no_panic() {
    for signal in ["INT", "TERM"] {
        let state = tempfile::tempdir().unwrap();
        let aws = Killable::start(state.path(), 0);
        let edge = aws.edge();
        let table = aws.addresses["outputs"]["CatalogTableName"].as_str().unwrap().to_owned();
        laptop::list_restaurant(&aws.endpoint(), &table, &json!({"kitchen": "accepts"})).await;
        let output = |name: &str| aws.addresses["outputs"][name].as_str().unwrap().to_owned();
        let (session, email) = (output("UserPoolClientId"), output("UserPoolEmailClientId"));
        let clients = Clients { session: &session, email: &email };
        let codes = async |email: &str| aws.code_of(email);
        let http = reqwest::Client::new();
        let asha = Customer::sign_up(&http, &edge, clients, "asha@example.com", codes).await;
        let _socket = asha.listen().await;
        let placed = Arc::new(AtomicU32::new(0));
        let customers: Vec<_> = (0..8)
            .map(|_| {
                let (asha, placed) = (asha.clone(), Arc::clone(&placed));
                tokio::spawn(async move {
                    loop {
                        let order_id = new_order_id(placed.fetch_add(1, Ordering::Relaxed));
                        let path = format!("/api/orders/{order_id}");
                        asha.try_request("PUT", &path, Some(order_request().to_string())).await;
                    }
                })
            })
            .collect();
        let busy = async || (placed.load(Ordering::Relaxed) > 40).then_some(());
        eventually("orders to be placed", busy).await;
        let (status, lines) = aws.stop(signal).await;
        customers.iter().for_each(tokio::task::JoinHandle::abort);
        assert!(status.success(), "{signal}: {status}");
        let panics: Vec<_> = lines.iter().filter(|line| line.contains("panic")).collect();
        assert!(panics.is_empty(), "{signal}: {panics:#?}");
        assert!(lines.len() > 40, "{signal}: what functions write is among it");
    }
}

/// As many invocations as may run do run, and the others are refused in words that the page knows.
#[tokio::test(flavor = "multi_thread")]
async fn an_overload_is_answered_by_503_and_a_problem() {
    let problem = Problem::new(ProblemType::Unavailable, "Send the same again in a moment.");
    let laptop = Laptop::with(|settings| {
        settings.parameters.insert("ReservedConcurrency".to_owned(), "1".to_owned());
        settings.problem_when_overloaded = Some(serde_json::to_string(&problem).unwrap());
    })
    .await;
    let asha = laptop.customer("asha@example.com").await;
    let body = order_request().to_string();
    let placing = (0..60).map(|number| {
        let path = format!("/api/orders/{}", new_order_id(number));
        let (asha, body) = (&asha, body.clone());
        async move { asha.request("PUT", &path, Some(body)).await }
    });
    let answers = futures_util::future::join_all(placing).await;
    let refused: Vec<_> = answers.iter().filter(|(status, _)| *status != 201).collect();
    assert!(refused.len() < answers.len(), "somebody is served");
    assert!(!refused.is_empty(), "one at a time are fewer than sixty");
    for (status, answer) in refused {
        assert_eq!((*status, kind(answer)), (503, "unavailable"), "{answer}");
    }
    // Each under a key of its own, so that none is answered from the cache.
    let versions = AtomicU32::new(0);
    let refused = eventually("another refusal", async || {
        let calls = (0..8).map(|_| {
            let version = versions.fetch_add(1, Ordering::Relaxed);
            laptop.http.get(format!("{}/api/restaurants?v={version}", laptop.edge)).send()
        });
        let answers = futures_util::future::join_all(calls).await;
        answers.into_iter().map(Result::unwrap).find(|answer| answer.status() == 503)
    })
    .await;
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    assert_eq!(refused.headers()["cache-control"], "no-store");
}

/// Runs futures, a few at a time.
async fn in_groups_of(size: usize, futures: impl Iterator<Item = impl Future<Output = ()>>) {
    use futures_util::StreamExt;
    futures_util::stream::iter(futures).buffer_unordered(size).collect::<Vec<()>>().await;
}
