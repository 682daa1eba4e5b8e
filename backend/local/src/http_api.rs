//! The HTTP API: routes to functions with payload 2.0, behind a JWT authorizer.
//!
//! A request takes this course: route, authorizer, event, function, reply. Errors on the way are
//! answered as API Gateway answers them.

use std::net::IpAddr;
use std::sync::Arc;

use anyhow::Result;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

mod authorizer;
mod event;
mod reply;
mod routes;

use crate::cognito::UserPools;
use crate::feed::Feed;
use crate::gateway::{self, Api, CallError, Functions, gateway_reply};
use crate::template::Stack;
use authorizer::Refused;
use routes::{Found, Route, Routes};

/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>
const LARGEST_BODY: usize = 10 * 1024 * 1024;

/// A handle to the HTTP API of a stack; clones share it.
#[derive(Clone, Debug)]
pub struct HttpApi {
    api: Arc<Api>,
    routes: Arc<Routes>,
    pools: UserPools,
    /// A problem document for when it is overloaded; `None` answers in API Gateway's words.
    overloaded: Option<String>,
}

impl HttpApi {
    /// The HTTP API of a stack, if it has one.
    ///
    /// # Errors
    /// If it has several, or one of its parts uses what is not supported by the local emulator.
    pub fn new(
        stack: &Stack,
        functions: Functions,
        pools: UserPools,
        feed: Feed,
    ) -> Result<Option<Self>> {
        let Some(api) = gateway::only_api(stack, "HTTP")? else { return Ok(None) };
        let routes = Arc::new(Routes::new(stack, api)?);
        let api = Arc::new(Api::new(stack, api, functions, feed)?);
        Ok(Some(Self { api, routes, pools, overloaded: None }))
    }

    /// Answers a request from `client`, whose path is the whole path on the API's domain.
    pub async fn handle(&self, client: IpAddr, request: Request) -> Response {
        let request_id = crate::random::gateway_id();
        let mut response = self.answer(client, request, &request_id).await;
        if let Ok(id) = HeaderValue::from_str(&request_id) {
            response.headers_mut().insert("apigw-requestid", id);
        }
        response
    }

    async fn answer(&self, client: IpAddr, request: Request, request_id: &str) -> Response {
        let Self { api, routes, pools, .. } = self;
        let (parts, body) = request.into_parts();
        let found = path_in_stage(&api.stage, parts.uri.path());
        let found = found.and_then(|path| routes.find(&parts.method, path));
        let Some(found) = found else { return gateway_reply(StatusCode::NOT_FOUND, "Not Found") };
        if !api.admits() {
            return gateway_reply(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests");
        }
        let claims = match found.route.authorizer.as_ref() {
            None => None,
            Some(authorizer) => match authorizer.check(pools, &parts.headers) {
                Ok(claims) => Some(claims),
                Err(refused) => return refuse(&refused),
            },
        };
        let body = match read(body).await {
            Ok(body) => body,
            Err(refused) => return refused,
        };
        let event = event::event(api, &parts, &body, &found, claims, client, request_id);
        self.integrate(&parts, &found, &event).await
    }

    async fn integrate(&self, parts: &Parts, found: &Found<'_>, event: &Value) -> Response {
        let api = &self.api;
        let Route { integration, .. } = found.route;
        let source = api.route_arn(&found.route.arn_suffix(&parts.method));
        let failure = match api.functions.call(&source, integration, event).await {
            Ok(payload) => match reply::read(&payload) {
                Ok(response) => return response,
                Err(why) => CallError::Failed(why.to_string()),
            },
            Err(why) => why,
        };
        let what = format!("{} {}", parts.method, parts.uri.path());
        api.record_failure("HttpApi", &what, &failure);
        match failure {
            CallError::Throttled => self.unavailable(),
            // <https://repost.aws/knowledge-center/api-gateway-504-errors>
            CallError::TimedOut(_) => gateway_reply(StatusCode::GATEWAY_TIMEOUT, "Gateway Timeout"),
            _ => gateway_reply(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
        }
    }

    /// The answer when as many invocations run and wait as may.
    fn unavailable(&self) -> Response {
        match &self.overloaded {
            None => gateway_reply(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
            Some(problem) => {
                let headers = [
                    (header::CONTENT_TYPE, "application/problem+json"),
                    (header::CACHE_CONTROL, "no-store"),
                ];
                (StatusCode::SERVICE_UNAVAILABLE, headers, problem.clone()).into_response()
            }
        }
    }

    /// The same API, which answers with this problem document (RFC 9457) when it is overloaded.
    pub fn with_problem_when_overloaded(self, overloaded: Option<String>) -> Self {
        Self { overloaded, ..self }
    }
}

/// The path as routes see it: without the stage, unless that is `$default`.
fn path_in_stage<'a>(stage: &str, path: &'a str) -> Option<&'a str> {
    if stage == "$default" {
        return Some(path);
    }
    let rest = path.strip_prefix('/')?.strip_prefix(stage)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

/// The body, or the refusal of one that is too large or did not come in time.
async fn read(body: Body) -> Result<Bytes, Response> {
    axum::body::to_bytes(body, LARGEST_BODY).await.map_err(|why| {
        let mut causes = anyhow::Chain::new(&why);
        let is_io = causes.any(|it| it.downcast_ref::<std::io::Error>().is_some());
        match is_io {
            true => gateway_reply(StatusCode::REQUEST_TIMEOUT, "Request Timeout"),
            false => gateway_reply(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large"),
        }
    })
}

fn refuse(refused: &Refused) -> Response {
    let message = refused.status.canonical_reason().unwrap_or_default();
    let mut response = gateway_reply(refused.status, message);
    if let Ok(challenge) = HeaderValue::from_str(&refused.challenge) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}
