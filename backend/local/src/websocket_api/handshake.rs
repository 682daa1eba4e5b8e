//! The handshake: the authorizer and `$connect` decide before it is answered.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::upgrade::OnUpgrade;
use serde_json::Value;
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;

use super::authorizer::Refused;
use super::connections::Connection;
use super::{Shared, connection};
use crate::gateway::CallError;

/// A longer address is refused; a ticket in the query must fit.
const LONGEST_ADDRESS: usize = 4_096;

/// Answers a handshake.
pub(super) async fn connect(api: Arc<Shared>, client: IpAddr, mut request: Request) -> Response {
    let upgrade = request.extensions_mut().remove::<OnUpgrade>();
    let switching = create_response_with_body(&request, Body::empty);
    let (Some(upgrade), Ok(switching)) = (upgrade, switching) else {
        return StatusCode::UPGRADE_REQUIRED.into_response();
    };
    let (parts, _) = request.into_parts();
    if parts.uri.path_and_query().is_some_and(|it| it.as_str().len() > LONGEST_ADDRESS) {
        return StatusCode::URI_TOO_LONG.into_response();
    }
    let (answer, answered) = oneshot::channel();
    // On its own, because a client that hangs up does not stop the functions.
    tokio::spawn(run(api, client, parts, upgrade, switching, answer));
    answered.await.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

async fn run(
    api: Arc<Shared>,
    client: IpAddr,
    parts: Parts,
    upgrade: OnUpgrade,
    mut switching: Response,
    answer: oneshot::Sender<Response>,
) {
    let mut connection = Connection::new(&parts, client);
    match admit(&api, &parts, &mut connection).await {
        Ok(protocol) => {
            let header = protocol.map(|it| (header::SEC_WEBSOCKET_PROTOCOL, it));
            switching.headers_mut().extend(header);
        }
        Err(refused) => {
            api.record_change(&connection.id, format!("refused with {}", refused.0.as_u16()));
            let _ = answer.send(refused.into_response(&connection));
            return;
        }
    }
    let connection = Arc::new(connection);
    // From here on a push reaches it, if only when the upgrade is through.
    let outbox = api.connections.open(&connection);
    api.record_change(&connection.id, "opened");
    let upgraded = match answer.send(switching) {
        Ok(()) => upgrade.await.ok(),
        Err(_) => None,
    };
    connection::run(api, connection, upgraded, outbox).await;
}

/// Asks the authorizer, then `$connect`. Returns the subprotocol it chose.
async fn admit(
    api: &Shared,
    parts: &Parts,
    connection: &mut Connection,
) -> Result<Option<HeaderValue>, Refused> {
    if !api.gateway.admits() {
        return Err(Refused(StatusCode::TOO_MANY_REQUESTS));
    }
    if let Some(authorizer) = &api.authorizer {
        connection.authorizer = Some(authorizer.ask(api, parts, connection).await?);
    }
    let Some(route) = api.routes.get("$connect") else { return Ok(None) };
    let event = api.connect_event(parts, connection);
    let answer = api.call("$connect", route, &event).await;
    let (status, protocol) = answer.and_then(|it| read_reply(&it)).map_err(|why| {
        api.record_failure("$connect", &why);
        match why {
            CallError::Throttled => Refused(StatusCode::SERVICE_UNAVAILABLE),
            _ => Refused(StatusCode::BAD_GATEWAY),
        }
    })?;
    if !status.is_success() {
        // The function's own body would need a RouteResponse, which is not supported by the local
        // emulator.
        return Err(Refused(status));
    }
    Ok(protocol)
}

/// The status with which a function answers, and the subprotocol that it chose.
fn read_reply(payload: &[u8]) -> Result<(StatusCode, Option<HeaderValue>), CallError> {
    let value: Value = serde_json::from_slice(payload).unwrap_or_default();
    let status = value["statusCode"].as_u64().and_then(|it| u16::try_from(it).ok());
    let status = status.and_then(|it| StatusCode::from_u16(it).ok());
    let status =
        status.ok_or_else(|| CallError::Failed("the reply has no statusCode".to_owned()))?;
    let headers = value["headers"].as_object().into_iter().flatten();
    let mut protocols =
        headers.filter(|(name, _)| name.eq_ignore_ascii_case("sec-websocket-protocol"));
    let protocol = protocols.find_map(|(_, it)| HeaderValue::from_str(it.as_str()?).ok());
    Ok((status, protocol))
}
