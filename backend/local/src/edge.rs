//! The edge: one origin for a browser, with the paths that CloudFront has on AWS.
//!
//! | path | what answers |
//! |---|---|
//! | `/api/…` | the HTTP API |
//! | `/live` (the stage's name) | the WebSocket API |
//! | `/cognito` | the user pools; on AWS an origin of its own |
//! | `/config.json` | where the page finds things |
//! | further folders | as named, such as `/art` |
//! | `/_local/…` | the window; not on AWS |
//! | everything else | the page |
//!
//! Every answer has the headers of the response headers policy that the template's distribution
//! names for its default behaviour, whatever the path: on AWS each behaviour names its own.

use std::future::ready;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware;
use axum::response::Response;
use axum::routing::{any, get};
use axum::serve::ListenerExt;
use tokio::net::TcpListener;

mod compress;
mod headers;
mod site;

use crate::cognito::UserPools;
use crate::http_api::HttpApi;
use crate::settings::EdgeSettings;
use crate::template::Stack;
use crate::websocket_api::WebSocketApi;
use crate::window::Window;
use compress::Compressor;
use headers::SiteHeaders;
pub use site::{cache_control, content_type, is_named_by_content};

use site::Folder;

/// What a browser can reach of a stack: its user pools and its APIs.
#[derive(Clone, Debug)]
pub struct Doors {
    /// The user pools.
    pub pools: UserPools,
    /// The HTTP API, if the stack has one.
    pub http_api: Option<HttpApi>,
    /// The WebSocket API, if the stack has one.
    pub websocket_api: Option<WebSocketApi>,
}

struct Edge {
    doors: Doors,
    config_json: String,
    compressor: Compressor,
    /// The page.
    site: Option<Folder>,
}

/// Everything the edge answers, with the headers that the stack's distribution adds.
///
/// # Errors
/// If `config_json` names what the stack has not, the distribution's headers cannot be played, or
/// a folder's prefix is no path.
pub fn router(
    stack: &Stack,
    settings: &EdgeSettings,
    doors: Doors,
    window: Window,
) -> Result<Router> {
    let edge = Arc::new(Edge {
        config_json: stack.substitute(&settings.config_json)?,
        compressor: Compressor::default(),
        site: settings.site.clone().map(Folder::page),
        doors,
    });
    let headers = SiteHeaders::new(stack)?;
    let mut router = Router::new()
        .route("/api/{*rest}", any(api))
        .route("/config.json", get(config_json))
        .route("/cognito", edge.doors.pools.door())
        .route("/cognito/", edge.doors.pools.door())
        .merge(window.router())
        .fallback(page);
    if let Some(live_api) = &edge.doors.websocket_api {
        router = router.route(&format!("/{}", live_api.stage()), any(live));
    }
    for (prefix, folder) in &settings.folders {
        if !prefix.starts_with('/') || prefix.len() < 2 {
            bail!("the folder prefix {prefix} does not begin with /");
        }
        let folder = Arc::new(Folder::plain(folder.clone()));
        let serve = move |State(edge): State<Arc<Edge>>, request: Request| async move {
            folder.answer(&edge.compressor, &request.into_parts().0).await
        };
        router = router.nest(prefix, Router::new().fallback(serve));
    }
    let add = middleware::map_response(move |response| ready(headers.add(response)));
    Ok(router.layer(add).with_state(edge))
}

/// Serves the edge on a listener for as long as it is polled.
///
/// # Errors
/// The listener's.
pub async fn serve(listener: TcpListener, router: Router) -> Result<()> {
    let listener = listener.tap_io(|stream| {
        // A small answer must not wait for a larger one.
        let _ = stream.set_nodelay(true);
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await.context("the edge ended")
}

async fn api(
    State(edge): State<Arc<Edge>>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let Some(api) = &edge.doors.http_api else { return site::not_found() };
    let accepts = compress::accepts_brotli(request.headers());
    let response = api.handle(client.ip(), request).await;
    edge.compressor.reply(accepts, response).await
}

async fn live(
    State(edge): State<Arc<Edge>>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    match &edge.doors.websocket_api {
        Some(api) => api.connect(client.ip(), request).await,
        None => site::not_found(),
    }
}

async fn config_json(State(edge): State<Arc<Edge>>) -> (HeaderMap, String) {
    let headers = HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ]);
    (headers, edge.config_json.clone())
}

async fn page(State(edge): State<Arc<Edge>>, request: Request) -> Response {
    match &edge.site {
        Some(site) => site.answer(&edge.compressor, &request.into_parts().0).await,
        None => site::not_found(),
    }
}
