//! The WebSocket API: who may connect, what the functions are invoked with, and where it ends
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-overview.html>).

use anyhow::{Result, bail, ensure};
use serde_json::json;

use super::connections::call;
use super::open::{Open, shake};
use crate::checks::{checks, same, token};
use crate::target::Target;
use crate::wire::socket::{Handshake, Received};

checks! {
    "without the ticket that the authorizer looks for it is a 401" => no_ticket,
    "with a ticket that the authorizer denies it is a 403" => wrong_ticket,
    "a $connect that answers 403 refuses the handshake with it" => refused_by_connect,
    "$connect receives the handshake and what the authorizer said" => connect_event,
    "every event says that it came in" => direction,
    "a message goes to the route that its body names" => named_route,
    "a message that names no route, and one that is no JSON, go to $default" => default_route,
    "a message's event has neither headers nor a query" => message_event,
    "what a function returns for a message is not sent to the client" => no_answer,
    "$disconnect is invoked after the client closed" => disconnect_event,
    "a message of 128 KB in frames of 32 KB is delivered" => largest_message,
    "a frame of more than 32 KB closes with 1009" => large_frame,
    "a message of more than 128 KB closes with 1009" => large_message,
}

/// The largest frame.
const FRAME: usize = 32 * 1024;

async fn refused(target: &Target, query: &str, status: u16) -> Result<()> {
    match shake(target, query).await? {
        Handshake::Open(_) => bail!("the handshake was accepted"),
        Handshake::Refused(actual) => {
            same!(actual, status);
            Ok(())
        }
    }
}

async fn no_ticket(target: &Target) -> Result<()> {
    let token = token();
    refused(target, &format!("?token={token}"), 401).await?;
    same!(target.records(&token).await?.len(), 0);
    Ok(())
}

async fn wrong_ticket(target: &Target) -> Result<()> {
    refused(target, &format!("?ticket=bad&token={}", token()), 403).await
}

async fn refused_by_connect(target: &Target) -> Result<()> {
    let token = token();
    let query = format!("?ticket=good&token={token}&do=answer&with=%7B%22statusCode%22%3A403%7D");
    refused(target, &query, 403).await
}

async fn connect_event(target: &Target) -> Result<()> {
    let open = Open::new(target).await?;
    let event = open.events(target, "CONNECT", 1).await?.remove(0);
    same!(event["queryStringParameters"], json!({"ticket": "good", "token": open.token}));
    ensure!(event["headers"].is_object() && event["multiValueHeaders"].is_object(), "{event}");
    same!(event["isBase64Encoded"], false);
    let context = &event["requestContext"];
    same!(context["routeKey"], "$connect");
    same!(context["eventType"], "CONNECT");
    same!(context["stage"], "live");
    same!(context["apiId"], target.stack.get("WebSocketApi"));
    same!(context["authorizer"]["principalId"], "somebody");
    same!(context["authorizer"]["token"], open.token.as_str());
    same!(context["authorizer"]["level"], "7");
    ensure!(context["connectedAt"].is_u64() && context["requestTimeEpoch"].is_u64(), "{context}");
    for name in ["connectionId", "domainName", "requestId", "extendedRequestId", "requestTime"] {
        ensure!(context[name].is_string(), "{name} is {}", context[name]);
    }
    ensure!(context["identity"]["sourceIp"].is_string(), "{context}");
    open.socket.close().await
}

async fn direction(target: &Target) -> Result<()> {
    let mut open = Open::new(target).await?;
    open.socket.send("hello").await?;
    for kind in ["CONNECT", "MESSAGE"] {
        let event = open.events(target, kind, 1).await?.remove(0);
        same!(event["requestContext"]["messageDirection"], "IN");
    }
    open.socket.close().await
}

async fn named_route(target: &Target) -> Result<()> {
    route(target, r#"{"action":"named","n":1}"#, "named").await
}

async fn default_route(target: &Target) -> Result<()> {
    route(target, r#"{"action":"other"}"#, "$default").await?;
    route(target, "no json", "$default").await
}

async fn route(target: &Target, message: &str, key: &str) -> Result<()> {
    let mut open = Open::new(target).await?;
    open.socket.send(message).await?;
    let event = open.events(target, "MESSAGE", 1).await?.remove(0);
    same!(event["requestContext"]["routeKey"], key);
    same!(event["body"], message);
    open.socket.close().await
}

async fn message_event(target: &Target) -> Result<()> {
    let mut open = Open::new(target).await?;
    open.socket.send("hello").await?;
    let event = open.events(target, "MESSAGE", 1).await?.remove(0);
    ensure!(event["headers"].is_null(), "there are headers: {}", event["headers"]);
    ensure!(event["queryStringParameters"].is_null(), "there is a query");
    same!(event["isBase64Encoded"], false);
    let context = &event["requestContext"];
    same!(context["connectionId"], open.id(target).await?);
    same!(context["authorizer"]["token"], open.token.as_str());
    ensure!(context["messageId"].is_string() && context["connectedAt"].is_u64(), "{context}");
    open.socket.close().await
}

async fn no_answer(target: &Target) -> Result<()> {
    let mut open = Open::new(target).await?;
    open.socket.send("hello").await?;
    open.events(target, "MESSAGE", 1).await?;
    let id = open.id(target).await?;
    // Whatever the gateway sends by itself, it sends before it is asked to send this.
    call(target, "POST", &id, b"from elsewhere").await?.ok()?;
    same!(open.socket.receive().await?, Received::Text("from elsewhere".to_owned()));
    open.socket.close().await
}

async fn disconnect_event(target: &Target) -> Result<()> {
    let open = Open::new(target).await?;
    let id = open.id(target).await?;
    let Open { socket, token } = open;
    socket.close().await?;
    let look = async || {
        let invocations = target.records(&token).await?.into_iter().map(|it| it.event);
        Ok(invocations.into_iter().find(|it| it["requestContext"]["eventType"] == "DISCONNECT"))
    };
    let event = target.eventually(target.patience.soon, look).await?;
    let context = &event["requestContext"];
    same!(context["routeKey"], "$disconnect");
    same!(context["connectionId"], id);
    ensure!(context["disconnectStatusCode"].is_u64(), "{context}");
    ensure!(context["disconnectReason"].is_string(), "{context}");
    Ok(())
}

async fn largest_message(target: &Target) -> Result<()> {
    let mut open = Open::new(target).await?;
    let text = "x".repeat(4 * FRAME);
    open.socket.send_in_frames(&text, FRAME).await;
    let event = open.events(target, "MESSAGE", 1).await?.remove(0);
    same!(event["body"].as_str().map(str::len), Some(text.len()));
    open.socket.close().await
}

async fn large_frame(target: &Target) -> Result<()> {
    too_large(target, FRAME + 1, FRAME + 1).await
}

async fn large_message(target: &Target) -> Result<()> {
    too_large(target, 4 * FRAME + 1, FRAME).await
}

async fn too_large(target: &Target, bytes: usize, frame: usize) -> Result<()> {
    let mut open = Open::new(target).await?;
    open.socket.send_in_frames(&"x".repeat(bytes), frame).await;
    same!(open.socket.receive().await?, Received::Closed(Some(1009)));
    Ok(())
}
