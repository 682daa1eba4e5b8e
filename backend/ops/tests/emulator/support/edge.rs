//! The site in front of the emulator: one origin, with the paths of the template's distribution.
//!
//! The emulator plays CloudFront itself, by the distribution's host name, with the function and
//! the headers of the template; but it cannot reach its own APIs as origins, for their names are
//! AWS's and lead nowhere. So those two behaviours lead to the emulator's own addresses of them,
//! and everything else through its CloudFront.

use std::net::SocketAddr;
use std::sync::{Arc, RwLock};

use anyhow::{Context, Result};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, post};
use futures_util::{SinkExt as _, StreamExt as _};
use hyper_util::rt::TokioIo;
use ops::aws::stack::{Described, Resources};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::{self, Message, client::IntoClientRequest as _};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// The site of the stack that was deployed last.
pub(crate) struct Edge {
    address: SocketAddr,
    inside: Inside,
}

#[derive(Clone)]
struct Inside {
    http: reqwest::Client,
    endpoint: String,
    shown: Arc<RwLock<Option<Shown>>>,
}

/// Where the parts of a stack are.
#[derive(Clone)]
struct Shown {
    distribution: String,
    http_api: String,
    websocket_api: String,
    /// What CloudFront sends to both APIs; empty if nothing.
    secret: String,
}

/// The header with that.
const SECRET: &str = "x-origin-secret";

impl Edge {
    /// Starts before anything is deployed.
    pub(crate) async fn start(endpoint: &str) -> Result<Self> {
        let inside = Inside {
            http: reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?,
            endpoint: endpoint.to_owned(),
            shown: Arc::default(),
        };
        let router = Router::new()
            .route("/live", any(live))
            .route("/cognito", post(cognito))
            .fallback(site)
            .with_state(inside.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, inside })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Leads to this stack from now on, with this secret for both APIs.
    pub(crate) fn shows(
        &self,
        stack: &Described,
        resources: &Resources,
        secret: String,
    ) -> Result<()> {
        let id = |name: &str| {
            let resource = resources.get(name).with_context(|| format!("there is no {name}"))?;
            anyhow::Ok(resource.physical_id.clone())
        };
        *self.inside.shown.write().unwrap() = Some(Shown {
            distribution: stack.output("DistributionDomainName")?.to_owned(),
            http_api: id("HttpApi")?,
            websocket_api: id("WebSocketApi")?,
            secret,
        });
        Ok(())
    }
}

impl Inside {
    fn shown(&self) -> Option<Shown> {
        self.shown.read().unwrap().clone()
    }

    async fn pass(
        &self,
        method: Method,
        url: String,
        headers: HeaderMap,
        host: Option<&str>,
        body: Bytes,
    ) -> Response {
        let mut request = self.http.request(method, url).headers(headers).body(body);
        if let Some(host) = host {
            request = request.header(header::HOST, host).header("x-forwarded-proto", "https");
        }
        let reply = match request.send().await {
            Ok(reply) => reply,
            Err(error) => return (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
        };
        let (status, mut headers) = (reply.status(), reply.headers().clone());
        headers.remove(header::TRANSFER_ENCODING);
        headers.remove(header::CONNECTION);
        let mut response = Response::new(Body::from(reply.bytes().await.unwrap_or_default()));
        (*response.status_mut(), *response.headers_mut()) = (status, headers);
        response
    }
}

/// What a request says, without the host that it says it to.
fn said(mut headers: HeaderMap) -> HeaderMap {
    headers.remove(header::HOST);
    headers
}

/// The page through the emulator's CloudFront, the HTTP API at the emulator's address of it.
async fn site(
    State(edge): State<Inside>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(shown) = edge.shown() else { return StatusCode::NOT_FOUND.into_response() };
    let Shown { distribution, http_api, .. } = &shown;
    let (prefix, host) = match uri.path().starts_with("/api/") {
        true => (format!("/_aws/execute-api/{http_api}/$default"), None),
        false => (String::new(), Some(distribution.as_str())),
    };
    let url = format!("{}{prefix}{uri}", edge.endpoint);
    let mut headers = said(headers);
    if let Ok(secret) = shown.secret.parse() {
        headers.insert(SECRET, secret);
    }
    edge.pass(method, url, headers, host, body).await
}

async fn cognito(State(edge): State<Inside>, headers: HeaderMap, body: Bytes) -> Response {
    edge.pass(Method::POST, format!("{}/", edge.endpoint), said(headers), None, body).await
}

/// A handshake is made with the emulator first, so that its refusal is the answer.
async fn live(
    State(edge): State<Inside>,
    OriginalUri(uri): OriginalUri,
    mut request: Request,
) -> Response {
    let Some(shown) = edge.shown() else { return StatusCode::NOT_FOUND.into_response() };
    let endpoint = edge.endpoint.replace("http", "ws");
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let url = format!("{endpoint}/_aws/execute-api/{}/live{query}", shown.websocket_api);
    let key = request.headers().get(header::SEC_WEBSOCKET_KEY).cloned();
    let (Ok(mut handshake), Ok(secret), Some(key)) =
        (url.into_client_request(), shown.secret.parse(), key)
    else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    handshake.headers_mut().insert(SECRET, secret);
    match tokio_tungstenite::connect_async(handshake).await {
        Ok((emulator, _)) => {
            let upgrade = hyper::upgrade::on(&mut request);
            tokio::spawn(async move {
                let Ok(upgraded) = upgrade.await else { return };
                let io = TokioIo::new(upgraded);
                let browser = WebSocketStream::from_raw_socket(io, Role::Server, None).await;
                relay(browser, emulator).await;
            });
            let headers = [
                (header::UPGRADE, "websocket".to_owned()),
                (header::CONNECTION, "upgrade".to_owned()),
                (header::SEC_WEBSOCKET_ACCEPT, derive_accept_key(key.as_bytes())),
            ];
            (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
        }
        Err(tungstenite::Error::Http(reply)) => reply.status().into_response(),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

type Browser = WebSocketStream<TokioIo<hyper::upgrade::Upgraded>>;
type Emulator = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

/// Passes messages on in both directions, until one side closes.
async fn relay(mut browser: Browser, mut emulator: Emulator) {
    loop {
        let passed = tokio::select! {
            message = browser.next() => match message {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => true, // tungstenite answers them
                Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) => {
                    emulator.send(message).await.is_ok()
                }
                _ => break drop(emulator.close(None).await),
            },
            message = emulator.next() => match message {
                Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) => {
                    browser.send(message).await.is_ok()
                }
                Some(Ok(Message::Close(frame))) => break drop(browser.close(frame).await),
                Some(Ok(_)) => true,
                _ => break,
            },
        };
        if !passed {
            break;
        }
    }
}
