//! A rush in a restaurant where nobody is simulated, over real processes and in a storm of faults: two
//! tablets hear of the orders, and two people answer each at the same moment and contradict each other; two
//! couriers claim each that is accepted at the same moment, and one of them brings it; and two managers publish
//! menus, both at the same moment, while customers order.
//!
//! Alone in its program, so that no other test takes the processors while an order waits for an answer.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

#[path = "rush/couriers.rs"]
mod couriers;
mod laptop;
#[path = "rush/menus.rs"]
mod menus;
mod phone;
#[path = "rush/staff.rs"]
mod staff;
mod support;
mod tablet;
#[path = "rush/tablets.rs"]
mod tablets;

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use aws_local::{faults::FaultPlan, feed::FeedEvent};
use couriers::{Courier, check_couriers, is_brought_once};
use futures_util::{StreamExt, future, stream};
use laptop::{Customer, Laptop, eventually, new_order_id};
use menus::{Office, is_placed};
use serde_json::json;
use shared::{Status, Timestamp};
use tablets::{Device, is_answered_once};

/// How many orders are placed.
const ORDERS: u32 = 210;
/// How many of them are placed and answered at the same time.
const AT_ONCE: usize = 16;
/// After how many orders another menu is published.
const PUBLISHED_AFTER: u32 = 10;
/// The template's shortest time to answer, in seconds.
const ACCEPT_WITHIN: u64 = 30;
/// How much shorter that is than it is by default: what a tablet, the watchdog or Lambda does once in a while,
/// it does that much more often.
const FASTER: u64 = 690 / ACCEPT_WITHIN;

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_millis(since.as_millis().try_into().unwrap())
}

/// Whether nobody answers an order: a few, and early, so that their time is over soon.
fn is_left(number: u32) -> bool {
    number < ORDERS / 3 && number.is_multiple_of(3)
}

/// Every order is placed, rings, and is answered or left; every one that is accepted is brought.
async fn evening(
    asha: &Customer,
    devices: &[Arc<Device>; 2],
    couriers: &[Arc<Courier>; 2],
    office: &Office,
) {
    let orders = (0..ORDERS).map(async |number| {
        let order_id = new_order_id(number);
        let publishes = async {
            if number.is_multiple_of(PUBLISHED_AFTER) {
                office.publishes().await;
            }
        };
        future::join(is_placed(asha, order_id), publishes).await;
        if !is_left(number) && is_answered_once(devices, order_id, number).await == Status::Accepted
        {
            is_brought_once(couriers, order_id, number).await;
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
    assert!(left.eq(there.keys().copied()), "{there:?}");
    assert!(there.values().all(|(status, _)| *status == Status::Cancelled), "{there:?}");
    for device in devices {
        let shows = async || (device.shown() == there).then_some(());
        eventually("a tablet to show the board as it is", shows).await;
    }
}

/// 210 orders in a storm: duplicates, delays, throttling, lost answers, 410s on open connections, killed
/// functions.
#[tokio::test(flavor = "multi_thread")]
async fn every_order_rings_and_of_two_who_answer_or_claim_it_one_is_first() {
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
    let couriers = [
        Courier::of(&laptop, "cory@example.com", "Cory").await,
        Courier::of(&laptop, "dana@example.com", "Dana").await,
    ];
    let office = Office::of(&laptop).await;
    let follow = future::join(
        future::join_all(devices.iter().map(Device::follow)),
        future::join_all(couriers.iter().map(Courier::follow)),
    );
    tokio::select! {
        () = async {
            evening(&asha, &devices, &couriers, &office).await;
            office.check_versions().await;
            check_couriers(&laptop, &couriers).await;
        } => {}
        _ = follow => panic!("a device does not follow the orders any more"),
    }
    let feed = laptop.cloud.feed().since(0);
    let faults = feed.iter().filter(|entry| matches!(entry.event, FeedEvent::Fault { .. }));
    assert!(faults.count() > 0, "it was no storm");
}
