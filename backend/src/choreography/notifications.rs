//! Telling the customer: every event goes to every browser that listens.

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use shared::{Fact, OrderEvent, Status, Timestamp, event::Incoming, live::ToBrowser};

use crate::{
    Context, Error,
    context::ContextError,
    incoming,
    live::{Connection, Live, Pushed, Sockets},
    log::{self, Level},
    metrics::{self, Metric},
};

/// How many pushes are under way at once.
const AT_ONCE: usize = 8;

/// The function `notifications`.
pub struct Notifications {
    live: Live,
    sockets: Sockets,
}

impl Notifications {
    /// The function with what its context gives it.
    ///
    /// # Errors
    /// [`ContextError`] if a setting is missing or wrong.
    pub fn new(context: &Context) -> Result<Self, ContextError> {
        Ok(Self { live: context.live()?, sockets: context.sockets()? })
    }

    /// Takes one event from any rule of the bus. Nobody listening is no error: the browser asks
    /// again when it is back.
    ///
    /// # Errors
    /// [`Error::Poison`] for what is no order event, [`Error::Outside`] only if it could not find
    /// out who listens.
    pub async fn handle(&self, raw: Value, now: Timestamp) -> Result<Value, Error> {
        let event = match incoming::read(&raw)? {
            Incoming::Replayed => return Ok(report("a replay: nothing is told twice")),
            Incoming::Event(event) => event,
            Incoming::PlacedElsewhere(placed) => OrderEvent::of(Fact {
                order_id: placed.order_id,
                order_status: Status::Placed,
                user_id: placed.user_id,
                sequence: 1,
                occurred_at: incoming::bus_time(&placed.time)?,
                expected_at: None,
                latest_at: None,
                reason: None,
            }),
        };
        let connections = self.live.connections(event.fact().user_id, now).await?;
        let message = ToBrowser::OrderEvent { event };
        let results = stream::iter(&connections)
            .map(|connection| self.tell(connection, &message, now))
            .buffer_unordered(AT_ONCE)
            .collect::<Vec<_>>()
            .await;
        let told = results.iter().filter(|result| **result == Told::Sent).count();
        if told == 0 && results.contains(&Told::Failed) {
            metrics::count(Metric::EventsNotPushed, 1);
        }
        Ok(report(&format!("told {told} of {} browsers", connections.len())))
    }

    /// Pushes to one browser; a connection that is closed is forgotten.
    async fn tell(&self, connection: &Connection, message: &ToBrowser, now: Timestamp) -> Told {
        let (told, problem) = match self.sockets.push(connection.id(), message).await {
            Ok(Pushed::Sent) => {
                metrics::count(Metric::PushesSent, 1);
                return Told::Sent;
            }
            Ok(Pushed::Gone) => {
                metrics::count(Metric::PushesGone, 1);
                (Told::Gone, self.live.forget_gone(connection, now).await.err())
            }
            Err(error) => {
                metrics::count(Metric::PushesFailed, 1);
                (Told::Failed, Some(error))
            }
        };
        if let Some(error) = problem {
            log::line(
                Level::Warn,
                "not told",
                json!({"connection": connection.id(), "error": error.to_string()}),
            );
        }
        told
    }
}

/// What came of the push to one browser.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Sent,
    Gone,
    Failed,
}

fn report(outcome: &str) -> Value {
    log::outcome(Level::Info, outcome);
    json!({"outcome": outcome})
}
