//! An order as the table holds it.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use shared::{
    Amount, CommandId, Currency, EventName, Fact, Order, OrderEvent, OrderId, RestaurantId, Status,
    Timestamp, UserId,
    staff::{Actor, ActorRole, Collected, StaffName},
};

use super::{
    history::{HistoryEntry, Reveal, all_known},
    plan::{Plan, REPUBLISH_AFTER},
};
use crate::{
    runtime::error::Error,
    store::dynamodb::{Attributes, decode},
};

/// How many shards the `attention` index has. At 1,000 orders a second each shard takes 500 writes,
/// half of what a partition can (DynamoDB Developer Guide, "Best practices for designing and using
/// partition keys"). Fewer would leave orders in shards that the watchdog no longer reads.
pub const SHARDS: u8 = 32;

/// An order's item: see `template.yaml` for the keys and indexes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The order as its owner sees it, in attributes of these names.
    #[serde(flatten, deserialize_with = "known_order")]
    pub order: Order,
    /// Every event with its actor, by sequence. What an earlier version did to the order is in its
    /// timeline alone.
    #[serde(default)]
    pub history: Vec<HistoryEntry>,
    /// Who was shown the customer's phone number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reveals: Vec<Reveal>,
    /// Whose it is; absent once their account is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// Where it is cooked, for the index `restaurant`; absent for an order of another channel, and for one
    /// that an earlier version has placed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restaurant_id: Option<RestaurantId>,
    /// Who of the restaurant's staff brings it, or has brought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub courier: Option<Courier>,
    /// What the customer paid at the door, if whoever delivered it has said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collected: Option<Collected>,
    /// The restaurant where somebody has to look after it; absent once nobody has to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub board: Option<RestaurantId>,
    /// When the simulated kitchen or courier acts next; absent if none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act_at: Option<Timestamp>,
    /// What later steps need.
    pub plan: Plan,
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
    /// The events that are not known to be published, by sequence.
    #[serde(deserialize_with = "known_events")]
    pub unpublished: BTreeMap<String, EventName>,
    /// Which shard of the `attention` index it is in.
    pub attention_shard: u8,
    /// When it needs attention; absent only if it has ended and everything is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attention_at: Option<Timestamp>,
    /// How often in a row attention did not help.
    #[serde(default)]
    pub attention_tries: u32,
}

/// A member of a restaurant's staff who has claimed an order, or to whom it was assigned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Courier {
    /// Who.
    pub user_id: UserId,
    /// What they are called there.
    pub name: StaffName,
}

impl Item {
    /// Whether that member of staff brings it, or has brought it.
    #[must_use]
    pub fn is_brought_by(&self, user: UserId) -> bool {
        self.courier.as_ref().is_some_and(|courier| courier.user_id == user)
    }

    /// When the order ended, if it has.
    #[must_use]
    pub fn ended_at(&self) -> Option<Timestamp> {
        let last = self.order.timeline.last();
        last.filter(|step| step.status.is_terminal()).map(|step| step.at)
    }

    /// When the order needs attention once everything is published: its next act, or its deadline.
    #[must_use]
    pub fn next_attention(&self) -> Option<Timestamp> {
        let deadline = match self.order.status {
            Status::Placed => Some(self.order.accept_by),
            Status::Accepted | Status::Ready | Status::PickedUp => self.order.latest_at,
            Status::Delivered
            | Status::Rejected
            | Status::Cancelled
            | Status::Failed
            | Status::Unknown => return None,
        };
        [self.act_at, deadline].into_iter().flatten().min().or(Some(self.order.accept_by))
    }

    /// Whether the order has ended and all its events are published.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.order.status.is_terminal() && self.unpublished.is_empty()
    }

    /// The order's event of that sequence, if it has happened; `None` also for an anonymised
    /// order, of which the bus has all events.
    #[must_use]
    pub fn event(&self, sequence: u32) -> Option<OrderEvent> {
        let entry = self.entry(sequence)?;
        let latest = sequence == self.order.sequence;
        let waits = matches!(entry.status, Status::Accepted | Status::Ready);
        let fact = Fact {
            order_id: self.order.order_id,
            order_status: entry.status,
            user_id: self.user_id?,
            restaurant_id: self.order.basket.as_ref().map(|it| it.restaurant_id.clone()),
            sequence,
            occurred_at: entry.at,
            ready_at: self.order.ready_at.filter(|_| latest && waits),
            expected_at: self.order.expected_at.filter(|_| latest),
            latest_at: self.order.latest_at.filter(|_| latest),
            reason: entry.reason.or_else(|| self.order.reason.clone().filter(|_| latest)),
        };
        Some(OrderEvent { name: entry.event, fact })
    }

    /// What this command brought about, if it has.
    #[must_use]
    pub fn entry_of(&self, command: CommandId) -> Option<&HistoryEntry> {
        self.history.iter().find(|entry| entry.command_id == Some(command))
    }

    /// What happened last and who made it happen.
    #[must_use]
    pub fn last_entry(&self) -> Option<HistoryEntry> {
        self.entry(self.order.sequence)
    }

    /// All that happened and who made it happen, oldest first.
    #[must_use]
    pub fn entries(&self) -> Vec<HistoryEntry> {
        (1..=self.order.sequence).filter_map(|sequence| self.entry(sequence)).collect()
    }

    /// What happened last.
    #[must_use]
    pub fn last_event(&self) -> EventName {
        let last = self.history.last().filter(|last| last.sequence == self.order.sequence);
        last.map_or(self.order.status.event(), |last| last.event)
    }

    /// The history's entry of that sequence, if it has happened.
    fn entry(&self, sequence: u32) -> Option<HistoryEntry> {
        if let Some(entry) = self.history.iter().find(|entry| entry.sequence == sequence) {
            return Some(entry.clone());
        }
        // An earlier version has recorded no actor, and only what made the order what it is.
        let others =
            |entry: &&HistoryEntry| entry.sequence < sequence && entry.event.status().is_none();
        let others = self.history.iter().filter(others).count();
        let place = usize::try_from(sequence).ok()?.checked_sub(1 + others)?;
        let step = self.order.timeline.get(place)?;
        Some(HistoryEntry {
            sequence,
            event: step.status.event(),
            status: step.status,
            at: step.at,
            actor: Actor { role: ActorRole::Unknown, name: None },
            reason: None,
            courier: None,
            command_id: None,
            pressed_at: None,
            ready_at: None,
            expected_at: None,
        })
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
            .is_some_and(|event| now.millis_since(event.fact.occurred_at) >= REPUBLISH_AFTER)
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

/// An order whose statuses this version knows: it must not move another, or publish its events.
fn known_order<'de, D: Deserializer<'de>>(from: D) -> Result<Order, D::Error> {
    let order = Order::deserialize(from)?;
    let statuses = order.timeline.iter().map(|step| step.status).chain([order.status]);
    all_known(statuses.map(Status::event)).map(|()| order)
}

fn known_events<'de, D>(from: D) -> Result<BTreeMap<String, EventName>, D::Error>
where
    D: Deserializer<'de>,
{
    let events = BTreeMap::<String, EventName>::deserialize(from)?;
    all_known(events.values().copied()).map(|()| events)
}

/// The shard of an order, by the last byte of its id, which is random.
pub(super) fn attention_shard(order_id: OrderId) -> u8 {
    let id = order_id.to_string();
    let last_byte = id.get(id.len().saturating_sub(2)..).unwrap_or_default();
    u8::from_str_radix(last_byte, 16).unwrap_or_default() % SHARDS
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn orders_are_in_every_shard_and_in_no_other() {
        let id = |number: u8| {
            let id = format!("0ff5e0c8-7c95-49be-ac84-771d47e1d9{number:02x}");
            attention_shard(id.parse().unwrap())
        };
        let shards: BTreeSet<u8> = (0..=u8::MAX).map(id).collect();
        assert_eq!(shards, (0..SHARDS).collect());
    }
}
