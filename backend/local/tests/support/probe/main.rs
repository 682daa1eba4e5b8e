//! A function for tests: it does what the event tells it to.
//!
//! `do` stands in the payload, in its `detail` or in its query; every other field there is an
//! argument. It speaks the Runtime API over a plain socket, so it starts fast and shows what a
//! bootstrap needs.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use serde_json::{Value, json};

mod http;

mod record;
mod signature;

use http::Request;

fn main() {
    let api = variable("AWS_LAMBDA_RUNTIME_API");
    let api = api.trim_start_matches("http://");
    let (host, prefix) = api
        .split_once('/')
        .map_or((api, String::new()), |(host, prefix)| (host, format!("/{prefix}")));
    let root = format!("{prefix}/2018-06-01/runtime/invocation");
    let call = |method, path: &str, body: &str| {
        Request { method, host, path: &format!("{root}/{path}"), headers: &[], body }.send()
    };
    loop {
        // Whatever goes wrong on the way to Lambda ends the process, as it ends a real bootstrap.
        let Some(next) = call("GET", "next", "") else { return };
        if next.status != 200 {
            return;
        }
        let id = next.headers.get("lambda-runtime-aws-request-id").cloned().unwrap_or_default();
        let event: Value = serde_json::from_str(&next.body).unwrap_or_default();
        record::record(&event, &id);
        let (kind, body) = match act(&event, &id) {
            Ok(answer) => ("response", answer),
            Err(error) => ("error", error),
        };
        if call("POST", &format!("{id}/{kind}"), &body.to_string()).is_none() {
            return;
        }
    }
}

fn act(event: &Value, request_id: &str) -> Result<Value, Value> {
    if event["type"] == "REQUEST" {
        return Ok(keep(event));
    }
    let order = order(event);
    // A gateway waits for a status; where it says nothing else it is the socket's own business.
    if event["requestContext"]["connectionId"].is_string() && order.get("do").is_none() {
        return Ok(json!({"statusCode": 200, "body": "the function's own answer"}));
    }
    let text = |name: &str| order[name].as_str().unwrap_or_default().to_owned();
    if let Some(file) = order["note"].as_str() {
        append(file, &format!("{request_id} {event}\n"));
    }
    match order["do"].as_str().unwrap_or("echo") {
        "echo" => Ok(event.clone()),
        "env" => Ok(json!(std::env::vars().collect::<BTreeMap<_, _>>())),
        "answer" => Ok(serde_json::from_str(&text("with")).unwrap_or_default()),
        "fail" => Err(json!({"errorType": "Poison", "errorMessage": text("why")})),
        "exit" => std::process::exit(7),
        "sleep" => {
            std::thread::sleep(Duration::from_millis(order["ms"].as_u64().unwrap_or_default()));
            Ok(json!(std::process::id()))
        }
        "log" => {
            println!("{}", text("line"));
            Ok(Value::Null)
        }
        "call" => Ok(call(order)),
        other => Err(json!({"errorType": "Unknown", "errorMessage": other})),
    }
}

/// Where the event says what to do.
fn order(event: &Value) -> &Value {
    let places = ["", "/detail", "/queryStringParameters"];
    let mut places = places.iter().filter_map(|it| event.pointer(it));
    places.find(|it| it.get("do").is_some()).unwrap_or(&event["detail"])
}

/// Decides as the authorizer of a WebSocket API: the ticket `good` lets in.
fn keep(event: &Value) -> Value {
    let query = &event["queryStringParameters"];
    let effect = if query["ticket"] == "good" { "Allow" } else { "Deny" };
    let statement = json!({
        "Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"],
    });
    json!({
        "principalId": "somebody",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {"token": query["token"], "level": 7},
    })
}

/// Calls an AWS endpoint as this function: `service` names the endpoint variable.
fn call(order: &Value) -> Value {
    let text = |name: &str| order[name].as_str().unwrap_or_default();
    let endpoint = variable(&format!("AWS_ENDPOINT_URL_{}", text("service")));
    let address = endpoint.trim_start_matches("http://");
    let (host, prefix) = address.split_once('/').unwrap_or((address, ""));
    let path = format!("{}{}", if prefix.is_empty() { "" } else { "/" }, prefix) + text("path");
    let path = if path.is_empty() { "/".to_owned() } else { path };
    let credential =
        format!("Credential={}/20260101/x/y/aws4_request", variable("AWS_ACCESS_KEY_ID"));
    let headers = [
        (
            "authorization",
            format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"),
        ),
        ("x-amz-target", text("target").to_owned()),
    ];
    let headers: Vec<_> = headers.iter().filter(|(_, value)| !value.is_empty()).collect();
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let method = order["method"].as_str().unwrap_or("POST");
    let body = order["body"].as_str().map_or_else(|| order["body"].to_string(), str::to_owned);
    let request = Request { method, host, path: &path, headers: &headers, body: &body };
    match request.send() {
        Some(answer) => json!({"status": answer.status, "body": answer.body}),
        None => json!({"status": 0, "body": "the connection broke"}),
    }
}

fn append(file: &str, line: &str) {
    let opened = std::fs::OpenOptions::new().create(true).append(true).open(file);
    let written = opened.and_then(|mut file| file.write_all(line.as_bytes()));
    if let Err(error) = written {
        eprintln!("{file}: {error}");
    }
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}
