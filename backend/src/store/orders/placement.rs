//! How an order's item begins.

use std::collections::BTreeMap;

use shared::{
    EventName, Order, OrderId, Status, Timestamp, UserId,
    order::{Basket, Step},
    staff::Actor,
};

use super::{
    history::HistoryEntry,
    item::{Item, attention_shard},
    plan::{REPUBLISH_AFTER, Schedule},
};

/// What a new order is made of.
#[derive(Debug, Clone)]
pub struct Placement {
    /// Its id.
    pub order_id: OrderId,
    /// Whose it is.
    pub user_id: UserId,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// Its times.
    pub schedule: Schedule,
    /// What was ordered, and the request's digest; absent if another channel placed the order,
    /// which then has published its event as well.
    pub order: Option<(Basket, String)>,
}

impl Placement {
    /// The new order's item.
    #[must_use]
    pub fn into_item(self, now: Timestamp) -> Item {
        let Self { order_id, user_id, placed_at, schedule, order } = self;
        let (basket, digest) = order.unzip();
        let unpublished = match basket {
            Some(_) => BTreeMap::from([("1".to_owned(), EventName::Placed)]),
            None => BTreeMap::new(),
        };
        let placed = HistoryEntry {
            sequence: 1,
            event: EventName::Placed,
            status: Status::Placed,
            at: placed_at,
            actor: Actor::CUSTOMER,
            reason: None,
            courier: None,
            command_id: None,
            pressed_at: None,
            ready_at: None,
            expected_at: None,
        };
        let mut item = Item {
            history: vec![placed],
            user_id: Some(user_id),
            act_at: schedule.act_at,
            plan: schedule.plan,
            restaurant_id: basket.as_ref().map(|basket| basket.restaurant_id.clone()),
            board: basket.as_ref().map(|basket| basket.restaurant_id.clone()),
            restaurant_name: basket.as_ref().map(|basket| basket.restaurant_name.clone()),
            total: basket.as_ref().map(|basket| basket.bill.total),
            currency: basket.as_ref().map(|basket| basket.bill.currency),
            order: Order {
                order_id,
                status: Status::Placed,
                sequence: 1,
                timeline: vec![Step { status: Status::Placed, at: placed_at }],
                placed_at,
                accept_by: schedule.accept_by,
                expected_at: Some(schedule.expected_at),
                latest_at: Some(schedule.latest_at),
                ready_at: None,
                seen_at: None,
                claimed_at: None,
                nearby_at: None,
                at_door_at: None,
                delay: None,
                reason: None,
                basket,
            },
            digest,
            unpublished,
            attention_shard: attention_shard(order_id),
            attention_at: None,
            attention_tries: 0,
            reveals: Vec::new(),
            courier: None,
            collected: None,
        };
        item.attention_at =
            item.next_attention().map(|at| at.min(now.plus_millis(REPUBLISH_AFTER)));
        item
    }
}
