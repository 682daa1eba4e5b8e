//! The WebSocket API before functions that are closures.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod gateway;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use aws_lambda_events::apigw::{
    ApiGatewayCustomAuthorizerRequestTypeRequest, ApiGatewayWebsocketProxyRequest,
};
use aws_local::settings::SocketLimits;
use aws_local::template::Stack;
use futures_util::future::join_all;
use futures_util::{SinkExt, StreamExt};
use gateway::{Gateway, Stub, eventually, friendly, policy, pushes};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn connect(gateway: &Gateway, query: &str) -> Result<Socket, u16> {
    let url = format!("ws://{}/live{query}", gateway.addr);
    match tokio_tungstenite::connect_async(url).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(why) => panic!("{why}"),
    }
}

/// The events a function was invoked with, of one type.
fn invocations(gateway: &Gateway, event_type: &str) -> Vec<Value> {
    let invocations =
        gateway.invocations().into_iter().filter(|(function, _)| function == "Socket");
    invocations
        .map(|(_, event)| event)
        .filter(|it| it["requestContext"]["eventType"] == event_type)
        .collect()
}

fn connection_id(gateway: &Gateway) -> String {
    invocations(gateway, "CONNECT")[0]["requestContext"]["connectionId"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn manage(gateway: &Gateway, method: &str, id: &str, body: Vec<u8>) -> (u16, String, String) {
    let url = gateway.url(&format!("/manage/{}", id.replace('=', "%3D")));
    let call = reqwest::Client::new().request(method.parse().unwrap(), url).body(body);
    let response = call.send().await.unwrap();
    let error = response.headers().get("x-amzn-errortype").cloned();
    let error = error.map(|it| it.to_str().unwrap().to_owned()).unwrap_or_default();
    (response.status().as_u16(), error, response.text().await.unwrap())
}

/// The next message that is none of the protocol's own.
async fn next(socket: &mut Socket) -> Message {
    let next = async {
        loop {
            match socket.next().await.unwrap().unwrap() {
                Message::Ping(_) | Message::Pong(_) => {}
                message => return message,
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), next).await.unwrap()
}

async fn close_code(socket: &mut Socket) -> CloseCode {
    match next(socket).await {
        Message::Close(Some(frame)) => frame.code,
        other => panic!("{other:?} is no goodbye"),
    }
}

#[tokio::test]
async fn a_connection_runs_from_the_handshake_to_its_close() {
    let gateway = Gateway::open(friendly()).await;
    let mut socket = connect(&gateway, "?ticket=good&more=1").await.unwrap();
    let id = connection_id(&gateway);
    assert!(id.ends_with('=') && id.len() == 16);

    socket.send(Message::text("{\"action\":\"named\"}")).await.unwrap();
    socket.send(Message::text("{\"action\":\"other\"}")).await.unwrap();
    socket.send(Message::text("no json")).await.unwrap();
    let messages =
        eventually(|| Some(invocations(&gateway, "MESSAGE")).filter(|it| it.len() == 3)).await;
    let route_of = |body: &str| {
        let event = messages.iter().find(|it| it["body"] == body).unwrap();
        event["requestContext"]["routeKey"].as_str().unwrap().to_owned()
    };
    assert_eq!(route_of("{\"action\":\"named\"}"), "named");
    assert_eq!(route_of("{\"action\":\"other\"}"), "$default");
    assert_eq!(route_of("no json"), "$default");

    assert_eq!(manage(&gateway, "POST", &id, b"hello".to_vec()).await.0, 200);
    assert_eq!(next(&mut socket).await, Message::text("hello"));
    assert_eq!(pushes(&gateway.feed), [(200, "hello".to_owned())]);
    let (status, _, about) = manage(&gateway, "GET", &id, Vec::new()).await;
    let about: Value = serde_json::from_str(&about).unwrap();
    assert_eq!((status, &about["identity"]["sourceIp"]), (200, &json!("127.0.0.1")));
    assert!(about["connectedAt"].as_str().unwrap().ends_with('Z'));

    socket.close(None).await.unwrap();
    let goodbye = eventually(|| invocations(&gateway, "DISCONNECT").pop()).await;
    assert_eq!(goodbye["requestContext"]["disconnectStatusCode"], 1005);
    let gone = (410, "GoneException".to_owned());
    for method in ["POST", "GET", "DELETE"] {
        let (status, error, _) = manage(&gateway, method, &id, Vec::new()).await;
        assert_eq!((status, error), gone, "{method}");
    }
}

#[tokio::test]
async fn the_events_are_what_the_functions_can_read() {
    let gateway = Gateway::open(friendly()).await;
    let mut socket = connect(&gateway, "?ticket=good").await.unwrap();
    socket.send(Message::text("hi")).await.unwrap();
    eventually(|| invocations(&gateway, "MESSAGE").pop()).await;
    socket.close(None).await.unwrap();
    eventually(|| invocations(&gateway, "DISCONNECT").pop()).await;

    let (function, asked) = gateway.invocations().remove(0);
    assert_eq!(function, "Authorize");
    assert_eq!(asked["type"], "REQUEST");
    assert!(asked["methodArn"].as_str().unwrap().ends_with("/live/$connect"));
    assert_eq!(asked["queryStringParameters"], json!({"ticket": "good"}));
    assert_eq!(asked["multiValueQueryStringParameters"], json!({"ticket": ["good"]}));
    assert!(asked["headers"]["Sec-WebSocket-Key"].is_string());
    let asked: ApiGatewayCustomAuthorizerRequestTypeRequest =
        serde_json::from_value(asked).unwrap();
    assert_eq!(asked.query_string_parameters.first("ticket"), Some("good"));

    let id = connection_id(&gateway);
    for (event_type, route) in
        [("CONNECT", "$connect"), ("MESSAGE", "$default"), ("DISCONNECT", "$disconnect")]
    {
        let event = invocations(&gateway, event_type).pop().unwrap();
        let read: ApiGatewayWebsocketProxyRequest = serde_json::from_value(event.clone()).unwrap();
        let context = read.request_context;
        assert_eq!(context.connection_id.as_deref(), Some(id.as_str()));
        assert_eq!(context.route_key.as_deref(), Some(route));
        assert_eq!(context.stage.as_deref(), Some("live"));
        assert_eq!(context.authorizer.fields["user_id"], "ann-1");
        assert_eq!(context.authorizer.fields["principalId"], "ann");
        assert!(context.connected_at > 0 && context.request_time_epoch > 0);
        assert_eq!(event["isBase64Encoded"], false);
        assert_eq!(event["requestContext"]["messageDirection"], "IN");
    }
    let message = invocations(&gateway, "MESSAGE").pop().unwrap();
    assert!(message.get("headers").is_none() && message.get("queryStringParameters").is_none());
    assert!(message["requestContext"]["messageId"].is_string());
}

#[tokio::test]
async fn a_handshake_is_refused_with_the_reason_in_its_status() {
    let stub: Stub = Arc::new(|function, event| {
        let ticket = event["queryStringParameters"]["ticket"].as_str().unwrap_or_default();
        match (function, ticket) {
            ("Authorize", "broken") => Err("no".to_owned()),
            ("Authorize", "nonsense") => Ok(json!({})),
            ("Authorize", ticket) => Ok(policy(ticket != "denied")),
            (_, "full") => Ok(json!({"statusCode": 429})),
            (_, "crash") => Err("no".to_owned()),
            _ => Ok(json!({"statusCode": 200})),
        }
    });
    let gateway = Gateway::open(stub).await;
    assert_eq!(connect(&gateway, "").await.unwrap_err(), 401);
    assert_eq!(connect(&gateway, "?ticket=").await.unwrap_err(), 401);
    assert!(gateway.invocations().is_empty(), "without a ticket nobody is even asked");
    assert_eq!(connect(&gateway, "?ticket=denied").await.unwrap_err(), 403);
    assert_eq!(connect(&gateway, "?ticket=broken").await.unwrap_err(), 500);
    assert_eq!(connect(&gateway, "?ticket=nonsense").await.unwrap_err(), 500);
    assert_eq!(connect(&gateway, "?ticket=full").await.unwrap_err(), 429);
    assert_eq!(connect(&gateway, "?ticket=crash").await.unwrap_err(), 502);
    assert_eq!(
        connect(&gateway, &format!("?ticket={}", "x".repeat(4_096))).await.unwrap_err(),
        414
    );
    let plain = reqwest::get(gateway.url("/live?ticket=good")).await.unwrap();
    assert_eq!(plain.status(), 426);
}

/// Only a GET can be a handshake (RFC 6455, section 4.2.1).
#[tokio::test]
async fn head_opens_no_connection() {
    let gateway = Gateway::open(friendly()).await;
    let handshake = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let call = |method: reqwest::Method| {
        let call = reqwest::Client::new().request(method, gateway.url("/live?ticket=good"));
        handshake.iter().fold(call, |call, (name, value)| call.header(*name, *value)).send()
    };
    assert_eq!(call(reqwest::Method::HEAD).await.unwrap().status(), 426);
    assert!(gateway.invocations().is_empty(), "no ticket is spent");
    assert_eq!(call(reqwest::Method::GET).await.unwrap().status(), 101);
}

/// The limits of its stage are those of handshakes and messages together.
#[tokio::test]
async fn the_stage_throttles_handshakes_and_messages() {
    let limits = "StageName: live, AutoDeploy: true, DefaultRouteSettings: { ThrottlingBurstLimit: 3, ThrottlingRateLimit: 1 } }";
    let template = include_str!("gateway/stack.yaml").replacen(
        "StageName: live, AutoDeploy: true }",
        limits,
        1,
    );
    let stack = Stack::parse(&template, "gateway", "eu-west-2", &BTreeMap::new()).unwrap();
    let gateway = Gateway::of(stack, friendly(), SocketLimits::default()).await;
    let mut socket = connect(&gateway, "?ticket=good").await.unwrap();
    for _ in 0..9 {
        socket.send(Message::text("{}")).await.unwrap();
    }
    let refused: Value = serde_json::from_str(next(&mut socket).await.to_text().unwrap()).unwrap();
    assert_eq!(refused["message"], "Too Many Requests");
    assert_eq!(refused["connectionId"], json!(connection_id(&gateway)));
    let attempts = (0..9).map(|_| connect(&gateway, "?ticket=good"));
    let statuses: Vec<_> = join_all(attempts).await.into_iter().filter_map(Result::err).collect();
    assert!(statuses.len() > 4 && statuses.iter().all(|it| *it == 429), "{statuses:?}");
    let admitted = ["CONNECT", "MESSAGE"].map(|it| invocations(&gateway, it).len());
    let admitted = admitted[0] + admitted[1];
    assert!((3..9).contains(&admitted), "{admitted} of 19");
}

#[tokio::test]
async fn a_connection_is_not_open_before_connect_has_returned() {
    let (told_id, id) = mpsc::channel();
    let (go, wait) = mpsc::channel::<()>();
    let (told_id, wait) = (Mutex::new(told_id), Mutex::new(wait));
    let stub: Stub = Arc::new(move |function, event| match function {
        "Authorize" => Ok(policy(true)),
        _ => {
            if event["requestContext"]["eventType"] == "CONNECT" {
                let id = event["requestContext"]["connectionId"].as_str().unwrap().to_owned();
                told_id.lock().unwrap().send(id).unwrap();
                wait.lock().unwrap().recv().unwrap();
            }
            Ok(json!({"statusCode": 200}))
        }
    });
    let gateway = Arc::new(Gateway::open(stub).await);
    let connecting = tokio::spawn({
        let gateway = Arc::clone(&gateway);
        async move { connect(&gateway, "?ticket=x").await }
    });
    let id = tokio::task::spawn_blocking(move || id.recv().unwrap()).await.unwrap();
    assert_eq!(manage(&gateway, "POST", &id, b"early".to_vec()).await.0, 410);
    go.send(()).unwrap();
    let mut socket = connecting.await.unwrap().unwrap();
    assert_eq!(manage(&gateway, "POST", &id, b"late".to_vec()).await.0, 200);
    assert_eq!(next(&mut socket).await, Message::text("late"));
}

#[tokio::test]
async fn messages_of_one_connection_run_at_the_same_time() {
    let barrier = Arc::new(std::sync::Barrier::new(3));
    let stub: Stub = Arc::new(move |function, event| match function {
        "Authorize" => Ok(policy(true)),
        _ => {
            if event["requestContext"]["eventType"] == "MESSAGE" {
                // Passed only if all three are here at once.
                barrier.wait();
            }
            Ok(json!({"statusCode": 200, "body": "not passed on"}))
        }
    });
    let gateway = Gateway::open(stub).await;
    let mut socket = connect(&gateway, "?ticket=x").await.unwrap();
    for _ in 0..3 {
        socket.send(Message::text("{}")).await.unwrap();
    }
    eventually(|| (invocations(&gateway, "MESSAGE").len() == 3).then_some(())).await;
    let id = connection_id(&gateway);
    manage(&gateway, "POST", &id, b"last".to_vec()).await;
    assert_eq!(next(&mut socket).await, Message::text("last"), "no reply body comes before it");
}

#[tokio::test]
async fn a_route_that_fails_is_reported_to_the_client() {
    let stub: Stub = Arc::new(|function, event| match function {
        "Authorize" => Ok(policy(true)),
        _ if event["requestContext"]["eventType"] == "MESSAGE" => Err("no".to_owned()),
        _ => Ok(json!({"statusCode": 200})),
    });
    let gateway = Gateway::open(stub).await;
    let mut socket = connect(&gateway, "?ticket=x").await.unwrap();
    socket.send(Message::text("{}")).await.unwrap();
    let said: Value = serde_json::from_str(next(&mut socket).await.to_text().unwrap()).unwrap();
    assert_eq!(said["message"], "Internal server error");
    assert_eq!(said["connectionId"], json!(connection_id(&gateway)));
    assert!(said["requestId"].is_string());
}

#[tokio::test]
async fn what_is_too_large_ends_the_connection() {
    let gateway = Gateway::open(friendly()).await;
    let frame = 32 * 1024;
    let mut socket = connect(&gateway, "?ticket=good").await.unwrap();
    socket.send(Message::text("x".repeat(frame))).await.unwrap();
    eventually(|| invocations(&gateway, "MESSAGE").pop()).await;
    // Much more than any buffer on the way holds, so that the goodbye must get past it.
    let _ = socket.send(Message::text("x".repeat(40 * frame))).await;
    assert_eq!(close_code(&mut socket).await, CloseCode::Size);
    let goodbye = eventually(|| invocations(&gateway, "DISCONNECT").pop()).await;
    assert_eq!(goodbye["requestContext"]["disconnectStatusCode"], 1009);

    let mut socket = connect(&gateway, "?ticket=good").await.unwrap();
    socket.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(close_code(&mut socket).await, CloseCode::Unsupported);

    let socket = connect(&gateway, "?ticket=good").await.unwrap();
    let id =
        invocations(&gateway, "CONNECT").pop().unwrap()["requestContext"]["connectionId"].clone();
    let (status, error, _) =
        manage(&gateway, "POST", id.as_str().unwrap(), vec![b'x'; 128 * 1024 + 1]).await;
    assert_eq!((status, error.as_str()), (413, "PayloadTooLargeException"));
    drop(socket);
}

/// Sends `message` every 20 ms until the server closes the connection; how it was closed, and how
/// often the message was sent.
async fn repeat_until_closed(socket: &mut Socket, message: Message) -> (CloseCode, u32) {
    let mut every = tokio::time::interval(Duration::from_millis(20));
    let mut sent = 0;
    let closed = async {
        loop {
            tokio::select! {
                _ = every.tick() => {
                    // Between the server's close and our reading of it, a send may fail.
                    sent += u32::from(socket.send(message.clone()).await.is_ok());
                }
                incoming = socket.next() => match incoming {
                    Some(Ok(Message::Close(Some(frame)))) => return frame.code,
                    Some(Ok(_)) => {}
                    other => panic!("{other:?} instead of a close"),
                },
            }
        }
    };
    let code = tokio::time::timeout(Duration::from_secs(10), closed).await.unwrap();
    (code, sent)
}

#[tokio::test]
async fn pings_of_the_protocol_do_not_keep_a_connection_open() {
    let idle = SocketLimits { idle: Duration::from_millis(300), ..SocketLimits::default() };
    let gateway = Gateway::with_limits(friendly(), idle).await;
    let mut socket = connect(&gateway, "?ticket=good").await.unwrap();
    let (code, pings) = repeat_until_closed(&mut socket, Message::Ping(Vec::new().into())).await;
    assert_eq!(code, CloseCode::Away);
    assert!(pings > 2, "{pings} pings: it was closed before its time");
    let goodbye = eventually(|| invocations(&gateway, "DISCONNECT").pop()).await;
    assert_eq!(goodbye["requestContext"]["disconnectReason"], "Going away");
}

#[tokio::test]
async fn messages_keep_a_connection_open_until_its_longest_duration() {
    let limits = SocketLimits {
        idle: Duration::from_secs(1),
        duration: Duration::from_millis(2_500),
        ..SocketLimits::default()
    };
    let gateway = Gateway::with_limits(friendly(), limits.clone()).await;
    let opened = Instant::now();
    let mut socket = connect(&gateway, "?ticket=good").await.unwrap();
    let (code, _) = repeat_until_closed(&mut socket, Message::text("{}")).await;
    assert_eq!(code, CloseCode::Away);
    assert!(opened.elapsed() >= 2 * limits.idle, "closed as idle after {:?}", opened.elapsed());
}

#[tokio::test]
async fn a_connection_can_be_deleted() {
    let gateway = Gateway::open(friendly()).await;
    let mut socket = connect(&gateway, "?ticket=good").await.unwrap();
    let id = connection_id(&gateway);
    assert_eq!(manage(&gateway, "DELETE", &id, Vec::new()).await.0, 204);
    assert_eq!(close_code(&mut socket).await, CloseCode::Normal);
    assert_eq!(manage(&gateway, "POST", &id, Vec::new()).await.0, 410);
}
