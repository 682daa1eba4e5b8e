//! The Runtime API that a bootstrap polls
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>), one path prefix a process.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use uuid::Uuid;

use super::function::Function;
use super::pool::{Work, WorkerId};
use super::{LARGEST_SYNCHRONOUS, Lambda, Outcome};
use crate::guard;
use crate::time::now_ms;

/// Larger than any answer may be, so that the answer that says so gets through.
const BODY_LIMIT: usize = 2 * LARGEST_SYNCHRONOUS;

/// The routes.
pub(super) fn router(lambda: Lambda) -> Router {
    const RUNTIME: &str = "/{function}/{worker}/2018-06-01/runtime";
    Router::new()
        .route(&format!("{RUNTIME}/invocation/next"), get(next))
        .route(&format!("{RUNTIME}/invocation/{{request}}/{{kind}}"), post(answer))
        // The process is about to exit, which its supervisor reports.
        .route(&format!("{RUNTIME}/init/error"), post(async || StatusCode::ACCEPTED))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(guard::programs_only))
        .with_state(lambda)
}

async fn next(
    State(lambda): State<Lambda>,
    Path((name, worker)): Path<(String, WorkerId)>,
) -> Response {
    let Ok(function) = lambda.find(&name) else { return StatusCode::GONE.into_response() };
    let (polled, new_worker) = {
        let (mut pool, stamp) = (function.pool.lock(), lambda.stamp());
        (pool.poll(worker, stamp), pool.new_worker(stamp))
    };
    if let Some(new_worker) = new_worker {
        lambda.start_process(function, new_worker);
    }
    let Some(work) = polled else { return StatusCode::GONE.into_response() };
    match work.await {
        Ok(work) => invocation(function, work),
        // It is about to be killed. Any answer without work would make it panic first.
        Err(_) => std::future::pending().await,
    }
}

fn invocation(function: &Function, work: Work) -> Response {
    let timeout = u64::try_from(work.timeout.as_millis()).unwrap_or(u64::MAX);
    let trace = Uuid::now_v7().simple().to_string();
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", work.request_id),
        ("lambda-runtime-deadline-ms", now_ms().saturating_add(timeout).to_string()),
        ("lambda-runtime-invoked-function-arn", function.arn.clone()),
        ("lambda-runtime-trace-id", format!("Root=1-{}-{};Sampled=0", &trace[..8], &trace[8..])),
    ];
    (headers, work.payload).into_response()
}

/// Takes a `response` or an `error`.
async fn answer(
    State(lambda): State<Lambda>,
    Path((name, worker, request_id, kind)): Path<(String, WorkerId, String, String)>,
    payload: Bytes,
) -> StatusCode {
    let outcome = match kind.as_str() {
        "response" if payload.len() > LARGEST_SYNCHRONOUS => {
            let message = format!(
                "Response payload size ({} bytes) exceeded maximum allowed payload size \
                 ({LARGEST_SYNCHRONOUS} bytes).",
                payload.len()
            );
            Outcome::error("Function.ResponseSizeTooLarge", &message)
        }
        "response" => Outcome { payload: payload.into(), function_error: None },
        "error" => Outcome::unhandled(payload.into()),
        _ => return StatusCode::NOT_FOUND,
    };
    let function = lambda.find(&name).ok();
    let reply = function.and_then(|it| it.pool.lock().answer(worker, &request_id));
    let Some(reply) = reply else { return StatusCode::GONE };
    // Whoever invoked it may have gone; the function did its work all the same.
    let _ = reply.send(outcome);
    StatusCode::ACCEPTED
}
