//! How an invocation ends.

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
    /// The error in words: `errorType: errorMessage`.
    pub(super) fn error_text(&self) -> String {
        let error: serde_json::Value = serde_json::from_slice(&self.payload).unwrap_or_default();
        let text = |key| error.get(key).and_then(serde_json::Value::as_str).unwrap_or_default();
        format!("{}: {}", text("errorType"), text("errorMessage"))
    }
}
