//! The edge: one origin for a browser, as the template's CloudFront distribution says.
//!
//! | path | what answers |
//! |---|---|
//! | a `PathPattern` of the distribution | its origin: the HTTP API, the WebSocket API, a bucket, or files |
//! | `/config.json` | where the page finds things; on AWS a file |
//! | `/cognito` | the user pools; on AWS an origin of its own |
//! | `/_local/…` | the console; not on AWS |
//! | everything else | the page |

use std::future::ready;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Result, ensure};
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

pub(crate) mod cache;
mod compress;
mod connections;
mod distribution;
mod headers;
pub(crate) mod properties;
mod site;

use crate::cognito::UserPools;
use crate::http_api::HttpApi;
use crate::s3::S3;
use crate::settings::EdgeSettings;
use crate::template::Stack;
use crate::websocket_api::WebSocketApi;
pub use cache::Cache;
use cache::{Answer, Key};
pub use connections::{ReadTimeouts, serve};
use distribution::{Behavior, Distribution, Origin};
pub use site::{cache_control, content_type, is_named_by_content};

use site::Folder;

/// What a browser can reach of a stack: its user pools and its APIs.
#[derive(Clone, Debug)]
pub struct PublicEndpoints {
    /// The user pools.
    pub pools: UserPools,
    /// The HTTP API, if the stack has one.
    pub http_api: Option<HttpApi>,
    /// The WebSocket API, if the stack has one.
    pub websocket_api: Option<WebSocketApi>,
    /// The buckets.
    pub s3: S3,
    /// What the distribution has cached.
    pub cache: Cache,
}

struct Edge {
    endpoints: PublicEndpoints,
    config_json: String,
    distribution: Distribution,
    /// The folders of files by their path prefix; the last is the page, whose prefix is empty.
    folders: Vec<(String, Folder)>,
}

/// Everything the edge answers: what the distribution says, and `local`, which is not on AWS.
///
/// # Errors
/// If `config_json` names what the stack has not, the distribution asks for what is not emulated,
/// or a folder's prefix is no path.
pub fn router(
    stack: &Stack,
    settings: &EdgeSettings,
    endpoints: PublicEndpoints,
    local: Router,
) -> Result<Router> {
    for prefix in settings.folders.keys() {
        let is_path = prefix.starts_with('/') && prefix.len() > 1;
        ensure!(is_path, "the folder prefix {prefix} does not begin with /");
    }
    let others = settings.folders.iter().map(|(prefix, root)| {
        (prefix.clone(), Folder { roots: vec![root.clone()], is_page: false })
    });
    let roots: Vec<_> = settings.documents.iter().chain(&settings.site).cloned().collect();
    let page = (!roots.is_empty()).then(|| (String::new(), Folder { roots, is_page: true }));
    let edge = Arc::new(Edge {
        config_json: stack.substitute(&settings.config_json)?,
        distribution: Distribution::new(stack)?.localized(|it| endpoints.s3.localized(it))?,
        folders: others.chain(page).collect(),
        endpoints,
    });
    let headers = edge.distribution.default_headers();
    let add = middleware::map_response(move |response| ready(headers.add(response)));
    let router = Router::new()
        .route("/config.json", get(config_json))
        .route("/cognito", edge.endpoints.pools.route())
        .route("/cognito/", edge.endpoints.pools.route())
        .merge(local.with_state(()))
        .layer(add)
        .fallback(distributed);
    Ok(router.with_state(edge))
}

/// Answers as the behavior of the path says.
async fn distributed(
    State(edge): State<Arc<Edge>>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let behavior = edge.distribution.behavior(request.uri().path());
    let accepts = behavior.compresses() && compress::accepts_brotli(request.headers());
    let known = request.headers().get_all(header::IF_NONE_MATCH).iter().cloned().collect();
    let is_stored = matches!(behavior.origin, Origin::Files | Origin::Bucket(_));
    let response = match (behavior.allows(request.method()), &behavior.origin) {
        (false, _) => not_allowed(),
        (true, Origin::Files) => edge.file(accepts, request).await,
        (true, Origin::Bucket(bucket)) => edge.endpoints.s3.serve(bucket, request.uri().path()),
        (true, _) => edge.cached(behavior, client, request).await,
    };
    // An API that sees every header has answered `If-None-Match` itself.
    let response = match is_stored || !behavior.forwards_all {
        true => unless_known(known, response),
        false => response,
    };
    behavior.headers.add(compress::reply(accepts, response).await)
}

impl Edge {
    async fn file(&self, accepts_brotli: bool, request: Request) -> Response {
        let (parts, _) = request.into_parts();
        let below = |prefix: &str| {
            let rest = parts.uri.path().strip_prefix(prefix)?;
            (rest.is_empty() || rest.starts_with('/')).then_some(rest)
        };
        let found = self.folders.iter().find_map(|(prefix, it)| Some((it, below(prefix)?)));
        let Some((folder, path)) = found else { return site::not_found() };
        folder.answer(&parts.method, path, accepts_brotli).await
    }

    /// Answers from the cache, or else from the origin.
    async fn cached(&self, behavior: &Behavior, client: SocketAddr, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let query = behavior.policy.query_key(parts.uri.query().unwrap_or_default());
        let key = Key { method: parts.method.clone(), path: parts.uri.path().to_owned(), query };
        let now = Instant::now();
        match self.endpoints.cache.get(&key, now) {
            Some(answer) => marked(answer.response(now), "Hit from cloudfront"),
            None => {
                let request = Request::from_parts(forwarded(behavior, parts, &key), body);
                let response = self.ask_origin(behavior, client, request).await;
                marked(self.keep(behavior, key, response).await, "Miss from cloudfront")
            }
        }
    }

    async fn ask_origin(
        &self,
        behavior: &Behavior,
        client: SocketAddr,
        request: Request,
    ) -> Response {
        match (&behavior.origin, &self.endpoints) {
            (Origin::HttpApi, PublicEndpoints { http_api: Some(api), .. }) => {
                api.handle(client.ip(), request).await
            }
            (Origin::WebSocketApi, PublicEndpoints { websocket_api: Some(api), .. }) => {
                api.connect(client.ip(), request).await
            }
            _ => site::not_found(),
        }
    }

    /// Caches an answer to a GET or HEAD if it may be.
    async fn keep(&self, behavior: &Behavior, key: Key, response: Response) -> Response {
        let policy = &behavior.policy;
        let lifetime = self.distribution.lifetime(policy, response.status(), response.headers());
        let is_read = matches!(key.method, Method::GET | Method::HEAD);
        let Some(lifetime) = lifetime.filter(|_| is_read) else { return response };
        let (parts, body) = response.into_parts();
        let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
            return StatusCode::BAD_GATEWAY.into_response();
        };
        let response = Response::from_parts(parts, body);
        let answer = Answer { response: response.clone(), fetched: Instant::now(), lifetime };
        self.endpoints.cache.put(key, answer);
        response.map(Body::from)
    }
}

/// What the origin sees of a request
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html>).
fn forwarded(behavior: &Behavior, mut parts: Parts, key: &Key) -> Parts {
    if !behavior.forwards_all {
        let target = match key.query.as_str() {
            "" => key.path.clone(),
            query => format!("{}?{query}", key.path),
        };
        parts.uri = target.parse().unwrap_or(parts.uri);
        let passed = [header::HOST, header::CONTENT_TYPE, header::CONTENT_LENGTH];
        let own = passed.iter().filter_map(|it| Some((it.clone(), parts.headers.get(it)?.clone())));
        let agent = (header::USER_AGENT, HeaderValue::from_static("Amazon CloudFront"));
        parts.headers = own.chain([agent]).collect();
    }
    for (name, value) in &behavior.origin_headers {
        parts.headers.insert(name, value.clone());
    }
    parts
}

/// A 304 if the client has this version already (RFC 9110, section 13.1.2).
fn unless_known(known: Vec<HeaderValue>, response: Response) -> Response {
    let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let tag = response.headers().get(header::ETAG).and_then(|it| it.to_str().ok()).map(strong);
    let mut known = known.iter().filter_map(|it| it.to_str().ok()).flat_map(|it| it.split(','));
    let is_known = tag.is_some_and(|tag| known.any(|it| it.trim() == "*" || strong(it) == tag));
    if response.status() != StatusCode::OK || !is_known {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    parts.status = StatusCode::NOT_MODIFIED;
    parts.headers.remove(header::CONTENT_TYPE);
    Response::from_parts(parts, Body::empty())
}

/// The answer with CloudFront's word on where it came from. What opens a WebSocket has none.
fn marked(mut response: Response, source: &'static str) -> Response {
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        response.headers_mut().insert("x-cache", HeaderValue::from_static(source));
    }
    response
}

/// CloudFront's own refusal of a method that the behavior does not list.
fn not_allowed() -> Response {
    let text = "This distribution is not configured to allow the HTTP request method that was used \
                for this request.";
    marked((StatusCode::FORBIDDEN, text).into_response(), "Error from cloudfront")
}

async fn config_json(State(edge): State<Arc<Edge>>) -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")];
    (headers, edge.config_json.clone())
}
