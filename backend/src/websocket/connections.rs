//! The function `connections`: stores a WebSocket when it opens and again at every ping, and
//! deletes it when it closes.

use serde::Deserialize;
use serde_json::Value;
use shared::{
    Timestamp, UserId,
    api::{Problem, ProblemType},
    live::{FromBrowser, ToBrowser},
};
use tracing::{Level, Span};

use super::sockets::Sockets;
use crate::{
    metrics::{self, Metric},
    runtime::{
        error::Error,
        json::{self, null_as_default},
        telemetry,
    },
    store::live::{Action, Connection, Holder, Limits, Live},
};

/// The function `connections`.
pub struct Connections {
    limits: Limits,
    live: Live,
    sockets: Sockets,
}

/// What API Gateway invokes the function with.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Call {
    request_context: RequestContext,
    #[serde(default, deserialize_with = "null_as_default")]
    body: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext {
    event_type: EventType,
    connection_id: String,
    connected_at: Timestamp,
    authorizer: Authorized,
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum EventType {
    Connect,
    Message,
    Disconnect,
}

/// What the function `authorizer` returned for the one who connected.
#[derive(Deserialize)]
struct Authorized {
    user_id: UserId,
    /// When the access token was issued, in seconds since the epoch, as a text.
    #[serde(default)]
    issued_at: Option<String>,
}

impl Authorized {
    fn holder(&self) -> Holder {
        let issued_at = self.issued_at.as_deref().and_then(|at| at.parse().ok());
        Holder { user: self.user_id, issued_at: issued_at.unwrap_or_default() }
    }
}

impl Connections {
    /// The function, with the table of connections, its limits, and the open WebSockets.
    #[must_use]
    pub const fn new(limits: Limits, live: Live, sockets: Sockets) -> Self {
        Self { limits, live, sockets }
    }

    /// Takes one call of `$connect`, `$default` or `$disconnect`. Nothing can be pushed to a
    /// connection before `$connect` has been answered, and the answer of `$default` is not sent;
    /// so a ping is answered by a push.
    ///
    /// # Errors
    /// [`Error::InvalidEvent`] for what is no such call, [`Error::Dependency`] if the table or the gateway
    /// did not answer.
    pub async fn handle(&self, raw: Value, now: Timestamp) -> Result<Value, Error> {
        let call: Call = serde_json::from_value(raw)
            .map_err(|error| Error::invalid_event("not a WebSocket call", &error))?;
        let RequestContext { event_type, connection_id, connected_at, authorizer } =
            call.request_context;
        Span::current().record("connection", &connection_id);
        let user = authorizer.user_id;
        let connection = Connection::new(user, &connection_id, connected_at, now);
        match event_type {
            EventType::Connect => {
                self.live.put_connection(&connection).await?;
                if self.live.has_ended(authorizer.holder()).await? {
                    self.live.delete_connection(user, &connection_id).await?;
                    telemetry::outcome(Level::INFO, "refused: signed out meanwhile");
                    return Ok(serde_json::json!({"statusCode": 403}));
                }
                telemetry::outcome(Level::INFO, "connection stored");
            }
            EventType::Disconnect => {
                self.live.delete_connection(user, &connection_id).await?;
                telemetry::outcome(Level::INFO, "connection deleted");
            }
            EventType::Message => {
                let answer = match self.limits.count(Action::Message, user, now).await {
                    Ok(()) => self.answer(&connection, &call.body, now).await?,
                    Err(over) => {
                        metrics::count(Metric::RequestsLimited, 1);
                        telemetry::outcome(Level::INFO, "a message beyond the limit");
                        ToBrowser::Problem { problem: over.into() }
                    }
                };
                // A connection that is closed by now gets nothing, and `$disconnect` deletes it.
                self.sockets.push(connection.id(), &answer).await?;
            }
        }
        Ok(serde_json::json!({"statusCode": 200}))
    }

    async fn answer(
        &self,
        connection: &Connection,
        body: &str,
        now: Timestamp,
    ) -> Result<ToBrowser, Error> {
        Ok(match json::read(body.as_bytes()) {
            Ok(FromBrowser::Ping) => {
                self.live.put_connection(connection).await?;
                telemetry::outcome(Level::DEBUG, "a ping, and a pong");
                ToBrowser::Pong { now }
            }
            // Does not repeat what was sent, which may be as large as a push may be.
            Err(_) => {
                telemetry::outcome(Level::INFO, "a message was not understood");
                let title = "Send {\"action\":\"ping\"}; this is not a message of ours.";
                ToBrowser::Problem { problem: Problem::new(ProblemType::MalformedJson, title) }
            }
        })
    }
}
