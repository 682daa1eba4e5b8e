//! The function `notifications`: every event is pushed to every open WebSocket of its customer.

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use shared::{Fact, OrderEvent, Status, Timestamp, event::Incoming, live::ToBrowser};
use tracing::Level;

use crate::{
    metrics::{self, Metric},
    runtime::{error::Error, event, telemetry},
    store::live::{Connection, Live},
    websocket::sockets::{Pushed, Sockets},
};

/// How many pushes are under way at once.
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

    /// Takes one event from any rule of the bus. A customer without a connection is no error: the
    /// browser fetches the order when it connects again.
    ///
    /// # Errors
    /// [`Error::InvalidEvent`] for what is no order event, [`Error::Dependency`] only if the
    /// customer's connections could not be read.
    pub async fn handle(&self, raw: Value, now: Timestamp) -> Result<Value, Error> {
        let event = match event::read(&raw)? {
            Incoming::Replayed => return Ok(report("a replay; nothing is pushed")),
            Incoming::Event(event) => event,
            Incoming::PlacedElsewhere(placed) => OrderEvent::of(Fact {
                order_id: placed.order_id,
                order_status: Status::Placed,
                user_id: placed.user_id,
                sequence: 1,
                occurred_at: event::bus_time(&placed.time)?,
                ready_at: None,
                expected_at: None,
                latest_at: None,
                reason: None,
            }),
        };
        let connections = self.live.connections(event.fact.user_id, now).await?;
        metrics::left_out(&connections.unreadable);
        let message = ToBrowser::OrderEvent { event };
        let results = stream::iter(&connections.items)
            .map(|connection| self.push(connection, &message, now))
            .buffer_unordered(CONCURRENCY)
            .collect::<Vec<_>>()
            .await;
        let sent = results.iter().filter(|result| **result == Push::Sent).count();
        if sent == 0 && results.contains(&Push::Failed) {
            metrics::count(Metric::EventsNotPushed, 1);
        }
        Ok(report(&format!("pushed to {sent} of {} connections", results.len())))
    }

    /// Pushes to one connection; one that is closed is deleted.
    async fn push(&self, connection: &Connection, message: &ToBrowser, now: Timestamp) -> Push {
        let (result, error) = match self.sockets.push(connection.id(), message).await {
            Ok(Pushed::Sent) => (Push::Sent, None),
            Ok(Pushed::Gone) => {
                let deleted = self.live.delete_closed_connection(connection, now).await;
                (Push::Gone, deleted.err())
            }
            Err(error) => (Push::Failed, Some(error)),
        };
        metrics::count(result.metric(), 1);
        if let Some(error) = error {
            tracing::warn!(connection = connection.id(), %error, "push failed");
        }
        result
    }
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
