//! The whole system on loopback: the real bootstrap as processes on the local AWS, and people who
//! use it through HTTP and WebSocket only.

#![allow(
    clippy::unwrap_used,
    dead_code,
    unused_imports,
    missing_docs,
    unreachable_pub,
    reason = "a vocabulary of which each test uses a part"
)]

mod customer;
mod kill;
mod pictures;

use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_local::{
    cloud::{Cloud, EdgeSettings, Settings},
    feed::FeedEvent,
};
use aws_sdk_dynamodb::{
    config::{Credentials, SharedCredentialsProvider},
    types::AttributeValue,
};
use serde_json::{Value, json};

pub use customer::{Clients, Customer, Socket, new_order_id};
pub use kill::Killable;
pub use pictures::{PICTURES, picture};

/// How long anything may take before a test gives up on it.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A running Tiffin.
pub struct Laptop {
    pub cloud: Cloud,
    pub edge: String,
    pub http: reqwest::Client,
}

impl Laptop {
    /// Everything in memory, at once, with one restaurant that takes every order.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with other settings.
    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = settings();
        change(&mut settings);
        let cloud = Cloud::start(settings).await.unwrap();
        let edge = cloud.edge_url().unwrap();
        let laptop = Self { cloud, edge, http: reqwest::Client::new() };
        let tables = laptop.table("CatalogTable");
        list_restaurant(&laptop.cloud.endpoint(), &tables, &json!({"kitchen": "accepts"})).await;
        laptop
    }

    /// Changes how the restaurant's simulated kitchen answers from now on.
    pub async fn kitchen(&self, kitchen: &Value) {
        list_restaurant(&self.cloud.endpoint(), &self.table("CatalogTable"), kitchen).await;
    }

    /// A new customer, who signed up as the page does.
    pub async fn customer(&self, email: &str) -> Customer {
        let (session, email_client) =
            (self.physical("UserPoolClient"), self.physical("UserPoolEmailClient"));
        let clients = Clients { session: &session, email: &email_client };
        let codes = async |email: &str| self.cloud.user_pools().code_of(email);
        Customer::sign_up(&self.http, &self.edge, clients, email, codes).await
    }

    /// The same person, who has typed the password to change their address: signed in by the client
    /// that writes addresses.
    pub async fn with_password(&self, email: &str) -> Customer {
        let client = self.physical("UserPoolEmailClient");
        Customer::sign_in(&self.http, &self.edge, &client, email).await
    }

    /// Makes somebody the cook of the test's restaurant.
    pub async fn employs(&self, somebody: &Customer) {
        self.makes(somebody, "An", "kitchen", "DELETE owners :them").await;
    }

    /// Makes somebody its courier.
    pub async fn has_courier(&self, somebody: &Customer) {
        self.has_courier_called("An", somebody).await;
    }

    /// Makes somebody its courier, called that.
    pub async fn has_courier_called(&self, name: &str, somebody: &Customer) {
        self.makes(somebody, name, "courier", "DELETE owners :them").await;
    }

    /// Makes somebody its manager.
    pub async fn has_manager(&self, somebody: &Customer) {
        self.makes(somebody, "An", "manager", "DELETE owners :them").await;
    }

    /// Makes somebody its owner, as `cargo aws staff owner` does.
    pub async fn is_owned_by(&self, somebody: &Customer) {
        self.makes(somebody, "An", "owner", "ADD owners :them").await;
    }

    async fn makes(&self, somebody: &Customer, name: &str, role: &str, owners: &str) {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let client = aws_sdk_dynamodb::Client::new(&sdk(&self.cloud.endpoint()));
        let table = self.table("PeopleTable");
        let (user, restaurant) = (somebody.user_id(), "restaurant#golden-dosa");
        for (partition, item) in
            [(&*user, "staff#golden-dosa"), (restaurant, &format!("member#{user}"))]
        {
            let put = client.put_item().table_name(&table).item("user_id", text(partition));
            let put = put.item("item", text(item)).item("role", text(role));
            let since = AttributeValue::N("1795450090791".to_owned());
            put.item("name", text(name)).item("since", since).send().await.unwrap();
        }
        let update = client.update_item().table_name(&table);
        let update = update.key("user_id", text(restaurant)).key("item", text("owners"));
        let update = update.update_expression(owners);
        let them = AttributeValue::Ss(vec![user]);
        update.expression_attribute_values(":them", them).send().await.unwrap();
    }

    /// Ends that, as whoever removes them does before their sockets are closed.
    pub async fn dismisses(&self, somebody: &Customer) {
        let client = aws_sdk_dynamodb::Client::new(&sdk(&self.cloud.endpoint()));
        let delete = client
            .delete_item()
            .table_name(self.table("PeopleTable"))
            .key("user_id", AttributeValue::S(somebody.user_id()))
            .key("item", AttributeValue::S("staff#golden-dosa".to_owned()));
        delete.send().await.unwrap();
    }

    /// Sends an event by hand, as the console's “Send events” does.
    pub async fn send(&self, source: &str, detail_type: &str, detail: &str) -> bool {
        let entry = aws_sdk_eventbridge::types::PutEventsRequestEntry::builder()
            .event_bus_name(self.physical("Bus"))
            .source(source)
            .detail_type(detail_type)
            .detail(detail)
            .build();
        let client = aws_sdk_eventbridge::Client::new(&sdk(&self.cloud.endpoint()));
        client.put_events().entries(entry).send().await.unwrap().failed_entry_count == 0
    }

    /// The records that lie in the failures queue.
    pub fn failures(&self) -> Vec<Value> {
        let queue = &self.cloud.stack().get("Failures").unwrap().physical_id;
        let messages = self.cloud.sqs().messages(queue).unwrap();
        messages.iter().map(|message| serde_json::from_str(&message.body).unwrap()).collect()
    }

    /// Waits until the feed has shown something.
    pub async fn seen(&self, what: &str, matches: impl Fn(&FeedEvent) -> bool) {
        eventually(what, async || {
            self.cloud.feed().since(0).iter().any(|entry| matches(&entry.event)).then_some(())
        })
        .await;
    }

    /// An item as its table holds it.
    pub async fn item(
        &self,
        table: &str,
        key: &str,
        value: &str,
    ) -> HashMap<String, AttributeValue> {
        let client = aws_sdk_dynamodb::Client::new(&sdk(&self.cloud.endpoint()));
        let get = client.get_item().table_name(self.table(table));
        let get = get.key(key, AttributeValue::S(value.to_owned()));
        get.send().await.unwrap().item.unwrap()
    }

    pub fn physical(&self, logical_id: &str) -> String {
        self.cloud.stack().get(logical_id).unwrap().physical_id.clone()
    }

    pub fn table(&self, logical_id: &str) -> String {
        self.physical(logical_id)
    }
}

/// Settings under which every test runs, if it does not say otherwise.
pub fn settings() -> Settings {
    let mut settings = Settings::new(template(), env!("CARGO_BIN_EXE_bootstrap"));
    settings.parameters = parameters();
    settings.time_scale = 60;
    settings.processes = 4;
    settings.echo_logs = false;
    settings.edge = Some(EdgeSettings {
        documents: None,
        addr: SocketAddr::from(([127, 0, 0, 1], 0)),
        site: None,
        folders: BTreeMap::new(),
        config_json: "{}".to_owned(),
    });
    settings
}

pub fn template() -> std::path::PathBuf {
    "template.yaml".into()
}

/// Simulated kitchens and couriers that take no time; and traces, which are off by default, so that
/// the permission to write them is used.
pub fn parameters() -> BTreeMap<String, String> {
    // A test is every customer at once, and faster than any person.
    let limits = [
        ("OrdersPerMinute", "1000000"),
        ("TicketsPerMinute", "1000000"),
        ("RequestsPerSecond", "10000"),
        ("RequestsAtOnce", "5000"),
    ];
    [("Autopilot", "on"), ("AcceptSeconds", "0"), ("Pace", "0"), ("Tracing", "Active")]
        .into_iter()
        .chain(limits)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Tries until it gets something, or patience ends.
pub async fn eventually<T>(what: &str, mut attempt: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = attempt().await {
            return value;
        }
        assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The person at the keyboard, as an SDK.
pub fn sdk(endpoint: &str) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-2"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::for_tests()))
        .endpoint_url(endpoint)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build()
}

/// Writes the test's restaurant into a running catalog table.
pub async fn list_restaurant(endpoint: &str, table: &str, kitchen: &Value) {
    let client = aws_sdk_dynamodb::Client::new(&sdk(endpoint));
    for item in super::support::catalog_items(kitchen) {
        let item =
            item.as_object().unwrap().iter().map(|(name, value)| (name.clone(), attribute(value)));
        client.put_item().table_name(table).set_item(Some(item.collect())).send().await.unwrap();
    }
}

fn attribute(value: &Value) -> AttributeValue {
    match value {
        Value::String(text) => AttributeValue::S(text.clone()),
        other => AttributeValue::N(other.to_string()),
    }
}
