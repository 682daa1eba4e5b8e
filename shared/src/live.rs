//! What travels over the WebSocket, both ways.

use serde::{Deserialize, Serialize};

use crate::{api::Problem, event::OrderEvent, time::Timestamp};

/// The path of the WebSocket, and the name of its stage.
pub const LIVE: &str = "/live";

/// How often an open WebSocket is pinged, in milliseconds: API Gateway closes it after ten minutes
/// without a message.
pub const PING_EVERY: i64 = 45_000;
/// How often an order that is watched is fetched all the same, in milliseconds.
pub const FETCH_EVERY: i64 = 60_000;

/// What the browser says. API Gateway chooses the route by `action`; all go to `$default`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", from = "Asked")]
pub enum FromBrowser {
    /// “Are you there?”: answered by [`ToBrowser::Pong`]; keeps the connection from idling.
    Ping,
}

/// [`FromBrowser`] as it is read: serde lets a tagged variant without fields have any.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    action: Action,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    Ping,
}

impl From<Asked> for FromBrowser {
    fn from(asked: Asked) -> Self {
        match asked.action {
            Action::Ping => Self::Ping,
        }
    }
}

/// What the server says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", try_from = "Said")]
pub enum ToBrowser {
    /// The answer to a ping.
    Pong {
        /// The server's clock, which every countdown uses.
        now: Timestamp,
    },
    /// Something happened to one of your orders.
    OrderEvent {
        /// What.
        event: OrderEvent,
    },
    /// Your message was not understood; says what to send.
    Problem {
        /// What was wrong with it.
        problem: Problem,
    },
}

/// [`ToBrowser`] as it is read: all fields of all messages. A tagged enum would be read twice, by
/// code for each that the page has to carry.
#[derive(Deserialize)]
struct Said {
    #[serde(rename = "type")]
    kind: Kind,
    #[serde(default)]
    now: Option<Timestamp>,
    #[serde(default)]
    event: Option<OrderEvent>,
    #[serde(default)]
    problem: Option<Problem>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Pong,
    OrderEvent,
    Problem,
}

impl TryFrom<Said> for ToBrowser {
    type Error = &'static str;

    fn try_from(said: Said) -> Result<Self, &'static str> {
        match said.kind {
            Kind::Pong => said.now.map(|now| Self::Pong { now }),
            Kind::OrderEvent => said.event.map(|event| Self::OrderEvent { event }),
            Kind::Problem => said.problem.map(|problem| Self::Problem { problem }),
        }
        .ok_or("a message without what its type promises")
    }
}
