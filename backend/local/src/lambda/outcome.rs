//! How an invocation ends.

use serde_json::{Value, json};

/// What a function answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The returned JSON, or the error object `{"errorType","errorMessage"}`.
    pub payload: Vec<u8>,
    /// `Unhandled` if the function returned an error, crashed or ran out of time.
    pub function_error: Option<String>,
}

/// Why a function was not even run.
#[derive(Debug, thiserror::Error)]
pub enum InvokeError {
    /// There is no function of that name.
    #[error("Function not found: {0}")]
    NotFound(String),
    /// As many invocations run as the function may have.
    #[error("Rate Exceeded.")]
    Throttled,
    /// The payload is larger than this many bytes.
    #[error("Request must be smaller than {0} bytes for the InvokeFunction operation")]
    TooLarge(usize),
    /// It is being stopped.
    #[error("Lambda is being stopped")]
    Stopping,
    /// The invocation could not be written.
    #[error(transparent)]
    Store(#[from] rusqlite::Error),
}

impl Outcome {
    /// The error object with which Lambda itself answers for a function.
    pub(super) fn failure(error_type: &str, request_id: &str, sentence: &str) -> Self {
        Self::error(error_type, &format!("RequestId: {request_id} Error: {sentence}"))
    }

    /// The same without naming the request.
    pub(super) fn error(error_type: &str, message: &str) -> Self {
        let error = json!({"errorType": error_type, "errorMessage": message});
        Self::unhandled(error.to_string().into())
    }

    /// An error object.
    pub(super) fn unhandled(payload: Vec<u8>) -> Self {
        Self { payload, function_error: Some("Unhandled".to_owned()) }
    }

    /// The error in words: `errorType: errorMessage`.
    pub(super) fn error_text(&self) -> String {
        let error: Value = serde_json::from_slice(&self.payload).unwrap_or_default();
        let text = |key| error.get(key).and_then(Value::as_str).unwrap_or_default();
        format!("{}: {}", text("errorType"), text("errorMessage"))
    }
}
