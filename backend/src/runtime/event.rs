//! What is handed over to a function, read at the door: an event by a rule of the bus, and what all
//! doors have in common.

use aws_sdk_dynamodb::primitives::{DateTime, DateTimeFormat as Format};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use shared::{
    OrderId, Timestamp,
    event::{Envelope, Incoming},
};

use crate::{Error, json, log};

/// Reads an invocation by a rule, and notes its ids first, so that poison's line has them too.
///
/// # Errors
/// [`Error::Poison`] if it is no order event, or one that contradicts itself.
pub fn read(raw: &Value) -> Result<Incoming, Error> {
    note_ids(raw);
    let envelope: Envelope = serde_path_to_error::deserialize(raw)
        .map_err(|error| Error::poison("not an order event", &error))?;
    if let Some(path) = json::array_for_object(raw, &envelope) {
        let why = format!("{path}: must be a JSON object, and is an array");
        return Err(Error::poison("not an order event", &why));
    }
    Ok(envelope.read()?)
}

/// Both are UUIDs; whatever else poison holds in their place is not noted.
fn note_ids(raw: &Value) {
    for (name, place) in [("event_id", "/id"), ("order_id", "/detail/order_id")] {
        let text = raw.pointer(place).and_then(Value::as_str);
        if let Some(id) = text.and_then(|text| text.parse::<OrderId>().ok()) {
            log::about(name, id);
        }
    }
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
        .ok_or_else(|| Error::Poison("the event's time is not RFC 3339".to_owned()))
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
