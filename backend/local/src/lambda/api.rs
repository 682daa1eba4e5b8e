//! The Invoke call (<https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>).

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::{InvokeError, Lambda, Outcome};
use crate::aws::ServiceError;
use crate::iam::Caller;

impl Lambda {
    /// Answers one Invoke: `function` is what stands in the path, decoded.
    pub(crate) async fn call(
        &self,
        caller: &Caller,
        function: &str,
        headers: &HeaderMap,
        payload: Bytes,
    ) -> Result<Response, ServiceError> {
        let found = self.find(function)?;
        self.dependencies().iam.check(caller, "lambda:InvokeFunction", &found.arn, &[])?;
        let kind = headers.get("x-amz-invocation-type").and_then(|it| it.to_str().ok());
        // No payload at all is the same as an empty object.
        let payload = if payload.is_empty() { Bytes::from_static(b"{}") } else { payload };
        if serde_json::from_slice::<serde::de::IgnoredAny>(&payload).is_err() {
            let message = "Could not parse request body into json";
            return Err(ServiceError::new("InvalidRequestContentException", message));
        }
        match kind.unwrap_or("RequestResponse") {
            "RequestResponse" => Ok(answer(self.invoke(&found.logical_id, payload.into()).await?)),
            "Event" => {
                self.invoke_async(&found.logical_id, payload.into()).await?;
                Ok((StatusCode::ACCEPTED, request_id()).into_response())
            }
            "DryRun" => Ok((StatusCode::NO_CONTENT, request_id()).into_response()),
            other => Err(ServiceError::new(
                "InvalidParameterValueException",
                format!("{other} is no invocation type"),
            )),
        }
    }
}

/// A function's own error is still a 200, marked by a header.
fn answer(outcome: Outcome) -> Response {
    let headers = [("content-type", "application/json"), ("x-amz-executed-version", "$LATEST")];
    let mut response = (StatusCode::OK, headers, request_id(), outcome.payload).into_response();
    if let Some(error) = outcome.function_error.as_deref().and_then(|it| it.parse().ok()) {
        response.headers_mut().insert("x-amz-function-error", error);
    }
    response
}

fn request_id() -> [(&'static str, String); 1] {
    [("x-amzn-requestid", Uuid::now_v7().to_string())]
}

impl From<InvokeError> for ServiceError {
    fn from(error: InvokeError) -> Self {
        let (status, code) = match &error {
            InvokeError::NotFound(_) => (StatusCode::NOT_FOUND, "ResourceNotFoundException"),
            InvokeError::Throttled => (StatusCode::TOO_MANY_REQUESTS, "TooManyRequestsException"),
            InvokeError::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "RequestTooLargeException"),
            InvokeError::Stopping | InvokeError::Store(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "ServiceException")
            }
        };
        ServiceError::new(code, error.to_string()).with_status(status)
    }
}
