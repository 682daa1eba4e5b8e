//! A WebSocket that is open, seen from both ends.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::checks::token;
use crate::target::Target;
use crate::wire::socket::{self, Handshake, Socket};

/// An open connection whose invocations are recorded under a token.
pub(super) struct Open {
    /// The client's end.
    pub(super) socket: Socket,
    /// Under which they are found.
    pub(super) token: String,
}

impl Open {
    /// Connects with a ticket that is good.
    pub(super) async fn new(target: &Target) -> Result<Self> {
        let token = token();
        match shake(target, &format!("?ticket=good&token={token}")).await? {
            Handshake::Open(socket) => Ok(Self { socket, token }),
            Handshake::Refused(status) => bail!("the handshake was refused with {status}"),
        }
    }

    /// The connection's id, by the event of `$connect`.
    pub(super) async fn id(&self, target: &Target) -> Result<String> {
        let event = self.events(target, "CONNECT", 1).await?.remove(0);
        let id = event["requestContext"]["connectionId"].as_str();
        id.map(str::to_owned).context("the event of $connect has no connectionId")
    }

    /// Waits until the function has got this many events of a type, and returns them.
    pub(super) async fn events(
        &self,
        target: &Target,
        kind: &str,
        count: usize,
    ) -> Result<Vec<Value>> {
        let look = async || {
            let events = target.records(&self.token).await?.into_iter();
            let events = events.filter(|it| it.function == "socket").map(|it| it.event);
            let events: Vec<_> =
                events.filter(|it| it["requestContext"]["eventType"] == kind).collect();
            Ok(Some(events).filter(|it| it.len() >= count))
        };
        let events = target.eventually(target.patience.soon, look).await;
        events.with_context(|| format!("the function did not get {count} {kind} events"))
    }
}

/// Asks for a connection with this query.
pub(super) async fn shake(target: &Target, query: &str) -> Result<Handshake> {
    socket::connect(&format!("{}{query}", target.websocket), target.patience.soon).await
}
