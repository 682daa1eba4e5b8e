//! The function `notifications`: every event is pushed to every open WebSocket of its customer, and to
//! every one of the staff of its restaurant.
//!
//! Each audience has its own message. A customer's does not name the restaurant, which the page knows from
//! the order; that of staff does not name the customer.

use futures_util::{StreamExt, future, stream};
use serde::Serialize;
use serde_json::{Value, json};
use shared::{
    Fact, OrderEvent, Status, Timestamp,
    event::Incoming,
    live::{ToBrowser, ToStaff},
};
use tracing::Level;

use crate::{
    metrics::{self, Metric},
    runtime::{error::Error, event, telemetry},
    store::live::{Channel, Connection, Live},
    websocket::sockets::{Pushed, Sockets},
};

/// How many pushes to one audience are under way at once.
const CONCURRENCY: usize = 8;

/// The function `notifications`.
pub struct Notifications {
    live: Live,
    sockets: Sockets,
}

impl Notifications {
    /// The function, with the table of connections and the open WebSockets.
    #[must_use]
    pub const fn new(live: Live, sockets: Sockets) -> Self {
        Self { live, sockets }
    }

    /// Takes one event from any rule of the bus. That nobody is connected is no error: a page fetches
    /// the order, or the board, when it connects again.
    ///
    /// # Errors
    /// [`Error::InvalidEvent`] for what is no order event, [`Error::Dependency`] only if connections
    /// could not be read; those that could be have been pushed to.
    pub async fn handle(&self, raw: Value, now: Timestamp) -> Result<Value, Error> {
        let event = match event::read(&raw)? {
            Incoming::Replayed => return Ok(report("a replay; nothing is pushed")),
            Incoming::Event(event) => event,
            Incoming::PlacedElsewhere(placed) => OrderEvent::of(Fact {
                order_id: placed.order_id,
                order_status: Status::Placed,
                user_id: placed.user_id,
                restaurant_id: None,
                sequence: 1,
                occurred_at: event::bus_time(&placed.time)?,
                ready_at: None,
                expected_at: None,
                latest_at: None,
                reason: None,
            }),
        };
        let (customers, staff) =
            future::join(self.tell_customer(&event, now), self.tell_staff(&event, now)).await;
        let (customers, staff) = (customers?, staff?);
        let (sent, connections) = (customers.sent + staff.sent, customers.all + staff.all);
        Ok(report(&format!("pushed to {sent} of {connections} connections")))
    }

    /// Pushes to those of the customer's connections that are not for their work in a restaurant.
    async fn tell_customer(&self, event: &OrderEvent, now: Timestamp) -> Result<Told, Error> {
        let mut connections = self.connections(&Channel::User(event.fact.user_id), now).await?;
        connections.retain(|connection| connection.restaurants.is_empty());
        let fact = Fact { restaurant_id: None, ..event.fact.clone() };
        let event = OrderEvent { name: event.name, fact };
        Ok(self.push_to_all(&connections, &ToBrowser::OrderEvent { event }, now).await)
    }

    /// Pushes to the connections of the restaurant's staff, if the event says whose it is.
    async fn tell_staff(&self, event: &OrderEvent, now: Timestamp) -> Result<Told, Error> {
        let Some(restaurant) = event.fact.restaurant_id.clone() else { return Ok(Told::default()) };
        let connections = self.connections(&Channel::Restaurant(restaurant), now).await?;
        Ok(self.push_to_all(&connections, &ToStaff::from(event), now).await)
    }

    async fn connections(
        &self,
        channel: &Channel,
        now: Timestamp,
    ) -> Result<Vec<Connection>, Error> {
        let connections = self.live.connections(channel, now).await?;
        metrics::left_out(&connections.unreadable);
        Ok(connections.items)
    }

    async fn push_to_all(
        &self,
        connections: &[Connection],
        message: &impl Serialize,
        now: Timestamp,
    ) -> Told {
        let results = stream::iter(connections)
            .map(|connection| self.push(connection, message, now))
            .buffer_unordered(CONCURRENCY)
            .collect::<Vec<_>>()
            .await;
        let sent = results.iter().filter(|result| **result == Push::Sent).count();
        if sent == 0 && results.contains(&Push::Failed) {
            metrics::count(Metric::EventsNotPushed, 1);
        }
        Told { sent, all: results.len() }
    }

    /// Pushes to one connection; one that is closed is deleted.
    async fn push(
        &self,
        connection: &Connection,
        message: &impl Serialize,
        now: Timestamp,
    ) -> Push {
        let (result, error) = match self.sockets.push(&connection.id, message).await {
            Ok(Pushed::Sent) => (Push::Sent, None),
            Ok(Pushed::Gone) => {
                let deleted = self.live.delete_closed_connection(connection, now).await;
                (Push::Gone, deleted.err())
            }
            Err(error) => (Push::Failed, Some(error)),
        };
        metrics::count(result.metric(), 1);
        if let Some(error) = error {
            tracing::warn!(connection = connection.id, %error, "push failed");
        }
        result
    }
}

/// How many of an audience's connections an event was pushed to, and of how many.
#[derive(Default)]
struct Told {
    sent: usize,
    all: usize,
}

/// The result of the push to one connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Push {
    Sent,
    Gone,
    Failed,
}

impl Push {
    const fn metric(self) -> Metric {
        match self {
            Self::Sent => Metric::PushesSent,
            Self::Gone => Metric::PushesGone,
            Self::Failed => Metric::PushesFailed,
        }
    }
}

fn report(outcome: &str) -> Value {
    telemetry::outcome(Level::INFO, outcome);
    json!({"outcome": outcome})
}
