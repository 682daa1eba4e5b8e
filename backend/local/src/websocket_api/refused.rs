//! The answer to a handshake that opens no connection.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::connections::Connection;

/// Why a handshake opens no connection, as the client gets it.
pub(super) struct Refused {
    pub(super) status: StatusCode,
    message: String,
}

impl Refused {
    pub(super) fn new(status: StatusCode, message: &str) -> Self {
        Self { status, message: message.to_owned() }
    }

    /// The answer, in API Gateway's form.
    pub(super) fn into_response(self, connection: &Connection) -> Response {
        let body = json!({
            "message": self.message,
            "connectionId": connection.id,
            "requestId": crate::random::gateway_id(),
        });
        let headers = [(header::CONTENT_TYPE, "application/json")];
        (self.status, headers, body.to_string()).into_response()
    }
}
