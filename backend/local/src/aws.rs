//! What the JSON protocols of AWS services have in common: their responses and errors.

use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

/// The header in which every AWS answer carries its request id.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
/// The header from which an SDK reads an error's name.
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// An error that a service answers with.
#[derive(Clone, Debug)]
pub struct ServiceError {
    /// HTTP status.
    pub status: StatusCode,
    /// The error's name, such as `ResourceNotFoundException`.
    pub code: String,
    /// A sentence.
    pub message: String,
}

impl ServiceError {
    /// An error with status 400, as most are.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: code.into(), message: message.into() }
    }

    /// The same with another status.
    pub fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }
}

/// A fault of the local AWS itself: 500.
impl From<rusqlite::Error> for ServiceError {
    fn from(why: rusqlite::Error) -> Self {
        Self::new("InternalFailure", why.to_string()).with_status(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<crate::iam::Denied> for ServiceError {
    fn from(denied: crate::iam::Denied) -> Self {
        Self::new("AccessDeniedException", denied.to_string())
    }
}

impl IntoResponse for ServiceError {
    fn into_response(self) -> Response {
        let body = json!({"__type": self.code, "message": self.message, "Message": self.message});
        let mut response = json_response(self.status, &body);
        if let Ok(code) = self.code.parse() {
            response.headers_mut().insert(ERROR_TYPE, code);
        }
        response
    }
}

/// A JSON answer with a request id.
pub fn json_response(status: StatusCode, body: &Value) -> Response {
    text_response(status, body.to_string())
}

/// The same for JSON that is already text.
pub fn text_response(status: StatusCode, body: impl Into<axum::body::Body>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/x-amz-json-1.1".to_owned()),
        (REQUEST_ID, Uuid::now_v7().to_string()),
    ];
    (status, headers, body.into()).into_response()
}
