//! What a function returned, as the client gets it.

use anyhow::{Context, Result, bail, ensure};
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

/// Headers that only the gateway itself may set.
const OWN: [HeaderName; 4] =
    [header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::UPGRADE];

/// Reads a payload: an object with `statusCode`, or any JSON, which is then sent as it is with
/// 200.
///
/// # Errors
/// If it is neither: the client then gets a 500.
pub(super) fn read(payload: &[u8]) -> Result<Response> {
    let value: Value = serde_json::from_slice(payload).context("the reply is not JSON")?;
    if value.get("statusCode").is_some_and(|it| !it.is_null()) {
        full(&value)
    } else {
        Ok(bare(&value))
    }
}

fn bare(value: &Value) -> Response {
    let body = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    (StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn full(value: &Value) -> Result<Response> {
    let status = &value["statusCode"];
    let status = status.as_u64().or_else(|| status.as_str()?.parse().ok());
    let status =
        status.and_then(|it| u16::try_from(it).ok()).context("the statusCode is no number")?;
    ensure!((200..600).contains(&status), "the statusCode {status} is out of range");
    let mut response = Response::new(body(value)?);
    *response.status_mut() = StatusCode::from_u16(status)?;
    for (name, value) in value["headers"].as_object().into_iter().flatten() {
        let name: HeaderName = name.parse().with_context(|| format!("the header {name}"))?;
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if !OWN.contains(&name) {
            response.headers_mut().insert(name, HeaderValue::from_str(&text)?);
        }
    }
    for cookie in value["cookies"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_str(cookie)?);
    }
    let kind = response.headers_mut().entry(header::CONTENT_TYPE);
    kind.or_insert(HeaderValue::from_static("text/plain;charset=UTF-8"));
    Ok(response)
}

fn body(value: &Value) -> Result<Body> {
    let text = match &value["body"] {
        Value::Null => return Ok(Body::empty()),
        Value::String(text) => text,
        _ => bail!("the body is not text"),
    };
    let is_base64 = value["isBase64Encoded"] == Value::Bool(true);
    Ok(match is_base64 {
        true => Body::from(BASE64_STANDARD.decode(text).context("the body is not base64")?),
        false => Body::from(text.clone()),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_json(value: Value) -> Result<Response> {
        read(value.to_string().as_bytes())
    }

    #[test]
    fn what_only_the_gateway_may_set_is_left_out() {
        let headers = json!({"X-Two": "2", "Content-Length": "99"});
        let response = read_json(json!({"statusCode": 201, "headers": headers})).unwrap();
        assert_eq!(response.headers()["x-two"], "2");
        assert!(!response.headers().contains_key(header::CONTENT_LENGTH));
    }

    #[test]
    fn a_reply_that_is_none_is_refused() {
        assert!(read(b"not json").is_err());
        for wrong in [
            json!({"statusCode": 42}),
            json!({"statusCode": 200, "body": {}}),
            json!({"statusCode": 200, "body": "%", "isBase64Encoded": true}),
            json!({"statusCode": 200, "headers": {"bad header": "x"}}),
        ] {
            assert!(read_json(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
