//! What the tests of the gateway share: a stack, functions that are closures, and an edge to call.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(unreachable_pub, missing_docs, clippy::unwrap_used, reason = "these are tests")]

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_local::cognito::UserPools;
use aws_local::feed::{Feed, FeedEvent};
use aws_local::gateway::{Functions, Invoke};
use aws_local::http_api::HttpApi;
use aws_local::iam::Iam;
use aws_local::lambda::Outcome;
use aws_local::settings::SocketLimits;
use aws_local::store::Store;
use aws_local::template::Stack;
use aws_local::websocket_api::WebSocketApi;
use axum::Router;
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::Method;
use axum::response::Response;
use axum::routing::any;
use serde_json::{Value, json};

pub const PASSWORD: &str = "correct horse";

pub fn stack() -> Stack {
    let text = include_str!("stack.yaml");
    Stack::parse(text, "gateway", "eu-west-2", &BTreeMap::new()).unwrap()
}

/// What a stubbed function answers: its logical id and the event in, JSON or an error out.
pub type Stub = Arc<dyn Fn(&str, &Value) -> Result<Value, String> + Send + Sync>;

/// The gateway of the stack before stubbed functions, and what those were invoked with.
pub struct Gateway {
    pub stack: Stack,
    pub feed: Feed,
    pub pools: UserPools,
    pub api: HttpApi,
    pub live: WebSocketApi,
    pub invocations: Arc<Mutex<Vec<(String, Value)>>>,
    pub addr: SocketAddr,
}

/// A authorizer that lets in everyone with the ticket `good`, and functions that answer 200.
pub fn friendly() -> Stub {
    Arc::new(|function, event| {
        Ok(match function {
            "Authorize" => policy(event["queryStringParameters"]["ticket"] == "good"),
            _ => json!({ "statusCode": 200 }),
        })
    })
}

pub fn policy(allow: bool) -> Value {
    json!({
        "principalId": "ann",
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{
                "Action": "execute-api:Invoke",
                "Effect": if allow { "Allow" } else { "Deny" },
                "Resource": "*",
            }],
        },
        "context": { "user_id": "ann-1" },
    })
}

impl Gateway {
    pub async fn open(stub: Stub) -> Self {
        Self::with_limits(stub, SocketLimits::default()).await
    }

    pub async fn with_limits(stub: Stub, limits: SocketLimits) -> Self {
        Self::of(stack(), stub, limits).await
    }

    pub async fn of(stack: Stack, stub: Stub, limits: SocketLimits) -> Self {
        let feed = Feed::default();
        let iam = Iam::new(&stack, feed.clone()).unwrap();
        let invocations = Arc::new(Mutex::new(Vec::new()));
        let functions = Functions::run_by(invoke(&stack, stub, Arc::clone(&invocations)), iam);
        let pools = UserPools::new(&stack, Store::memory().unwrap(), feed.clone()).unwrap();
        let api = HttpApi::new(&stack, functions.clone(), pools.clone(), feed.clone());
        let live = WebSocketApi::new(&stack, functions, limits, feed.clone());
        let (api, live) = (api.unwrap().unwrap(), live.unwrap().unwrap());
        let addr = serve(api.clone(), live.clone()).await;
        Self { stack, feed, pools, api, live, invocations, addr }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// What the functions were invoked with so far: logical id and event.
    pub fn invocations(&self) -> Vec<(String, Value)> {
        self.invocations.lock().unwrap().clone()
    }

    pub fn client_id(&self) -> &str {
        &self.stack.get("Client").unwrap().physical_id
    }

    /// A call to Cognito at a time of the test's choosing.
    pub fn cognito(&self, operation: &str, request: Value, now: u64) -> Result<Value, String> {
        cognito(&self.pools, operation, request, now)
    }

    /// Tokens of a confirmed account, as issued `seconds` ago.
    pub fn sign_in(&self, seconds: u64) -> Value {
        let pool = &self.stack.get("Pool").unwrap().physical_id;
        let sub = "68a0f215-8453-45be-a418-5b0b1c94b456";
        self.pools.admin_create(pool, "ann@example.com", PASSWORD, sub).unwrap();
        let request = json!({
            "ClientId": self.client_id(),
            "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": "ann@example.com", "PASSWORD": PASSWORD },
        });
        let then = aws_local::time::now_ms() - seconds * 1_000;
        self.cognito("InitiateAuth", request, then).unwrap()["AuthenticationResult"].clone()
    }
}

/// The answer, or the error's name and sentence.
pub fn cognito(
    pools: &UserPools,
    operation: &str,
    request: Value,
    now: u64,
) -> Result<Value, String> {
    let answer = pools.answer(operation, request.to_string().as_bytes(), now);
    answer.map_err(|refusal| format!("{}: {}", refusal.code, refusal.message))
}

fn invoke(stack: &Stack, stub: Stub, invocations: Arc<Mutex<Vec<(String, Value)>>>) -> Invoke {
    let functions = stack.of_kind("AWS::Lambda::Function");
    let names: BTreeMap<String, String> =
        functions.map(|it| (stack.arn(&it.logical_id).unwrap(), it.logical_id.clone())).collect();
    Arc::new(move |arn, payload| {
        let function = names[&arn].clone();
        let event: Value = serde_json::from_slice(&payload).unwrap();
        invocations.lock().unwrap().push((function.clone(), event.clone()));
        let stub = Arc::clone(&stub);
        Box::pin(async move {
            // Stubs may wait.
            let answer = tokio::task::spawn_blocking(move || stub(&function, &event)).await;
            Ok(match answer.unwrap() {
                Ok(answer) => Outcome { payload: answer.to_string().into(), function_error: None },
                Err(why) => Outcome {
                    payload: json!({ "errorMessage": why }).to_string().into(),
                    function_error: Some("Unhandled".to_owned()),
                },
            })
        })
    })
}

async fn serve(api: HttpApi, live: WebSocketApi) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let addr = listener.local_addr().unwrap();
    let connect = |State(live): State<WebSocketApi>, request: Request| async move {
        live.connect(IpAddr::V4(Ipv4Addr::LOCALHOST), request).await
    };
    let manage =
        |State(live): State<WebSocketApi>,
         Path(id): Path<String>,
         method: Method,
         body: axum::body::Bytes| async move { live.manage(&method, &id, &body) };
    let router = Router::new()
        .route("/live", any(connect))
        .route("/manage/{id}", any(manage))
        .with_state(live)
        .fallback(move |ConnectInfo(client): ConnectInfo<SocketAddr>, request: Request| {
            let api = api.clone();
            async move { answer(&api, client, request).await }
        });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    addr
}

async fn answer(api: &HttpApi, client: SocketAddr, request: Request) -> Response {
    api.handle(client.ip(), request).await
}

/// Waits until `what` is there, for ten seconds at most.
pub async fn eventually<T>(what: impl Fn() -> Option<T>) -> T {
    let give_up = Instant::now() + Duration::from_secs(10);
    loop {
        if let Some(it) = what() {
            return it;
        }
        assert!(Instant::now() < give_up, "it did not happen");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub fn pushes(feed: &Feed) -> Vec<(u16, String)> {
    let entries = feed.since(0);
    let push = |seen: &FeedEvent| match seen {
        FeedEvent::Push { status, body, .. } => Some((*status, body.clone())),
        _ => None,
    };
    entries.iter().filter_map(|it| push(&it.event)).collect()
}

/// A folder of its own, empty.
pub fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("aws-local-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
