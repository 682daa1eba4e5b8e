//! The REQUEST authorizer: a function that answers with a policy and a context
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html>).

use std::time::Instant;

use anyhow::Result;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use wildmatch::WildMatch;

use super::connections::Connection;
use super::{Shared, TIMEOUT};
use crate::gateway::{self, CallError, Integration};
use crate::template::{Resource, Stack};

/// Larger results are refused.
const LARGEST_RESULT: usize = 8 * 1024;

/// The authorizer of `$connect`.
#[derive(Debug)]
pub(super) struct Authorizer {
    id: String,
    integration: Integration,
    sources: Vec<Source>,
}

/// An identity source, which a handshake must carry.
#[derive(Debug)]
enum Source {
    Query(String),
    Header(String),
}

/// Why a handshake opens no connection: the status that the client gets.
pub(super) struct Refused(pub(super) StatusCode);

impl Refused {
    /// The answer, in API Gateway's form.
    pub(super) fn into_response(self, connection: &Connection) -> Response {
        let message = match self.0 {
            StatusCode::INTERNAL_SERVER_ERROR | StatusCode::BAD_GATEWAY => "Internal server error",
            status => status.canonical_reason().unwrap_or_default(),
        };
        let body = json!({
            "message": message,
            "connectionId": connection.id,
            "requestId": crate::random::gateway_id(),
        });
        let headers = [(header::CONTENT_TYPE, "application/json")];
        (self.0, headers, body.to_string()).into_response()
    }
}

impl Authorizer {
    /// The authorizer of the `$connect` route.
    pub(super) fn new(stack: &Stack, route: &Resource) -> Result<Self> {
        let found = stack.named_by(route, "/AuthorizerId", "AWS::ApiGatewayV2::Authorizer")?;
        found.supports_only("/AuthorizerType", "REQUEST")?;
        let function = gateway::function_of(found.required("/AuthorizerUri")?).to_owned();
        Ok(Self {
            id: found.physical_id.clone(),
            integration: Integration { function, timeout: TIMEOUT },
            sources: found
                .texts("/IdentitySource")
                .map(|it| source(found, it))
                .collect::<Result<_>>()?,
        })
    }

    /// Calls it for a handshake and returns its context, which is part of every later event of the
    /// connection. A handshake without every identity source is refused without a call.
    pub(super) async fn ask(
        &self,
        api: &Shared,
        parts: &Parts,
        connection: &Connection,
    ) -> Result<Map<String, Value>, Refused> {
        if !self.sources.iter().all(|it| it.is_in(parts)) {
            return Err(Refused(StatusCode::UNAUTHORIZED));
        }
        let event = api.authorizer_event(parts, connection);
        let source = api.gateway.authorizer_arn(&self.id);
        let asked = Instant::now();
        let answer = api.gateway.functions.call(&source, &self.integration, &event).await;
        let decision = answer.and_then(|payload| {
            let decision = decide(&payload, &api.gateway.route_arn("$connect"));
            decision.map_err(|why| CallError::Failed(why.to_owned()))
        });
        let latency = asked.elapsed().as_millis();
        match decision {
            Ok(Some(mut context)) => {
                context.insert("integrationLatency".to_owned(), json!(latency as u64));
                Ok(context)
            }
            Ok(None) => Err(Refused(StatusCode::FORBIDDEN)),
            Err(why) => {
                api.record_failure("authorizer", &why);
                Err(Refused(match why {
                    CallError::Throttled => StatusCode::SERVICE_UNAVAILABLE,
                    _ => StatusCode::INTERNAL_SERVER_ERROR,
                }))
            }
        }
    }
}

fn source(authorizer: &Resource, expression: &str) -> Result<Source> {
    let named = |prefix| expression.strip_prefix(prefix).map(str::to_owned);
    let query = named("route.request.querystring.").map(Source::Query);
    let source = query.or_else(|| named("route.request.header.").map(Source::Header));
    source.ok_or_else(|| authorizer.unsupported(&format!("the identity source {expression}")))
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

/// Reads the authorizer's answer for one route: its context if it allows it, `None` if it denies it.
fn decide(payload: &[u8], route_arn: &str) -> Result<Option<Map<String, Value>>, &'static str> {
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
        return Ok(None);
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
    Ok(Some(context))
}

fn covers(statement: &Value, route_arn: &str) -> bool {
    let any = |value: &Value, wanted: &str| {
        let several = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        let mut patterns = several.iter().filter_map(Value::as_str);
        patterns.any(|it| WildMatch::new(it).matches(wanted))
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
        decide(answer.to_string().as_bytes(), ARN).unwrap()
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
