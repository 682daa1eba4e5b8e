//! A request as the function sees it: payload format 2.0
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>).

use std::collections::BTreeMap;
use std::net::IpAddr;

use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::authorizer::Authorized;
use super::routes::{Found, decode};
use crate::gateway::{self, Api};
use crate::time::{log_time, now_ms};

/// Headers that end at the gateway.
const HOP_BY_HOP: [header::HeaderName; 6] = [
    header::CONNECTION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::PROXY_AUTHENTICATE,
];

/// The event for one request.
pub(super) fn event(
    api: &Api,
    parts: &Parts,
    body: &[u8],
    found: &Found<'_>,
    passed: Option<Authorized>,
    client: IpAddr,
    request_id: &str,
) -> Value {
    let now = now_ms();
    // The gateway decodes the path, though not the query.
    let path = decode(parts.uri.path());
    let query = parts.uri.query().unwrap_or_default();
    let mut event = json!({
        "version": "2.0",
        "routeKey": found.route.key,
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers(&api.domain, &parts.headers, client),
        "requestContext": {
            "accountId": api.account_id,
            "apiId": api.id,
            "domainName": api.domain,
            "domainPrefix": api.id,
            "http": {
                "method": parts.method.as_str(),
                "path": path,
                "protocol": format!("{:?}", parts.version),
                "sourceIp": client.to_string(),
                "userAgent": text(&parts.headers, header::USER_AGENT),
            },
            "requestId": request_id,
            "routeKey": found.route.key,
            "stage": api.stage,
            "time": log_time(now),
            "timeEpoch": now,
        },
        "isBase64Encoded": false,
    });
    // Absent fields are left out, not null.
    let cookies = cookies(&parts.headers);
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    if !query.is_empty() {
        let parameters = gateway::query_parameters(query).into_iter();
        event["queryStringParameters"] =
            parameters.map(|(name, values)| (name, json!(values.join(",")))).collect();
    }
    if !found.parameters.is_empty() {
        event["pathParameters"] = json!(found.parameters);
    }
    if let Some(passed) = passed {
        event["requestContext"]["authorizer"] = authorizer(&passed);
    }
    if !body.is_empty() {
        let (body, is_base64) = encode(&parts.headers, body);
        event["body"] = json!(body);
        event["isBase64Encoded"] = json!(is_base64);
    }
    event
}

/// Names in lower case, several of one name joined by a comma.
fn headers(domain: &str, headers: &HeaderMap, client: IpAddr) -> BTreeMap<String, String> {
    let mut joined = BTreeMap::new();
    for name in headers.keys().filter(|it| !HOP_BY_HOP.contains(it) && *it != header::COOKIE) {
        let values = headers.get_all(name).iter().map(|it| String::from_utf8_lossy(it.as_bytes()));
        joined.insert(name.as_str().to_owned(), values.collect::<Vec<_>>().join(","));
    }
    let trace =
        crate::random::bytes::<12>().iter().map(|it| format!("{it:02x}")).collect::<String>();
    let own = [
        ("host", domain.to_owned()),
        ("x-amzn-trace-id", format!("Root=1-{:08x}-{trace}", now_ms() / 1_000)),
        ("x-forwarded-for", client.to_string()),
        ("x-forwarded-port", "443".to_owned()),
        ("x-forwarded-proto", "https".to_owned()),
    ];
    joined.extend(own.map(|(name, value)| (name.to_owned(), value)));
    joined
}

fn authorizer(passed: &Authorized) -> Value {
    // Every claim is text; a list is written like `[a b]`.
    let words = |list: &Vec<Value>| list.iter().map(plain).collect::<Vec<_>>().join(" ");
    let claim = |value: &Value| match value {
        Value::Array(list) => format!("[{}]", words(list)),
        other => plain(other),
    };
    let claims: BTreeMap<_, _> = passed.claims.iter().map(|(name, it)| (name, claim(it))).collect();
    json!({ "jwt": { "claims": claims, "scopes": passed.scopes } })
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|it| it.to_str().ok());
    let cookies = lines.flat_map(|line| line.split(';')).map(str::trim);
    cookies.filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

/// Text as it is, everything else in base64; the content type says whether it is text.
fn encode(headers: &HeaderMap, body: &[u8]) -> (String, bool) {
    match std::str::from_utf8(body) {
        Ok(text) if is_text(headers) => (text.to_owned(), false),
        _ => (BASE64_STANDARD.encode(body), true),
    }
}

fn is_text(headers: &HeaderMap) -> bool {
    let Some(kind) = text(headers, header::CONTENT_TYPE) else { return true };
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let known = ["application/json", "application/javascript", "application/xml"];
    kind.starts_with("text/") || kind.ends_with("+json") || known.contains(&kind.as_str())
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|it| it.to_str().ok())
}
