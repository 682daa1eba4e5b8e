//! What the HTTP API and the WebSocket API have in common: who may call which function, and how
//! API Gateway writes ids, moments and refusals.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

pub(crate) mod properties;

use crate::iam::Iam;
use crate::lambda::{InvokeError, Lambda, Outcome};
use crate::template::{Resource, Stack};

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
    #[must_use]
    pub fn new(lambda: Lambda, iam: Iam) -> Self {
        let invoke: Invoke = Arc::new(move |function, payload| {
            let lambda = lambda.clone();
            Box::pin(async move { lambda.invoke(&function, payload).await })
        });
        Self { invoke, iam }
    }

    /// Functions run by something else, such as a test.
    #[must_use]
    pub fn run_by(invoke: Invoke, iam: Iam) -> Self {
        Self { invoke, iam }
    }

    /// Calls a function on behalf of `source_arn` and waits for what it returns. The invocation
    /// goes on when its caller does not: a client that hangs up stops no function on AWS either.
    pub(crate) async fn call(
        &self,
        source_arn: &str,
        function_arn: &str,
        payload: &Value,
        timeout: Duration,
    ) -> Result<Vec<u8>, CallError> {
        if !self.iam.may_invoke("apigateway.amazonaws.com", source_arn, function_arn) {
            return Err(CallError::NotPermitted(source_arn.to_owned()));
        }
        let running =
            tokio::spawn((self.invoke)(function_arn.to_owned(), payload.to_string().into()));
        let ended = tokio::time::timeout(timeout, running).await;
        let ended = ended.map_err(|_| CallError::TimedOut(timeout))?;
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
    let mut apis = apis.filter(|it| it.text("/ProtocolType") == Some(protocol));
    match (apis.next(), apis.next()) {
        (_, Some(second)) => {
            let why = format!("only one {protocol} API is supported by the local emulator");
            Err(second.refuse(&why))
        }
        (api, None) => Ok(api),
    }
}

/// The name of the one stage of an API.
///
/// # Errors
/// If it has none or several.
pub(crate) fn stage_of(stack: &Stack, api: &Resource) -> Result<String> {
    let mut stages = parts_of(stack, "AWS::ApiGatewayV2::Stage", &api.physical_id);
    let stage = stages.next().ok_or_else(|| api.refuse("it has no Stage"))?;
    if let Some(second) = stages.next() {
        return Err(second.refuse("only one Stage of an Api is supported by the local emulator"));
    }
    Ok(stage.physical_id.clone())
}

/// The function behind a route.
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
        if found.text("/IntegrationType") != Some("AWS_PROXY") {
            let why = "only the IntegrationType AWS_PROXY is supported by the local emulator";
            return Err(found.refuse(why));
        }
        let uri = found.text("/IntegrationUri");
        let uri = uri.ok_or_else(|| found.refuse("it needs an IntegrationUri"))?;
        let timeout = found.number("/TimeoutInMillis")?;
        let timeout = timeout.map_or(default_timeout, Duration::from_millis);
        Ok((Self { function: function_of(uri).to_owned(), timeout }, found))
    }
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
