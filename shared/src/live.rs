//! What travels over the WebSocket, both ways.

use serde::{Deserialize, Serialize};

use crate::{
    api::Problem,
    event::{EventName, OrderEvent},
    id::OrderId,
    status::Status,
    time::Timestamp,
};

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
    /// Your message was not understood, or why the connection ends.
    Problem {
        /// What was wrong with it.
        problem: Problem,
    },
}

/// A message to a member of staff, on a WebSocket that was opened for a restaurant
/// ([`crate::api::staff_ticket_path`], [`crate::api::courier_ticket_path`]). Pongs and problems are those of [`ToBrowser`]; of an order it
/// says nothing of who ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", try_from = "ToStaffFields")]
pub enum ToStaff {
    /// The answer to a ping.
    Pong {
        /// The server's clock.
        now: Timestamp,
    },
    /// Something happened to one of the restaurant's orders.
    OrderChanged {
        /// The order.
        order_id: OrderId,
        /// What happened; an event that a later version knows is [`EventName::Unknown`].
        event: EventName,
        /// What the order is now.
        status: Status,
        /// The order's count of events with this one, the first being 1: after a gap, fetch the ticket.
        sequence: u32,
        /// When it happened.
        occurred_at: Timestamp,
    },
    /// Your message was not understood, or why the connection ends.
    Problem {
        /// What was wrong.
        problem: Problem,
    },
}

impl From<&OrderEvent> for ToStaff {
    /// What staff are told of an event: not whose order it is, nor why or for when, which the ticket
    /// says.
    fn from(event: &OrderEvent) -> Self {
        Self::OrderChanged {
            order_id: event.fact.order_id,
            event: event.name,
            status: event.status(),
            sequence: event.fact.sequence,
            occurred_at: event.fact.occurred_at,
        }
    }
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

/// [`ToStaff`] as it is read, for the same reason as [`ToBrowserFields`].
#[derive(Deserialize)]
struct ToStaffFields {
    #[serde(rename = "type")]
    kind: StaffKind,
    #[serde(default)]
    now: Option<Timestamp>,
    #[serde(default)]
    order_id: Option<OrderId>,
    #[serde(default)]
    event: Option<EventName>,
    #[serde(default)]
    status: Option<Status>,
    #[serde(default)]
    sequence: Option<u32>,
    #[serde(default)]
    occurred_at: Option<Timestamp>,
    #[serde(default)]
    problem: Option<Problem>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum StaffKind {
    Pong,
    OrderChanged,
    Problem,
}

impl ToStaffFields {
    fn order_changed(self) -> Option<ToStaff> {
        Some(ToStaff::OrderChanged {
            order_id: self.order_id?,
            event: self.event?,
            status: self.status?,
            sequence: self.sequence?,
            occurred_at: self.occurred_at?,
        })
    }
}

impl TryFrom<ToStaffFields> for ToStaff {
    type Error = &'static str;

    fn try_from(fields: ToStaffFields) -> Result<Self, &'static str> {
        match fields.kind {
            StaffKind::Pong => fields.now.map(|now| Self::Pong { now }),
            StaffKind::OrderChanged => fields.order_changed(),
            StaffKind::Problem => fields.problem.map(|problem| Self::Problem { problem }),
        }
        .ok_or("a message without what its type promises")
    }
}
