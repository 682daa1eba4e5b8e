//! What happened to an order and who made it happen, and who saw whose it is, for the restaurant and its owner.

use serde::{Deserialize, Deserializer, Serialize, de};
use shared::{
    CommandId, EventName, Reason, Status, Timestamp,
    staff::{Actor, StaffName},
};

/// One event of an order with its actor. Neither goes to the bus, a log or a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// The event's sequence.
    pub sequence: u32,
    /// What happened.
    #[serde(deserialize_with = "known_event")]
    pub event: EventName,
    /// What the order is after it.
    pub status: Status,
    /// When.
    pub at: Timestamp,
    /// Who made it happen.
    pub actor: Actor,
    /// Why, if that needed saying.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Who brings the order from then on, if that is what happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub courier: Option<StaffName>,
    /// The command by which it happened, if it was one of staff: sent again, it is done already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
    /// When that was pressed, by the clock of the device, if it has said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pressed_at: Option<Timestamp>,
    /// When it should be ready, if somebody promised that with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_at: Option<Timestamp>,
    /// When it should arrive, if somebody promised that with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_at: Option<Timestamp>,
}

/// That a member of staff was shown the customer's phone number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reveal {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
}

/// An event that this version knows: it must not publish another.
fn known_event<'de, D: Deserializer<'de>>(from: D) -> Result<EventName, D::Error> {
    let event = EventName::deserialize(from)?;
    all_known([event]).map(|()| event)
}

/// Checks that this version knows all these events, and with that the statuses that they make.
pub(super) fn all_known<E: de::Error>(
    events: impl IntoIterator<Item = EventName>,
) -> Result<(), E> {
    match events.into_iter().any(|event| event == EventName::Unknown) {
        true => Err(E::custom("it has a status or an event of a later version")),
        false => Ok(()),
    }
}
