//! The REQUEST authorizer: a function that answers with a policy and a context
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html>).

use std::time::Instant;

use anyhow::Result;
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde_json::{Map, Value, json};
use wildmatch::WildMatch;

use super::connections::Connection;
use super::refused::Refused;
use super::{Shared, TIMEOUT};
use crate::gateway::{self, CallError};
use crate::template::{Resource, Stack};

/// Larger results are refused.
const LARGEST_RESULT: usize = 8 * 1024;

/// The authorizer of `$connect`.
#[derive(Debug)]
pub(super) struct Authorizer {
    id: String,
    function: String,
    sources: Vec<Source>,
}

/// An identity source, which a handshake must carry.
#[derive(Debug)]
enum Source {
    Query(String),
    Header(String),
}

/// What the authorizer decided.
pub(super) enum Decision {
    /// It may connect; its context is part of every later event of the connection.
    Allow(Map<String, Value>),
    /// It may not.
    Deny,
}

impl Authorizer {
    /// The authorizer of the `$connect` route.
    pub(super) fn new(stack: &Stack, route: &Resource) -> Result<Self> {
        let id = route.text("/AuthorizerId").unwrap_or_default();
        let found = stack.by_physical("AWS::ApiGatewayV2::Authorizer", id);
        let found =
            found.ok_or_else(|| route.refuse("its AuthorizerId is not in this template"))?;
        if found.text("/AuthorizerType") != Some("REQUEST") {
            return Err(found.refuse("a WebSocket API has only authorizers of type REQUEST"));
        }
        let sources = found.list("/IdentitySource").iter().filter_map(Value::as_str);
        Ok(Self {
            id: id.to_owned(),
            function: found
                .text("/AuthorizerUri")
                .map(|it| gateway::function_of(it).to_owned())
                .ok_or_else(|| found.refuse("it needs an AuthorizerUri"))?,
            sources: sources.map(|it| source(found, it)).collect::<Result<_>>()?,
        })
    }

    /// Calls it for a handshake. One without every identity source is refused without a call.
    pub(super) async fn ask(
        &self,
        api: &Shared,
        parts: &Parts,
        connection: &Connection,
    ) -> Result<Decision, Refused> {
        if !self.sources.iter().all(|it| it.is_in(parts)) {
            return Err(Refused::new(StatusCode::UNAUTHORIZED, "Unauthorized"));
        }
        let event = api.authorizer_event(parts, connection);
        let source_arn = format!("{}/authorizers/{}", api.execute_api_arn, self.id);
        let asked = Instant::now();
        let answer = api.functions.call(&source_arn, &self.function, &event, TIMEOUT).await;
        let decision = answer.and_then(|payload| {
            let decision = decide(&payload, &api.route_arn("$connect"));
            decision.map_err(|why| CallError::Failed(why.to_owned()))
        });
        let latency = asked.elapsed().as_millis();
        match decision {
            Ok(Decision::Allow(mut context)) => {
                context.insert("integrationLatency".to_owned(), json!(latency as u64));
                Ok(Decision::Allow(context))
            }
            Ok(deny) => Ok(deny),
            Err(why) => {
                api.record_failure("authorizer", &why);
                Err(match why {
                    CallError::Throttled => {
                        Refused::new(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
                    }
                    _ => Refused::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error"),
                })
            }
        }
    }
}

fn source(authorizer: &Resource, expression: &str) -> Result<Source> {
    if let Some(name) = expression.strip_prefix("route.request.querystring.") {
        return Ok(Source::Query(name.to_owned()));
    }
    if let Some(name) = expression.strip_prefix("route.request.header.") {
        return Ok(Source::Header(name.to_owned()));
    }
    Err(authorizer.refuse(&format!(
        "the identity source {expression} is not supported by the local emulator"
    )))
}

impl Source {
    fn is_in(&self, parts: &Parts) -> bool {
        match self {
            Self::Query(name) => {
                let query = parts.uri.query().unwrap_or_default();
                form_urlencoded::parse(query.as_bytes())
                    .any(|(key, value)| key == *name && !value.is_empty())
            }
            Self::Header(name) => parts.headers.get(name).is_some_and(|it| !it.is_empty()),
        }
    }
}

/// Reads the authorizer's answer for one route.
fn decide(payload: &[u8], route_arn: &str) -> Result<Decision, &'static str> {
    if payload.len() > LARGEST_RESULT {
        return Err("its result is larger than 8 KB");
    }
    let answer: Value = serde_json::from_slice(payload).map_err(|_| "its result is not JSON")?;
    let principal = answer["principalId"].as_str().ok_or("its result has no principalId")?;
    let statements = &answer["policyDocument"]["Statement"];
    let statements = match statements {
        Value::Array(several) => several.as_slice(),
        Value::Object(_) => std::slice::from_ref(statements),
        _ => return Err("its result has no policyDocument"),
    };
    let says =
        |effect: &str| statements.iter().any(|it| it["Effect"] == effect && covers(it, route_arn));
    if says("Deny") || !says("Allow") {
        return Ok(Decision::Deny);
    }
    let mut context = Map::new();
    for (name, value) in answer["context"].as_object().into_iter().flatten() {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) | Value::Null => value.to_string(),
            _ => return Err("its context holds an object or a list"),
        };
        context.insert(name.clone(), text.into());
    }
    context.insert("principalId".to_owned(), principal.into());
    Ok(Decision::Allow(context))
}

fn covers(statement: &Value, route_arn: &str) -> bool {
    let any = |value: &Value, wanted: &str| match value {
        Value::String(pattern) => WildMatch::new(pattern).matches(wanted),
        Value::Array(patterns) => patterns
            .iter()
            .filter_map(Value::as_str)
            .any(|pattern| WildMatch::new(pattern).matches(wanted)),
        _ => false,
    };
    any(&statement["Action"], "execute-api:Invoke") && any(&statement["Resource"], route_arn)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:execute-api:eu-west-2:000000000000:api/live/$connect";

    fn decide_on(effect: &str, resource: &str) -> Option<Map<String, Value>> {
        let answer = json!({
            "principalId": "ann",
            "policyDocument": {
                "Version": "2012-10-17",
                "Statement": [{"Action": "execute-api:Invoke", "Effect": effect, "Resource": [resource]}],
            },
            "context": {"user_id": "ann", "age": 7, "ok": true},
        });
        match decide(answer.to_string().as_bytes(), ARN).unwrap() {
            Decision::Allow(context) => Some(context),
            Decision::Deny => None,
        }
    }

    #[test]
    fn a_policy_allows_what_it_names_and_nothing_else() {
        let context = decide_on("Allow", ARN).unwrap();
        let expected = json!({"user_id": "ann", "age": "7", "ok": "true", "principalId": "ann"});
        assert_eq!(Value::Object(context), expected);
        assert!(decide_on("Allow", "arn:aws:execute-api:*/live/*").is_some());
        assert!(decide_on("Allow", "arn:aws:execute-api:*/other/*").is_none());
        assert!(decide_on("Deny", "*").is_none());
    }

    #[test]
    fn an_answer_that_is_none_is_an_error() {
        assert!(decide(b"null", ARN).is_err());
        assert!(decide(br#"{"principalId":"a"}"#, ARN).is_err());
        assert!(decide(br#"{"policyDocument":{"Statement":[]}}"#, ARN).is_err());
        let nested = br#"{"principalId":"a","context":{"a":{}},"policyDocument":{"Statement":
            {"Effect":"Allow","Action":"*","Resource":"*"}}}"#;
        assert!(decide(nested, ARN).is_err());
    }
}
