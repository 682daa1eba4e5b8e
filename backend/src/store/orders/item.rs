//! An order as the table holds it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::{
    Amount, Currency, Fact, Order, OrderEvent, OrderId, Reason, Status, Timestamp, UserId,
    order::{Basket, Step},
};

use super::plan::{Plan, REPUBLISH_AFTER};
use crate::{
    runtime::error::Error,
    store::dynamodb::{Attributes, decode},
};

/// How many shards the `attention` index has, so that no one partition takes every order.
pub const SHARDS: u8 = 8;

/// An order's item: see `template.yaml` for the keys and indexes.
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
    /// The events that are not known to be published: what the order became, by sequence.
    pub unpublished: BTreeMap<String, Status>,
    /// Which shard of the `attention` index it is in.
    pub attention_shard: u8,
    /// When it needs attention; absent only if it has ended and everything is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attention_at: Option<Timestamp>,
    /// How often in a row attention did not help.
    #[serde(default)]
    pub attention_tries: u32,
}

impl Item {
    /// When the order needs attention once everything is published: its next act, or its deadline.
    #[must_use]
    pub fn next_attention(&self) -> Option<Timestamp> {
        let deadline = match self.status {
            Status::Placed => Some(self.accept_by),
            Status::Accepted | Status::PickedUp => self.latest_at,
            Status::Delivered | Status::Rejected | Status::Cancelled => return None,
        };
        [self.act_at, deadline].into_iter().flatten().min().or(Some(self.accept_by))
    }

    /// Whether the order has ended and all its events are published.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.status.is_terminal() && self.unpublished.is_empty()
    }

    /// The order's event of that sequence, if it has happened; `None` also for an anonymised
    /// order, of which the bus has all events.
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

    /// The sequences of the events that are not known to be published, oldest first.
    #[must_use]
    pub fn unpublished(&self) -> Vec<u32> {
        let mut sequences: Vec<u32> =
            self.unpublished.keys().filter_map(|n| n.parse().ok()).collect();
        sequences.sort_unstable();
        sequences
    }

    /// Whether event `sequence` was written so long ago that its writer must have ended.
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
        serde_dynamo::to_item(self).map_err(|error| Error::dependency("writing an order", error))
    }

    pub(super) fn from_attributes(attributes: Attributes) -> Result<Self, Error> {
        decode(attributes, "order_id")
    }

    /// The item that a failed condition met, if there is one.
    pub(super) fn from_failed(attributes: Option<Attributes>) -> Result<Option<Box<Self>>, Error> {
        attributes.map(Self::from_attributes).transpose().map(|item| item.map(Box::new))
    }
}

/// The shard of an order: the last bits of its id, which are random.
pub(super) fn attention_shard(order_id: OrderId) -> u8 {
    order_id.to_string().bytes().last().unwrap_or_default() % SHARDS
}
