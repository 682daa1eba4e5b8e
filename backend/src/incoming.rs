//! What is handed over to a function, read at the door: an event by a rule of the bus, and what all
//! doors have in common.

use aws_sdk_dynamodb::primitives::{DateTime, DateTimeFormat as Format};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use shared::{
    Timestamp,
    event::{Envelope, Incoming},
};

use crate::Error;

/// An invocation by a rule: the bus's id of the event, and what the event says.
#[derive(Debug)]
pub struct Invocation {
    /// The bus's id of the event, for logs.
    pub event_id: String,
    /// What happened.
    pub incoming: Incoming,
}

/// Reads an invocation.
///
/// # Errors
/// [`Error::Poison`] if it is no order event, or one that contradicts itself.
pub fn read(raw: Value) -> Result<Invocation, Error> {
    let envelope: Envelope = serde_path_to_error::deserialize(raw)
        .map_err(|error| Error::Poison(format!("not an order event: {error}")))?;
    let event_id = envelope.id.clone();
    Ok(Invocation { event_id, incoming: envelope.read()? })
}

/// The time the bus wrote on an event.
///
/// # Errors
/// [`Error::Poison`] if it is not RFC 3339.
pub fn bus_time(text: &str) -> Result<Timestamp, Error> {
    DateTime::from_str(text, Format::DateTime)
        .ok()
        .and_then(|time| time.to_millis().ok())
        .map(Timestamp::from_millis)
        .ok_or_else(|| Error::Poison(format!("the event's time “{text}” is not RFC 3339")))
}

/// A field that holds `null` is absent: API Gateway leaves such fields out, and some that play it
/// do not.
///
/// # Errors
/// If it holds something that is no `T`.
pub fn null_is_absent<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}
