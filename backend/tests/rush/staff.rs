//! Whoever follows the restaurant's orders with a device: its socket, and what they send.

use std::time::Duration;

use serde_json::Value;
use shared::{
    CommandId, OrderId,
    live::{FETCH_EVERY, PING_EVERY, ToStaff},
};
use tokio::{sync::Notify, time::timeout};

use crate::{
    FASTER,
    laptop::{Customer, Laptop, Socket, eventually},
};

/// How long a device waits for a pong, as the page does.
const PONG_WITHIN: Duration = Duration::from_secs(8);

/// A member of staff with a device.
pub(super) struct Staff {
    edge: String,
    person: Customer,
    /// What they are called in an order's history.
    pub(super) name: &'static str,
    /// Says that what the device shows has to be fetched.
    pub(super) is_stale: Notify,
}

/// What the page does so often in milliseconds, as often as it has to be here.
pub(super) fn each(millis: i64) -> Duration {
    Duration::from_millis(millis.unsigned_abs() / FASTER)
}

/// The id of the command of that number of an order.
pub(super) fn command_id(order_id: OrderId, number: usize) -> CommandId {
    let mut id = order_id.to_string();
    id.replace_range(..2, &format!("{number:02}"));
    id.parse().unwrap()
}

impl Staff {
    pub(super) fn new(laptop: &Laptop, person: Customer, name: &'static str) -> Self {
        Self { edge: laptop.edge.clone(), person, name, is_stale: Notify::new() }
    }

    /// Has every message heard, as the counter does; opens a new socket when one has ended.
    pub(super) async fn listen(&self, hear: impl Fn(ToStaff)) {
        loop {
            let mut socket = self.connect(&hear).await;
            self.is_stale.notify_one();
            while self.hear_until_pong(&mut socket, &hear).await.is_some() {}
        }
    }

    /// Opens a socket that has answered.
    async fn connect(&self, hear: &impl Fn(ToStaff)) -> Socket {
        let path = "/api/live-tickets?restaurant_id=golden-dosa";
        eventually("a socket", async || {
            let (status, ticket) = self.person.try_request("POST", path, None).await?;
            assert!(matches!(status, 201 | 500..), "{status} {ticket}");
            let mut socket = Socket::open(&self.edge, ticket["ticket"].as_str()?).await.ok()?;
            self.hear_until_pong(&mut socket, hear).await?;
            Some(socket)
        })
        .await
    }

    /// Sends a ping; takes what comes until it is time for the next one. Nothing without a pong.
    async fn hear_until_pong(&self, socket: &mut Socket, hear: &impl Fn(ToStaff)) -> Option<()> {
        socket.try_say(r#"{"action":"ping"}"#).await?;
        timeout(PONG_WITHIN, async {
            while !self.take(&socket.try_hear().await?, hear) {}
            Some(())
        })
        .await
        .ok()??;
        let next_ping = timeout(each(PING_EVERY), async {
            while let Some(text) = socket.try_hear().await {
                self.take(&text, hear);
            }
        });
        next_ping.await.is_err().then_some(())
    }

    /// Takes a message; whether it is a pong. What is none of ours, such as the gateway's own words when a
    /// function has failed, may hide anything.
    fn take(&self, text: &str, hear: &impl Fn(ToStaff)) -> bool {
        let Ok(heard) = serde_json::from_str(text) else {
            self.is_stale.notify_one();
            return false;
        };
        let is_pong = matches!(heard, ToStaff::Pong { .. });
        hear(heard);
        is_pong
    }

    /// Waits until what is shown has to be fetched: because something may have happened, or once in a while.
    pub(super) async fn is_due(&self) {
        // Either is a reason.
        _ = timeout(each(FETCH_EVERY), self.is_stale.notified()).await;
    }

    /// Makes a request; `None` if there was no answer that counts.
    pub(super) async fn asks(&self, path: &str) -> Option<Value> {
        let (status, answer) = self.person.try_request("GET", path, None).await?;
        assert!(matches!(status, 200 | 500..), "{status} {answer}");
        (status == 200).then_some(answer)
    }

    /// Sends something; `None` if there was no answer that counts: that it is done, or why it is not.
    pub(super) async fn sends(&self, path: &str, body: &Value) -> Option<(u16, Value)> {
        let (status, answer) =
            self.person.try_request("POST", path, Some(body.to_string())).await?;
        assert!(matches!(status, 200 | 409 | 500..), "{status} {answer}");
        matches!(status, 200 | 409).then_some((status, answer))
    }
}
