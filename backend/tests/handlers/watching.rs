//! What an owner sees of the functions: their lines, and what those measure.

use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{Arc, Mutex},
};

use crate::support::{
    self, AT_ONCE, DEMO, Fault, ORDER, Pace, USER, World, accepting, clock, detailed_order_request,
    envelope, http, invocation, order, order_request, pass, placed_elsewhere, somebody_else, stack,
    user, with_id_token,
};
use backend::{Error, metrics::Metric, runtime::telemetry::Process};
use serde_json::{Value, json};
use shared::{OrderEvent, OrderId, Status, staff::Role};

const FUNCTIONS: [&str; 7] =
    ["api", "authorizer", "connections", "delivery", "notifications", "restaurants", "watchdog"];

/// A world whose invocations are watched, each function in one process.
struct Watched {
    world: World,
    processes: BTreeMap<&'static str, Arc<Process>>,
    lines: Arc<Mutex<Vec<Value>>>,
}

impl Watched {
    fn new(pace: Pace) -> Self {
        let world = World::new(pace);
        world.list(&accepting());
        let lines = Arc::new(Mutex::new(Vec::new()));
        let process = |name: &'static str| {
            let lines = Arc::clone(&lines);
            let write =
                move |line: &str| lines.lock().unwrap().push(serde_json::from_str(line).unwrap());
            (name, Arc::new(Process::new(name.to_owned(), "shop".to_owned(), clock, write)))
        };
        Self { world, processes: FUNCTIONS.map(process).into(), lines }
    }

    /// The lines of one invocation; its last one is asserted to be the only one of its kind.
    fn lines_of<'a, T: 'a>(
        &'a self,
        function: &'static str,
        work: impl Future<Output = Result<T, Error>> + 'a,
    ) -> Pin<Box<dyn Future<Output = Vec<Value>> + 'a>> {
        let work = Box::pin(work);
        Box::pin(async move {
            let before = self.lines.lock().unwrap().len();
            let request_id = format!("request-{before}");
            let _ = self.processes[function].run(&request_id, work).await;
            let lines = self.lines.lock().unwrap()[before..].to_vec();
            for line in &lines {
                let about = (&line["function"], &line["request_id"]);
                assert_eq!(about, (&json!(function), &json!(request_id)));
                assert_says_when_and_how_grave(line);
                assert_measures_well(line);
            }
            let (last, others) = lines.split_last().unwrap();
            assert!(last["duration_ms"].is_u64() && last["cold_start"].is_boolean(), "{last}");
            assert!(others.iter().all(|line| line.get("duration_ms").is_none()), "{others:?}");
            lines
        })
    }

    /// The last line of one invocation.
    async fn run<'a, T: 'a>(
        &'a self,
        function: &'static str,
        work: impl Future<Output = Result<T, Error>> + 'a,
    ) -> Value {
        let mut lines = self.lines_of(function, work).await;
        lines.pop().unwrap()
    }

    async fn place(&self, order_id: OrderId) -> Value {
        self.run("api", async { Ok(self.world.place(user(), order_id, &order_request()).await) })
            .await
    }

    async fn cancel(&self, order_id: OrderId) -> Value {
        self.run("api", async { Ok(self.world.cancel(user(), order_id).await) }).await
    }

    async fn watch(&self) -> Vec<Value> {
        self.lines_of("watchdog", self.world.watch()).await
    }

    /// Hands an event to its services, as the rules of the template do.
    async fn deliver(&self, event: &OrderEvent) {
        let service = match event.status() {
            Status::Placed => Some("restaurants"),
            Status::Accepted | Status::PickedUp => Some("delivery"),
            _ => None,
        };
        if let Some(service) = service {
            self.run(service, self.world.deliver(event)).await;
        }
        let told = self.world.notifications.handle(envelope(event), clock());
        self.run("notifications", told).await;
    }

    async fn settle(&self) -> Vec<OrderEvent> {
        let mut all = Vec::new();
        loop {
            let events = self.world.aws.take_published();
            if events.is_empty() {
                return all;
            }
            for event in events {
                self.deliver(&event).await;
                all.push(event);
            }
        }
    }

    /// What was measured since this was last asked.
    fn measured(&self) -> BTreeMap<String, Vec<i64>> {
        measured(&std::mem::take(&mut *self.lines.lock().unwrap()))
    }
}

/// Values by metric and, where there is one, reason, as CloudWatch reads them from the lines.
fn measured(lines: &[Value]) -> BTreeMap<String, Vec<i64>> {
    let mut all: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.get("_aws").is_some()) {
        for directive in line["_aws"]["CloudWatchMetrics"].as_array().unwrap() {
            let dimensions = directive["Dimensions"].as_array().unwrap().last().unwrap();
            let names = dimensions.as_array().unwrap()[1..].iter();
            let by: String = names
                .map(|name| format!(" {}", line[name.as_str().unwrap()].as_str().unwrap()))
                .collect();
            for metric in directive["Metrics"].as_array().unwrap() {
                let name = metric["Name"].as_str().unwrap();
                let values = all.entry(format!("{name}{by}")).or_default();
                values.extend(values_of(&line[name]));
            }
        }
    }
    all
}

fn values_of(member: &Value) -> Vec<i64> {
    match member {
        Value::Array(values) => values.iter().map(|value| value.as_i64().unwrap()).collect(),
        one => vec![one.as_i64().unwrap()],
    }
}

fn expected<const N: usize>(values: [(&str, &[i64]); N]) -> BTreeMap<String, Vec<i64>> {
    values.map(|(name, values)| (name.to_owned(), values.to_vec())).into()
}

/// Lambda reads both (docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html).
fn assert_says_when_and_how_grave(line: &Value) {
    let timestamp: jiff::Timestamp = line["timestamp"].as_str().unwrap().parse().unwrap();
    assert_eq!(timestamp.as_millisecond(), clock().millis(), "{line}");
    assert!(["DEBUG", "INFO", "WARN", "ERROR"].contains(&line["level"].as_str().unwrap()));
    assert!(line["message"].is_string(), "{line}");
}

/// The rules of the embedded metric format
/// (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
fn assert_measures_well(line: &Value) {
    let Some(aws) = line.get("_aws") else {
        return;
    };
    assert_eq!(aws["Timestamp"], json!(clock()), "in milliseconds");
    assert_ne!(line["level"], "DEBUG", "Lambda would drop it: {line}");
    let directives = aws["CloudWatchMetrics"].as_array().unwrap();
    assert!(!directives.is_empty(), "{line}");
    let mut seen = Vec::new();
    for directive in directives {
        let keys: Vec<_> = directive.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["Dimensions", "Metrics", "Namespace"]);
        assert_eq!(directive["Namespace"], "Tiffin");
        let sets = directive["Dimensions"].as_array().unwrap();
        assert!(!sets.is_empty(), "{line}");
        for name in sets.iter().flat_map(|set| set.as_array().unwrap()) {
            let value = line[name.as_str().unwrap()].as_str().unwrap();
            assert!((1..=1_024).contains(&value.len()), "{name} in {line}");
        }
        let metrics = directive["Metrics"].as_array().unwrap();
        assert!((1..=100).contains(&metrics.len()), "{line}");
        for metric in metrics {
            let name = metric["Name"].as_str().unwrap();
            let known = Metric::ALL.into_iter().find(|known| known.name() == name).unwrap();
            assert_eq!(metric["Unit"], if known.is_time() { "Milliseconds" } else { "Count" });
            let values = values_of(&line[name]);
            assert!((1..=100).contains(&values.len()), "{line}");
            assert!(known.is_time() || values.iter().all(|&value| value > 0), "{line}");
            assert!(!seen.contains(&known), "{name} twice in {line}");
            seen.push(known);
        }
    }
}

fn socket(kind: &str, id: &str, body: Value) -> Value {
    let connected_at = clock().plus_seconds(-60);
    json!({"requestContext": {"eventType": kind, "connectionId": id, "connectedAt": connected_at, "authorizer": {"user_id": USER}}, "body": body})
}

#[tokio::test]
async fn every_function_says_in_one_line_what_came_of_it() {
    let watched = Watched::new(AT_ONCE);
    let world = &watched.world;
    let event_id = "7bf73129-1428-4cd3-a780-95db273d1602";
    let placed = watched.place(order()).await;
    assert_eq!(
        (&placed["message"], &placed["route"], &placed["status"]),
        (&json!("answered"), &json!("PUT /api/orders/{order_id}"), &json!(201))
    );
    assert_eq!((&placed["order_id"], placed.get("event_id")), (&json!(ORDER), None));
    for (service, message) in [
        ("restaurants", "became order_accepted"),
        ("notifications", "pushed to 0 of 0 connections"),
    ] {
        let raw = invocation("order_placed", placed_elsewhere());
        let line = match service {
            "restaurants" => watched.run(service, world.restaurants.handle(raw, clock())).await,
            _ => watched.run(service, world.notifications.handle(raw, clock())).await,
        };
        assert_eq!((&line["level"], &line["message"]), (&json!("INFO"), &json!(message)));
        assert_eq!(
            (&line["event_id"], &line["order_id"], &line["cold_start"]),
            (&json!(event_id), &json!(ORDER), &json!(true))
        );
    }
    let accepted = invocation(
        "order_accepted",
        json!({"order_id": ORDER, "order_status": "order_accepted", "user_id": USER, "sequence": 2, "occurred_at": 1}),
    );
    for (message, cold) in
        [("became order_picked_up", true), ("no change: already order_picked_up", false)]
    {
        let line = watched.run("delivery", world.delivery.handle(accepted.clone(), clock())).await;
        assert_eq!((&line["message"], &line["cold_start"]), (&json!(message), &json!(cold)));
    }
    for (kind, message, level) in [
        ("CONNECT", "connection stored", "INFO"),
        ("MESSAGE", "a ping, and a pong", "DEBUG"),
        ("DISCONNECT", "connection deleted", "INFO"),
    ] {
        let call = socket(kind, "open=", json!(r#"{"action":"ping"}"#));
        let line = watched.run("connections", world.connections.handle(call, clock())).await;
        assert_eq!(
            (&line["message"], &line["level"], &line["connection"]),
            (&json!(message), &json!(level), &json!("open="))
        );
    }
    let ask = json!({"methodArn": "arn:x/$connect", "queryStringParameters": {"ticket": "forged"}});
    let line = watched.run("authorizer", world.authorizer.handle(ask, clock())).await;
    assert_eq!((&line["level"], &line["message"]), (&json!("INFO"), &json!("denied")));
    let handled = watched.watch().await.pop().unwrap();
    assert_eq!((&handled["level"], &handled["message"]), (&json!("INFO"), &json!("1 handled")));
    let idle = watched.watch().await;
    assert_eq!(idle.len(), 1);
    assert_eq!(
        (&idle[0]["level"], &idle[0]["message"]),
        (&json!("DEBUG"), &json!("nothing was due"))
    );
}

#[tokio::test]
async fn the_line_says_how_long_it_took_and_when() {
    let watched = Watched::new(AT_ONCE);
    let slow = async {
        pass(2);
        Ok(())
    };
    let line = watched.run("api", slow).await;
    assert_eq!(
        line,
        json!({
            "timestamp": "2026-11-23T16:08:12.791Z", "level": "INFO", "message": "done",
            "function": "api", "request_id": "request-0", "cold_start": true, "duration_ms": 2_000,
        })
    );
}

#[tokio::test]
async fn an_error_of_ours_is_grave_and_a_refused_customer_is_not() {
    let watched = Watched::new(AT_ONCE);
    let world = &watched.world;
    let poison = invocation(
        "order_placed",
        json!({"order_id": ORDER, "order_status": "order_placed", "user_id": USER, "sequence": "Asha"}),
    );
    let line = watched.run("restaurants", world.restaurants.handle(poison, clock())).await;
    assert_eq!(
        (&line["level"], &line["error_type"]),
        (&json!("ERROR"), &json!("Tiffin.InvalidEvent"))
    );
    assert_eq!(
        (&line["message"], &line["order_id"]),
        (&json!("not an order event: detail.sequence: invalid type, expected u32"), &json!(ORDER))
    );
    assert!(line["event_id"].is_string(), "{line}");

    world.aws.fate(|_| Fault::Lost);
    let raw = invocation("order_placed", placed_elsewhere());
    let line = watched.run("restaurants", world.restaurants.handle(raw, clock())).await;
    assert_eq!(
        (&line["level"], &line["error_type"]),
        (&json!("ERROR"), &json!("Tiffin.Dependency"))
    );
    let line = watched.place(order()).await;
    assert_eq!(
        (&line["level"], &line["error_type"], &line["status"]),
        (&json!("ERROR"), &json!("Tiffin.Dependency"), &json!(503))
    );
    world.aws.calm();

    let mut odd = order_request();
    odd["note"] = json!({"Asha": 1});
    let refused = async { Ok(world.place(user(), order(), &odd).await) };
    let line = watched.run("api", refused).await;
    assert_eq!(
        (&line["level"], &line["message"], &line["problem"], &line["status"]),
        (
            &json!("INFO"),
            &json!("refused"),
            &json!("urn:tiffin:problem:invalid-field"),
            &json!(422)
        )
    );
    assert_eq!(line.get("error_type"), None);
}

/// The customer's words, wherever they are said, and what would let another be the customer.
#[tokio::test]
async fn no_line_tells_anything_of_the_customer() {
    let watched = Watched::new(AT_ONCE);
    let world = &watched.world;
    let mut secrets: Vec<String> = [
        "Asha",
        "1 Mill Row",
        "London",
        "N1 5TB",
        "7946",
        "Ring twice",
        "Extra crisp",
        "2150",
        "Grandma",
        "dosa",
        "s3cret",
        USER,
    ]
    .map(str::to_owned)
    .into();
    let call = async |route: &'static str, parameters: &[(&str, &str)], body: &str| {
        let event = http(route, Some(user()), parameters, body);
        let mut answer = Value::Null;
        let work = async {
            answer = world.api.handle(event, clock()).await?;
            Ok(())
        };
        watched.run("api", work).await;
        answer
    };
    let at = [("order_id", ORDER)];
    call("PUT /api/orders/{order_id}", &at, &detailed_order_request().to_string()).await;
    let address =
        json!({"label": "Grandma's", "address": detailed_order_request()["address"]}).to_string();
    let kept = [("address_id", "0197f0a3-5b1c-7d2e-8f40-112233445566")];
    call("PUT /api/addresses/{address_id}", &kept, &address).await;
    for (pointer, wrong) in [
        ("/address/street", json!({"1 Mill Row": 1})),
        ("/note", json!(["Ring twice."])),
        ("/lines/0/quantity", json!("Extra crisp")),
        ("/restaurant_id", json!("Asha's Kitchen")),
        ("/expected_total", json!("2150")),
    ] {
        let mut odd = detailed_order_request();
        *odd.pointer_mut(pointer).unwrap() = wrong;
        call("PUT /api/orders/{order_id}", &[("order_id", "Asha")], &odd.to_string()).await;
        call("PUT /api/orders/{order_id}", &at, &odd.to_string()).await;
    }
    let ticket = call("POST /api/live-tickets", &[], "").await;
    let ticket: Value = serde_json::from_str(ticket["body"].as_str().unwrap()).unwrap();
    let ticket = ticket["ticket"].as_str().unwrap().to_owned();
    let ask = json!({"methodArn": "arn:x/$connect", "queryStringParameters": {"ticket": ticket}});
    watched.run("authorizer", world.authorizer.handle(ask, clock())).await;
    secrets.push(ticket);
    for body in ["CONNECT", "MESSAGE"].map(|kind| socket(kind, "open=", json!("Asha, s3cret"))) {
        watched.run("connections", world.connections.handle(body, clock())).await;
    }
    world.aws.gone.lock().unwrap().insert("open=".to_owned());
    watched.settle().await;
    assert_eq!(world.item(order()).await.order.status, Status::Delivered);
    for odd in [json!("Asha"), json!({"order_id": "Asha"}), json!({"order_id": {"Asha": 1}})] {
        let raw = invocation("order_placed", odd);
        watched.run("restaurants", world.restaurants.handle(raw, clock())).await;
    }
    let raw = json!({"requestContext": {"connectionId": "Asha", "eventType": "s3cret"}});
    watched.run("connections", world.connections.handle(raw, clock())).await;
    let raw = json!({"methodArn": "arn:x", "queryStringParameters": {"ticket": ["s3cret"]}});
    watched.run("authorizer", world.authorizer.handle(raw, clock())).await;
    let mut raw = http("GET /api/orders", Some(user()), &[], "");
    raw["headers"] = json!("Bearer s3cret");
    watched.run("api", world.api.handle(raw, clock())).await;
    world.employs(user(), "golden-dosa", Role::Owner).await;
    let invite = "POST /api/staff/{restaurant_id}/invitations";
    let golden_dosa = [("restaurant_id", "golden-dosa")];
    let invitation = json!({"email": "asha@example.com", "role": "owner", "name": "Asha"});
    let new = call(invite, &golden_dosa, &invitation.to_string()).await;
    let new: Value = serde_json::from_str(new["body"].as_str().unwrap()).unwrap();
    for wrong in [json!("asha"), json!(["asha@example.com"]), json!({"asha@example.com": 1})] {
        let mut odd = invitation.clone();
        odd["email"] = wrong;
        call(invite, &golden_dosa, &odd.to_string()).await;
    }
    for (email, token) in [
        ("else@example.com", &new["token"]),
        ("asha@example.com", &new["token"]),
        ("asha@example.com", &json!("s3cret")),
    ] {
        let body = json!({"invitation": token}).to_string();
        let event =
            with_id_token(http("POST /api/memberships", Some(somebody_else()), &[], &body), email);
        watched.run("api", world.api.handle(event, clock())).await;
    }
    call("GET /api/staff/{restaurant_id}/people", &golden_dosa, "").await;
    secrets.extend(["example.com", "s3cret"].map(str::to_owned));
    secrets.push(new["token"].as_str().unwrap().to_owned());
    call("DELETE /api/account", &[], "").await;

    let lines = watched.lines.lock().unwrap().clone();
    assert_eq!(lines.len(), 38, "{lines:#?}");
    for line in lines {
        let text = line.to_string();
        for secret in &secrets {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

#[tokio::test]
async fn an_orders_life_is_counted_and_timed_whoever_moves_it() {
    let watched = Watched::new(DEMO);
    let placed = watched.place(order()).await;
    assert_eq!(
        (&placed["Stack"], &placed["_aws"]),
        (
            &json!("shop"),
            &json!({
                "Timestamp": clock(),
                "CloudWatchMetrics": [{
                    "Namespace": "Tiffin", "Dimensions": [["Stack"]],
                    "Metrics": [{"Name": "OrdersPlaced", "Unit": "Count"}],
                }],
            })
        )
    );
    watched.settle().await;
    assert_eq!(watched.measured(), expected([("OrdersPlaced", &[1])]));
    for (seconds, measured) in [
        (6, expected([("OrdersAccepted", &[1]), ("TimeToAccepted", &[6_000])])),
        (18, expected([("OrdersPickedUp", &[1])])),
        (12, expected([("OrdersDelivered", &[1]), ("TimeToDelivered", &[36_000])])),
    ] {
        pass(seconds);
        let lines = watched.watch().await;
        assert_eq!(lines[0]["order_id"], ORDER, "a line says which order");
        watched.settle().await;
        assert_eq!(watched.measured(), measured);
    }
}

#[tokio::test]
async fn an_order_of_another_channel_is_counted_when_it_is_made_and_only_then() {
    let watched = Watched::new(AT_ONCE);
    let world = &watched.world;
    for _ in 0..2 {
        let raw = invocation("order_placed", placed_elsewhere());
        watched.run("restaurants", world.restaurants.handle(raw, clock())).await;
    }
    let measured = watched.measured();
    assert_eq!((&measured["OrdersPlaced"], &measured["OrdersAccepted"]), (&vec![1], &vec![1]));
    assert_eq!(measured["TimeToAccepted"].len(), 1);
}

#[tokio::test]
async fn what_happens_again_counts_nothing() {
    let watched = Watched::new(AT_ONCE);
    let world = &watched.world;
    watched.place(order()).await;
    let events = watched.settle().await;
    let once = expected([
        ("OrdersAccepted", &[1]),
        ("OrdersDelivered", &[1]),
        ("OrdersPickedUp", &[1]),
        ("OrdersPlaced", &[1]),
        ("TimeToAccepted", &[0]),
        ("TimeToDelivered", &[0]),
    ]);
    assert_eq!(watched.measured(), once);
    watched.place(order()).await;
    watched.cancel(order()).await;
    for event in &events {
        watched.deliver(event).await;
        let mut replayed = envelope(event);
        replayed["replay-name"] = json!("july");
        watched.run("restaurants", world.restaurants.handle(replayed, clock())).await;
    }
    watched.watch().await;
    assert_eq!(watched.measured(), expected([]));
}

#[tokio::test]
async fn an_order_that_ends_early_is_counted_by_its_reason() {
    let watched = Watched::new(DEMO);
    watched.place(order()).await;
    let line = watched.cancel(order()).await;
    assert_eq!(
        line["_aws"]["CloudWatchMetrics"],
        json!([{
            "Namespace": "Tiffin", "Dimensions": [["Stack"], ["Stack", "Reason"]],
            "Metrics": [{"Name": "OrdersCancelled", "Unit": "Count"}],
        }])
    );
    watched.cancel(order()).await;
    watched.settle().await;
    assert_eq!(
        watched.measured(),
        expected([("OrdersCancelled by_customer", &[1]), ("OrdersPlaced", &[1])])
    );
}

#[tokio::test]
async fn a_round_that_ends_orders_for_several_reasons_has_a_line_for_each() {
    let watched = Watched::new(DEMO);
    let number = |number: u8| OrderId::new(support::START, [number; 10]);
    watched.world.list(&json!({"kitchen": "silent"}));
    watched.place(number(1)).await;
    pass(54);
    watched.world.list(&json!({"kitchen": "rejects", "reject_reason": "too_busy"}));
    watched.place(number(2)).await;
    watched.world.list(&accepting());
    watched.place(number(3)).await;
    watched.settle().await;
    watched.measured();
    pass(6);
    watched.watch().await;
    let lines = watched.lines.lock().unwrap().clone();
    assert_eq!(lines.iter().filter(|line| line.get("_aws").is_some()).count(), 2);
    assert_eq!(
        watched.measured(),
        expected([
            ("OrdersAccepted", &[1]),
            ("OrdersCancelled not_answered", &[1]),
            ("OrdersRejected too_busy", &[1]),
            ("TimeToAccepted", &[6_000]),
        ])
    );
}

#[tokio::test]
async fn a_round_of_more_orders_than_a_line_has_room_for_measures_them_all() {
    let watched = Watched::new(DEMO);
    for number in 0..101 {
        watched.place(OrderId::new(support::START, [number; 10])).await;
    }
    watched.settle().await;
    watched.measured();
    pass(6);
    watched.watch().await;
    let measured = watched.measured();
    assert_eq!(measured["OrdersAccepted"], [101]);
    assert_eq!(measured["TimeToAccepted"], [6_000; 101]);
}

#[tokio::test]
async fn pushes_are_counted_as_sent_gone_or_failed() {
    let watched = Watched::new(AT_ONCE);
    let world = &watched.world;
    for id in ["phone=", "desk=", "old="] {
        let connect = socket("CONNECT", id, Value::Null);
        watched.run("connections", world.connections.handle(connect, clock())).await;
    }
    world.aws.gone.lock().unwrap().insert("old=".to_owned());
    let tell =
        || world.notifications.handle(invocation("order_placed", placed_elsewhere()), clock());
    let line = watched.run("notifications", tell()).await;
    assert_eq!(line["message"], "pushed to 2 of 3 connections");
    assert_eq!(watched.measured(), expected([("PushesGone", &[1]), ("PushesSent", &[2])]));
    world.aws.fate(|call| match call.operation.as_str() {
        "PostToConnection" => Fault::Lost,
        _ => Fault::None,
    });
    let lines = watched.lines_of("notifications", tell()).await;
    assert_eq!((&lines[0]["level"], &lines[0]["message"]), (&json!("WARN"), &json!("push failed")));
    assert_eq!(
        watched.measured(),
        expected([("EventsNotPushed", &[1]), ("PushesFailed", &[2])]),
        "an alarm can ring on an event that reached nobody"
    );
    // One of two is enough, and a customer who has left is no failure.
    let mut number = 0;
    world.aws.fate(move |call| {
        number += usize::from(call.operation == "PostToConnection");
        if call.operation == "PostToConnection" && number == 1 { Fault::Lost } else { Fault::None }
    });
    watched.run("notifications", tell()).await;
    assert_eq!(watched.measured(), expected([("PushesFailed", &[1]), ("PushesSent", &[1])]));
    world.aws.calm();
    world.aws.gone.lock().unwrap().extend(["phone=".to_owned(), "desk=".to_owned()]);
    watched.run("notifications", tell()).await;
    assert_eq!(watched.measured(), expected([("PushesGone", &[2])]));
}

#[tokio::test]
async fn an_event_that_reaches_its_customer_and_no_staff_is_counted_as_not_pushed() {
    let watched = Watched::new(DEMO);
    let world = &watched.world;
    world.employs(user(), "golden-dosa", Role::Kitchen).await;
    let mut tablet = socket("CONNECT", "tablet=", Value::Null);
    tablet["requestContext"]["authorizer"]["restaurant_id"] = json!("golden-dosa");
    for connect in [socket("CONNECT", "phone=", Value::Null), tablet] {
        watched.run("connections", world.connections.handle(connect, clock())).await;
    }
    watched.place(order()).await;
    watched.measured();
    let placed = envelope(&world.aws.take_published()[0]);
    let line =
        watched.run("notifications", world.notifications.handle(placed.clone(), clock())).await;
    assert_eq!(line["message"], "pushed to 2 of 2 connections");
    assert_eq!(watched.measured(), expected([("PushesSent", &[2])]));
    for fails in ["order_changed", "order_event"] {
        world.aws.fate(move |call| match call.body["type"] == fails {
            true => Fault::Lost,
            false => Fault::None,
        });
        watched.run("notifications", world.notifications.handle(placed.clone(), clock())).await;
        assert_eq!(
            watched.measured(),
            expected([("EventsNotPushed", &[1]), ("PushesFailed", &[1]), ("PushesSent", &[1])]),
            "{fails}"
        );
    }
}

#[tokio::test]
async fn the_watchdog_counts_what_it_should_not_have_to_find() {
    let watched = Watched::new(DEMO);
    let world = &watched.world;
    world.aws.fate(|call| if call.operation == "PutEvents" { Fault::Refused } else { Fault::None });
    watched.place(order()).await;
    assert_eq!(watched.measured()["PublishesFailed"], [1]);
    world.aws.calm();
    pass(30);
    let lines = watched.watch().await;
    assert_eq!(
        (&lines[0]["message"], &lines[0]["order_id"], &lines[0]["sequence"]),
        (&json!("found unpublished"), &json!(ORDER), &json!(1))
    );
    let measured = watched.measured();
    assert_eq!(
        (&measured["UnpublishedFound"], &measured["UnpublishedAge"]),
        (&vec![1], &vec![30_000])
    );

    // No courier is simulated for this order, and none has come.
    let table = &stack().get("OrdersTable").unwrap().physical_id;
    let mut item = world.aws.take_item(table, order());
    assert_eq!(item["status"]["S"], "order_accepted");
    item.as_object_mut().unwrap().remove("act_at");
    world.aws.put_item(table, &item);
    pass(600);
    let lines = watched.watch().await;
    let overdue = lines.iter().find(|line| line["message"] == "overdue").unwrap();
    assert_eq!((&overdue["order_id"], &overdue["level"]), (&json!(ORDER), &json!("WARN")));
    assert_eq!(watched.measured(), expected([("OrdersOverdue", &[1])]));
    let item = world.item(order()).await;
    assert_eq!(item.attention_at, Some(clock().plus_seconds(5)), "it is looked at again");
}

#[tokio::test]
async fn an_order_of_a_later_version_is_listed_but_never_moved_and_starves_nobody() {
    let watched = Watched::new(DEMO);
    let world = &watched.world;
    watched.place(order()).await;
    let table = &stack().get("OrdersTable").unwrap().physical_id;
    let mut item = world.aws.take_item(table, order());
    item["status"] = json!({"S": "order_eaten"});
    world.aws.put_item(table, &item);
    watched.measured();
    let (_, list) = world.call("GET /api/orders", Some(user()), &[], "").await;
    assert_eq!(list["orders"][0]["status"], "unknown", "a page shows it as in progress: {list}");
    watched.measured();
    pass(60);
    let lines = watched.watch().await;
    assert_eq!((&lines[0]["level"], &lines[0]["order_id"]), (&json!("ERROR"), &json!(ORDER)));
    assert_eq!(watched.measured(), expected([("ItemsUnreadable", &[1])]));
    let until = clock().plus_seconds(600);
    assert_eq!(world.raw_item(order())["attention_at"]["N"], until.millis().to_string());
}

/// Whoever is not signed in cannot make a line that somebody has to look at.
#[tokio::test]
async fn whatever_a_stranger_sends_is_a_4xx_and_at_most_information() {
    let watched = Watched::new(AT_ONCE);
    let world = &watched.world;
    let texts = [
        String::new(),
        "\u{0}\u{202e}\u{feff}".to_owned(),
        "x".repeat(2_049),
        "x".repeat(4_000),
        "\u{10ffff}".repeat(1_024),
        "A".repeat(43),
        "[".repeat(60_000),
        format!("{{\"restaurant_id\":\"{}\"}}", "é".repeat(30_000)),
        "[1e999,\"\\ud800\"]".to_owned(),
        "x".repeat(5_000_000),
    ];
    for text in &texts {
        let ask = json!({"methodArn": "arn:x/$connect", "queryStringParameters": {"ticket": text}});
        let mut effect = Value::Null;
        let work = async {
            effect = world.authorizer.handle(ask, clock()).await?;
            Ok(())
        };
        let line = watched.run("authorizer", work).await;
        assert_eq!((&line["level"], &line["message"]), (&json!("INFO"), &json!("denied")));
        assert_eq!(effect["policyDocument"]["Statement"][0]["Effect"], "Deny");

        for (route, base64) in [
            ("POST /api/quotes", false),
            ("POST /api/quotes", true),
            ("GET /api/restaurants/{restaurant_id}", false),
            ("GET /api/pages/{name}", false),
            ("ANY /api/{proxy+}", false),
            ("PUT /api/orders/{order_id}", false),
        ] {
            let names = ["restaurant_id", "name", "proxy", "order_id", "cursor"];
            let parameters = names.map(|name| (name, text.as_str()));
            let mut event = http(route, None, &parameters, text);
            event["isBase64Encoded"] = json!(base64);
            event["headers"]["if-none-match"] = json!(text);
            let mut status = Value::Null;
            let work = async {
                status = world.api.handle(event, clock()).await?["statusCode"].clone();
                Ok(())
            };
            let line = watched.run("api", work).await;
            let status = status.as_u64().unwrap();
            assert!((400..500).contains(&status), "{route}: {status}");
            assert_eq!(status == 413, text.len() > 100_000, "{route}: {status}");
            assert_eq!(line["level"], "INFO", "{route}: {line}");
            assert!(line.to_string().len() < 1_000, "a line repeats nothing");
        }
    }
}
