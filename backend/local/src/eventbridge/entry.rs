//! One entry of PutEvents: checked, and made into the event its targets receive.

use axum::body::Bytes;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::time::{iso_seconds, now_ms};

/// The largest entry in bytes. AWS has announced 1 MB; its pages still say 256 KB, and what keeps
/// to the smaller is right under both.
const LARGEST: usize = 256 * 1024;

/// An entry that was accepted.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) id: String,
    pub(super) bus: String,
    /// As its targets receive it.
    pub(super) value: Value,
    /// The same as text.
    pub(super) payload: Bytes,
}

/// Why an entry was not accepted: code and sentence.
#[derive(Debug)]
pub(super) struct Invalid {
    pub(super) code: &'static str,
    pub(super) message: String,
}

/// The bus an entry is for: `default` if it names none; an ARN counts by its last part.
pub(super) fn bus(entry: &Value) -> &str {
    let name = entry["EventBusName"].as_str().unwrap_or("default");
    name.rsplit('/').next().unwrap_or(name)
}

/// The source an entry claims.
pub(super) fn source(entry: &Value) -> &str {
    text(entry, "Source")
}

/// Checks an entry as AWS does, one reason at a time.
pub(super) fn accept(entry: &Value, account: &str, region: &str) -> Result<Event, Invalid> {
    for name in ["Source", "DetailType", "Detail"] {
        if text(entry, name).is_empty() {
            let why =
                format!("Parameter {name} is not valid. Reason: {name} is a required argument.");
            return Err(invalid("InvalidArgument", why));
        }
    }
    if source(entry).starts_with("aws.") {
        return Err(invalid("NotAuthorizedForSourceException", "Not authorized for the source."));
    }
    let detail: Value = match serde_json::from_str(text(entry, "Detail")) {
        Ok(detail @ Value::Object(_)) => detail,
        _ => return Err(invalid("MalformedDetail", "Detail is malformed.")),
    };
    if size(entry) > LARGEST {
        let why = format!("Entry is larger than {LARGEST} bytes.");
        return Err(invalid("InvalidArgument", why));
    }
    let id = Uuid::now_v7().to_string();
    let value = json!({
        "version": "0",
        "id": id,
        "detail-type": text(entry, "DetailType"),
        "source": source(entry),
        "account": account,
        "time": time(entry),
        "region": region,
        "resources": entry.get("Resources").cloned().unwrap_or_else(|| json!([])),
        "detail": detail,
    });
    let payload = Bytes::from(value.to_string());
    Ok(Event { id, bus: bus(entry).to_owned(), value, payload })
}

/// How AWS counts the size of an entry
/// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html>).
pub(super) fn size(entry: &Value) -> usize {
    let texts = ["Source", "DetailType", "Detail"].map(|name| text(entry, name).len());
    let resources = entry["Resources"].as_array().into_iter().flatten();
    let resources: usize = resources.filter_map(Value::as_str).map(str::len).sum();
    let time = if entry.get("Time").is_some() { 14 } else { 0 };
    texts.iter().sum::<usize>() + resources + time
}

/// The entry's own time (seconds since 1970, perhaps with a fraction), or now.
fn time(entry: &Value) -> String {
    // Whole seconds are what an event carries, so the text before the point is enough.
    let given = entry["Time"].to_string();
    let seconds = given.split('.').next().and_then(|it| it.parse::<u64>().ok());
    iso_seconds(seconds.map_or_else(now_ms, |it| it.saturating_mul(1_000)))
}

fn text<'a>(entry: &'a Value, name: &str) -> &'a str {
    entry[name].as_str().unwrap_or_default()
}

fn invalid(code: &'static str, message: impl Into<String>) -> Invalid {
    Invalid { code, message: message.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_a_largest_size() {
        let refused = |length| {
            let detail = format!("{{\"a\":\"{}\"}}", "x".repeat(length));
            let entry = json!({"Source": "s", "DetailType": "d", "Detail": detail});
            accept(&entry, "000000000000", "eu-west-2").err().map(|it| it.code)
        };
        assert_eq!(refused(LARGEST), Some("InvalidArgument"));
        assert_eq!(refused(LARGEST - 10), None);
    }
}
