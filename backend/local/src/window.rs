//! The window: a page that shows what happens, and lets a person cause some of it.
//!
//! It shows events, the rules they matched, who was invoked and with what outcome, retries, dead
//! letters and confirmation codes. It sends an event by hand and hands a dead letter back to the
//! function that failed. It is not part of AWS and lives under `/_local/`.

use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

mod dead_letters;
mod follow;
mod send;

use crate::cognito::UserPools;
use crate::eventbridge::EventBridge;
use crate::feed::Feed;
use crate::lambda::Lambda;
use crate::sqs::Sqs;
use crate::template::Stack;

/// An event to fill the form with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SampleEvent {
    /// Its source.
    pub source: String,
    /// Its detail-type.
    pub detail_type: String,
    /// Its detail: a JSON object as text.
    pub detail: String,
    /// The field of the detail that holds a UUID and gets a fresh one on demand.
    pub id_field: Option<String>,
}

/// What the window looks at.
#[derive(Clone, Debug)]
pub struct Parts {
    /// What happens.
    pub feed: Feed,
    /// Whose codes it shows.
    pub pools: UserPools,
    /// Where it sends events.
    pub eventbridge: EventBridge,
    /// Whom it invokes for a dead letter.
    pub lambda: Lambda,
    /// Where the dead letters are.
    pub sqs: Sqs,
}

/// A handle to the window; clones share it.
#[derive(Clone, Debug)]
pub struct Window {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    parts: Parts,
    /// What the page is told once.
    about: Value,
    bus: String,
    id_field: Option<String>,
    queues: Vec<String>,
}

impl Window {
    /// A window on a stack.
    #[must_use]
    pub fn new(stack: &Stack, sample: Option<SampleEvent>, parts: Parts) -> Self {
        let sample = sample.unwrap_or_default();
        let buses = stack.of_kind("AWS::Events::EventBus");
        let bus = buses.map(|it| it.physical_id.clone()).next();
        let bus = bus.unwrap_or_else(|| "default".to_owned());
        let queues = stack.of_kind("AWS::SQS::Queue").map(|it| it.physical_id.clone());
        let shared = Shared {
            about: about(stack, &bus, &sample),
            bus,
            id_field: sample.id_field,
            queues: queues.collect(),
            parts,
        };
        Self { shared: Arc::new(shared) }
    }

    /// Everything below `/_local`.
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let about = Arc::clone(&self.shared);
        let mail = Arc::clone(&self.shared);
        Router::new()
            .route("/", get(page))
            .route("/window.js", get(script))
            .route("/window.css", get(style))
            .route("/mail", get(mail_page))
            .route("/mail.js", get(mail_script))
            .route("/about.json", get(move || async move { axum::Json(about.about.clone()) }))
            .route("/mail.json", get(move || async move { axum::Json(mail.parts.pools.mail()) }))
            .route("/feed", get(follow::follow))
            .route("/events", post(send::send))
            .route("/dead-letters.json", get(dead_letters::list))
            .route("/dead-letters/{queue}/{message}/redrive", post(dead_letters::redrive))
            .fallback(|| async { Redirect::temporary("/_local/") })
            .with_state(self.clone())
    }
}

/// What the page cannot see in the feed: the rules and their targets, and the sample.
fn about(stack: &Stack, bus: &str, sample: &SampleEvent) -> Value {
    let function = |arn: &str| {
        let mut functions = stack.of_kind("AWS::Lambda::Function");
        functions
            .find(|it| stack.arn(&it.logical_id).as_deref() == Some(arn))
            .map(|it| &it.logical_id)
    };
    let rules = stack.of_kind("AWS::Events::Rule").map(|rule| {
        let targets = rule.list("/Targets").iter().filter_map(|it| it["Arn"].as_str());
        let functions: Vec<_> = targets.filter_map(function).collect();
        let schedule = rule.text("/ScheduleExpression");
        (rule.logical_id.clone(), json!({ "functions": functions, "schedule": schedule }))
    });
    json!({
        "stack": stack.name,
        "region": stack.region,
        "bus": bus,
        "rules": rules.collect::<serde_json::Map<_, _>>(),
        "sample": {
            "source": sample.source,
            "detail_type": sample.detail_type,
            "detail": sample.detail,
            "id_field": sample.id_field,
        },
    })
}

async fn page() -> Response {
    file("text/html; charset=utf-8", include_str!("../window/index.html"))
}

async fn script() -> Response {
    file("text/javascript; charset=utf-8", include_str!("../window/window.js"))
}

async fn style() -> Response {
    file("text/css; charset=utf-8", include_str!("../window/window.css"))
}

async fn mail_page() -> Response {
    file("text/html; charset=utf-8", include_str!("../window/mail.html"))
}

async fn mail_script() -> Response {
    file("text/javascript; charset=utf-8", include_str!("../window/mail.js"))
}

fn file(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], text).into_response()
}
