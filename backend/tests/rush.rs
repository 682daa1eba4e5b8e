//! A rush in a restaurant where nobody is simulated, over real processes and in a storm of faults: two
//! tablets hear of the orders, and two people answer each at the same moment and contradict each other.
//!
//! Alone in its program, so that no other test takes the processors while an order waits for an answer.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod laptop;
mod support;
mod tablet;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_local::{faults::FaultPlan, feed::FeedEvent};
use futures_util::{StreamExt, future, stream};
use laptop::{Customer, Laptop, Socket, eventually, new_order_id};
use serde_json::{Value, json};
use shared::{
    OrderId, Reason, Status, Timestamp,
    api::{Board, OrderChanged},
    live::{FETCH_EVERY, PING_EVERY, ToStaff},
};
use support::order_request;
use tablet::Tablet;
use tokio::{sync::Notify, time::timeout};

/// How many orders are placed.
const ORDERS: u32 = 300;
/// How many of them are placed and answered at the same time.
const AT_ONCE: usize = 16;
/// The template's shortest time to answer, in seconds.
const ACCEPT_WITHIN: u64 = 30;
/// How much shorter that is than it is by default: what a tablet, the watchdog or Lambda does once in a while,
/// it does that much more often.
const FASTER: u64 = 690 / ACCEPT_WITHIN;
/// How long a tablet waits for a pong, as the page does.
const PONG_WITHIN: Duration = Duration::from_secs(8);
const BOARD: &str = "/api/staff/golden-dosa/orders";

/// A tablet, and whoever stands there.
struct Device {
    edge: String,
    cook: Customer,
    /// What they are called in an order's history.
    name: &'static str,
    tablet: Mutex<Tablet>,
    /// Says that the board has to be fetched.
    is_stale: Notify,
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_millis(since.as_millis().try_into().unwrap())
}

/// What the page does so often in milliseconds, as often as it has to be here.
fn each(millis: i64) -> Duration {
    Duration::from_millis(millis.unsigned_abs() / FASTER)
}

impl Device {
    async fn of(laptop: &Laptop, email: &str, name: &'static str) -> Arc<Self> {
        let cook = laptop.customer(email).await;
        laptop.employs(&cook).await;
        let edge = laptop.edge.clone();
        Arc::new(Self { edge, cook, name, tablet: Mutex::default(), is_stale: Notify::new() })
    }

    /// Follows the restaurant's orders as the counter does, for as long as this is polled.
    async fn follow(self: &Arc<Self>) {
        future::join(self.listen(), self.keep_fetching()).await;
    }

    /// Listens; opens a new socket when one has ended.
    async fn listen(self: &Arc<Self>) {
        loop {
            let mut socket = self.connect().await;
            self.is_stale.notify_one();
            while self.hear_until_pong(&mut socket).await.is_some() {}
        }
    }

    /// Opens a socket that has answered.
    async fn connect(self: &Arc<Self>) -> Socket {
        let path = "/api/live-tickets?restaurant_id=golden-dosa";
        eventually("a socket", async || {
            let (status, ticket) = self.cook.try_request("POST", path, None).await?;
            assert!(matches!(status, 201 | 500..), "{status} {ticket}");
            let mut socket = Socket::open(&self.edge, ticket["ticket"].as_str()?).await.ok()?;
            self.hear_until_pong(&mut socket).await?;
            Some(socket)
        })
        .await
    }

    /// Sends a ping; takes what comes until it is time for the next one. Nothing without a pong.
    async fn hear_until_pong(self: &Arc<Self>, socket: &mut Socket) -> Option<()> {
        socket.try_say(r#"{"action":"ping"}"#).await?;
        timeout(PONG_WITHIN, async {
            while !self.hear(&socket.try_hear().await?) {}
            Some(())
        })
        .await
        .ok()??;
        let next_ping = timeout(each(PING_EVERY), async {
            while let Some(text) = socket.try_hear().await {
                self.hear(&text);
            }
        });
        next_ping.await.is_err().then_some(())
    }

    /// Takes a message; whether it is a pong. What is none of ours, such as the gateway's own words when a
    /// function has failed, may hide anything.
    fn hear(self: &Arc<Self>, text: &str) -> bool {
        let Ok(heard) = serde_json::from_str(text) else {
            self.is_stale.notify_one();
            return false;
        };
        if let Some(order_id) = self.tablet.lock().unwrap().receive(&heard) {
            tokio::spawn(Arc::clone(self).fetch_ticket(order_id));
        }
        matches!(heard, ToStaff::Pong { .. })
    }

    /// Fetches a ticket; the board, if that fails.
    async fn fetch_ticket(self: Arc<Self>, order_id: OrderId) {
        let asked_at = now();
        match self.cook.try_request("GET", &format!("{BOARD}/{order_id}"), None).await {
            Some((200, ticket)) => {
                let ticket = serde_json::from_value(ticket).unwrap();
                self.tablet.lock().unwrap().take(ticket, asked_at, now());
            }
            _ => self.is_stale.notify_one(),
        }
    }

    /// Fetches the board once in a while, and whenever it may be out of date.
    async fn keep_fetching(&self) {
        loop {
            // Either is a reason.
            _ = timeout(each(FETCH_EVERY), self.is_stale.notified()).await;
            let asked_at = now();
            let board = eventually("the board", async || self.read_board().await).await;
            self.tablet.lock().unwrap().take_all(board, asked_at, now());
        }
    }

    async fn read_board(&self) -> Option<Board> {
        let (status, board) = self.cook.try_request("GET", BOARD, None).await?;
        assert!(matches!(status, 200 | 500..), "{status} {board}");
        (status == 200).then(|| serde_json::from_value(board).unwrap())
    }

    /// Waits until the tablet has rung for an order.
    async fn rings(&self, order_id: OrderId) {
        eventually("a tablet to ring", async || {
            self.tablet.lock().unwrap().has_rung_for(order_id).then_some(())
        })
        .await;
    }

    /// Waits until the tablet shows that an order has ended because nobody has answered it, for which it has rung.
    async fn shows_unanswered(&self, order_id: OrderId) {
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
    async fn sends(&self, order_id: OrderId, number: u8, mut command: Value) -> (u16, Value) {
        let mut id = order_id.to_string();
        id.replace_range(..2, &format!("{number:02}"));
        command["command_id"] = json!(id);
        command["name"] = json!(self.name);
        let path = format!("{BOARD}/{order_id}/commands");
        let (status, answer) = eventually("an answer to a command", async || {
            let sent = self.cook.try_request("POST", &path, Some(command.to_string()));
            let (status, answer) = sent.await?;
            assert!(matches!(status, 200 | 409 | 500..), "{status} {answer}");
            matches!(status, 200 | 409).then_some((status, answer))
        })
        .await;
        let ticket = if status == 200 { &answer } else { &answer["ticket"] };
        let ticket = serde_json::from_value(ticket.clone()).unwrap();
        self.tablet.lock().unwrap().take(ticket, now(), now());
        (status, answer)
    }

    /// What it shows of each order.
    fn shown(&self) -> BTreeMap<OrderId, (Status, u32)> {
        let tablet = self.tablet.lock().unwrap();
        tablet.tickets().map(|ticket| (ticket.order_id, (ticket.status, ticket.sequence))).collect()
    }
}

/// An order rings on both tablets. One accepts it and the other declines it, at the same moment: one has
/// done so, and the other hears who was first.
async fn is_answered_once(devices: &[Arc<Device>; 2], order_id: OrderId, number: u32) {
    let [left, right] = devices;
    future::join(left.rings(order_id), right.rings(order_id)).await;
    let accept = json!({"action": "accept", "minutes": 20});
    let decline = json!({"action": "decline", "reason": {"code": "too_busy"}});
    let commands = if number.is_multiple_of(2) { [accept, decline] } else { [decline, accept] };
    let [first, second] = commands;
    let answers =
        future::join(left.sends(order_id, 1, first), right.sends(order_id, 2, second)).await;
    let (winner, (_, done), (_, refused)) = match (answers.0, answers.1) {
        (done @ (200, _), refused @ (409, _)) => (left, done, refused),
        (refused @ (409, _), done @ (200, _)) => (right, done, refused),
        answers => panic!("{order_id}: {answers:?}"),
    };
    let refused: OrderChanged = serde_json::from_value(refused).unwrap();
    assert_eq!(json!(refused.happened.event.status().unwrap()), done["status"]);
    assert_eq!(refused.happened.actor.name, Some(winner.name.parse().unwrap()));
    assert_eq!(json!(refused.ticket.status), done["status"]);
}

/// Whether nobody answers an order: a few, and early, so that their time is over soon.
fn is_left(number: u32) -> bool {
    number < ORDERS / 3 && number.is_multiple_of(3)
}

/// Every order is placed, rings, and is answered or left.
async fn evening(asha: &Customer, devices: &[Arc<Device>; 2]) {
    let orders = (0..ORDERS).map(async |number| {
        let order_id = new_order_id(number);
        asha.place_surely(order_id, &order_request()).await;
        if !is_left(number) {
            is_answered_once(devices, order_id, number).await;
        }
    });
    stream::iter(orders).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
    for number in (0..ORDERS).filter(|number| is_left(*number)) {
        let order_id = new_order_id(number);
        future::join_all(devices.iter().map(|device| device.shows_unanswered(order_id))).await;
    }
    // Nothing happens any more.
    let board = eventually("the board", async || devices[0].read_board().await).await.orders;
    let there = board.iter().map(|ticket| (ticket.order_id, (ticket.status, ticket.sequence)));
    let there: BTreeMap<_, _> = there.collect();
    let left = (0..ORDERS).filter(|number| is_left(*number)).map(new_order_id);
    let (cancelled, others): (Vec<_>, Vec<_>) =
        there.iter().partition(|(_, (status, _))| *status == Status::Cancelled);
    assert!(left.eq(cancelled.into_iter().map(|(order_id, _)| *order_id)));
    assert!(others.iter().all(|(_, (status, _))| *status == Status::Accepted), "{others:?}");
    for device in devices {
        let shows = async || (device.shown() == there).then_some(());
        eventually("a tablet to show the board as it is", shows).await;
    }
}

/// 300 orders in a storm: duplicates, delays, throttling, lost answers, 410s on open connections, killed
/// functions.
#[tokio::test(flavor = "multi_thread")]
async fn every_order_rings_and_of_two_who_answer_it_one_is_first() {
    let laptop = Laptop::with(|settings| {
        settings.time_scale = u32::try_from(FASTER).unwrap();
        settings.faults = Some(FaultPlan::storm(20_261_124));
        let more = [("AcceptWithinSeconds", ACCEPT_WITHIN), ("MessagesPerMinute", 1_000_000)];
        settings.parameters.extend(more.map(|(name, value)| (name.to_owned(), value.to_string())));
    })
    .await;
    laptop.kitchen(&json!({"kitchen": "silent"})).await;
    let asha = laptop.customer("asha@example.com").await;
    let devices = [
        Device::of(&laptop, "an@example.com", "An").await,
        Device::of(&laptop, "bo@example.com", "Bo").await,
    ];
    let follow = future::join_all(devices.iter().map(Device::follow));
    tokio::select! {
        () = evening(&asha, &devices) => {}
        _ = follow => panic!("a tablet does not follow the orders any more"),
    }
    let feed = laptop.cloud.feed().since(0);
    let faults = feed.iter().filter(|entry| matches!(entry.event, FeedEvent::Fault { .. }));
    assert!(faults.count() > 0, "it was no storm");
}
