//! The restaurant's couriers: both claim every order that is accepted, and whoever was first brings it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use backend::store::orders::{Item, Orders};
use futures_util::future;
use serde_json::{Value, json};
use shared::{
    Amount, Command, EventName, OrderId, Status,
    api::{Deliveries, DeliveryChanged, DeliveryReply, Shift},
    live::FETCH_EVERY,
    staff::{ActorRole, Collected, CommandRequest, PaidBy},
};
use tokio::{sync::Notify, time::timeout};

use crate::{
    laptop::{Laptop, eventually, sdk},
    now,
    phone::{self, Phone},
    staff::{Staff, command_id, each},
};

const DELIVERIES: &str = "/api/staff/golden-dosa/deliveries";
const SHIFT: &str = "/api/staff/golden-dosa/shift";
/// What most orders cost, roughly, in minor units.
const TOTAL: i64 = 2_300;
/// The number of the first of a courier's taps for an order among its commands.
const FIRST_TAP: usize = 10;
/// For how long a phone collects pushes before it fetches the list, as the page does.
const SOON: Duration = Duration::from_millis(300);
/// Of so many answers to a phone, one is lost.
const LOST_EACH: usize = 5;
/// Of so many requests of a phone, one arrives twice.
const REPEATED_EACH: usize = 7;

/// A courier with a phone.
pub(super) struct Courier {
    staff: Staff,
    phone: Mutex<Phone>,
    /// Says that something was pressed.
    is_pressed: Notify,
    /// How many commands the phone has sent.
    sent: Mutex<usize>,
    /// What its courier has typed that was paid, by order.
    typed: Mutex<BTreeMap<OrderId, Collected>>,
}

/// What is typed at the door of the order of that number: an amount of its own.
fn paid(number: u32) -> Collected {
    let methods = [PaidBy::Cash, PaidBy::Card, PaidBy::Other];
    let method = methods[number as usize % methods.len()];
    Collected { method, amount: Amount::new(TOTAL + i64::from(number)) }
}

impl Courier {
    /// A courier who is on shift.
    pub(super) async fn of(laptop: &Laptop, email: &str, name: &'static str) -> Arc<Self> {
        let person = laptop.customer(email).await;
        laptop.has_courier_called(name, &person).await;
        let courier = Self {
            staff: Staff::new(laptop, person, name),
            phone: Mutex::default(),
            is_pressed: Notify::new(),
            sent: Mutex::default(),
            typed: Mutex::default(),
        };
        let begin = async || courier.staff.sends(SHIFT, &json!({"on": true})).await;
        let (status, shift) = eventually("a shift to begin", begin).await;
        assert_eq!(status, 200, "{shift}");
        Arc::new(courier)
    }

    /// Follows what there is to deliver and sends what was pressed, as the counter does, for as long as this is
    /// polled.
    pub(super) async fn follow(self: &Arc<Self>) {
        // Whatever it is about, the list is fetched.
        let listen = self.staff.listen(|_| self.staff.is_stale.notify_one());
        future::join3(listen, self.keep_fetching(), self.keep_sending()).await;
    }

    async fn keep_fetching(&self) {
        loop {
            self.staff.is_due().await;
            tokio::time::sleep(SOON).await;
            let asked_at = now();
            if let Some(list) = self.staff.asks(DELIVERIES).await {
                let list: Deliveries = serde_json::from_value(list).unwrap();
                self.phone.lock().unwrap().take_all(list, asked_at);
            }
        }
    }

    /// Sends what was pressed, one after the other; what got no answer again after a while.
    async fn keep_sending(&self) {
        let mut attempts = 0;
        loop {
            let wait = if attempts == 0 { FETCH_EVERY } else { phone::back_off(attempts - 1) };
            // Either is a reason.
            _ = timeout(each(wait), self.is_pressed.notified()).await;
            attempts = if self.send_each().await { 0 } else { attempts + 1 };
        }
    }

    /// Whether everything is sent. What follows in an order waits for what got no answer; that is due again also
    /// if others go on pressing.
    async fn send_each(&self) -> bool {
        let mut later = BTreeSet::new();
        let due = Instant::now() + each(phone::back_off(0));
        loop {
            if !later.is_empty() && due <= Instant::now() {
                return false;
            }
            let next = self.phone.lock().unwrap().next(&later, now());
            let Some((order_id, request)) = next else { return later.is_empty() };
            match self.commands(order_id, &request).await {
                Some((200, reply)) => {
                    let DeliveryReply { delivery } = serde_json::from_value(reply).unwrap();
                    let mut phone = self.phone.lock().unwrap();
                    phone.take_sent(order_id, request.command_id, delivery, now());
                }
                Some((_, refused)) => {
                    panic!("{}: {:?} is refused: {refused}", self.staff.name, request.command)
                }
                None => drop(later.insert(order_id)),
            }
        }
    }

    /// Sends a command. Some requests arrive twice, and some answers never do.
    async fn commands(&self, order_id: OrderId, request: &CommandRequest) -> Option<(u16, Value)> {
        let number = {
            let mut sent = self.sent.lock().unwrap();
            *sent += 1;
            *sent
        };
        let path = format!("{DELIVERIES}/{order_id}/commands");
        let body = json!(request);
        let send = || self.staff.sends(&path, &body);
        let answer = match number.is_multiple_of(REPEATED_EACH) {
            true => {
                let (first, second) = future::join(send(), send()).await;
                first.or(second)
            }
            false => send().await,
        };
        answer.filter(|_| !number.is_multiple_of(LOST_EACH))
    }

    /// Waits until the phone offers an order.
    async fn is_offered(&self, order_id: OrderId) {
        self.offers(order_id, true).await;
    }

    async fn offers(&self, order_id: OrderId, is_offered: bool) {
        eventually("what there is to deliver", async || {
            let phone = self.phone.lock().unwrap();
            (phone.is_offered(order_id, now()) == is_offered).then_some(())
        })
        .await;
    }

    /// Claims an order; what was refused, if it was.
    async fn claims(&self, order_id: OrderId, number: usize) -> Option<DeliveryChanged> {
        let command_id = command_id(order_id, number);
        let request =
            CommandRequest { command_id, name: None, pressed_at: None, command: Command::Claim };
        let send = async || self.commands(order_id, &request).await;
        let (status, answer) = eventually("an answer to a claim", send).await;
        let mut phone = self.phone.lock().unwrap();
        if status == 200 {
            let DeliveryReply { delivery } = serde_json::from_value(answer).unwrap();
            assert!(delivery.is_some(), "{} claims {order_id} and has it not", self.staff.name);
            phone.take_claim(order_id, delivery, now());
            return None;
        }
        phone.remove_offer(order_id);
        Some(serde_json::from_value(answer).unwrap())
    }

    /// Presses all there is to press for an order, faster than it is sent; waits until all of it is.
    async fn brings(&self, order_id: OrderId, number: u32) {
        let collected = paid(number);
        self.typed.lock().unwrap().insert(order_id, collected);
        let commands = [
            Command::HandOver,
            Command::Nearby,
            Command::Arrive,
            Command::Deliver { collected: Some(collected) },
        ];
        let restaurant = "golden-dosa".parse().unwrap();
        for (number, command) in (FIRST_TAP..).zip(&commands) {
            let command_id = command_id(order_id, number);
            let mut phone = self.phone.lock().unwrap();
            phone.press(&restaurant, order_id, command_id, command, now());
        }
        self.is_pressed.notify_one();
        eventually("a delivery to be sent", async || {
            (!self.phone.lock().unwrap().is_pending(order_id)).then_some(())
        })
        .await;
    }

    /// What was collected in the shift is what was typed, order by order and in all.
    async fn check_shift(&self) {
        let read = async || self.staff.asks(SHIFT).await;
        let shift: Shift = serde_json::from_value(eventually("a shift", read).await).unwrap();
        let typed = self.typed.lock().unwrap();
        let ended = shift.ended.iter().map(|it| (it.order_id, it.collected.unwrap()));
        assert_eq!(ended.collect::<BTreeMap<_, _>>(), *typed);
        assert_eq!(shift.ended.len(), typed.len(), "each once");
        let mut sums = BTreeMap::new();
        for Collected { method, amount } in typed.values() {
            let (orders, sum) = sums.entry(*method).or_insert((0, Amount::ZERO));
            (*orders, *sum) = (*orders + 1, *sum + *amount);
        }
        let shown = shift.sums.iter().map(|sum| (sum.method, (sum.orders, sum.amount)));
        assert_eq!(shown.collect::<BTreeMap<_, _>>(), sums);
    }
}

/// Both couriers are offered an order and claim it at the same moment. One has it and brings it; the other is told
/// who has.
pub(super) async fn is_brought_once(couriers: &[Arc<Courier>; 2], order_id: OrderId, number: u32) {
    let [left, right] = couriers;
    future::join(left.is_offered(order_id), right.is_offered(order_id)).await;
    let refusals = future::join(left.claims(order_id, 3), right.claims(order_id, 4)).await;
    let (claimer, other, refused) = match refusals {
        (None, Some(refused)) => (left, right, refused),
        (Some(refused), None) => (right, left, refused),
        refusals => panic!("{order_id}: {refusals:?}"),
    };
    assert_eq!(refused.happened.event, EventName::Claimed);
    assert_eq!(refused.happened.actor.role, ActorRole::Courier);
    assert_eq!(refused.happened.actor.name, Some(claimer.staff.name.parse().unwrap()));
    claimer.brings(order_id, number).await;
    other.offers(order_id, false).await;
}

/// Nobody brings anything any more, and nobody was told that they lost what they have brought.
pub(super) async fn check_couriers(laptop: &Laptop, couriers: &[Arc<Courier>; 2]) {
    for courier in couriers {
        eventually("a phone to show that all is delivered", async || {
            courier.phone.lock().unwrap().claimed().next().is_none().then_some(())
        })
        .await;
        for order_id in courier.typed.lock().unwrap().keys() {
            let was_told = courier.phone.lock().unwrap().has_told_lost(*order_id);
            assert!(!was_told, "{} was told that {order_id} is gone", courier.staff.name);
        }
        courier.check_shift().await;
    }
    let client = aws_sdk_dynamodb::Client::new(&sdk(&laptop.cloud.endpoint()));
    let orders = Orders::new(client, laptop.table("OrdersTable"));
    for courier in couriers {
        let typed = courier.typed.lock().unwrap().clone();
        for (order_id, collected) in typed {
            let item = orders.get(order_id).await.unwrap().unwrap();
            check_history(&item, courier.staff.name, collected);
        }
    }
}

/// Each tap of the courier's has happened once, in the order in which they were pressed.
fn check_history(item: &Item, courier: &str, collected: Collected) {
    use EventName::{Accepted, AtDoor, Claimed, Delivered, Nearby, PickedUp, Placed};
    assert_eq!((item.order.status, item.collected), (Status::Delivered, Some(collected)));
    let events: Vec<EventName> = item.history.iter().map(|entry| entry.event).collect();
    assert_eq!(events, [Placed, Accepted, Claimed, PickedUp, Nearby, AtDoor, Delivered]);
    for (number, entry) in (FIRST_TAP..).zip(&item.history[3..]) {
        assert_eq!(entry.command_id, Some(command_id(item.order.order_id, number)));
    }
    let name = Some(courier.parse().unwrap());
    assert!(item.history[2..].iter().all(|entry| entry.actor.name == name), "{item:?}");
}
