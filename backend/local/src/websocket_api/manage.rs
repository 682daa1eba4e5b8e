//! `@connections`: how functions reach a connection
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html>).

use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::WebSocketApi;
use super::connections::{Outgoing, gone};
use crate::aws::{ServiceError, json_response};
use crate::feed::FeedEvent;
use crate::time::iso_millis;

/// Larger posts are refused, whatever a connection may send.
const LARGEST_POST: usize = 128 * 1024;

impl WebSocketApi {
    /// Answers a call to `@connections` for one connection: `POST` sends `body`, `GET` describes
    /// it, `DELETE` closes it. The caller is authorized already.
    ///
    /// A connection is gone (410) before `$connect` has returned and after it was closed.
    pub fn manage(&self, method: &Method, connection_id: &str, body: &[u8]) -> Response {
        let answer = match *method {
            Method::POST => self.post(connection_id, body),
            Method::GET => self.describe(connection_id),
            Method::DELETE => self.delete(connection_id),
            _ => Err(refusal(StatusCode::METHOD_NOT_ALLOWED, "ForbiddenException", "Forbidden")),
        };
        answer.unwrap_or_else(IntoResponse::into_response)
    }

    fn post(&self, id: &str, body: &[u8]) -> Result<Response, ServiceError> {
        let put = if body.len() > LARGEST_POST {
            let why = "Message too long";
            Err(refusal(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLargeException", why))
        } else {
            self.shared.connections.put(id, Outgoing::Message(body.to_vec()))
        };
        let status = put.as_ref().map_or_else(|refusal| refusal.status, |()| StatusCode::OK);
        self.shared.feed.record(FeedEvent::Push {
            connection_id: id.to_owned(),
            status: status.as_u16(),
            body: String::from_utf8_lossy(body).into_owned(),
        });
        put.map(|()| StatusCode::OK.into_response())
    }

    fn describe(&self, id: &str) -> Result<Response, ServiceError> {
        let connection = self.shared.connections.get(id).ok_or_else(gone)?;
        let identity = json!({
            "sourceIp": connection.source_ip.to_string(),
            "userAgent": connection.user_agent,
        });
        let described = json!({
            "connectedAt": iso_millis(connection.connected_at),
            "identity": identity,
            "lastActiveAt": iso_millis(connection.last_active()),
        });
        Ok(json_response(StatusCode::OK, &described))
    }

    fn delete(&self, id: &str) -> Result<Response, ServiceError> {
        self.shared.connections.put(id, Outgoing::Close)?;
        self.shared.connections.close(id);
        Ok(StatusCode::NO_CONTENT.into_response())
    }
}

fn refusal(status: StatusCode, code: &str, message: &str) -> ServiceError {
    ServiceError::new(code, message).with_status(status)
}
