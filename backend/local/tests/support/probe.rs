//! A function for tests: it does what the event tells it to.
//!
//! `do` stands in the payload or in its `detail`; every other field is an argument. It speaks the
//! Runtime API over a plain socket, so it starts fast and shows what a bootstrap needs.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

fn main() {
    let api = variable("AWS_LAMBDA_RUNTIME_API");
    let api = api.trim_start_matches("http://");
    let (host, prefix) = api.split_once('/').unwrap_or((api, ""));
    let root = format!("/{prefix}/2018-06-01/runtime/invocation");
    loop {
        // Whatever goes wrong on the way to Lambda ends the process, as it ends a real bootstrap.
        let Some(next) = http(host, "GET", &format!("{root}/next"), &[], "") else { return };
        if next.status != 200 {
            return;
        }
        let id = next.headers.get("lambda-runtime-aws-request-id").cloned().unwrap_or_default();
        let event: Value = serde_json::from_str(&next.body).unwrap_or_default();
        let (kind, body) = match act(&event, &id) {
            Ok(answer) => ("response", answer),
            Err(error) => ("error", error),
        };
        let answered = http(host, "POST", &format!("{root}/{id}/{kind}"), &[], &body.to_string());
        if answered.is_none() {
            return;
        }
    }
}

fn act(event: &Value, request_id: &str) -> Result<Value, Value> {
    let order = if event.get("do").is_some() { event } else { &event["detail"] };
    let text = |name: &str| order[name].as_str().unwrap_or_default().to_owned();
    if let Some(file) = order["note"].as_str() {
        append(file, &format!("{request_id} {event}\n"));
    }
    match order["do"].as_str().unwrap_or("echo") {
        "echo" => Ok(event.clone()),
        "env" => Ok(json!(std::env::vars().collect::<BTreeMap<_, _>>())),
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
    match http(host, method, &path, &headers, &body) {
        Some(answer) => json!({"status": answer.status, "body": answer.body}),
        None => json!({"status": 0, "body": "the connection broke"}),
    }
}

struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

/// One request on one connection; `None` if it broke.
fn http(
    host: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Option<Answer> {
    let mut stream = TcpStream::connect(host).ok()?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("content-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(head.as_bytes()).ok()?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let status = line.split(' ').nth(1)?.parse().ok()?;
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").and_then(|it| it.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() })
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
