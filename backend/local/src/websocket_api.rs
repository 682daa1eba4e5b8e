//! The WebSocket API: who may connect, messages to functions, pushes back.
//!
//! The course of a connection: the authorizer is called, `$connect` is run, only then is the
//! handshake answered; each message goes to its route, all of them at the same time; the functions
//! post back through `@connections`; `$disconnect` is run when it is over. Connections are held in
//! memory and die with the process, as they would with any server.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use axum::extract::Request;
use axum::response::Response;
use serde_json::Value;

mod handshake;

mod authorizer;
mod event;

mod connection;
mod dispatch;

mod connections;
mod manage;

use crate::feed::{Feed, FeedEvent};
use crate::gateway::{self, Api, CallError, Functions, Integration};
use crate::settings::SocketLimits;
use crate::template::{Resource, Stack};
use authorizer::Authorizer;
use connections::Connections;

/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html>
const TIMEOUT: Duration = Duration::from_secs(29);

/// A handle to the WebSocket API of a stack; clones share it.
#[derive(Clone, Debug)]
pub struct WebSocketApi {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    gateway: Api,
    /// Called before `$connect`.
    authorizer: Option<Authorizer>,
    /// By route key.
    routes: BTreeMap<String, Integration>,
    /// Where in a message's JSON the route key stands.
    selection: Vec<String>,
    limits: SocketLimits,
    connections: Connections,
    feed: Feed,
}

impl WebSocketApi {
    /// The WebSocket API of a stack, if it has one.
    ///
    /// # Errors
    /// If it has several, or one of its parts uses what is not supported by the local emulator.
    pub fn new(
        stack: &Stack,
        functions: Functions,
        limits: SocketLimits,
        feed: Feed,
    ) -> Result<Option<Self>> {
        let Some(api) = gateway::only_api(stack, "WEBSOCKET")? else { return Ok(None) };
        let (routes, authorizer) = routes(stack, api)?;
        let shared = Shared {
            gateway: Api::new(stack, api, functions, feed.clone())?,
            authorizer,
            routes,
            selection: selection(api)?,
            limits,
            connections: Connections::default(),
            feed,
        };
        Ok(Some(Self { shared: Arc::new(shared) }))
    }

    /// Whether this is its id, and the name of its stage.
    pub(crate) fn is_at(&self, api_id: &str, stage: &str) -> bool {
        self.shared.gateway.id == api_id && self.shared.gateway.stage == stage
    }

    /// Answers a handshake from `client`: 101 and a connection, or a refusal.
    pub async fn connect(&self, client: IpAddr, request: Request) -> Response {
        handshake::connect(Arc::clone(&self.shared), client, request).await
    }
}

impl Shared {
    /// Calls the function of a route and waits for what it returns.
    async fn call(
        &self,
        route: &str,
        integration: &Integration,
        event: &Value,
    ) -> Result<Vec<u8>, CallError> {
        let source = self.gateway.route_arn(route);
        self.gateway.functions.call(&source, integration, event).await
    }

    /// Records in the feed what happened to a connection.
    fn record_change(&self, connection_id: &str, change: impl Into<String>) {
        let connection_id = connection_id.to_owned();
        self.feed.record(FeedEvent::Socket { connection_id, change: change.into() });
    }

    /// Records in the feed why the gateway said no more than "error".
    fn record_failure(&self, what: &str, why: &dyn std::fmt::Display) {
        self.gateway.record_failure("WebSocketApi", what, why);
    }
}

fn routes(
    stack: &Stack,
    api: &Resource,
) -> Result<(BTreeMap<String, Integration>, Option<Authorizer>)> {
    let mut routes = BTreeMap::new();
    let mut authorizer = None;
    for route in gateway::parts_of(stack, "AWS::ApiGatewayV2::Route", &api.physical_id) {
        let key = route.text("/RouteKey").unwrap_or_default();
        match route.text("/AuthorizationType").unwrap_or("NONE") {
            "NONE" => {}
            "CUSTOM" if key == "$connect" => authorizer = Some(Authorizer::new(stack, route)?),
            other => {
                return Err(route.unsupported(&format!("the AuthorizationType {other} of {key}")));
            }
        }
        let (integration, _) = Integration::of(stack, route, TIMEOUT)?;
        if routes.insert(key.to_owned(), integration).is_some() {
            return Err(route.refuse(&format!("the route {key} is already there")));
        }
    }
    Ok((routes, authorizer))
}

/// `$request.body.a.b` as `[a, b]`.
fn selection(api: &Resource) -> Result<Vec<String>> {
    let expression = api.text("/RouteSelectionExpression").unwrap_or_default();
    let path = expression.strip_prefix("$request.body.").filter(|it| !it.is_empty());
    let other = "a RouteSelectionExpression other than $request.body.…";
    let path = path.ok_or_else(|| api.unsupported(other))?;
    Ok(path.split('.').map(str::to_owned).collect())
}
