//! The errors of S3
//! (<https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>).

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

/// An error that S3 answers with, in XML.
#[derive(Debug)]
pub(super) struct S3Error {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl S3Error {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }
}

impl From<rusqlite::Error> for S3Error {
    fn from(why: rusqlite::Error) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", why.to_string())
    }
}

impl IntoResponse for S3Error {
    fn into_response(self) -> Response {
        let message = self.message.replace('&', "&amp;").replace('<', "&lt;");
        let (code, request_id) = (self.code, Uuid::now_v7());
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code>\
             <Message>{message}</Message><RequestId>{request_id}</RequestId></Error>"
        );
        (self.status, [(header::CONTENT_TYPE, "application/xml")], body).into_response()
    }
}

pub(super) fn access_denied(message: &str) -> S3Error {
    S3Error::new(StatusCode::FORBIDDEN, "AccessDenied", message)
}

pub(super) fn invalid_access_key() -> S3Error {
    let message = "The AWS Access Key Id you provided does not exist in our records.";
    S3Error::new(StatusCode::FORBIDDEN, "InvalidAccessKeyId", message)
}

pub(super) fn signature_does_not_match() -> S3Error {
    let message = "The request signature we calculated does not match the signature you provided. \
                   Check your key and signing method.";
    S3Error::new(StatusCode::FORBIDDEN, "SignatureDoesNotMatch", message)
}

pub(super) fn bad_query(message: &str) -> S3Error {
    S3Error::new(StatusCode::BAD_REQUEST, "AuthorizationQueryParametersError", message)
}

pub(super) fn no_such_bucket() -> S3Error {
    let message = "The specified bucket does not exist";
    S3Error::new(StatusCode::NOT_FOUND, "NoSuchBucket", message)
}

pub(super) fn no_such_key() -> S3Error {
    S3Error::new(StatusCode::NOT_FOUND, "NoSuchKey", "The specified key does not exist.")
}

pub(super) fn slow_down() -> S3Error {
    let message = "Please reduce your request rate.";
    S3Error::new(StatusCode::SERVICE_UNAVAILABLE, "SlowDown", message)
}

pub(super) fn not_implemented(what: &str) -> S3Error {
    let message = format!("{what} is not supported by the local emulator");
    S3Error::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
}
