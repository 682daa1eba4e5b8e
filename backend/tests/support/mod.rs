//! A world for one test: the real functions with the real SDK clients, on an embedded DynamoDB, a
//! recorded bus and recorded sockets; and every outside call can be made to fail.

#![allow(
    clippy::unwrap_used,
    dead_code,
    unused_imports,
    missing_docs,
    unreachable_pub,
    reason = "a vocabulary of which each test uses a part"
)]

mod aws;
mod menus;
mod shopper;

use std::{
    cell::Cell,
    collections::BTreeMap,
    path::{Path, PathBuf},
    pin::Pin,
    sync::{Arc, LazyLock},
    time::Duration,
};

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig};
use aws_local::template::Stack;
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use backend::{
    Dependencies,
    api::{Api, Pictures},
    choreography::{
        delivery::Delivery, notifications::Notifications, restaurants::Restaurants, steps::Steps,
        watchdog::Watchdog,
    },
    runtime::settings::Settings,
    store::orders::{Item, Orders},
    websocket::{authorizer::Authorizer, connections::Connections},
};
use serde_json::{Value, json};
use shared::{EventName, OrderEvent, OrderId, Timestamp, UserId};

pub use aws::{Aws, Call, Fault, Lag, Object};
pub use menus::{
    Number, number_of, number_of_bill, number_of_page, numbered_menu, order_by, ordered_lines,
    total_by, version_of,
};
pub use shopper::{
    ORDER, USER, accepting, catalog_items, detailed_order_request, numbered_order, order,
    order_request, placed_elsewhere, restaurant, somebody_else, user,
};

/// When every test begins.
pub const START: Timestamp = Timestamp::from_millis(1_795_450_090_791);

thread_local! {
    static NOW: Cell<Timestamp> = const { Cell::new(START) };
}

/// The functions, and what is around them.
pub struct World {
    pub aws: Arc<Aws>,
    pub api: Api,
    pub authorizer: Authorizer,
    pub connections: Connections,
    pub pictures: Pictures,
    pub restaurants: Restaurants,
    pub delivery: Delivery,
    pub notifications: Notifications,
    pub watchdog: Watchdog,
    pub orders: Orders,
    pub steps: Steps,
}

/// How fast the simulated kitchens are.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    pub accept_seconds: u32,
    pub accept_within_seconds: u32,
    pub pace: &'static str,
}

/// Everything at once.
pub const AT_ONCE: Pace = Pace { accept_seconds: 0, accept_within_seconds: 600, pace: "0" };
/// As `cargo dev` does it.
pub const DEMO: Pace = Pace { accept_seconds: 6, accept_within_seconds: 60, pace: "0.0166667" };

impl World {
    /// A world whose SDK clients never try again by themselves: each call that fails is seen.
    pub fn new(pace: Pace) -> Self {
        Self::with(pace, RetryConfig::disabled())
    }

    pub fn with(pace: Pace, retries: RetryConfig) -> Self {
        Self::made(pace, retries, &[])
    }

    /// A world whose functions have more settings than those that tests need.
    pub fn set(pace: Pace, settings: &[(&'static str, &str)]) -> Self {
        Self::made(pace, RetryConfig::disabled(), settings)
    }

    fn made(pace: Pace, retries: RetryConfig, settings: &[(&'static str, &str)]) -> Self {
        now(START);
        let stack = stack();
        let aws = Arc::new(Aws::new(stack));
        let dependencies = dependencies(&aws, stack, pace, retries, settings);
        Self {
            api: dependencies.api().unwrap(),
            authorizer: dependencies.authorizer().unwrap(),
            connections: dependencies.connections().unwrap(),
            pictures: dependencies.pictures().unwrap(),
            restaurants: dependencies.restaurants().unwrap(),
            delivery: dependencies.delivery().unwrap(),
            notifications: dependencies.notifications().unwrap(),
            watchdog: dependencies.watchdog().unwrap(),
            orders: dependencies.orders().unwrap(),
            steps: dependencies.steps().unwrap(),
            aws,
        }
    }

    /// Calls the HTTP API as `user`: the status and the body.
    pub async fn call(
        &self,
        route: &str,
        user: Option<UserId>,
        parameters: &[(&str, &str)],
        body: &str,
    ) -> (u16, Value) {
        self.answer(http(route, user, parameters, body)).await
    }

    /// What the HTTP API answers to an event: the status and the body.
    pub async fn answer(&self, event: Value) -> (u16, Value) {
        // As the routes' integrations do it.
        let is_of_pictures = event["routeKey"].as_str().unwrap_or_default().contains("/pictures");
        // On the heap: a test that sends many requests would need more stack than its thread has.
        let reply = match is_of_pictures {
            true => Box::pin(self.of_pictures(event)).await.unwrap(),
            false => Box::pin(self.api.handle(event, clock())).await.unwrap(),
        };
        let status = u16::try_from(reply["statusCode"].as_u64().unwrap()).unwrap();
        (status, serde_json::from_str(reply["body"].as_str().unwrap()).unwrap_or(Value::Null))
    }

    /// Boxed, so that no other call's stack holds it.
    fn of_pictures(
        &self,
        event: Value,
    ) -> Pin<Box<dyn Future<Output = Result<Value, backend::Error>> + '_>> {
        Box::pin(self.pictures.handle(event, clock()))
    }

    /// Hands an event to `restaurants` or `delivery`, as the rules of the template do.
    pub async fn deliver(&self, event: &OrderEvent) -> Result<Value, backend::Error> {
        let raw = envelope(event);
        match event.name {
            EventName::Placed => self.restaurants.handle(raw, clock()).await,
            EventName::Accepted | EventName::PickedUp => self.delivery.handle(raw, clock()).await,
            _ => Ok(Value::Null),
        }
    }

    /// Delivers what the bus has, and what comes of it, until the bus is quiet.
    pub async fn settle(&self) -> Vec<OrderEvent> {
        let mut all = Vec::new();
        loop {
            let events = self.aws.take_published();
            if events.is_empty() {
                return all;
            }
            for event in events {
                self.deliver(&event).await.unwrap();
                all.push(event);
            }
        }
    }

    /// One round of the watchdog, which has as long as the template gives it.
    pub async fn watch(&self) -> Result<Value, backend::Error> {
        let timeout = stack().get("WatchdogFunction").unwrap().number("/Timeout").unwrap();
        self.watch_for(i64::try_from(timeout.unwrap()).unwrap()).await
    }

    /// One round of the watchdog, which is ended after `seconds`.
    pub async fn watch_for(&self, seconds: i64) -> Result<Value, backend::Error> {
        self.watchdog.handle(clock, clock().plus_seconds(seconds)).await
    }

    /// Opens a socket of the customer's, as if its handshake had begun then.
    pub async fn connect(&self, user: UserId, id: &str, connected_at: Timestamp) {
        let reply = self.socket("CONNECT", user, id, connected_at, "").await.unwrap();
        assert_eq!(reply["statusCode"], 200);
    }

    /// A handshake with a ticket, as the gateway plays it: the status of `$connect`.
    pub async fn shake_hands(&self, ticket: &str, id: &str) -> u64 {
        let ask =
            json!({"methodArn": "arn:x/$connect", "queryStringParameters": {"ticket": ticket}});
        let policy = self.authorizer.handle(ask, clock()).await.unwrap();
        if policy["policyDocument"]["Statement"][0]["Effect"] != "Allow" {
            return 403;
        }
        let context = json!({
            "eventType": "CONNECT", "connectionId": id, "connectedAt": clock(),
            "authorizer": policy["context"],
        });
        let connect = json!({"requestContext": context});
        let reply = self.connections.handle(connect, clock()).await.unwrap();
        reply["statusCode"].as_u64().unwrap()
    }

    /// A call of `$connect`, `$default` or `$disconnect`, by its event type.
    pub async fn socket(
        &self,
        event_type: &str,
        user: UserId,
        id: &str,
        connected_at: Timestamp,
        body: &str,
    ) -> Result<Value, backend::Error> {
        let authorizer = json!({"user_id": user});
        self.socket_of(authorizer, event_type, id, connected_at, body).await
    }

    /// The same on a socket that a member of staff opens for a restaurant.
    pub async fn staff_socket(
        &self,
        event_type: &str,
        user: UserId,
        restaurant: &str,
        id: &str,
    ) -> Result<Value, backend::Error> {
        let authorizer = json!({"user_id": user, "restaurant_id": restaurant});
        self.socket_of(authorizer, event_type, id, clock(), "").await
    }

    async fn socket_of(
        &self,
        authorizer: Value,
        event_type: &str,
        id: &str,
        connected_at: Timestamp,
        body: &str,
    ) -> Result<Value, backend::Error> {
        let context = json!({
            "eventType": event_type, "connectionId": id, "connectedAt": connected_at,
            "authorizer": authorizer,
        });
        let call = json!({"requestContext": context, "body": body});
        self.connections.handle(call, clock()).await
    }

    /// The name of a table by its logical id.
    pub fn table(&self, logical_id: &str) -> String {
        stack().get(logical_id).unwrap().physical_id.clone()
    }

    /// An order's item with all its attributes.
    pub fn raw_item(&self, order_id: OrderId) -> Value {
        let table = self.table("OrdersTable");
        let item = self.aws.take_item(&table, order_id);
        self.aws.put_item(&table, &item);
        item
    }

    /// Changes an order's item, as if another version had written it.
    pub fn alter(&self, order_id: OrderId, change: impl FnOnce(&mut Value)) {
        let table = self.table("OrdersTable");
        let mut item = self.aws.take_item(&table, order_id);
        change(&mut item);
        self.aws.put_item(&table, &item);
    }

    /// The order as the table holds it.
    pub async fn item(&self, order_id: OrderId) -> Item {
        self.orders.get(order_id).await.unwrap().unwrap()
    }
}

/// The time in this test.
pub fn clock() -> Timestamp {
    NOW.get()
}

/// Sets the time in this test.
pub fn now(at: Timestamp) {
    NOW.set(at);
}

/// Lets time pass.
pub fn pass(seconds: i64) {
    pass_millis(seconds * 1_000);
}

/// Lets time pass.
pub fn pass_millis(millis: i64) {
    NOW.set(clock().plus_millis(millis));
}

/// A handler that hangs has ended: its answer never comes. Under paused time only.
pub async fn unless_it_ends<T>(handler: impl Future<Output = T>) -> Option<T> {
    // Nothing here waits for the outside world, so a handler that does not progress when the
    // runtime is idle never will: paused time only moves when nothing else can. An SDK that tries
    // again at once sleeps for a millisecond all the same.
    tokio::select! {
        biased;
        result = handler => Some(result),
        () = tokio::time::sleep(Duration::from_millis(100)) => None,
    }
}

/// What kind of problem this is, without what all kinds have in common.
pub fn kind(problem: &Value) -> &str {
    let kind = problem["type"].as_str().unwrap_or_default();
    kind.strip_prefix("urn:tiffin:problem:").unwrap_or_default()
}

/// The template that is deployed.
pub fn stack() -> &'static Stack {
    static STACK: LazyLock<Stack> =
        LazyLock::new(|| Stack::load(&template(), "test", "eu-west-2", &BTreeMap::new()).unwrap());
    &STACK
}

/// Where the template is.
pub fn template() -> PathBuf {
    PathBuf::from("template.yaml")
}

/// An event as a rule hands it over.
pub fn envelope(event: &OrderEvent) -> Value {
    let wire = serde_json::to_value(event).unwrap();
    invocation(event.name.name(), wire["detail"].clone())
}

/// Any invocation by a rule.
pub fn invocation(detail_type: &str, detail: Value) -> Value {
    json!({
        "version": "0", "id": "7bf73129-1428-4cd3-a780-95db273d1602", "detail-type": detail_type,
        "source": "custom.food_app", "account": "000000000000", "time": "2026-11-23T16:48:10Z",
        "region": "eu-west-2", "resources": [], "detail": detail,
    })
}

/// A request as the HTTP API hands it over, of a customer who has just signed in.
pub fn http(route: &str, user: Option<UserId>, parameters: &[(&str, &str)], body: &str) -> Value {
    let parameters: BTreeMap<_, _> = parameters.iter().copied().collect();
    let authorizer = user.map(|user| {
        let now = (clock().millis() / 1_000).to_string();
        json!({"jwt": {"claims": {"sub": user, "auth_time": now, "iat": now}, "scopes": []}})
    });
    json!({
        "version": "2.0", "routeKey": route, "headers": {"content-type": "application/json"},
        "pathParameters": parameters, "queryStringParameters": parameters,
        "requestContext": {"authorizer": authorizer}, "body": body, "isBase64Encoded": false,
    })
}

/// The same request with the ID token of an account with that address instead of an access token.
pub fn with_id_token(mut request: Value, email: &str) -> Value {
    let claims = &mut request["requestContext"]["authorizer"]["jwt"]["claims"];
    claims["token_use"] = json!("id");
    claims["email"] = json!(email);
    claims["email_verified"] = json!("true");
    request
}

fn dependencies(
    aws: &Arc<Aws>,
    stack: &Stack,
    pace: Pace,
    retries: RetryConfig,
    more: &[(&'static str, &str)],
) -> Dependencies {
    let table = |name: &str| stack.get(name).unwrap().physical_id.clone();
    let mut settings = BTreeMap::from([
        ("CATALOG_TABLE", table("CatalogTable")),
        ("ORDERS_TABLE", table("OrdersTable")),
        ("PEOPLE_TABLE", table("PeopleTable")),
        ("LIVE_TABLE", table("LiveTable")),
        ("UPLOADS_BUCKET", table("UploadsBucket")),
        ("PICTURES_BUCKET", table("PicturesBucket")),
        ("EVENT_BUS_NAME", "test".to_owned()),
        ("WEBSOCKET_DOMAIN", "sockets.test".to_owned()),
        ("WEBSOCKET_STAGE", "live".to_owned()),
        ("AUTOPILOT", "on".to_owned()),
        ("ACCEPT_SECONDS", pace.accept_seconds.to_string()),
        ("ACCEPT_WITHIN_SECONDS", pace.accept_within_seconds.to_string()),
        ("PACE", pace.pace.to_owned()),
    ]);
    settings.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    let sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-2"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::for_tests()))
        .retry_config(retries)
        .http_client(aws::Wire::new(aws))
        .build();
    let settings = Settings::new(move |name| settings.get(name).cloned());
    Dependencies::new(settings, sdk)
}
