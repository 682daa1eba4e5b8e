//! The edge as the template's distribution says, before functions that are closures.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod few_files;
mod gateway;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aws_local::edge::{self, ReadTimeouts};
use aws_local::s3::S3;
use aws_local::settings::{EdgeSettings, SocketLimits};
use aws_local::store::Store;
use aws_local::template::Stack;
use gateway::{Gateway, Stub};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Where the cached part of the API is.
const CATALOG: &str = "/api/open/catalog";

/// Answers as its query says: `status`, else 200; every answer differs from the one before.
fn counting() -> Stub {
    let count = std::sync::atomic::AtomicU32::new(0);
    Arc::new(move |_, event| {
        let number = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let name = event["pathParameters"]["name"].as_str().unwrap_or_default();
        let status = name.rsplit('-').next().and_then(|it| it.parse().ok()).unwrap_or(200);
        let cache = if status == 200 { "public, max-age=60" } else { "no-store" };
        let headers = json!({ "cache-control": cache, "etag": format!("\"{number}\"") });
        Ok(json!({ "statusCode": status, "headers": headers, "body": number.to_string() }))
    })
}

struct Edge {
    gateway: Gateway,
    addr: SocketAddr,
}

impl Edge {
    async fn open(template: &str) -> Self {
        let stack = Stack::parse(template, "gateway", "eu-west-2", &BTreeMap::new()).unwrap();
        let gateway = Gateway::of(stack, counting(), SocketLimits::default()).await;
        let settings = EdgeSettings {
            addr: ([127, 0, 0, 1], 0).into(),
            site: None,
            documents: None,
            folders: BTreeMap::new(),
            config_json: "{}".to_owned(),
        };
        let behind = edge::PublicEndpoints {
            pools: gateway.pools.clone(),
            http_api: Some(gateway.api.clone()),
            websocket_api: Some(gateway.live.clone()),
            s3: S3::new(&gateway.stack, Store::memory().unwrap(), settings.addr).unwrap(),
            cache: edge::Cache::default(),
        };
        let router = edge::router(&gateway.stack, &settings, behind, axum::Router::new()).unwrap();
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let addr = listener.local_addr().unwrap();
        let timeouts =
            ReadTimeouts { headers: Duration::from_millis(200), body: Duration::from_millis(200) };
        tokio::spawn(edge::serve(listener, router, timeouts));
        Self { gateway, addr }
    }

    async fn call(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
        let url = format!("http://{}{path}", self.addr);
        let mut call = reqwest::Client::new().request(method, url);
        for (name, value) in headers {
            call = call.header(*name, *value);
        }
        call.send().await.unwrap()
    }

    async fn body(&self, path: &str) -> String {
        self.call(Method::GET, path, &[]).await.text().await.unwrap()
    }

    fn last_event(&self) -> Value {
        self.gateway.invocations().pop().unwrap().1
    }
}

fn header(response: &Response, name: &str) -> String {
    let value = response.headers().get(name).map(|it| it.to_str().unwrap());
    value.unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_answer_is_cached_under_its_key() {
    let edge = Edge::open(include_str!("gateway/stack.yaml")).await;
    assert_eq!(edge.body(CATALOG).await, "0");
    let hit = edge.call(Method::GET, CATALOG, &[("cache-control", "no-cache")]).await;
    assert_eq!(header(&hit, "x-cache"), "Hit from cloudfront", "whatever the client's headers");
    assert!(header(&hit, "age").parse::<u32>().unwrap() < 60);
    assert_eq!(hit.text().await.unwrap(), "0");
    assert_eq!(edge.body(&format!("{CATALOG}?utm=x")).await, "0", "no part of the key");
    assert_eq!(edge.body(&format!("{CATALOG}?v=1")).await, "1", "another key");
    assert_eq!(edge.body(&format!("{CATALOG}?v=1")).await, "1");
    assert_eq!(edge.body(&format!("{CATALOG}?v=2")).await, "2");
    assert_eq!(edge.body("/api/open/other").await, "3", "caching is disabled");
    assert_eq!(edge.body("/api/open/other").await, "4");
}

#[tokio::test]
async fn an_error_is_cached_only_where_the_template_lets_it() {
    let template = include_str!("gateway/stack.yaml");
    let edge = Edge::open(template).await;
    for path in ["/api/open/catalog-503", "/api/open/other-503"] {
        assert_ne!(edge.body(path).await, edge.body(path).await, "{path}");
    }
    assert_eq!(edge.body("/api/open/catalog-502").await, edge.body("/api/open/catalog-502").await);

    // What AWS does with a template that says nothing of errors: ten seconds, also for what is
    // never cached otherwise.
    let (before, rest) = template.split_once("        CustomErrorResponses:").unwrap();
    let (_, after) = rest.split_once("        Origins:").unwrap();
    let edge = Edge::open(&format!("{before}        Origins:{after}")).await;
    for path in ["/api/open/catalog-503", "/api/open/other-503"] {
        assert_eq!(edge.body(path).await, edge.body(path).await, "{path}");
    }
}

#[tokio::test]
async fn the_origin_sees_what_the_policies_pass_on() {
    let edge = Edge::open(include_str!("gateway/stack.yaml")).await;
    let query = "?v=1&utm=x";
    edge.call(Method::GET, &format!("{CATALOG}{query}"), &[("x-own", "1")]).await;
    let event = edge.last_event();
    assert_eq!(event["rawQueryString"], "v=1");
    assert_eq!(event["headers"]["x-own"], Value::Null);
    assert_eq!(event["headers"]["user-agent"], "Amazon CloudFront");
    assert_eq!(event["headers"]["x-from"], "cloudfront");

    let headers = [("x-own", "1"), ("x-from", "a browser")];
    edge.call(Method::PUT, &format!("/api/open/other{query}"), &headers).await;
    let event = edge.last_event();
    assert_eq!(event["rawQueryString"], "v=1&utm=x");
    assert_eq!(event["headers"]["x-own"], "1");
    assert_eq!(event["headers"]["x-from"], "cloudfront", "not even a browser can say otherwise");

    let refused = edge.call(Method::POST, CATALOG, &[]).await;
    assert_eq!(refused.status(), 403, "the behavior takes GET and HEAD");
}

#[tokio::test]
async fn a_cached_answer_serves_head_and_a_known_version() {
    let edge = Edge::open(include_str!("gateway/stack.yaml")).await;
    assert_eq!(edge.body(CATALOG).await, "0");
    let head = edge.call(Method::HEAD, CATALOG, &[]).await;
    assert_eq!(header(&head, "x-cache"), "Hit from cloudfront");
    assert_eq!(
        (header(&head, "content-length"), head.text().await.unwrap()),
        ("1".into(), "".into())
    );
    let known = edge.call(Method::GET, CATALOG, &[("if-none-match", "W/\"0\"")]).await;
    assert_eq!(known.status(), 304);
    let other = edge.call(Method::GET, CATALOG, &[("if-none-match", "\"9\"")]).await;
    assert_eq!(other.status(), 200);
}

/// What a client that sends this, and then nothing more, gets until the connection is closed.
async fn slowly(edge: &Edge, sent: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(edge.addr).await.unwrap();
    stream.write_all(sent.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer);
    tokio::time::timeout(Duration::from_secs(10), read).await.unwrap().unwrap();
    answer
}

#[tokio::test]
async fn a_slow_request_is_not_waited_for() {
    let edge = Edge::open(include_str!("gateway/stack.yaml")).await;
    let head = "PUT /api/open/other HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    let answer = slowly(&edge, head).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    let body = format!("{head}Connection: close\r\nContent-Length: 9\r\n\r\n{{\"a\"");
    let answer = slowly(&edge, &body).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(edge.gateway.invocations().is_empty(), "no function was invoked with half a request");
}

#[tokio::test]
async fn connections_are_accepted_again_after_file_descriptors_ran_out() {
    let name = "connections_are_accepted_again_after_file_descriptors_ran_out";
    if !few_files::is_limited(64, name) {
        return;
    }
    let edge = Edge::open(include_str!("gateway/stack.yaml")).await;
    let mut connections = Vec::new();
    while let Ok(connection) = tokio::net::TcpStream::connect(edge.addr).await {
        connections.push(connection);
        tokio::task::yield_now().await; // the edge accepts
    }
    assert!(connections.len() > 10, "{} connections", connections.len());
    drop(connections);
    let answer = async {
        loop {
            if let Ok(stream) = tokio::net::TcpStream::connect(edge.addr).await {
                return stream;
            }
            tokio::task::yield_now().await;
        }
    };
    let mut stream = tokio::time::timeout(Duration::from_secs(10), answer).await.unwrap();
    stream.write_all(b"GET /config.json HTTP/1.1\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer);
    tokio::time::timeout(Duration::from_secs(10), read).await.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn head_is_answered_as_on_aws() {
    let edge = Edge::open(include_str!("gateway/stack.yaml")).await;
    // A route for any method gets it; one for GET does not.
    let any = edge.call(Method::HEAD, "/api/open/other", &[]).await;
    assert_eq!((any.status().as_u16(), header(&any, "content-length")), (200, "1".to_owned()));
    assert_eq!(edge.last_event()["requestContext"]["http"]["method"], "HEAD");
    let get_only = edge.call(Method::HEAD, "/api/forbidden", &[]).await;
    assert_eq!(get_only.status(), 404);
    assert_eq!(get_only.text().await.unwrap(), "");
}
