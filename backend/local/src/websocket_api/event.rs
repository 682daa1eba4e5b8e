//! The events that functions receive of a connection
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html>).

use std::collections::BTreeMap;

use axum::http::request::Parts;
use serde_json::{Value, json};

use super::Shared;
use super::connections::Connection;
use crate::gateway;
use crate::time::{log_time, now_ms};

impl Shared {
    /// The authorizer's event.
    pub(super) fn authorizer_event(&self, parts: &Parts, connection: &Connection) -> Value {
        let mut event = self.handshake(parts, connection);
        event["type"] = json!("REQUEST");
        event["methodArn"] = json!(self.gateway.route_arn("$connect"));
        event["stageVariables"] = json!({});
        event
    }

    /// The event of `$connect`.
    pub(super) fn connect_event(&self, parts: &Parts, connection: &Connection) -> Value {
        let mut event = self.handshake(parts, connection);
        event["isBase64Encoded"] = json!(false);
        event
    }

    /// A route's event of a message. It has no headers and no query.
    pub(super) fn message_event(
        &self,
        connection: &Connection,
        route: &str,
        body: &str,
        request_id: &str,
    ) -> Value {
        let mut context = self.context(connection, route, "MESSAGE", request_id);
        context["messageId"] = json!(crate::random::gateway_id());
        json!({ "requestContext": context, "body": body, "isBase64Encoded": false })
    }

    /// The event of `$disconnect`.
    pub(super) fn disconnect_event(
        &self,
        connection: &Connection,
        code: u16,
        reason: &str,
    ) -> Value {
        let request_id = crate::random::gateway_id();
        let mut context = self.context(connection, "$disconnect", "DISCONNECT", &request_id);
        context["disconnectStatusCode"] = json!(code);
        context["disconnectReason"] = json!(reason);
        let headers = BTreeMap::from([
            ("Host", self.gateway.domain.as_str()),
            ("x-api-key", ""),
            ("X-Forwarded-For", ""),
            ("x-restapi", ""),
        ]);
        let several: BTreeMap<_, _> = headers.iter().map(|(name, it)| (name, [it])).collect();
        json!({
            "headers": headers,
            "multiValueHeaders": several,
            "requestContext": context,
            "isBase64Encoded": false,
        })
    }

    fn handshake(&self, parts: &Parts, connection: &Connection) -> Value {
        let headers = self.headers(parts, connection);
        let query = gateway::query_parameters(parts.uri.query().unwrap_or_default());
        let request_id = crate::random::gateway_id();
        let mut event = json!({
            "headers": last(&headers),
            "multiValueHeaders": headers,
            "requestContext": self.context(connection, "$connect", "CONNECT", &request_id),
        });
        if !query.is_empty() {
            event["queryStringParameters"] = json!(last(&query));
            event["multiValueQueryStringParameters"] = json!(query);
        }
        event
    }

    fn context(
        &self,
        connection: &Connection,
        route: &str,
        event_type: &str,
        request_id: &str,
    ) -> Value {
        let now = now_ms();
        let mut context = json!({
            "routeKey": route,
            "eventType": event_type,
            "extendedRequestId": request_id,
            "requestTime": log_time(now),
            "messageDirection": "IN",
            "stage": self.gateway.stage,
            "connectedAt": connection.connected_at,
            "requestTimeEpoch": now,
            "identity": { "sourceIp": connection.source_ip.to_string() },
            "requestId": request_id,
            "domainName": self.gateway.domain,
            "connectionId": connection.id,
            "apiId": self.gateway.id,
        });
        if let Some(agent) = &connection.user_agent {
            context["identity"]["userAgent"] = json!(agent);
        }
        if let Some(authorizer) = &connection.authorizer {
            context["authorizer"] = Value::Object(authorizer.clone());
        }
        context
    }

    fn headers(&self, parts: &Parts, connection: &Connection) -> BTreeMap<String, Vec<String>> {
        let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in &parts.headers {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            headers.entry(title_case(name.as_str())).or_default().push(value);
        }
        // API Gateway does not pass these on.
        headers.remove("Connection");
        headers.remove("Upgrade");
        let own = [
            ("Host", self.gateway.domain.clone()),
            ("X-Forwarded-For", connection.source_ip.to_string()),
            ("X-Forwarded-Port", "443".to_owned()),
            ("X-Forwarded-Proto", "https".to_owned()),
        ];
        headers.extend(own.map(|(name, value)| (name.to_owned(), vec![value])));
        headers
    }
}

/// Where there is room for one value only, the last one counts.
fn last(several: &BTreeMap<String, Vec<String>>) -> BTreeMap<&String, &String> {
    several.iter().filter_map(|(name, values)| Some((name, values.last()?))).collect()
}

/// `sec-websocket-key` as browsers write it: `Sec-WebSocket-Key`.
fn title_case(name: &str) -> String {
    let word = |word: &str| match word {
        "websocket" => "WebSocket".to_owned(),
        _ => {
            let mut letters = word.chars();
            let first = letters.next().map(|it| it.to_ascii_uppercase());
            first.into_iter().chain(letters).collect()
        }
    };
    name.split('-').map(word).collect::<Vec<_>>().join("-")
}
