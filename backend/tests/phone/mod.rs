//! A courier's phone, without the page around it: what it shows, what was pressed on it, and what it tells its
//! courier.
//!
//! The rules are the counter's own files, so that what is tested here is what the page does; their unit
//! tests come along.

#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "a vocabulary of which each test uses a part"
)]

#[path = "../../../frontend/src/counter/round.rs"]
mod round;
#[path = "../../../frontend/src/counter/taps.rs"]
mod taps;

use std::collections::BTreeSet;

use shared::{
    Command, CommandId, OrderId, RestaurantId, Timestamp,
    api::{Deliveries, Delivery},
    staff::CommandRequest,
};

use round::Round;
use taps::{Tap, Taps};

/// What a phone shows, and what was pressed on it and is not known to be carried out.
#[derive(Default)]
pub struct Phone {
    round: Round,
    taps: Taps,
    /// Of which orders it has said that they are not its courier's any more.
    told_lost: BTreeSet<OrderId>,
}

impl Phone {
    /// Takes what there is to deliver, which was asked for at `asked_at`.
    pub fn take_all(&mut self, list: Deliveries, asked_at: Timestamp) {
        let change = self.round.take_all(list, asked_at.millis());
        let untold = change.untold(&self.taps, &self.told_lost);
        self.told_lost.extend(untold);
    }

    /// Takes what a claim was answered.
    pub fn take_claim(&mut self, order_id: OrderId, delivery: Option<Delivery>, at: Timestamp) {
        self.round.take(order_id, delivery, at.millis());
    }

    /// Somebody else has claimed an order first.
    pub fn remove_offer(&mut self, order_id: OrderId) {
        self.round.remove_offer(order_id);
    }

    pub fn is_offered(&self, order_id: OrderId, now: Timestamp) -> bool {
        self.round.offers(now).iter().any(|offer| offer.order_id == order_id)
    }

    /// What its courier brings.
    pub fn claimed(&self) -> impl Iterator<Item = &Delivery> {
        self.round.claimed()
    }

    pub fn has_told_lost(&self, order_id: OrderId) -> bool {
        self.told_lost.contains(&order_id)
    }

    /// Keeps what was pressed.
    pub fn press(
        &mut self,
        restaurant: &RestaurantId,
        order_id: OrderId,
        command_id: CommandId,
        command: &Command,
        now: Timestamp,
    ) {
        self.taps.push(Tap::new(restaurant.clone(), order_id, command_id, now, command));
    }

    /// The next request to send, and for which order: none of those without an answer just now.
    pub fn next(
        &self,
        without: &BTreeSet<OrderId>,
        now: Timestamp,
    ) -> Option<(OrderId, CommandRequest)> {
        let tap = self.taps.next(without)?;
        Some((tap.order_id, tap.request(now).unwrap()))
    }

    /// Takes the answer to what was pressed: it is carried out.
    pub fn take_sent(
        &mut self,
        order_id: OrderId,
        command_id: CommandId,
        delivery: Option<Delivery>,
        at: Timestamp,
    ) {
        self.round.take(order_id, delivery, at.millis());
        self.taps.remove(command_id);
    }

    /// Whether something that was pressed for an order is not known to be carried out.
    pub fn is_pending(&self, order_id: OrderId) -> bool {
        self.taps.of(order_id).next().is_some()
    }
}

/// After how many milliseconds what got no answer is sent again.
pub fn back_off(attempts: u32) -> i64 {
    taps::back_off(attempts)
}
