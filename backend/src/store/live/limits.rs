//! How much a customer may do a minute: more than any person does, and less than a program could.
//!
//! Each kind of action has a counter a customer and minute in the table of connections, which the
//! table's TTL removes. A counter that cannot be written stops nobody: it protects the shop, and
//! must not close it.

use serde_json::json;
use shared::{
    Timestamp, UserId,
    api::{Problem, ProblemType},
};

use crate::{
    live::Live,
    log::{self, Level},
    metrics::{self, Metric},
};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Placing an order that is not there yet.
    Order,
    /// Asking for a ticket.
    Ticket,
    /// A message on a WebSocket.
    Message,
}

/// The most of each action a minute; 0 is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PerMinute {
    /// Of [`Action::Order`].
    pub orders: u32,
    /// Of [`Action::Ticket`].
    pub tickets: u32,
    /// Of [`Action::Message`], on all of the customer's sockets together.
    pub messages: u32,
}

/// Counts what customers do.
pub struct Limits {
    live: Live,
    most: PerMinute,
}

impl Limits {
    /// Limits whose counters are in this table.
    #[must_use]
    pub const fn new(live: Live, most: PerMinute) -> Self {
        Self { live, most }
    }

    /// Counts one action.
    ///
    /// # Errors
    /// `too-many-requests` with the seconds until the next minute.
    pub async fn count(&self, action: Action, user: UserId, now: Timestamp) -> Result<(), Problem> {
        let (name, most) = match action {
            Action::Order => ("orders", self.most.orders),
            Action::Ticket => ("tickets", self.most.tickets),
            Action::Message => ("messages", self.most.messages),
        };
        if most == 0 {
            return Ok(());
        }
        match self.live.count(user, name, most, now).await {
            Ok(true) => Ok(()),
            Ok(false) => {
                metrics::count(Metric::RequestsLimited, 1);
                Err(too_many(name, most, now))
            }
            Err(error) => {
                let fields = json!({"counter": name, "error": error.to_string()});
                log::line(Level::Warn, "not counted", fields);
                Ok(())
            }
        }
    }
}

fn too_many(name: &str, most: u32, now: Timestamp) -> Problem {
    let seconds = 60 - u32::try_from(now.millis().rem_euclid(60_000) / 1_000).unwrap_or_default();
    let title = format!("At most {most} {name} a minute are taken; try again in {seconds} s.");
    Problem { retry_after: Some(seconds), ..Problem::new(ProblemType::TooManyRequests, title) }
}
