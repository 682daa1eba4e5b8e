//! The console under `/_local/`, which AWS does not have: a page that shows events, the rules they
//! matched, invocations and their outcomes, retries, dead letters and confirmation codes, sends an
//! event from a form, and redrives a dead letter to the function that failed.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Redirect;
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde::Deserialize;
use serde_json::{Map, Value, json};

mod dead_letters;
mod follow;

use crate::guard;
use crate::iam::Caller;
use crate::services::Services;
use crate::settings::SampleEvent;

/// The files of its page: path, content type and text.
const FILES: [(&str, &str, &str); 3] = [
    ("/_local/", "text/html; charset=utf-8", include_str!("../console/index.html")),
    ("/_local/console.js", "text/javascript; charset=utf-8", include_str!("../console/console.js")),
    ("/_local/console.css", "text/css; charset=utf-8", include_str!("../console/console.css")),
];

struct Console {
    services: Services,
    sample: SampleEvent,
}

/// Everything below `/_local/`; its form offers to send `sample`.
pub(crate) fn router(services: Services, sample: SampleEvent) -> Router {
    let home = get(async || Redirect::temporary("/_local/"));
    let mut router = Router::new()
        .route("/_local/about.json", get(about))
        .route("/_local/mail.json", get(mail))
        .route("/_local/feed", get(follow::follow))
        .route("/_local/events", post(send))
        .route("/_local/dead-letters.json", get(dead_letters::list))
        .route("/_local/dead-letters/{queue}/{message}/redrive", post(dead_letters::redrive))
        .route("/_local", home.clone())
        .route("/_local/{*rest}", home);
    for (path, kind, text) in FILES {
        let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")];
        router = router.route(path, get(async move || (headers, text)));
    }
    router
        .layer(middleware::from_fn(guard::loopback_pages_only))
        .with_state(Arc::new(Console { services, sample }))
}

/// What the page cannot see in the feed: the rules and their targets, and the sample.
async fn about(State(console): State<Arc<Console>>) -> Json<Value> {
    let Services { stack, lambda, .. } = &console.services;
    let rules = stack.of_kind("AWS::Events::Rule").map(|rule| {
        let targets = rule.list("/Targets").iter().filter_map(|it| it["Arn"].as_str());
        let functions = targets.filter_map(|it| Some(&lambda.find(it).ok()?.logical_id));
        let functions: Vec<_> = functions.collect();
        let schedule = rule.text("/ScheduleExpression");
        (rule.logical_id.clone(), json!({ "functions": functions, "schedule": schedule }))
    });
    Json(json!({
        "stack": stack.name,
        "region": stack.region,
        "bus": console.bus(),
        "rules": rules.collect::<Map<_, _>>(),
        "sample": console.sample,
    }))
}

/// The confirmation codes that are still good.
async fn mail(State(console): State<Arc<Console>>) -> Json<Value> {
    Json(json!(console.services.public.pools.mail()))
}

/// What the form says.
#[derive(Deserialize)]
struct Form {
    source: String,
    detail_type: String,
    detail: String,
    /// Whether the UUID in the sample's field is replaced.
    #[serde(default)]
    fresh_id: bool,
}

/// Puts an event on the bus as its owner. Says under which id it was accepted, or why not.
async fn send(
    State(console): State<Arc<Console>>,
    Json(form): Json<Form>,
) -> (StatusCode, Json<Value>) {
    let detail = if form.fresh_id { console.with_fresh_id(&form.detail) } else { form.detail };
    let entry = json!({
        "Source": form.source,
        "DetailType": form.detail_type,
        "Detail": detail,
        "EventBusName": console.bus(),
    });
    let request = json!({ "Entries": [entry] });
    let answer = match console.services.eventbridge.put_events(&Caller::Owner, &request) {
        Ok(answer) => answer["Entries"][0].clone(),
        Err(why) => json!({ "ErrorCode": why.code, "ErrorMessage": why.message }),
    };
    match answer["EventId"].as_str() {
        Some(id) => (StatusCode::OK, Json(json!({ "event_id": id, "detail": detail }))),
        None => {
            let why = json!({ "code": answer["ErrorCode"], "message": answer["ErrorMessage"] });
            (StatusCode::BAD_REQUEST, Json(why))
        }
    }
}

impl Console {
    fn bus(&self) -> &str {
        let mut buses = self.services.stack.of_kind("AWS::Events::EventBus");
        buses.next().map_or("default", |it| &it.physical_id)
    }

    fn with_fresh_id(&self, detail: &str) -> String {
        match (&self.sample.id_field, serde_json::from_str(detail)) {
            (Some(field), Ok(Value::Object(mut object))) => {
                object.insert(field.clone(), crate::random::uuid().into());
                Value::Object(object).to_string()
            }
            // The bus refuses what is not a JSON object.
            _ => detail.to_owned(),
        }
    }
}
