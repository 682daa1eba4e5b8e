//! What the tests of this crate share: a stack, a way to wait, and calls as the owner.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(unreachable_pub, missing_docs, clippy::unwrap_used, reason = "these are tests")]

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use aws_local::cloud::{Cloud, Settings};
use aws_local::feed::FeedEvent;
use aws_local::iam::Caller;
use serde_json::{Value, json};

/// The bus of the test stack under the default stack name.
pub const BUS: &str = "local-bus";

pub fn folder(name: &str) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("aws-local-{name}-{}-{count}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

pub fn template() -> PathBuf {
    PathBuf::from("tests/support/stack.yaml")
}

pub fn probe() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_aws-local-probe"))
}

/// The test stack, in memory, with minutes that last a second.
pub fn settings() -> Settings {
    let mut settings = Settings::new(template(), probe());
    settings.time_scale = 600;
    settings.echo_logs = false;
    settings
}

pub async fn cloud() -> Cloud {
    Cloud::start(settings()).await.unwrap()
}

/// Waits until `what` is there, for ten seconds at most.
pub async fn eventually<T>(what: impl AsyncFn() -> Option<T>) -> T {
    let give_up = Instant::now() + Duration::from_secs(10);
    loop {
        if let Some(it) = what().await {
            return it;
        }
        assert!(Instant::now() < give_up, "it did not happen");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

pub fn lines(file: &std::path::Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

pub async fn invoke(cloud: &Cloud, function: &str, payload: Value) -> (Value, Option<String>) {
    let outcome = cloud.lambda().invoke(function, payload.to_string().into()).await.unwrap();
    (serde_json::from_slice(&outcome.payload).unwrap(), outcome.function_error)
}

pub fn put(cloud: &Cloud, detail_type: &str, detail: Value) -> Value {
    let entry = json!({
        "Source": "test", "DetailType": detail_type, "Detail": detail.to_string(),
        "EventBusName": BUS,
    });
    cloud.eventbridge().put_events(&Caller::Owner, &json!({"Entries": [entry]})).unwrap()
}

pub fn seen(cloud: &Cloud) -> Vec<FeedEvent> {
    cloud.feed().since(0).iter().map(|it| it.event.clone()).collect()
}

/// A call to an endpoint signed by somebody who is no function.
pub async fn call(endpoint: &str, target: &str, body: Value) -> (u16, Value) {
    let answer = reqwest::Client::new()
        .post(endpoint)
        .header("x-amz-target", target)
        .header("authorization", "AWS4-HMAC-SHA256 Credential=OWNER/20260101/x/y/aws4_request")
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    let status = answer.status().as_u16();
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
}
