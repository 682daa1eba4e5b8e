//! The console: a page that shows what happens, and lets the developer cause some of it.
//!
//! It shows events, the rules they matched, invocations and their outcomes, retries, dead
//! letters and confirmation codes. It sends an event from a form and redrives a dead letter to the
//! function that failed. It is not part of AWS and lives under `/_local/`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde_json::{Value, json};

mod dead_letters;
mod follow;
mod send;

use crate::cognito::UserPools;
use crate::eventbridge::EventBridge;
use crate::feed::Feed;
use crate::guard;
use crate::lambda::Lambda;
use crate::settings::SampleEvent;
use crate::sqs::Sqs;
use crate::template::Stack;

/// The services that the console shows.
#[derive(Clone, Debug)]
pub struct Dependencies {
    /// What happens.
    pub feed: Feed,
    /// Have sent the codes that it shows.
    pub pools: UserPools,
    /// Takes the events that it sends.
    pub eventbridge: EventBridge,
    /// Invokes functions for dead letters.
    pub lambda: Lambda,
    /// Holds the dead letters.
    pub sqs: Sqs,
}

/// A handle to the console; clones share it.
#[derive(Clone, Debug)]
pub struct Console {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    dependencies: Dependencies,
    /// What the page reads once.
    about: Value,
    bus: String,
    id_field: Option<String>,
    queues: Vec<String>,
    /// Logical ids of the functions by ARN.
    functions: BTreeMap<String, String>,
}

impl Console {
    /// A console for a stack.
    #[must_use]
    pub fn new(stack: &Stack, sample: Option<SampleEvent>, dependencies: Dependencies) -> Self {
        let sample = sample.unwrap_or_default();
        let buses = stack.of_kind("AWS::Events::EventBus");
        let bus = buses.map(|it| it.physical_id.clone()).next();
        let bus = bus.unwrap_or_else(|| "default".to_owned());
        let queues = stack.of_kind("AWS::SQS::Queue").map(|it| it.physical_id.clone());
        let functions = stack.of_kind("AWS::Lambda::Function");
        let functions =
            functions.filter_map(|it| Some((stack.arn(&it.logical_id)?, it.logical_id.clone())));
        let functions: BTreeMap<String, String> = functions.collect();
        let shared = Shared {
            about: about(stack, &bus, &sample, &functions),
            bus,
            id_field: sample.id_field,
            queues: queues.collect(),
            functions,
            dependencies,
        };
        Self { shared: Arc::new(shared) }
    }

    /// Everything below `/_local/`.
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let about = Arc::clone(&self.shared);
        let mail = Arc::clone(&self.shared);
        Router::new()
            .route("/_local/", get(page))
            .route("/_local/console.js", get(script))
            .route("/_local/console.css", get(style))
            .route("/_local/mail", get(mail_page))
            .route("/_local/mail.js", get(mail_script))
            .route("/_local/about.json", get(async move || Json(about.about.clone())))
            .route("/_local/mail.json", get(async move || Json(mail.dependencies.pools.mail())))
            .route("/_local/feed", get(follow::follow))
            .route("/_local/events", post(send::send))
            .route("/_local/dead-letters.json", get(dead_letters::list))
            .route("/_local/dead-letters/{queue}/{message}/redrive", post(dead_letters::redrive))
            .route("/_local", get(home))
            .route("/_local/{*rest}", get(home))
            .layer(middleware::from_fn(guard::loopback_pages_only))
            .with_state(self.clone())
    }
}

/// What the page cannot see in the feed: the rules and their targets, and the sample.
fn about(
    stack: &Stack,
    bus: &str,
    sample: &SampleEvent,
    functions: &BTreeMap<String, String>,
) -> Value {
    let rules = stack.of_kind("AWS::Events::Rule").map(|rule| {
        let targets = rule.list("/Targets").iter().filter_map(|it| it["Arn"].as_str());
        let functions: Vec<_> = targets.filter_map(|it| functions.get(it)).collect();
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

async fn home() -> Redirect {
    Redirect::temporary("/_local/")
}

async fn page() -> Response {
    file("text/html; charset=utf-8", include_str!("../console/index.html"))
}

async fn script() -> Response {
    file("text/javascript; charset=utf-8", include_str!("../console/console.js"))
}

async fn style() -> Response {
    file("text/css; charset=utf-8", include_str!("../console/console.css"))
}

async fn mail_page() -> Response {
    file("text/html; charset=utf-8", include_str!("../console/mail.html"))
}

async fn mail_script() -> Response {
    file("text/javascript; charset=utf-8", include_str!("../console/mail.js"))
}

fn file(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], text).into_response()
}
