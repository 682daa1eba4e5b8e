//! A shop to measure: the local AWS with the demo catalog, and customers with open sockets.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow, bail, ensure};
use aws_local::cloud::State;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use shared::api::{LiveTicket, order_path, restaurant_path};
use shared::live::{FromBrowser, LIVE, ToBrowser};
use shared::menu::Restaurant;
use shared::order::{OrderLine, Quantity};
use shared::{Amount, OrderId, Status, Timestamp, price};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use super::Bench;
use crate::args::DevOptions;
use crate::catalog;
use crate::dev::cloud::{Plan, Running, start};

/// Always open, and its kitchen accepts.
const RESTAURANT: &str = "raat-rani-dhaba";
const DISH: &str = "rajma-chawal";
const PASSWORD: &str = "three brown foxes";
/// How long a customer waits for a push before the measurement fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running shop.
pub(super) struct Shop {
    pub(super) running: Running,
    http: reqwest::Client,
    edge: String,
    pool: String,
    client: String,
    wish: Value,
    /// The folder of its files; removed at the end.
    folder: PathBuf,
}

/// Where a shop keeps what it knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keeps {
    InMemory,
    InFiles,
}

impl Keeps {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::InMemory => "memory",
            Self::InFiles => "file",
        }
    }
}

impl Shop {
    /// Opens an empty shop where everything happens at once.
    pub(super) async fn open(bench: &Bench, keeps: Keeps, site: Option<&Path>) -> Result<Self> {
        let folder = bench.workspace.target.join(format!("bench-{}", keeps.name()));
        let _ = std::fs::remove_dir_all(&folder); // left by a measurement that was interrupted
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let options =
            DevOptions { accept_seconds: 0, pace: "0".to_owned(), ..DevOptions::default() };
        let plan = Plan {
            template: bench.workspace.template(),
            bootstrap: bench.program.clone(),
            state: match keeps {
                Keeps::InMemory => State::Memory,
                Keeps::InFiles => State::Folder(folder.join("state")),
            },
            art: folder.join("art"),
            front: anywhere,
            edge: anywhere,
            site: site.map(Path::to_path_buf),
            echo_logs: false,
            options: &options,
        };
        let catalog = catalog::read_or_report(&bench.workspace.catalog())?;
        let running = start(&plan, &catalog).await?;
        let output = |name: &str| {
            let value = running.cloud.stack().outputs.get(name).cloned();
            value.with_context(|| format!("the template has no output {name}"))
        };
        let (pool, client) = (output("UserPoolId")?, output("UserPoolClientId")?);
        let edge = running.cloud.edge_url().context("there is no edge")?;
        let http = reqwest::Client::new();
        let path = restaurant_path(&RESTAURANT.parse()?);
        let restaurant = http.get(format!("{edge}{path}")).send().await?.error_for_status()?;
        let wish = wish(&restaurant.json().await?)?;
        Ok(Self { running, http, edge, pool, client, wish, folder })
    }

    /// The shop's address.
    pub(super) fn edge(&self) -> &str {
        &self.edge
    }

    /// Closes the shop, and forgets it.
    pub(super) async fn close(self) {
        self.running.cloud.stop().await;
        let _ = std::fs::remove_dir_all(self.folder);
    }

    async fn sign_in(&self, email: &str) -> Result<String> {
        let sub = fresh_uuid()?.to_string();
        let pools = self.running.cloud.user_pools();
        pools
            .admin_create(&self.pool, email, PASSWORD, &sub)
            .map_err(|refusal| anyhow!("no account for {email}: {refusal:?}"))?;
        let body = json!({
            "AuthFlow": "USER_PASSWORD_AUTH",
            "ClientId": self.client,
            "AuthParameters": {"USERNAME": email, "PASSWORD": PASSWORD},
        });
        let request = self.http.post(format!("{}/cognito", self.edge));
        let request = request
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", "AWSCognitoIdentityProviderService.InitiateAuth");
        let answer = request.body(body.to_string()).send().await?.error_for_status()?;
        let answer: Value = answer.json().await?;
        let token = answer["AuthenticationResult"]["AccessToken"].as_str();
        token.map(str::to_owned).context("Cognito gave no access token")
    }
}

/// What every customer orders, at the price of now.
fn wish(restaurant: &Restaurant) -> Result<Value> {
    let line = OrderLine {
        dish_id: DISH.parse()?,
        quantity: Quantity::ONE,
        options: Vec::new(),
        note: None,
    };
    let bill = price::bill(restaurant, std::slice::from_ref(&line), Amount::ZERO)?;
    Ok(json!({
        "restaurant_id": restaurant.card.restaurant_id,
        "lines": [line],
        "address": {"name": "Asha Rao", "street": "4 Mango Lane", "city": "Delhi", "postcode": "1"},
        "expected_total": bill.total,
    }))
}

/// A push, and when it came.
pub(super) struct Heard {
    pub(super) order_id: OrderId,
    pub(super) status: Status,
    pub(super) at: Instant,
}

/// Someone signed in, with a socket that has answered.
pub(super) struct Customer {
    http: reqwest::Client,
    edge: String,
    token: String,
    wish: Value,
    pub(super) heard: mpsc::UnboundedReceiver<Heard>,
}

/// An order that was answered.
pub(super) struct Placed {
    pub(super) order_id: OrderId,
    /// When the request was sent.
    pub(super) begun: Instant,
    /// How long the reply took.
    pub(super) reply: Duration,
}

impl Customer {
    /// A new customer of a shop.
    pub(super) async fn of(shop: &Shop, name: &str) -> Result<Self> {
        let token = shop.sign_in(&format!("{name}@example.com")).await?;
        let (http, edge) = (shop.http.clone(), shop.edge.clone());
        let ticket = http.post(format!("{edge}{}", shared::api::LIVE_TICKETS)).bearer_auth(&token);
        let ticket: LiveTicket = ticket.send().await?.error_for_status()?.json().await?;
        let heard = listen(&edge, &ticket.ticket).await?;
        Ok(Self { http, edge, token, wish: shop.wish.clone(), heard })
    }

    /// Places an order.
    pub(super) async fn place(&self) -> Result<Placed> {
        let order_id = fresh_order_id()?;
        let request = self.http.put(format!("{}{}", self.edge, order_path(order_id)));
        let request = request.bearer_auth(&self.token).json(&self.wish);
        let begun = Instant::now();
        let answer = request.send().await?;
        let status = answer.status();
        let body = answer.text().await?;
        let reply = begun.elapsed();
        ensure!(status == 201, "an order was answered with {status}: {body}");
        Ok(Placed { order_id, begun, reply })
    }

    /// Waits until an order was pushed as Accepted and as Delivered, in whatever order the two
    /// come; how long after it was placed each came.
    pub(super) async fn hears(&mut self, placed: &Placed) -> Result<(Duration, Duration)> {
        let (mut accepted, mut delivered) = (None, None);
        while accepted.is_none() || delivered.is_none() {
            let heard = tokio::time::timeout(PATIENCE, self.heard.recv()).await;
            let Ok(Some(heard)) = heard else {
                bail!("an order was not pushed as Delivered within {PATIENCE:?}");
            };
            let after = heard.at.duration_since(placed.begun);
            match heard.status {
                _ if heard.order_id != placed.order_id => {}
                Status::Accepted => accepted = Some(after),
                Status::Delivered => delivered = Some(after),
                _ => {}
            }
        }
        Ok((accepted.unwrap_or_default(), delivered.unwrap_or_default()))
    }
}

/// Opens a socket, waits for its pong, and hears every push from then on.
async fn listen(edge: &str, ticket: &str) -> Result<mpsc::UnboundedReceiver<Heard>> {
    let address = format!("{}{LIVE}?ticket={ticket}", edge.replacen("http", "ws", 1));
    let (mut socket, _) = tokio_tungstenite::connect_async(address).await?;
    let ping = serde_json::to_string(&FromBrowser::Ping)?;
    socket.send(Message::text(ping)).await?;
    while let Some(message) = socket.next().await {
        if matches!(read(&message?), Some(ToBrowser::Pong { .. })) {
            break;
        }
    }
    let (sender, heard) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(Ok(message)) = socket.next().await {
            let at = Instant::now();
            if let Some(ToBrowser::OrderEvent { event }) = read(&message) {
                let fact = event.fact();
                let heard = Heard { order_id: fact.order_id, status: fact.order_status, at };
                if sender.send(heard).is_err() {
                    return; // the customer has left
                }
            }
        }
    });
    Ok(heard)
}

fn read(message: &Message) -> Option<ToBrowser> {
    serde_json::from_str(message.to_text().ok()?).ok()
}

fn fresh_order_id() -> Result<OrderId> {
    let mut random = [0; 10];
    fill(&mut random)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = Timestamp::from_millis(i64::try_from(now.as_millis()).unwrap_or_default());
    Ok(OrderId::new(now, random))
}

/// A random UUID.
pub(super) fn fresh_uuid() -> Result<Uuid> {
    let mut random = [0; 16];
    fill(&mut random)?;
    Ok(uuid::Builder::from_random_bytes(random).into_uuid())
}

fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|error| anyhow!("no random numbers: {error}"))
}
