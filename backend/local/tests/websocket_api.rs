//! The WebSocket API before functions that are closures.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod doors;

use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use aws_lambda_events::apigw::{
    ApiGatewayCustomAuthorizerRequestTypeRequest, ApiGatewayWebsocketProxyRequest,
};
use aws_local::settings::SocketLimits;
use doors::{Doors, Stub, eventually, friendly, policy, pushes};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn connect(doors: &Doors, query: &str) -> Result<Socket, u16> {
    let url = format!("ws://{}/live{query}", doors.addr);
    match tokio_tungstenite::connect_async(url).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(why) => panic!("{why}"),
    }
}

/// The events a function was told, of one type.
fn told(doors: &Doors, event_type: &str) -> Vec<Value> {
    let told = doors.told().into_iter().filter(|(function, _)| function == "Socket");
    told.map(|(_, event)| event)
        .filter(|it| it["requestContext"]["eventType"] == event_type)
        .collect()
}

fn connection_id(doors: &Doors) -> String {
    told(doors, "CONNECT")[0]["requestContext"]["connectionId"].as_str().unwrap().to_owned()
}

async fn manage(doors: &Doors, method: &str, id: &str, body: Vec<u8>) -> (u16, String, String) {
    let url = doors.url(&format!("/manage/{}", id.replace('=', "%3D")));
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
async fn a_connection_lives_from_the_handshake_to_the_goodbye() {
    let doors = Doors::open(friendly()).await;
    let mut socket = connect(&doors, "?ticket=good&more=1").await.unwrap();
    let id = connection_id(&doors);
    assert!(id.ends_with('=') && id.len() == 16);

    socket.send(Message::text("{\"action\":\"named\"}")).await.unwrap();
    socket.send(Message::text("{\"action\":\"other\"}")).await.unwrap();
    socket.send(Message::text("no json")).await.unwrap();
    let messages = eventually(|| Some(told(&doors, "MESSAGE")).filter(|it| it.len() == 3)).await;
    let route_of = |body: &str| {
        let event = messages.iter().find(|it| it["body"] == body).unwrap();
        event["requestContext"]["routeKey"].as_str().unwrap().to_owned()
    };
    assert_eq!(route_of("{\"action\":\"named\"}"), "named");
    assert_eq!(route_of("{\"action\":\"other\"}"), "$default");
    assert_eq!(route_of("no json"), "$default");

    assert_eq!(manage(&doors, "POST", &id, b"hello".to_vec()).await.0, 200);
    assert_eq!(next(&mut socket).await, Message::text("hello"));
    assert_eq!(pushes(&doors.feed), [(200, "hello".to_owned())]);
    let (status, _, about) = manage(&doors, "GET", &id, Vec::new()).await;
    let about: Value = serde_json::from_str(&about).unwrap();
    assert_eq!((status, &about["identity"]["sourceIp"]), (200, &json!("127.0.0.1")));
    assert!(about["connectedAt"].as_str().unwrap().ends_with('Z'));

    socket.close(None).await.unwrap();
    let goodbye = eventually(|| told(&doors, "DISCONNECT").pop()).await;
    assert_eq!(goodbye["requestContext"]["disconnectStatusCode"], 1005);
    let gone = (410, "GoneException".to_owned());
    for method in ["POST", "GET", "DELETE"] {
        let (status, error, _) = manage(&doors, method, &id, Vec::new()).await;
        assert_eq!((status, error), gone, "{method}");
    }
}

#[tokio::test]
async fn the_events_are_what_the_functions_can_read() {
    let doors = Doors::open(friendly()).await;
    let mut socket = connect(&doors, "?ticket=good").await.unwrap();
    socket.send(Message::text("hi")).await.unwrap();
    eventually(|| told(&doors, "MESSAGE").pop()).await;
    socket.close(None).await.unwrap();
    eventually(|| told(&doors, "DISCONNECT").pop()).await;

    let (function, asked) = doors.told().remove(0);
    assert_eq!(function, "Keeper");
    assert_eq!(asked["type"], "REQUEST");
    assert!(asked["methodArn"].as_str().unwrap().ends_with("/live/$connect"));
    assert_eq!(asked["queryStringParameters"], json!({"ticket": "good"}));
    assert_eq!(asked["multiValueQueryStringParameters"], json!({"ticket": ["good"]}));
    assert!(asked["headers"]["Sec-WebSocket-Key"].is_string());
    let asked: ApiGatewayCustomAuthorizerRequestTypeRequest =
        serde_json::from_value(asked).unwrap();
    assert_eq!(asked.query_string_parameters.first("ticket"), Some("good"));

    let id = connection_id(&doors);
    for (event_type, route) in
        [("CONNECT", "$connect"), ("MESSAGE", "$default"), ("DISCONNECT", "$disconnect")]
    {
        let event = told(&doors, event_type).pop().unwrap();
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
    let message = told(&doors, "MESSAGE").pop().unwrap();
    assert!(message.get("headers").is_none() && message.get("queryStringParameters").is_none());
    assert!(message["requestContext"]["messageId"].is_string());
}

#[tokio::test]
async fn a_handshake_is_refused_with_the_reason_in_its_status() {
    let stub: Stub = Arc::new(|function, event| {
        let ticket = event["queryStringParameters"]["ticket"].as_str().unwrap_or_default();
        match (function, ticket) {
            ("Keeper", "broken") => Err("no".to_owned()),
            ("Keeper", "nonsense") => Ok(json!({})),
            ("Keeper", ticket) => Ok(policy(ticket != "denied")),
            (_, "full") => Ok(json!({"statusCode": 429})),
            (_, "crash") => Err("no".to_owned()),
            _ => Ok(json!({"statusCode": 200})),
        }
    });
    let doors = Doors::open(stub).await;
    assert_eq!(connect(&doors, "").await.unwrap_err(), 401);
    assert_eq!(connect(&doors, "?ticket=").await.unwrap_err(), 401);
    assert!(doors.told().is_empty(), "without a ticket nobody is even asked");
    assert_eq!(connect(&doors, "?ticket=denied").await.unwrap_err(), 403);
    assert_eq!(connect(&doors, "?ticket=broken").await.unwrap_err(), 500);
    assert_eq!(connect(&doors, "?ticket=nonsense").await.unwrap_err(), 500);
    assert_eq!(connect(&doors, "?ticket=full").await.unwrap_err(), 429);
    assert_eq!(connect(&doors, "?ticket=crash").await.unwrap_err(), 502);
    assert_eq!(connect(&doors, &format!("?ticket={}", "x".repeat(4_096))).await.unwrap_err(), 414);
    let plain = reqwest::get(doors.url("/live?ticket=good")).await.unwrap();
    assert_eq!(plain.status(), 426);
}

#[tokio::test]
async fn a_connection_is_not_open_before_connect_has_returned() {
    let (told_id, id) = mpsc::channel();
    let (go, wait) = mpsc::channel::<()>();
    let (told_id, wait) = (Mutex::new(told_id), Mutex::new(wait));
    let stub: Stub = Arc::new(move |function, event| match function {
        "Keeper" => Ok(policy(true)),
        _ => {
            if event["requestContext"]["eventType"] == "CONNECT" {
                let id = event["requestContext"]["connectionId"].as_str().unwrap().to_owned();
                told_id.lock().unwrap().send(id).unwrap();
                wait.lock().unwrap().recv().unwrap();
            }
            Ok(json!({"statusCode": 200}))
        }
    });
    let doors = Arc::new(Doors::open(stub).await);
    let connecting = tokio::spawn({
        let doors = Arc::clone(&doors);
        async move { connect(&doors, "?ticket=x").await }
    });
    let id = tokio::task::spawn_blocking(move || id.recv().unwrap()).await.unwrap();
    assert_eq!(manage(&doors, "POST", &id, b"early".to_vec()).await.0, 410);
    go.send(()).unwrap();
    let mut socket = connecting.await.unwrap().unwrap();
    assert_eq!(manage(&doors, "POST", &id, b"late".to_vec()).await.0, 200);
    assert_eq!(next(&mut socket).await, Message::text("late"));
}

#[tokio::test]
async fn messages_of_one_connection_run_at_the_same_time() {
    let barrier = Arc::new(std::sync::Barrier::new(3));
    let stub: Stub = Arc::new(move |function, event| match function {
        "Keeper" => Ok(policy(true)),
        _ => {
            if event["requestContext"]["eventType"] == "MESSAGE" {
                // Passed only if all three are here at once.
                barrier.wait();
            }
            Ok(json!({"statusCode": 200, "body": "not passed on"}))
        }
    });
    let doors = Doors::open(stub).await;
    let mut socket = connect(&doors, "?ticket=x").await.unwrap();
    for _ in 0..3 {
        socket.send(Message::text("{}")).await.unwrap();
    }
    eventually(|| (told(&doors, "MESSAGE").len() == 3).then_some(())).await;
    let id = connection_id(&doors);
    manage(&doors, "POST", &id, b"last".to_vec()).await;
    assert_eq!(next(&mut socket).await, Message::text("last"), "no reply body comes before it");
}

#[tokio::test]
async fn a_route_that_fails_is_apologised_for() {
    let stub: Stub = Arc::new(|function, event| match function {
        "Keeper" => Ok(policy(true)),
        _ if event["requestContext"]["eventType"] == "MESSAGE" => Err("no".to_owned()),
        _ => Ok(json!({"statusCode": 200})),
    });
    let doors = Doors::open(stub).await;
    let mut socket = connect(&doors, "?ticket=x").await.unwrap();
    socket.send(Message::text("{}")).await.unwrap();
    let said: Value = serde_json::from_str(next(&mut socket).await.to_text().unwrap()).unwrap();
    assert_eq!(said["message"], "Internal server error");
    assert_eq!(said["connectionId"], json!(connection_id(&doors)));
    assert!(said["requestId"].is_string());
}

#[tokio::test]
async fn what_is_too_large_ends_the_connection() {
    let doors = Doors::open(friendly()).await;
    let frame = 32 * 1024;
    let mut socket = connect(&doors, "?ticket=good").await.unwrap();
    socket.send(Message::text("x".repeat(frame))).await.unwrap();
    eventually(|| told(&doors, "MESSAGE").pop()).await;
    // Much more than any buffer on the way holds, so that the goodbye must get past it.
    let _ = socket.send(Message::text("x".repeat(40 * frame))).await;
    assert_eq!(close_code(&mut socket).await, CloseCode::Size);
    let goodbye = eventually(|| told(&doors, "DISCONNECT").pop()).await;
    assert_eq!(goodbye["requestContext"]["disconnectStatusCode"], 1009);

    let mut socket = connect(&doors, "?ticket=good").await.unwrap();
    socket.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(close_code(&mut socket).await, CloseCode::Unsupported);

    let socket = connect(&doors, "?ticket=good").await.unwrap();
    let id = told(&doors, "CONNECT").pop().unwrap()["requestContext"]["connectionId"].clone();
    let (status, error, _) =
        manage(&doors, "POST", id.as_str().unwrap(), vec![b'x'; 128 * 1024 + 1]).await;
    assert_eq!((status, error.as_str()), (413, "PayloadTooLargeException"));
    drop(socket);
}

#[tokio::test]
async fn an_idle_and_an_old_connection_are_closed() {
    let short = Duration::from_millis(150);
    let idle = SocketLimits { idle: short, ..SocketLimits::default() };
    let doors = Doors::with_limits(friendly(), idle).await;
    let mut socket = connect(&doors, "?ticket=good").await.unwrap();
    // A ping of the protocol keeps nothing alive.
    socket.send(Message::Ping(Vec::new().into())).await.unwrap();
    assert_eq!(close_code(&mut socket).await, CloseCode::Away);
    let goodbye = eventually(|| told(&doors, "DISCONNECT").pop()).await;
    assert_eq!(goodbye["requestContext"]["disconnectReason"], "Going away");

    let old = SocketLimits { duration: short, ..SocketLimits::default() };
    let doors = Doors::with_limits(friendly(), old).await;
    let mut socket = connect(&doors, "?ticket=good").await.unwrap();
    assert_eq!(close_code(&mut socket).await, CloseCode::Away);
}

#[tokio::test]
async fn a_connection_can_be_deleted() {
    let doors = Doors::open(friendly()).await;
    let mut socket = connect(&doors, "?ticket=good").await.unwrap();
    let id = connection_id(&doors);
    assert_eq!(manage(&doors, "DELETE", &id, Vec::new()).await.0, 204);
    assert_eq!(close_code(&mut socket).await, CloseCode::Normal);
    assert_eq!(manage(&doors, "POST", &id, Vec::new()).await.0, 410);
}
