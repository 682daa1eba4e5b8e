//! How an invocation ends.

use serde_json::json;

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
    /// The local AWS itself failed.
    #[error("{0}")]
    Internal(String),
}

impl Outcome {
    /// The error object with which Lambda itself answers for a function.
    pub(super) fn failure(error_type: &str, request_id: &str, sentence: &str) -> Self {
        let message = format!("RequestId: {request_id} Error: {sentence}");
        let body = json!({"errorType": error_type, "errorMessage": message});
        Self {
            payload: body.to_string().into_bytes(),
            function_error: Some("Unhandled".to_owned()),
        }
    }

    /// The error in words: `errorType: errorMessage`.
    pub(super) fn error_text(&self) -> String {
        let error: serde_json::Value = serde_json::from_slice(&self.payload).unwrap_or_default();
        let text = |key| error.get(key).and_then(serde_json::Value::as_str).unwrap_or_default();
        format!("{}: {}", text("errorType"), text("errorMessage"))
    }
}
