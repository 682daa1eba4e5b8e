//! Who is connected: remembered when a socket opens, again at every ping, forgotten when it closes.

use serde::Deserialize;
use serde_json::Value;
use shared::{
    Timestamp, UserId,
    api::{Problem, ProblemType},
    live::{FromBrowser, ToBrowser},
};

use crate::{
    Context, Error,
    context::ContextError,
    incoming::null_is_absent,
    json,
    limits::{Action, Limits},
    live::{Connection, Holder, Live, Sockets},
    log::{self, Level},
};

/// The function `connections`.
pub struct Connections {
    limits: Limits,
    live: Live,
    sockets: Sockets,
}

/// What API Gateway hands over for a WebSocket route.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Call {
    request_context: RequestContext,
    #[serde(default, deserialize_with = "null_is_absent")]
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

/// What our authorizer said of the one who connected.
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
    /// The function with what its context gives it.
    ///
    /// # Errors
    /// [`ContextError`] if a setting is missing or wrong.
    pub fn new(context: &Context) -> Result<Self, ContextError> {
        Ok(Self { limits: context.limits()?, live: context.live()?, sockets: context.sockets()? })
    }

    /// Takes one call of `$connect`, `$default` or `$disconnect`. Nothing can be pushed to a
    /// connection before `$connect` has been answered, and the answer of `$default` is not sent;
    /// so a ping is answered by a push.
    ///
    /// # Errors
    /// [`Error::Poison`] for what is no such call, [`Error::Outside`] if the table or the gateway
    /// did not answer.
    pub async fn handle(&self, raw: Value, now: Timestamp) -> Result<Value, Error> {
        let call: Call = serde_json::from_value(raw)
            .map_err(|error| Error::poison("not a WebSocket call", &error))?;
        let RequestContext { event_type, connection_id, connected_at, authorizer } =
            call.request_context;
        log::about("connection", &connection_id);
        let user = authorizer.user_id;
        let connection = Connection::new(user, &connection_id, connected_at, now);
        match event_type {
            EventType::Connect => {
                self.live.remember(&connection).await?;
                if self.live.has_ended(authorizer.holder()).await? {
                    self.live.forget(user, &connection_id).await?;
                    log::outcome(Level::Info, "refused: signed out meanwhile");
                    return Ok(serde_json::json!({"statusCode": 403}));
                }
                log::outcome(Level::Info, "opened, and remembered");
            }
            EventType::Disconnect => {
                self.live.forget(user, &connection_id).await?;
                log::outcome(Level::Info, "closed, and forgotten");
            }
            EventType::Message => {
                let answer = match self.limits.count(Action::Message, user, now).await {
                    Ok(()) => self.answer(&connection, &call.body, now).await?,
                    Err(problem) => {
                        log::outcome(Level::Info, "a message beyond the limit");
                        ToBrowser::Problem { problem }
                    }
                };
                // A connection that is gone by now hears nothing, and `$disconnect` forgets it.
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
                self.live.remember(connection).await?;
                log::outcome(Level::Debug, "a ping, and a pong");
                ToBrowser::Pong { now }
            }
            // Does not repeat what was sent, which may be as large as a push may be.
            Err(_) => {
                log::outcome(Level::Info, "a message was not understood");
                let title = "Send {\"action\":\"ping\"}; this is not a message of ours.";
                ToBrowser::Problem { problem: Problem::new(ProblemType::MalformedJson, title) }
            }
        })
    }
}
