//! An order as the table holds it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::{
    Amount, Currency, Fact, Order, OrderEvent, OrderId, Reason, Status, Timestamp, UserId,
    order::{Basket, Step},
};

use crate::{
    Error,
    orders::{Attributes, SHARDS},
    plan::{Outlook, Plan, REPUBLISH_AFTER},
};

/// An order with all that its journey needs: see `template.yaml` for the keys and indexes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its id.
    pub order_id: OrderId,
    /// Whose it is; absent once their account is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// How far it has come.
    pub status: Status,
    /// How many events have happened to it.
    pub sequence: u32,
    /// What happened when; event `n` is step `n - 1`.
    pub timeline: Vec<Step>,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// Until when the restaurant has to answer.
    pub accept_by: Timestamp,
    /// When the simulated kitchen or courier acts next; absent if none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act_at: Option<Timestamp>,
    /// When it should arrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_at: Option<Timestamp>,
    /// When it arrives at the latest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest_at: Option<Timestamp>,
    /// Why it ended, if it did not arrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What later steps need.
    pub plan: Plan,
    /// What was ordered; absent if another channel placed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basket: Option<Basket>,
    /// The basket's restaurant, for the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restaurant_name: Option<String>,
    /// The basket's total, for the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Amount>,
    /// The basket's currency, for the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The digest of the request that placed it, hexadecimal SHA-256: the same again is no conflict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The events that the bus is not known to have: what the order became, by sequence.
    pub unpublished: BTreeMap<String, Status>,
    /// Which shard of the `attention` index it is in.
    pub attention_shard: u8,
    /// When it needs attention; absent only if it is terminal and all is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attention_at: Option<Timestamp>,
    /// How often attention has been of no avail.
    #[serde(default)]
    pub attention_tries: u32,
}

/// What a new order is made of.
#[derive(Debug, Clone)]
pub struct Placement {
    /// Its id.
    pub order_id: OrderId,
    /// Whose it is.
    pub user_id: UserId,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// What is known of its future.
    pub outlook: Outlook,
    /// What was ordered, and the request's digest; absent if another channel placed it, which
    /// then has told the bus as well.
    pub order: Option<(Basket, String)>,
}

impl Item {
    /// A new order.
    #[must_use]
    pub fn new(placement: Placement, now: Timestamp) -> Self {
        let Placement { order_id, user_id, placed_at, outlook, order } = placement;
        let (basket, digest) = order.unzip();
        let unpublished = match basket {
            Some(_) => BTreeMap::from([("1".to_owned(), Status::Placed)]),
            None => BTreeMap::new(),
        };
        let mut item = Self {
            order_id,
            user_id: Some(user_id),
            status: Status::Placed,
            sequence: 1,
            timeline: vec![Step { status: Status::Placed, at: placed_at }],
            placed_at,
            accept_by: outlook.accept_by,
            act_at: outlook.act_at,
            expected_at: Some(outlook.expected_at),
            latest_at: Some(outlook.latest_at),
            reason: None,
            plan: outlook.plan,
            restaurant_name: basket.as_ref().map(|basket| basket.restaurant_name.clone()),
            total: basket.as_ref().map(|basket| basket.bill.total),
            currency: basket.as_ref().map(|basket| basket.bill.currency),
            basket,
            digest,
            unpublished,
            attention_shard: shard(order_id),
            attention_at: None,
            attention_tries: 0,
        };
        item.attention_at =
            item.next_attention().map(|at| at.min(now.plus_millis(REPUBLISH_AFTER)));
        item
    }

    /// When the order needs attention once all is published: its next act, or its deadline.
    #[must_use]
    pub fn next_attention(&self) -> Option<Timestamp> {
        let deadline = match self.status {
            Status::Placed => Some(self.accept_by),
            Status::Accepted | Status::PickedUp => self.latest_at,
            Status::Delivered | Status::Rejected | Status::Cancelled => return None,
        };
        [self.act_at, deadline].into_iter().flatten().min().or(Some(self.accept_by))
    }

    /// Whether nothing can happen to the order any more and the bus has all its events.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.status.is_terminal() && self.unpublished.is_empty()
    }

    /// The order's event of that sequence, if it has happened, and to somebody: an order is
    /// stripped only once the bus has all its events.
    #[must_use]
    pub fn event(&self, sequence: u32) -> Option<OrderEvent> {
        let step = self.timeline.get(usize::try_from(sequence).ok()?.checked_sub(1)?)?;
        let latest = sequence == self.sequence;
        Some(OrderEvent::of(Fact {
            order_id: self.order_id,
            order_status: step.status,
            user_id: self.user_id?,
            sequence,
            occurred_at: step.at,
            expected_at: self.expected_at.filter(|_| latest),
            latest_at: self.latest_at.filter(|_| latest),
            reason: self.reason.clone().filter(|_| latest),
        }))
    }

    /// The sequences of the events that the bus is not known to have, oldest first.
    #[must_use]
    pub fn unpublished(&self) -> Vec<u32> {
        let mut sequences: Vec<u32> =
            self.unpublished.keys().filter_map(|n| n.parse().ok()).collect();
        sequences.sort_unstable();
        sequences
    }

    /// Whether event `sequence` was written so long ago that its writer must be gone.
    #[must_use]
    pub fn is_stale(&self, sequence: u32, now: Timestamp) -> bool {
        self.event(sequence)
            .is_some_and(|event| now.millis_since(event.fact().occurred_at) >= REPUBLISH_AFTER)
    }

    /// The order as its owner sees it.
    #[must_use]
    pub fn into_order(self) -> Order {
        Order {
            order_id: self.order_id,
            status: self.status,
            sequence: self.sequence,
            timeline: self.timeline,
            placed_at: self.placed_at,
            accept_by: self.accept_by,
            expected_at: self.expected_at,
            latest_at: self.latest_at,
            reason: self.reason,
            basket: self.basket,
        }
    }

    pub(super) fn to_attributes(&self) -> Result<Attributes, Error> {
        serde_dynamo::to_item(self).map_err(|error| self.unreadable(&error))
    }

    pub(super) fn from_attributes(attributes: Attributes) -> Result<Self, Error> {
        let order_id = attributes.get("order_id").and_then(|id| id.as_s().ok().cloned());
        serde_dynamo::from_item(attributes).map_err(|error| Error::Unreadable {
            order_id: order_id.unwrap_or_default(),
            why: error.to_string(),
        })
    }

    pub(super) fn from_failed(attributes: Option<Attributes>) -> Result<Option<Box<Self>>, Error> {
        attributes.map(Self::from_attributes).transpose().map(|item| item.map(Box::new))
    }

    fn unreadable(&self, error: &serde_dynamo::Error) -> Error {
        Error::Unreadable { order_id: self.order_id.to_string(), why: error.to_string() }
    }
}

/// The shard of an order: the last bits of its id, which are random.
fn shard(order_id: OrderId) -> u8 {
    order_id.to_string().bytes().last().unwrap_or_default() % SHARDS
}
