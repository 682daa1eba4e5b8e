//! The function `connections`: stores a WebSocket when it opens and again at every message, and
//! deletes it when it closes. It refuses those of who is no longer staff, and ends those that are too many
//! and those that send too much.

use futures_util::future;
use serde::Deserialize;
use serde_json::Value;
use shared::{
    Timestamp, UserId,
    api::{Problem, ProblemType},
    live::{FromBrowser, ToBrowser},
    staff,
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
    store::{
        live::{Action, Channel, Connection, Holder, Limits, Live, Purpose, Restaurants},
        people::People,
    },
};

/// The function `connections`.
pub struct Connections {
    limits: Limits,
    live: Live,
    people: People,
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
    /// When they signed in, in seconds since the epoch, as a text.
    #[serde(default)]
    signed_in_at: Option<String>,
    /// The restaurants of a member of staff.
    #[serde(default, rename = "restaurant_id")]
    restaurants: Restaurants,
    /// What they listen for there; an earlier version has let only who looks after the board connect.
    #[serde(default)]
    purpose: Purpose,
}

impl Authorized {
    fn holder(&self) -> Holder {
        let signed_in_at = self.signed_in_at.as_deref().and_then(|at| at.parse().ok());
        Holder { user: self.user_id, signed_in_at: signed_in_at.unwrap_or_default() }
    }
}

impl Connections {
    /// The function, with the table of connections and its limits, the table of people, and the open
    /// WebSockets.
    #[must_use]
    pub const fn new(limits: Limits, live: Live, people: People, sockets: Sockets) -> Self {
        Self { limits, live, people, sockets }
    }

    /// Takes one call of `$connect`, `$default` or `$disconnect`. Nothing can be pushed to a
    /// connection before `$connect` has been answered, and the answer of `$default` is not sent;
    /// so a ping is answered by a push.
    ///
    /// # Errors
    /// [`Error::InvalidEvent`] for what is no such call, [`Error::Dependency`] if a table or the gateway
    /// did not answer.
    pub async fn handle(&self, raw: Value, now: Timestamp) -> Result<Value, Error> {
        let call: Call = serde_json::from_value(raw)
            .map_err(|error| Error::invalid_event("not a WebSocket call", &error))?;
        let RequestContext { event_type, connection_id, connected_at, authorizer } =
            call.request_context;
        Span::current().record("connection", &connection_id);
        let holder = authorizer.holder();
        let Authorized { user_id, restaurants, purpose, .. } = authorizer;
        let connection =
            Connection::new(connection_id, user_id, restaurants, purpose, connected_at, now);
        match event_type {
            EventType::Connect => {
                if let Some(refused) = self.connect(&connection, holder, now).await? {
                    self.live.delete_connection(&connection).await?;
                    telemetry::outcome(Level::INFO, refused);
                    return Ok(serde_json::json!({"statusCode": 403}));
                }
                self.record_heartbeat(&connection, now).await;
                telemetry::outcome(Level::INFO, "connection stored");
            }
            EventType::Disconnect => {
                self.live.delete_connection(&connection).await?;
                telemetry::outcome(Level::INFO, "connection deleted");
            }
            EventType::Message => self.receive(&connection, &call.body, now).await?,
        }
        Ok(serde_json::json!({"statusCode": 200}))
    }

    /// Stores a connection that opens, and ends those that are too many by it; or why it must not open.
    /// It is stored before anything is read: of several that open at once, the last one to read finds
    /// all; and whoever signs somebody out or removes them from a restaurant, and then looks for their
    /// connections, finds this one, or this finds that.
    async fn connect(
        &self,
        connection: &Connection,
        holder: Holder,
        now: Timestamp,
    ) -> Result<Option<&'static str>, Error> {
        self.live.put_connection(connection).await?;
        let (has_ended, may_connect, is_surplus) = future::join3(
            self.live.has_ended(holder),
            self.may_listen(connection),
            self.end_surplus(connection, now),
        )
        .await;
        Ok(match (has_ended?, may_connect?, is_surplus?) {
            (true, ..) => Some("refused: signed out meanwhile"),
            (_, false, _) => Some("refused: not staff any more"),
            (.., true) => Some("refused: enough newer connections"),
            _ => None,
        })
    }

    /// Whether a connection of staff is of somebody who may still do what they listen for, in each of the
    /// restaurants.
    async fn may_listen(&self, connection: &Connection) -> Result<bool, Error> {
        let may_in = async |restaurant| -> Result<bool, Error> {
            let member = self.people.membership(connection.user_id, restaurant).await?;
            Ok(member.is_some_and(|it| staff::may(it.role, connection.purpose.action())))
        };
        let all = future::try_join_all(connection.restaurants.iter().map(may_in)).await?;
        Ok(all.into_iter().all(|may| may))
    }

    /// Ends the other connections of each channel that are too many; whether this one is.
    async fn end_surplus(&self, connection: &Connection, now: Timestamp) -> Result<bool, Error> {
        let mut is_surplus = false;
        for channel in connection.channels() {
            let surplus = self.live.surplus_connections(&channel, now).await?;
            metrics::left_out(&surplus.unreadable);
            let (own, others): (Vec<_>, Vec<_>) =
                surplus.items.into_iter().partition(|other| other.id == connection.id);
            future::join_all(others.iter().map(|other| self.end(other, one_too_many(&channel))))
                .await;
            is_surplus |= !own.is_empty();
        }
        Ok(is_surplus)
    }

    /// Answers a message. One beyond the limit of whoever sends it ends its connection, so that going on
    /// takes tickets, which are limited too. A connection that is not stored was ended, perhaps while
    /// it opened, when the gateway cannot close it yet; then it is closed now.
    async fn receive(
        &self,
        connection: &Connection,
        body: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let counted = self.limits.count(Action::Message, connection.user_id, now).await;
        if let Err(over) = counted {
            metrics::count(Metric::RequestsLimited, 1);
            telemetry::outcome(Level::INFO, "ended: a message beyond the limit");
            self.end(connection, over.into()).await;
            return Ok(());
        }
        if !self.live.refresh_connection(connection).await? {
            telemetry::outcome(Level::INFO, "closed: it was ended before");
            return self.sockets.close(&connection.id).await;
        }
        self.record_heartbeat(connection, now).await;
        // A connection that is closed by now gets nothing, and `$disconnect` deletes it.
        self.sockets.push(&connection.id, &answer(body, now)).await.map(drop)
    }

    /// Stores that a device shows a restaurant's orders, unless it is a courier's. A failure is only logged: the next ping says it again.
    async fn record_heartbeat(&self, connection: &Connection, now: Timestamp) {
        if connection.purpose != Purpose::Board {
            return;
        }
        for restaurant in connection.restaurants.iter() {
            if let Err(error) = self.live.record_heartbeat(restaurant, now).await {
                tracing::warn!(connection = connection.id, %error, "a heartbeat was not stored");
            }
        }
    }

    /// Pushes to a connection why it ends, closes it and deletes it. A failure is only logged: once
    /// it is deleted, its next message closes it.
    async fn end(&self, connection: &Connection, reason: Problem) {
        let id = &connection.id;
        let reason = ToBrowser::Problem { problem: reason };
        let pushed = self.sockets.push(id, &reason).await.map(drop);
        let closed = self.sockets.close(id).await;
        let deleted = self.live.delete_connection(connection).await;
        for error in [pushed, closed, deleted].into_iter().filter_map(Result::err) {
            tracing::warn!(connection = id, %error, "a connection was not ended");
        }
    }
}

fn answer(body: &str, now: Timestamp) -> ToBrowser {
    match json::read(body.as_bytes()) {
        Ok(FromBrowser::Ping) => {
            telemetry::outcome(Level::DEBUG, "a ping, and a pong");
            ToBrowser::Pong { now }
        }
        // Does not repeat what was sent, which may be as large as a push may be.
        Err(_) => {
            telemetry::outcome(Level::INFO, "a message was not understood");
            let title = "Send {\"action\":\"ping\"}; this is not a message of ours.";
            ToBrowser::Problem { problem: Problem::new(ProblemType::MalformedJson, title) }
        }
    }
}

fn one_too_many(channel: &Channel) -> Problem {
    let who = match channel {
        Channel::User(_) => "A customer",
        Channel::Restaurant(_) => "A restaurant",
    };
    let max = channel.max_connections();
    let title = format!(
        "{who} has at most {max} live connections, and a newer one has taken this one's place; do not \
         reconnect by itself."
    );
    Problem::new(ProblemType::TooManyConnections, title)
}
