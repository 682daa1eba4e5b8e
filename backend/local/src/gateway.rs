//! What the HTTP API and the WebSocket API have in common: who may call which function, and how
//! API Gateway writes ids, moments and refusals.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

pub(crate) mod properties;

use crate::feed::{Feed, FeedEvent};
use crate::iam::Iam;
use crate::lambda::{InvokeError, Lambda, Outcome};
use crate::template::{self, Resource, Stack};
use crate::throttle::Throttle;

/// How a function is run: its name or ARN and the payload in, its outcome out.
pub type Invoke =
    Arc<dyn Fn(String, Vec<u8>) -> BoxFuture<'static, Result<Outcome, InvokeError>> + Send + Sync>;

/// The functions behind an API, called as API Gateway calls them: only with a permission.
#[derive(Clone)]
pub struct Functions {
    invoke: Invoke,
    iam: Iam,
}

impl fmt::Debug for Functions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Functions").finish_non_exhaustive()
    }
}

/// Why a function gave nothing that an API could answer with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    /// No `AWS::Lambda::Permission` lets this API call it.
    #[error("no AWS::Lambda::Permission lets {0} invoke it")]
    NotPermitted(String),
    /// As many invocations run as may.
    #[error("it is throttled")]
    Throttled,
    /// It has not answered within the time that the integration allows.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    /// It returned an error, crashed, ran out of time or is not there.
    #[error("{0}")]
    Failed(String),
}

impl Functions {
    /// The functions of the local Lambda.
    pub fn new(lambda: Lambda, iam: Iam) -> Self {
        let invoke: Invoke = Arc::new(move |function, payload| {
            let lambda = lambda.clone();
            Box::pin(async move { lambda.invoke(&function, payload).await })
        });
        Self { invoke, iam }
    }

    /// Functions run by something else, such as a test.
    pub fn run_by(invoke: Invoke, iam: Iam) -> Self {
        Self { invoke, iam }
    }

    /// Calls a function on behalf of `source_arn` and waits for what it returns. The invocation
    /// goes on when its caller does not: a client that hangs up stops no function on AWS either.
    pub(crate) async fn call(
        &self,
        source_arn: &str,
        integration: &Integration,
        payload: &Value,
    ) -> Result<Vec<u8>, CallError> {
        let Integration { function, timeout } = integration;
        let (service, action) = ("apigateway.amazonaws.com", "lambda:InvokeFunction");
        if !self.iam.service_may(service, source_arn, action, function) {
            return Err(CallError::NotPermitted(source_arn.to_owned()));
        }
        let running = tokio::spawn((self.invoke)(function.clone(), payload.to_string().into()));
        let ended = tokio::time::timeout(*timeout, running).await;
        let ended = ended.map_err(|_| CallError::TimedOut(*timeout))?;
        match ended.map_err(|why| CallError::Failed(why.to_string()))? {
            Ok(Outcome { payload, function_error: None }) => Ok(payload),
            Ok(Outcome { function_error: Some(error), .. }) => Err(CallError::Failed(error)),
            Err(InvokeError::Throttled) => Err(CallError::Throttled),
            Err(why) => Err(CallError::Failed(why.to_string())),
        }
    }
}

/// The ARN of the function that an `IntegrationUri` or `AuthorizerUri` names: the ARN itself or
/// `arn:…:apigateway:…:lambda:path/2015-03-31/functions/{ARN}/invocations`.
pub(crate) fn function_of(uri: &str) -> &str {
    let arn = uri.split_once("/functions/").map_or(uri, |(_, rest)| rest);
    arn.strip_suffix("/invocations").unwrap_or(arn)
}

/// `arn:aws:execute-api:{region}:{account}:{api}`, to which API Gateway appends what calls.
pub(crate) fn execute_api_arn(stack: &Stack, api_id: &str) -> String {
    format!("arn:aws:execute-api:{}:{}:{api_id}", stack.region, stack.account_id)
}

/// The host name under which an API is reached on AWS.
pub(crate) fn domain_of(stack: &Stack, api_id: &str) -> String {
    format!("{api_id}.execute-api.{}.amazonaws.com", stack.region)
}

/// The resources of one type that belong to an API.
pub(crate) fn parts_of<'a>(
    stack: &'a Stack,
    kind: &'a str,
    api_id: &'a str,
) -> impl Iterator<Item = &'a Resource> {
    stack.of_kind(kind).filter(move |it| it.text("/ApiId") == Some(api_id))
}

/// The one API of a stack that speaks `protocol`: `HTTP` or `WEBSOCKET`.
///
/// # Errors
/// If it has several.
pub(crate) fn only_api<'a>(stack: &'a Stack, protocol: &str) -> Result<Option<&'a Resource>> {
    let apis = stack.of_kind("AWS::ApiGatewayV2::Api");
    template::only(apis.filter(|it| it.text("/ProtocolType") == Some(protocol)))
}

/// The one stage of an API.
///
/// # Errors
/// If it has none or several.
pub(crate) fn stage_of<'a>(stack: &'a Stack, api: &'a Resource) -> Result<&'a Resource> {
    let stages = parts_of(stack, "AWS::ApiGatewayV2::Stage", &api.physical_id);
    template::only(stages)?.ok_or_else(|| api.refuse("it has no Stage"))
}

/// An account's own limits, where a stage names none: requests a second, and at once.
const DEFAULT_RATE: u64 = 10_000;
const DEFAULT_BURST: u64 = 5_000;

/// What both kinds of API have.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) id: String,
    pub(crate) account_id: String,
    /// Its host name on AWS.
    pub(crate) domain: String,
    /// The name of its stage.
    pub(crate) stage: String,
    /// Its ARN, without the stage.
    arn: String,
    throttle: Throttle,
    pub(crate) functions: Functions,
    feed: Feed,
}

impl Api {
    /// Reads an API and its stage.
    ///
    /// # Errors
    /// If it has not one stage, or a limit of it is no whole number.
    pub(crate) fn new(
        stack: &Stack,
        api: &Resource,
        functions: Functions,
        feed: Feed,
    ) -> Result<Self> {
        let stage = stage_of(stack, api)?;
        let limit =
            |name: &str| stage.number(&format!("/DefaultRouteSettings/Throttling{name}Limit"));
        let rate = limit("Rate")?.unwrap_or(DEFAULT_RATE);
        let burst = limit("Burst")?.unwrap_or(DEFAULT_BURST);
        Ok(Self {
            id: api.physical_id.clone(),
            account_id: stack.account_id.clone(),
            domain: domain_of(stack, &api.physical_id),
            stage: stage.physical_id.clone(),
            arn: execute_api_arn(stack, &api.physical_id),
            throttle: Throttle::new(rate, burst, Instant::now()),
            functions,
            feed,
        })
    }

    /// Whether its stage has room for one more request now.
    pub(crate) fn admits(&self) -> bool {
        self.throttle.admits(Instant::now())
    }

    /// The ARN of a route that permissions and policies name: `route` is what follows the stage.
    pub(crate) fn route_arn(&self, route: &str) -> String {
        format!("{}/{}/{route}", self.arn, self.stage)
    }

    /// The ARN of one of its authorizers.
    pub(crate) fn authorizer_arn(&self, id: &str) -> String {
        format!("{}/authorizers/{id}", self.arn)
    }

    /// Records in the feed why the gateway answered no more than that something failed.
    pub(crate) fn record_failure(&self, api: &str, what: &str, why: &dyn fmt::Display) {
        let line = format!("{what}: {why}");
        self.feed.record(FeedEvent::Log { function: api.to_owned(), line });
    }
}

/// The function behind a route, or an authorizer.
#[derive(Debug)]
pub(crate) struct Integration {
    /// Its ARN.
    pub(crate) function: String,
    /// How long the gateway waits for it.
    pub(crate) timeout: Duration,
}

impl Integration {
    /// The integration that a route targets, and its resource.
    ///
    /// # Errors
    /// If the route has no target in this template, or one that is not supported.
    pub(crate) fn of<'a>(
        stack: &'a Stack,
        route: &Resource,
        default_timeout: Duration,
    ) -> Result<(Self, &'a Resource)> {
        let target = route.text("/Target").and_then(|it| it.strip_prefix("integrations/"));
        let target = target.ok_or_else(|| route.refuse("it needs a Target integrations/…"))?;
        let found = stack.by_physical("AWS::ApiGatewayV2::Integration", target);
        let found = found.ok_or_else(|| route.refuse("its Target is not in this template"))?;
        found.supports_only("/IntegrationType", "AWS_PROXY")?;
        let uri = found.required("/IntegrationUri")?;
        let timeout = found.number("/TimeoutInMillis")?;
        let timeout = timeout.map_or(default_timeout, Duration::from_millis);
        Ok((Self { function: function_of(uri).to_owned(), timeout }, found))
    }
}

/// The parameters of a query by name, decoded.
pub(crate) fn query_parameters(query: &str) -> BTreeMap<String, Vec<String>> {
    let mut parameters: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        parameters.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    parameters
}

/// A reply that the gateway makes itself: `{"message":…}`.
pub(crate) fn gateway_reply(status: StatusCode, message: &str) -> Response {
    let body = json!({ "message": message }).to_string();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_uri_name_the_function() {
        let arn = "arn:aws:lambda:eu-west-2:000000000000:function:f";
        assert_eq!(function_of(arn), arn);
        let path = format!(
            "arn:aws:apigateway:eu-west-2:lambda:path/2015-03-31/functions/{arn}/invocations"
        );
        assert_eq!(function_of(&path), arn);
    }
}
