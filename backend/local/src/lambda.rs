//! Lambda: the functions of the template as processes of one bootstrap.

/// A handle to all functions; clones share them.
#[derive(Clone, Debug)]
pub struct Lambda {}

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

impl Lambda {
    /// Runs a function (its name, logical id or ARN) and waits for what it answers.
    ///
    /// # Errors
    /// Only if it was not run; what goes wrong in the function is in [`Outcome::function_error`].
    pub async fn invoke(&self, function: &str, payload: Vec<u8>) -> Result<Outcome, InvokeError> {
        let _ = payload;
        Err(InvokeError::NotFound(function.to_owned()))
    }

    /// Accepts an asynchronous invocation: it is written to the store before this returns.
    ///
    /// # Errors
    /// If it was not accepted.
    pub async fn invoke_async(&self, function: &str, payload: Vec<u8>) -> Result<(), InvokeError> {
        let _ = payload;
        Err(InvokeError::NotFound(function.to_owned()))
    }
}
