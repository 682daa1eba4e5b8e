//! An event sent by hand.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Console;
use crate::iam::Caller;

/// What the form says.
#[derive(Deserialize)]
pub(super) struct Form {
    source: String,
    detail_type: String,
    detail: String,
    /// Whether the UUID in the sample's field is replaced.
    #[serde(default)]
    fresh_id: bool,
}

/// Puts the event on the bus as its owner. Says under which id it was accepted, or why not.
pub(super) async fn send(
    State(console): State<Console>,
    Json(form): Json<Form>,
) -> (StatusCode, Json<Value>) {
    let detail = if form.fresh_id { console.with_fresh_id(&form.detail) } else { form.detail };
    let entry = json!({
        "Source": form.source,
        "DetailType": form.detail_type,
        "Detail": detail,
        "EventBusName": console.shared.bus,
    });
    let request = json!({ "Entries": [entry] });
    match console.shared.dependencies.eventbridge.put_events(&Caller::Owner, &request) {
        Ok(answer) => match answer["Entries"][0]["EventId"].as_str() {
            Some(id) => (StatusCode::OK, Json(json!({ "event_id": id, "detail": detail }))),
            None => {
                refused(&answer["Entries"][0]["ErrorCode"], &answer["Entries"][0]["ErrorMessage"])
            }
        },
        Err(refusal) => refused(&json!(refusal.code), &json!(refusal.message)),
    }
}

fn refused(code: &Value, message: &Value) -> (StatusCode, Json<Value>) {
    (StatusCode::BAD_REQUEST, Json(json!({ "code": code, "message": message })))
}

impl Console {
    fn with_fresh_id(&self, detail: &str) -> String {
        let Some(field) = &self.shared.id_field else { return detail.to_owned() };
        match serde_json::from_str::<Value>(detail) {
            Ok(Value::Object(mut object)) => {
                object.insert(field.clone(), crate::random::uuid().into());
                Value::Object(object).to_string()
            }
            // What is no object the bus refuses in its own words.
            _ => detail.to_owned(),
        }
    }
}
