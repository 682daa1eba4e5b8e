//! What could not be delivered, and another try for it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Console;
use crate::services::Services;
use crate::sqs::Message;

/// What a message on a dead-letter queue says.
struct DeadLetter {
    /// ARN of the function that was meant to get it, or could not do it.
    function: String,
    payload: Value,
    reason: String,
}

/// Every message that can be handed back, oldest first.
pub(super) async fn list(State(console): State<Arc<Console>>) -> Json<Value> {
    let Services { stack, sqs, lambda, .. } = &console.services;
    let mut letters = Vec::new();
    for queue in stack.of_kind("AWS::SQS::Queue").map(|it| &it.physical_id) {
        for message in sqs.messages(queue).unwrap_or_default() {
            let Some(letter) = read(&message) else { continue };
            letters.push(json!({
                "queue": queue,
                "message_id": message.message_id,
                "sent": message.sent,
                "function": lambda.find(&letter.function).map_or(&letter.function, |it| &it.logical_id),
                "reason": letter.reason,
                "payload": letter.payload,
            }));
        }
    }
    Json(Value::Array(letters))
}

/// Invokes the function that failed, asynchronously and with the original payload, and takes the
/// message off its queue.
pub(super) async fn redrive(
    State(console): State<Arc<Console>>,
    Path((queue, message_id)): Path<(String, String)>,
) -> (StatusCode, Json<Value>) {
    let Services { sqs, lambda, .. } = &console.services;
    let messages = sqs.messages(&queue).unwrap_or_default();
    let message = messages.into_iter().find(|it| it.message_id == message_id);
    let Some(letter) = message.as_ref().and_then(read) else {
        return (StatusCode::NOT_FOUND, Json(json!({ "message": "It is no longer there." })));
    };
    let payload = letter.payload.to_string().into_bytes();
    match lambda.redrive(&queue, &message_id, &letter.function, payload) {
        Ok(()) => (StatusCode::OK, Json(json!({}))),
        Err(why) => (StatusCode::BAD_GATEWAY, Json(json!({ "message": why.to_string() }))),
    }
}

/// Reads either kind: what Lambda sends to an on-failure destination, and what EventBridge sends
/// to the dead-letter queue of a target.
fn read(message: &Message) -> Option<DeadLetter> {
    let body: Value = serde_json::from_str(&message.body).ok()?;
    if let Some(function) = body["requestContext"]["functionArn"].as_str() {
        let why = &body["responsePayload"]["errorMessage"];
        let why = why.as_str().or(body["requestContext"]["condition"].as_str());
        return Some(DeadLetter {
            function: function.trim_end_matches(":$LATEST").to_owned(),
            reason: why.unwrap_or_default().to_owned(),
            payload: body["requestPayload"].clone(),
        });
    }
    let reason = message.attributes.get("ERROR_MESSAGE").or(message.attributes.get("ERROR_CODE"));
    Some(DeadLetter {
        function: message.attributes.get("TARGET_ARN")?.clone(),
        reason: reason.cloned().unwrap_or_default(),
        payload: body,
    })
}
