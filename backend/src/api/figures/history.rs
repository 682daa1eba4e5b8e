//! All that happened to an order, for who leads the restaurant.

use shared::{
    Timestamp,
    api::{HistoryEvent, OrderHistory, PhoneShown},
};

use super::facts::OrderFacts;
use crate::store::orders::{HistoryEntry, Item, Reveal};

/// The history of an order; `None` for one of another channel.
pub(super) fn history(item: Item, now: Timestamp) -> Option<OrderHistory> {
    let events = item.entries().into_iter().map(event).collect();
    let shown = item.reveals.iter().cloned();
    let phone_shown = shown.map(|Reveal { at, actor }| PhoneShown { at, actor }).collect();
    let latest_at = item.order.latest_at;
    let OrderFacts { row, mut bill, .. } = OrderFacts::of(item, now)?;
    bill.lines.iter_mut().for_each(|line| line.note = None);
    Some(OrderHistory { order: row, latest_at, bill, events, phone_shown })
}

fn event(entry: HistoryEntry) -> HistoryEvent {
    HistoryEvent {
        event: entry.event,
        at: entry.at,
        pressed_at: entry.pressed_at,
        actor: entry.actor,
        reason: entry.reason,
        courier: entry.courier,
        ready_at: entry.ready_at,
        expected_at: entry.expected_at,
    }
}
