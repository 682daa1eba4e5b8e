//! What figures are made of: an order without whose it is.

use shared::{Timestamp, UserId, api::OrderRow, price::Bill};

use crate::store::orders::Item;

/// An order as figures need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OrderFacts {
    pub(super) row: OrderRow,
    pub(super) bill: Bill,
    /// Who brings it, or has brought it: several may have the name that the row says.
    pub(super) courier: Option<UserId>,
}

impl OrderFacts {
    /// Those of an order; `None` for one of another channel, which has no bill here.
    pub(super) fn of(item: Item, now: Timestamp) -> Option<Self> {
        let ended_at = item.ended_at();
        let Item { order, courier, collected, .. } = item;
        let bill = order.basket?.bill;
        let courier_id = courier.as_ref().map(|courier| courier.user_id);
        let until = ended_at.unwrap_or(now);
        let row = OrderRow {
            order_id: order.order_id,
            placed_at: order.placed_at,
            status: order.status,
            total: bill.total,
            currency: bill.currency,
            courier: courier.map(|courier| courier.name),
            collected,
            is_late: order.latest_at.is_some_and(|latest| until > latest),
            ended_at,
            reason: order.reason,
        };
        Some(Self { row, bill, courier: courier_id })
    }
}
