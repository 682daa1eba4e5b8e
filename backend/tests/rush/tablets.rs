//! The kitchen's tablets, and who answers the orders on them.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use futures_util::future;
use serde_json::{Value, json};
use shared::{
    OrderId, Reason, Status,
    api::{Board, OrderChanged},
    live::ToStaff,
};

use crate::{
    laptop::{Laptop, eventually},
    now,
    staff::{Staff, command_id},
    tablet::Tablet,
};

const BOARD: &str = "/api/staff/golden-dosa/orders";

/// A tablet, and whoever stands there.
pub(super) struct Device {
    staff: Staff,
    tablet: Mutex<Tablet>,
}

impl Device {
    pub(super) async fn of(laptop: &Laptop, email: &str, name: &'static str) -> Arc<Self> {
        let cook = laptop.customer(email).await;
        laptop.employs(&cook).await;
        Arc::new(Self { staff: Staff::new(laptop, cook, name), tablet: Mutex::default() })
    }

    /// Follows the restaurant's orders as the counter does, for as long as this is polled.
    pub(super) async fn follow(self: &Arc<Self>) {
        let listen = self.staff.listen(|heard| self.hear(&heard));
        future::join(listen, self.keep_fetching()).await;
    }

    fn hear(self: &Arc<Self>, heard: &ToStaff) {
        if let Some(order_id) = self.tablet.lock().unwrap().receive(heard) {
            tokio::spawn(Arc::clone(self).fetch_ticket(order_id));
        }
    }

    /// Fetches a ticket; the board, if that fails.
    async fn fetch_ticket(self: Arc<Self>, order_id: OrderId) {
        let asked_at = now();
        match self.staff.asks(&format!("{BOARD}/{order_id}")).await {
            Some(ticket) => {
                let ticket = serde_json::from_value(ticket).unwrap();
                self.tablet.lock().unwrap().take(ticket, asked_at, now());
            }
            None => self.staff.is_stale.notify_one(),
        }
    }

    /// Fetches the board once in a while, and whenever it may be out of date.
    async fn keep_fetching(&self) {
        loop {
            self.staff.is_due().await;
            let asked_at = now();
            let board = eventually("the board", async || self.read_board().await).await;
            self.tablet.lock().unwrap().take_all(board, asked_at, now());
        }
    }

    pub(super) async fn read_board(&self) -> Option<Board> {
        Some(serde_json::from_value(self.staff.asks(BOARD).await?).unwrap())
    }

    /// Waits until the tablet has rung for an order.
    async fn rings(&self, order_id: OrderId) {
        eventually("a tablet to ring", async || {
            self.tablet.lock().unwrap().has_rung_for(order_id).then_some(())
        })
        .await;
    }

    /// Waits until the tablet shows that an order has ended because nobody has answered it, for which it has rung.
    pub(super) async fn shows_unanswered(&self, order_id: OrderId) {
        let reason = eventually("an order to end", async || {
            let tablet = self.tablet.lock().unwrap();
            let ticket = tablet.get(order_id).filter(|ticket| ticket.status.is_terminal())?;
            ticket.reason.clone()
        })
        .await;
        assert!(matches!(reason, Reason::NotAnswered { .. }), "{order_id}: {reason:?}");
        assert!(self.tablet.lock().unwrap().has_rung_for(order_id), "no ring for {order_id}");
    }

    /// Sends a command, and sends it again until there is an answer that counts.
    async fn commands(&self, order_id: OrderId, number: usize, mut command: Value) -> (u16, Value) {
        command["command_id"] = json!(command_id(order_id, number));
        command["name"] = json!(self.staff.name);
        let path = format!("{BOARD}/{order_id}/commands");
        let send = async || self.staff.sends(&path, &command).await;
        let (status, answer) = eventually("an answer to a command", send).await;
        let ticket = if status == 200 { &answer } else { &answer["ticket"] };
        let ticket = serde_json::from_value(ticket.clone()).unwrap();
        self.tablet.lock().unwrap().take(ticket, now(), now());
        (status, answer)
    }

    /// What it shows of each order.
    pub(super) fn shown(&self) -> BTreeMap<OrderId, (Status, u32)> {
        let tablet = self.tablet.lock().unwrap();
        tablet.tickets().map(|ticket| (ticket.order_id, (ticket.status, ticket.sequence))).collect()
    }
}

/// An order rings on both tablets. One accepts it and the other declines it, at the same moment: one has
/// done so, and the other hears who was first. What the order is then.
pub(super) async fn is_answered_once(
    devices: &[Arc<Device>; 2],
    order_id: OrderId,
    number: u32,
) -> Status {
    let [left, right] = devices;
    future::join(left.rings(order_id), right.rings(order_id)).await;
    let accept = json!({"action": "accept", "minutes": 20});
    let decline = json!({"action": "decline", "reason": {"code": "too_busy"}});
    let commands = if number.is_multiple_of(2) { [accept, decline] } else { [decline, accept] };
    let [first, second] = commands;
    let answers =
        future::join(left.commands(order_id, 1, first), right.commands(order_id, 2, second)).await;
    let (winner, (_, done), (_, refused)) = match (answers.0, answers.1) {
        (done @ (200, _), refused @ (409, _)) => (left, done, refused),
        (refused @ (409, _), done @ (200, _)) => (right, done, refused),
        answers => panic!("{order_id}: {answers:?}"),
    };
    let refused: OrderChanged = serde_json::from_value(refused).unwrap();
    assert_eq!(json!(refused.happened.event.status().unwrap()), done["status"]);
    assert_eq!(refused.happened.actor.name, Some(winner.staff.name.parse().unwrap()));
    assert_eq!(json!(refused.ticket.status), done["status"]);
    refused.ticket.status
}
