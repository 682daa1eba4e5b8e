//! What the function was invoked with goes into a table, where a test anywhere can read it.
//!
//! On AWS itself this goes by plain HTTP, which DynamoDB's endpoints speak
//! (<https://docs.aws.amazon.com/general/latest/gr/ddb.html>): a bootstrap without TLS is a tenth
//! of the size, and all that passes is made-up data of a stack that lives for minutes.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::http::Request;
use crate::signature::{Signed, Signer};
use crate::variable;

/// Where an event carries the test's token, in the forms that functions receive.
const TOKENS: [&str; 6] = [
    "/token",
    "/detail/token",
    "/requestContext/authorizer/token",
    "/queryStringParameters/token",
    "/pathParameters/token",
    "/requestContext/connectionId",
];

/// Writes an invocation into the table that the variable `RECORDS` names; without it, nowhere.
pub(crate) fn record(event: &Value, request_id: &str) {
    let table = variable("RECORDS");
    if table.is_empty() {
        return;
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let item = json!({
        "id": {"S": token(event)},
        "item": {"S": format!("{:020}-{request_id}", now.as_nanos())},
        "function": {"S": variable("_HANDLER")},
        "request_id": {"S": request_id},
        "event": {"S": event.to_string()},
        "expires_at": {"N": (now.as_secs() + 86_400).to_string()},
    });
    let body = json!({"TableName": table, "Item": item}).to_string();
    match put(&body, now.as_secs()) {
        Some(200) => {}
        other => eprintln!("the invocation {request_id} was not recorded: {other:?}"),
    }
}

/// Whose invocation this is. A schedule's carries nobody's token.
fn token(event: &Value) -> &str {
    if event["detail-type"] == "Scheduled Event" {
        return "schedule";
    }
    TOKENS.iter().find_map(|it| event.pointer(it)?.as_str()).unwrap_or("nobody")
}

fn put(body: &str, at: u64) -> Option<u16> {
    let region = variable("AWS_REGION");
    let host = host(&region);
    let (key, secret) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"));
    let session = Some(variable("AWS_SESSION_TOKEN")).filter(|it| !it.is_empty());
    let headers = [
        ("content-type", "application/x-amz-json-1.0"),
        ("x-amz-target", "DynamoDB_20120810.PutItem"),
    ];
    let signer = Signer {
        access_key_id: &key,
        secret_access_key: &secret,
        session_token: session.as_deref(),
        region: &region,
        service: "dynamodb",
    };
    let signed = signer.sign(&Signed {
        method: "POST",
        host: &host,
        path: "/",
        headers: &headers,
        body: body.as_bytes(),
        at,
    });
    let signed = signed.iter().map(|(name, value)| (*name, value.as_str()));
    let headers: Vec<_> = headers.into_iter().chain(signed).collect();
    let request = Request { method: "POST", host: &host, path: "/", headers: &headers, body };
    request.send().map(|it| it.status)
}

fn host(region: &str) -> String {
    let given = [variable("AWS_ENDPOINT_URL_DYNAMODB"), variable("AWS_ENDPOINT_URL")];
    let given = given.into_iter().find(|it| !it.is_empty());
    let given = given.as_deref().and_then(|it| it.strip_prefix("http://"));
    match given {
        Some(address) => address.trim_end_matches('/').to_owned(),
        None => format!("dynamodb.{region}.amazonaws.com"),
    }
}
