//! A shop to measure: the local AWS with the demo catalog, and customers with open sockets.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use aws_local::cloud::State;
use aws_local::time::now_ms;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use shared::api::{LiveTicket, order_path};
use shared::live::{FromBrowser, LIVE, ToBrowser};
use shared::menu::Restaurant;
use shared::order::{OrderLine, Quantity};
use shared::{Amount, OrderId, Status, price};
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use super::Bench;
use crate::catalog::{self, Entry};
use crate::dev::cloud::{Plan, Running, Simulation, start};
use crate::workspace::loopback;

/// Always open, and its kitchen accepts.
const RESTAURANT: &str = "raat-rani-dhaba";
const DISH: &str = "rajma-chawal";
pub(super) const PASSWORD: &str = "three brown foxes";
/// How long a customer waits after a 503.
const SEND_AGAIN: Duration = Duration::from_millis(100);

/// A running shop.
pub(crate) struct Shop {
    pub(crate) running: Running,
    http: reqwest::Client,
    edge: String,
    /// The body of every PUT.
    order: Value,
    /// The folder of its files; removed at the end.
    _folder: TempDir,
}

/// Where a shop stores orders and accounts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Storage {
    Memory,
    Files,
}

impl Shop {
    /// Opens an empty shop where everything happens at once; `site` is the folder of the page.
    pub(crate) async fn open(
        bench: &Bench,
        storage: Storage,
        site: Option<PathBuf>,
    ) -> Result<Self> {
        Self::open_with(bench, storage, site, Simulation::at_once()).await
    }

    /// The same, whose kitchens are simulated like that.
    pub(super) async fn open_with(
        bench: &Bench,
        storage: Storage,
        site: Option<PathBuf>,
        simulation: Simulation,
    ) -> Result<Self> {
        let folder = tempfile::tempdir_in(&bench.workspace.target)?;
        let plan = Plan {
            template: bench.workspace.template(),
            bootstrap: bench.program.clone(),
            state: match storage {
                Storage::Memory => State::Memory,
                Storage::Files => State::Folder(folder.path().join("state")),
            },
            art: folder.path().join("art"),
            aws: loopback(0),
            edge: loopback(0),
            site,
            documents: folder.path().join("documents"),
            echo_logs: false,
            simulation,
        };
        let catalog = catalog::read_or_report(&bench.workspace.catalog())?;
        let running = start(&plan, &catalog).await?;
        let edge = running.cloud.edge_url().context("there is no edge")?;
        let sold = |entry: &&Entry| entry.restaurant.card.restaurant_id.as_ref() == RESTAURANT;
        let entry = catalog.restaurants.iter().find(sold).context("it is not in the catalog")?;
        let order = order(&entry.restaurant)?;
        Ok(Self { running, http: reqwest::Client::new(), edge, order, _folder: folder })
    }

    /// An output of the template's stack.
    pub(crate) fn output(&self, name: &str) -> Result<String> {
        let value = self.running.cloud.stack().outputs.get(name).cloned();
        value.with_context(|| format!("the template has no output {name}"))
    }

    /// The shop's address, such as `http://127.0.0.1:41234`.
    pub(crate) fn address(&self) -> &str {
        &self.edge
    }

    /// Closes the shop, and forgets it.
    pub(crate) async fn close(self) {
        self.running.cloud.stop().await;
    }

    /// What every customer orders: the body of a PUT.
    pub(super) const fn order(&self) -> &Value {
        &self.order
    }

    /// Creates an account and signs in; the access token.
    pub(super) fn sign_in(&self, email: &str) -> Result<String> {
        let (pools, sub) = (self.running.cloud.user_pools(), Uuid::new_v4().to_string());
        let refused = |error| anyhow!("no account for {email}: {error:?}");
        pools.admin_create(&self.output("UserPoolId")?, email, PASSWORD, &sub).map_err(refused)?;
        let request = json!({
            "AuthFlow": "USER_PASSWORD_AUTH",
            "ClientId": self.output("UserPoolClientId")?,
            "AuthParameters": {"USERNAME": email, "PASSWORD": PASSWORD},
        });
        let answer = pools.answer("InitiateAuth", request.to_string().as_bytes(), now_ms());
        let answer = answer.map_err(refused)?;
        let token = answer["AuthenticationResult"]["AccessToken"].as_str();
        token.map(str::to_owned).context("Cognito gave no access token")
    }
}

/// What every customer orders, at the present price.
fn order(restaurant: &Restaurant) -> Result<Value> {
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

/// A push of a change of an order.
#[derive(Debug)]
pub(crate) struct Push {
    pub(crate) order_id: OrderId,
    pub(crate) status: Status,
    pub(crate) received: Instant,
    /// From the change, by the time that the function wrote into it, to here.
    pub(crate) since_change: Duration,
}

/// A customer who has signed in, with an open WebSocket.
pub(crate) struct Customer {
    http: reqwest::Client,
    edge: String,
    token: String,
    order: Value,
    pushes: mpsc::UnboundedReceiver<Push>,
}

/// An order that was accepted.
pub(crate) struct Placed {
    pub(crate) order_id: OrderId,
    /// When the request was sent.
    pub(crate) begun: Instant,
    /// From then to the response that accepted it.
    pub(crate) response: Duration,
    /// How often it was answered with 503 before.
    pub(crate) refused: usize,
}

impl Customer {
    /// A new customer of a shop.
    pub(crate) async fn new(shop: &Shop, name: &str) -> Result<Self> {
        let token = shop.sign_in(&format!("{name}@example.com"))?;
        let (http, edge) = (shop.http.clone(), shop.edge.clone());
        let ticket = http.post(format!("{edge}{}", shared::api::LIVE_TICKETS)).bearer_auth(&token);
        let ticket: LiveTicket = ticket.send().await?.error_for_status()?.json().await?;
        let pushes = connect(&edge, &ticket.ticket).await?;
        Ok(Self { http, edge, token, order: shop.order.clone(), pushes })
    }

    /// Places an order. While the answer is 503, as of a machine that cannot keep up, it is sent
    /// again, as the page does.
    pub(crate) async fn place(&self) -> Result<Placed> {
        let order_id: OrderId = Uuid::now_v7().to_string().parse()?;
        let (begun, mut refused) = (Instant::now(), 0);
        loop {
            let request = self.http.put(format!("{}{}", self.edge, order_path(order_id)));
            let answer = request.bearer_auth(&self.token).json(&self.order).send().await?;
            let status = answer.status();
            let body = answer.text().await?;
            if status.is_success() {
                return Ok(Placed { order_id, begun, response: begun.elapsed(), refused });
            }
            ensure!(status == 503, "an order was answered with {status}: {body}");
            refused += 1;
            tokio::time::sleep(SEND_AGAIN).await;
        }
    }

    /// The next push, of whichever order.
    pub(crate) async fn next_push(&mut self) -> Result<Push> {
        self.pushes.recv().await.context("a WebSocket was closed")
    }
}

/// Opens a WebSocket, waits for its pong, and passes on every push from then on.
async fn connect(edge: &str, ticket: &str) -> Result<mpsc::UnboundedReceiver<Push>> {
    let address = format!("{}{LIVE}?ticket={ticket}", edge.replacen("http", "ws", 1));
    let (mut socket, _) = tokio_tungstenite::connect_async(address).await?;
    let ping = serde_json::to_string(&FromBrowser::Ping)?;
    socket.send(Message::text(ping)).await?;
    while let Some(message) = socket.next().await {
        if matches!(read(&message?), Some(ToBrowser::Pong { .. })) {
            break;
        }
    }
    let (sender, pushes) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let pass_on = async {
            while let Some(Ok(message)) = socket.next().await {
                let _ = read(&message).and_then(push).map(|push| sender.send(push));
            }
        };
        tokio::select! {
            () = pass_on => {}
            () = sender.closed() => {} // the customer is gone, and the connection with it
        }
    });
    Ok(pushes)
}

/// The push that a message is, received now.
fn push(message: ToBrowser) -> Option<Push> {
    let ToBrowser::OrderEvent { event } = message else { return None };
    let fact = &event.fact;
    let changed = u64::try_from(fact.occurred_at.millis()).ok()?;
    let since_change = Duration::from_millis(now_ms().saturating_sub(changed));
    let (order_id, status) = (fact.order_id, fact.order_status);
    Some(Push { order_id, status, received: Instant::now(), since_change })
}

fn read(message: &Message) -> Option<ToBrowser> {
    serde_json::from_str(message.to_text().ok()?).ok()
}
