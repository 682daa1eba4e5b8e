//! Lines of JSON: what happened, when, and to which ids; nothing personal.
//!
//! Every invocation ends with one line that says what came of it (see [`crate::invocation`]);
//! a handler notes what that line will say, and writes a line of its own only for what that one
//! could not tell. Lambda reads `level` and `timestamp`, and keeps what is at least as grave as
//! the template's `ApplicationLogLevel`.

use serde::Serialize;
use serde_json::{Map, Value};
use shared::Timestamp;

use crate::{Error, context, invocation};

/// How grave a line is, as Lambda spells it
/// (docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// Nothing came of it, as most of the time; Lambda drops it unless asked not to.
    Debug,
    /// All went as it should.
    Info,
    /// Something failed, and something else makes up for it.
    Warn,
    /// Something failed, and a person may have to see to it.
    Error,
}

/// Writes a line; `fields` must be an object of ids, names, numbers and sentences of ours.
pub fn line(level: Level, message: &str, fields: Value) {
    let fields = match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    if invocation::current(|invocation| invocation.line(level, message, &fields)).is_none() {
        eprintln!("{}", written(context::now(), level, message, &fields));
    }
}

/// Notes an id, a name or a number that every later line of this invocation carries.
pub fn about(name: &str, value: impl Serialize) {
    let value = serde_json::to_value(value).unwrap_or_default();
    invocation::current(|invocation| invocation.about(name, value));
}

/// Notes what came of this invocation: its last line says so.
pub fn outcome(level: Level, message: &str) {
    invocation::current(|invocation| invocation.outcome(level, message));
}

/// Notes that this invocation failed. Of a customer's request that was refused, only the kind of
/// problem: the sentence may repeat what they wrote.
pub fn failed(error: &Error) {
    match error {
        Error::Refused(problem) => {
            about("problem", problem.kind);
            outcome(error.level(), "refused");
        }
        Error::Poison(_) | Error::Outside { .. } | Error::Unreadable { .. } => {
            about("error_type", error.kind());
            outcome(error.level(), &error.to_string());
        }
    }
}

/// A line as it is written.
pub(crate) fn written(
    at: Timestamp,
    level: Level,
    message: &str,
    fields: &Map<String, Value>,
) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        timestamp: String,
        level: Level,
        message: &'a str,
        #[serde(flatten)]
        fields: &'a Map<String, Value>,
    }
    let timestamp = rfc_3339(at);
    serde_json::to_string(&Line { timestamp, level, message, fields }).unwrap_or_default()
}

fn rfc_3339(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.millis())
        .map_or_else(|_| String::new(), |at| format!("{at:.3}"))
}
