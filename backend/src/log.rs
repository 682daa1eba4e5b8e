//! One JSON line per thing worth knowing: ids, names and times, nothing personal.

use serde_json::{Map, Value};

/// Writes a line; `fields` must be an object of ids, names, numbers and sentences of ours.
///
/// Standard error, because Lambda collects both streams and a test's output stays readable.
pub fn line(message: &str, fields: Value) {
    let mut line = Map::from_iter([("message".to_owned(), Value::from(message))]);
    if let Value::Object(fields) = fields {
        line.extend(fields);
    }
    eprintln!("{}", Value::Object(line));
}
