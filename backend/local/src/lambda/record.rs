//! The record that an on-failure destination receives
//! (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>).

use serde::Serialize;
use serde_json::{Value, json};

use super::Outcome;
use super::function::Function;
use crate::time::{iso_millis, now_ms};

/// Why an asynchronous invocation was given up, by its name in the record.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) enum Condition {
    /// Every try failed.
    RetriesExhausted,
    /// It got too old while it waited.
    EventAgeExceeded,
}

/// The record; `outcome` is the last one, if there was any.
pub(super) fn record(
    function: &Function,
    request_id: &str,
    request: &[u8],
    invoked: u32,
    condition: Condition,
    outcome: Option<&Outcome>,
) -> Value {
    let mut record = json!({
        "version": "1.0",
        "timestamp": iso_millis(now_ms()),
        "requestContext": {
            "requestId": request_id,
            "functionArn": format!("{}:$LATEST", function.arn),
            "condition": condition,
            "approximateInvokeCount": invoked,
        },
        "requestPayload": json_or_text(request),
    });
    if let Some(outcome) = outcome {
        record["responseContext"] = json!({
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": outcome.function_error,
        });
        record["responsePayload"] = json_or_text(&outcome.payload);
    }
    record
}

fn json_or_text(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(bytes).into_owned()))
}
