//! The JSON API, as a browser calls it: `POST`, the operation in a header, CORS.

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, any};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{UserPools, account, attributes, internal, sign_in, sign_up};
use crate::aws::{ServiceError, json_response};

/// Cognito answers a larger request with a refusal, too.
const LARGEST_REQUEST: usize = 128 * 1024;

impl UserPools {
    /// The route of the JSON API: `POST` with the header `x-amz-target`.
    pub fn route<S: Clone + Send + Sync + 'static>(&self) -> MethodRouter<S> {
        any(handle).layer(DefaultBodyLimit::max(LARGEST_REQUEST)).with_state(self.clone())
    }

    /// Answers one call: the operation's name, such as `SignUp`, and its request. `now` is in
    /// milliseconds since 1970.
    ///
    /// # Errors
    /// What Cognito refuses, with its error names and sentences.
    pub fn answer(&self, operation: &str, request: &[u8], now: u64) -> Result<Value, ServiceError> {
        match operation {
            "SignUp" => sign_up::sign_up(self, read(request)?, now),
            "ConfirmSignUp" => sign_up::confirm_sign_up(self, read(request)?, now),
            "ResendConfirmationCode" => sign_up::resend_code(self, read(request)?, now),
            "InitiateAuth" => sign_in::initiate_auth(self, read(request)?, now),
            "GetTokensFromRefreshToken" => sign_in::refresh(self, read(request)?, now),
            "RevokeToken" => sign_in::revoke_token(self, read(request)?),
            "GlobalSignOut" => sign_in::global_sign_out(self, read(request)?, now),
            "ForgotPassword" => account::forgot_password(self, read(request)?, now),
            "ConfirmForgotPassword" => account::confirm_forgot_password(self, read(request)?, now),
            "ChangePassword" => account::change_password(self, read(request)?, now),
            "UpdateUserAttributes" => attributes::update_user_attributes(self, read(request)?, now),
            "GetUserAttributeVerificationCode" => attributes::send_code(self, read(request)?, now),
            "VerifyUserAttribute" => attributes::verify_user_attribute(self, read(request)?, now),
            "GetUser" => account::get_user(self, read(request)?, now),
            "DeleteUser" => account::delete_user(self, read(request)?, now),
            other => {
                let why = format!("The operation {other} is not supported by the local emulator.");
                Err(ServiceError::new("UnknownOperationException", why))
            }
        }
    }
}

fn read<T: DeserializeOwned>(request: &[u8]) -> Result<T, ServiceError> {
    let value: Value = serde_json::from_slice(request).map_err(|_| {
        ServiceError::new("SerializationException", "The request is not valid JSON.")
    })?;
    serde_json::from_value(value)
        .map_err(|why| super::invalid(format!("1 validation error detected: {why}")))
}

async fn handle(
    State(pools): State<UserPools>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut response = match method {
        Method::OPTIONS => preflight(&headers),
        Method::POST => post(pools, &headers, body).await,
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    };
    let any = HeaderValue::from_static("*");
    let exposed =
        HeaderValue::from_static("x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date");
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any);
    response.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    response
}

async fn post(pools: UserPools, headers: &HeaderMap, body: Bytes) -> Response {
    const SERVICE: &str = "AWSCognitoIdentityProviderService.";
    let target = headers.get("x-amz-target").and_then(|it| it.to_str().ok());
    let operation = target.and_then(|it| it.strip_prefix(SERVICE)).unwrap_or_default().to_owned();
    // Hashing, signing and SQLite take milliseconds that other requests need not wait for.
    let answer =
        tokio::task::spawn_blocking(move || pools.answer(&operation, &body, crate::time::now_ms()));
    match answer.await.unwrap_or_else(|why| Err(internal(why))) {
        Ok(value) => json_response(StatusCode::OK, &value),
        Err(refusal) => refused(refusal),
    }
}

fn refused(refusal: ServiceError) -> Response {
    let message = HeaderValue::from_str(&refusal.message);
    let mut response = refusal.into_response();
    if let Ok(message) = message {
        response.headers_mut().insert(HeaderName::from_static("x-amzn-errormessage"), message);
    }
    response
}

/// What the browser asks before a request with headers of its own.
fn preflight(headers: &HeaderMap) -> Response {
    let mut response = StatusCode::OK.into_response();
    let answers = response.headers_mut();
    if let Some(asked) = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        answers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
    }
    answers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
    answers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("172800"));
    response
}
