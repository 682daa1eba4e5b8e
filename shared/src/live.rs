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
#[serde(tag = "action", rename_all = "snake_case", from = "FromBrowserFields")]
pub enum FromBrowser {
    /// “Are you there?”: answered by [`ToBrowser::Pong`]; keeps the connection from idling.
    Ping,
}

/// [`FromBrowser`] as it is read: serde lets a tagged variant without fields have any.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FromBrowserFields {
    action: Action,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    Ping,
}

impl From<FromBrowserFields> for FromBrowser {
    fn from(fields: FromBrowserFields) -> Self {
        match fields.action {
            Action::Ping => Self::Ping,
        }
    }
}

/// A message to a browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", try_from = "ToBrowserFields")]
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
struct ToBrowserFields {
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

impl TryFrom<ToBrowserFields> for ToBrowser {
    type Error = &'static str;

    fn try_from(fields: ToBrowserFields) -> Result<Self, &'static str> {
        match fields.kind {
            Kind::Pong => fields.now.map(|now| Self::Pong { now }),
            Kind::OrderEvent => fields.event.map(|event| Self::OrderEvent { event }),
            Kind::Problem => fields.problem.map(|problem| Self::Problem { problem }),
        }
        .ok_or("a message without what its type promises")
    }
}
