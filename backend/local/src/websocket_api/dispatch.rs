//! Which function a message goes to, and what comes of it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Shared;
use super::connections::{Connection, Outgoing};
use crate::gateway::{CallError, Integration};

/// Sends one message to its route. Several of one connection run at the same time, so nothing is
/// said about their order.
pub(super) async fn message(api: Arc<Shared>, connection: Arc<Connection>, body: String) {
    let request_id = crate::random::gateway_id();
    let failure = match api.route_of(&body) {
        _ if !api.gateway.admits() => "Too Many Requests",
        None => "Forbidden",
        Some((key, route)) => {
            let event = api.message_event(&connection, key, &body, &request_id);
            let answer = api.call(key, route, &event).await;
            // What it says is not passed on: that would need a RouteResponse.
            let Err(why) = answer.and_then(|it| check_reply(&it)) else { return };
            api.record_failure(key, &why);
            "Internal server error"
        }
    };
    let said =
        json!({ "message": failure, "connectionId": connection.id, "requestId": request_id });
    // The connection may be gone by now.
    let _ = api.connections.put(&connection.id, Outgoing::Message(said.to_string().into()));
}

/// Runs `$disconnect`, whose answer is not used.
pub(super) async fn disconnect(api: &Shared, connection: &Connection, code: u16, reason: &str) {
    let Some(route) = api.routes.get("$disconnect") else { return };
    let event = api.disconnect_event(connection, code, reason);
    if let Err(why) = api.call("$disconnect", route, &event).await {
        api.record_failure("$disconnect", &why);
    }
}

impl Shared {
    /// The route that a message names, or `$default`.
    fn route_of(&self, body: &str) -> Option<(&str, &Integration)> {
        let named = self.named_route(body).filter(|it| !it.starts_with('$'));
        let found = named.and_then(|it| self.routes.get_key_value(&it));
        let found = found.or_else(|| self.routes.get_key_value("$default"));
        found.map(|(key, route)| (key.as_str(), route))
    }

    fn named_route(&self, body: &str) -> Option<String> {
        let message: Value = serde_json::from_str(body).ok()?;
        let named = self.selection.iter().try_fold(&message, |at, name| at.get(name))?;
        match named {
            Value::String(text) => Some(text.clone()),
            Value::Number(_) | Value::Bool(_) => Some(named.to_string()),
            _ => None,
        }
    }
}

/// A proxy integration must answer with a status, even where it is not read.
fn check_reply(payload: &[u8]) -> Result<(), CallError> {
    let reply: Value = serde_json::from_slice(payload).unwrap_or_default();
    match reply["statusCode"] {
        Value::Number(_) => Ok(()),
        _ => Err(CallError::Failed("the reply has no statusCode".to_owned())),
    }
}
