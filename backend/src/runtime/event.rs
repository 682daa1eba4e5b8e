//! The events that a rule of the bus invokes a function with.

use aws_sdk_dynamodb::primitives::{DateTime, DateTimeFormat};
use serde_json::Value;
use shared::{
    OrderId, Timestamp,
    event::{Envelope, Incoming},
};
use tracing::{Span, field};

use crate::runtime::{error::Error, json};

const NOT_AN_EVENT: &str = "not an order event";

/// Reads the event of an invocation. Its ids are recorded first, so that the log line of an
/// invalid event has them too.
///
/// # Errors
/// [`Error::InvalidEvent`] if it is no order event, or one that contradicts itself.
pub fn read(raw: &Value) -> Result<Incoming, Error> {
    record_ids(raw);
    let envelope: Envelope = serde_path_to_error::deserialize(raw)
        .map_err(|error| Error::invalid_event(NOT_AN_EVENT, &error))?;
    if let Some(path) = json::array_for_object(raw, &envelope) {
        let cause = format!("{path}: must be a JSON object, and is an array");
        return Err(Error::invalid_event(NOT_AN_EVENT, &cause));
    }
    Ok(envelope.read()?)
}

/// Both ids are UUIDs; anything else that an invalid event holds in their place is not recorded.
fn record_ids(raw: &Value) {
    for (name, pointer) in [("event_id", "/id"), ("order_id", "/detail/order_id")] {
        let text = raw.pointer(pointer).and_then(Value::as_str);
        if let Some(id) = text.and_then(|text| text.parse::<OrderId>().ok()) {
            Span::current().record(name, field::display(id));
        }
    }
}

/// The time that the bus wrote on an event.
///
/// # Errors
/// [`Error::InvalidEvent`] if it is not RFC 3339.
pub fn bus_time(text: &str) -> Result<Timestamp, Error> {
    DateTime::from_str(text, DateTimeFormat::DateTime)
        .ok()
        .and_then(|time| time.to_millis().ok())
        .map(Timestamp::from_millis)
        .ok_or_else(|| Error::InvalidEvent("the event's time is not RFC 3339".to_owned()))
}
