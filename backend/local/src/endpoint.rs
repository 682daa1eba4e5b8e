//! The AWS endpoint: one port for the APIs of all services.
//!
//! It finds out who calls and which service is meant, injects faults, and forwards the call.
//! Services ask [`crate::iam`] themselves, because only they know what a call touches.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::aws::{ServiceError, json_response};
use crate::dynamodb;
use crate::gateway;
use crate::guard;
use crate::iam::Caller;
use crate::services::Services;
use crate::websocket_api::WebSocketApi;

/// DynamoDB takes the largest bodies of all.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// The route of everything.
pub(crate) fn router(services: Services) -> Router {
    let services = Arc::new(services);
    Router::new()
        .fallback(handle)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(Arc::clone(&services), guarded))
        .with_state(services)
}

/// What a request is for.
enum Service<'a> {
    DynamoDb(&'a str),
    EventBridge(&'a str),
    Sqs(&'a str),
    Lambda(String),
    /// A call to `@connections`.
    Connections {
        api_id: String,
        stage: String,
        connection_id: String,
    },
    /// A new invalidation of the distribution with this id.
    Invalidation(String),
}

/// Lets pages in where S3 lets them in, and nowhere else.
async fn guarded(State(services): State<Arc<Services>>, request: Request, next: Next) -> Response {
    match services.s3.takes_from_pages(&request) {
        true => guard::by_loopback_name(request, next).await,
        false => guard::programs_only(request, next).await,
    }
}

async fn handle(State(services): State<Arc<Services>>, parts: Parts, body: Bytes) -> Response {
    if let Some(address) = services.s3.address(parts.uri.path()) {
        return services.s3.answer(&services.iam, &services.faults, &address, &parts, body);
    }
    let answered = services.answer(&parts.method, &parts.uri, &parts.headers, body).await;
    answered.unwrap_or_else(IntoResponse::into_response)
}

impl Services {
    async fn answer(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<Response, ServiceError> {
        let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
        let caller = text("authorization").and_then(|it| self.iam.caller(it));
        let caller = caller.ok_or_else(unsigned)?;
        let target = text("x-amz-target");
        let service = service(method, uri.path(), target).ok_or_else(unknown)?;
        let changes = service.changes();
        let response = match service {
            Service::DynamoDb(operation) => {
                self.dynamodb.call(&self.iam, &self.faults, &caller, operation, &body)?
            }
            Service::EventBridge("PutEvents") => self.put_events(&caller, &body)?,
            Service::EventBridge(_) => return Err(unknown()),
            Service::Sqs(operation) => {
                self.sqs.call(&self.iam, &caller, operation, &read(&body)?).await?
            }
            Service::Lambda(function) => {
                self.lambda.call(&caller, &function, headers, body).await?
            }
            Service::Connections { api_id, stage, connection_id } => self
                .authorize_connection_call(&caller, method, &api_id, &stage, &connection_id)?
                .manage(method, &connection_id, &body),
            Service::Invalidation(id) => self.invalidate(&caller, &id, &body)?,
        };
        Ok(if changes { self.faults.maybe_lost(&caller, response) } else { response })
    }

    fn put_events(&self, caller: &Caller, body: &[u8]) -> Result<Response, ServiceError> {
        if self.faults.hits(caller, |it| it.throttle, "throttled a call") {
            return Err(ServiceError::new("ThrottlingException", "Rate exceeded"));
        }
        let answer = self.eventbridge.put_events(caller, &read(body)?)?;
        Ok(json_response(StatusCode::OK, &answer))
    }

    /// CreateInvalidation of CloudFront, which is done at once
    /// (<https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateInvalidation.html>).
    fn invalidate(&self, caller: &Caller, id: &str, body: &[u8]) -> Result<Response, ServiceError> {
        let resource = format!("arn:aws:cloudfront::{}:distribution/{id}", self.stack.account_id);
        self.iam.check(caller, "cloudfront:CreateInvalidation", &resource, &[])?;
        if self.stack.by_physical("AWS::CloudFront::Distribution", id).is_none() {
            let why = "The specified distribution does not exist.";
            let unknown = ServiceError::new("NoSuchDistribution", why);
            return Err(unknown.with_status(StatusCode::NOT_FOUND));
        }
        let body = String::from_utf8_lossy(body);
        let paths = body.split("<Path>").skip(1).filter_map(|it| it.split("</Path>").next());
        paths.for_each(|path| self.public.cache.invalidate(path.trim()));
        let answer = "<Invalidation><Status>Completed</Status></Invalidation>";
        Ok((StatusCode::CREATED, [(header::CONTENT_TYPE, "text/xml")], answer).into_response())
    }

    /// The WebSocket API, if the caller may do this to the connection.
    fn authorize_connection_call(
        &self,
        caller: &Caller,
        method: &Method,
        api_id: &str,
        stage: &str,
        connection_id: &str,
    ) -> Result<&WebSocketApi, ServiceError> {
        let api = gateway::execute_api_arn(&self.stack, api_id);
        let resource = format!("{api}/{stage}/{method}/@connections/{connection_id}");
        let allowed = self.iam.check(caller, "execute-api:ManageConnections", &resource, &[]);
        allowed.map_err(|it| forbidden(&it.to_string()))?;
        let api = self.public.websocket_api.as_ref().ok_or_else(unknown)?;
        if self.faults.hits(caller, |it| it.gone, "410 on a push") {
            let gone = ServiceError::new("GoneException", "The connection is gone.");
            return Err(gone.with_status(StatusCode::GONE));
        }
        Some(api).filter(|it| it.is_at(api_id, stage)).ok_or_else(|| forbidden("Forbidden"))
    }
}

impl Service<'_> {
    /// Whether losing the answer leaves something changed.
    fn changes(&self) -> bool {
        match self {
            Self::DynamoDb(operation) => dynamodb::writes(operation),
            Self::EventBridge(_) | Self::Connections { .. } => true,
            Self::Sqs(_) | Self::Lambda(_) | Self::Invalidation(_) => false,
        }
    }
}

fn service<'a>(method: &Method, path: &str, target: Option<&'a str>) -> Option<Service<'a>> {
    if let Some(target) = target {
        let (service, operation) = target.split_once('.')?;
        return match service {
            "DynamoDB_20120810" => Some(Service::DynamoDb(operation)),
            "AWSEvents" => Some(Service::EventBridge(operation)),
            "AmazonSQS" => Some(Service::Sqs(operation)),
            _ => None,
        };
    }
    let decode = |it: &str| percent_decode_str(it).decode_utf8_lossy().into_owned();
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match segments.as_slice() {
        ["2015-03-31", "functions", name, "invocations"] if method == Method::POST => {
            Some(Service::Lambda(decode(name)))
        }
        ["2020-05-31", "distribution", id, "invalidation"] if method == Method::POST => {
            Some(Service::Invalidation(decode(id)))
        }
        [api, stage, connections, id]
            if matches!(*connections, "@connections" | "%40connections") =>
        {
            let (api_id, stage, connection_id) = (decode(api), decode(stage), decode(id));
            Some(Service::Connections { api_id, stage, connection_id })
        }
        _ => None,
    }
}

fn read(body: &[u8]) -> Result<Value, ServiceError> {
    serde_json::from_slice(body)
        .map_err(|error| ServiceError::new("SerializationException", error.to_string()))
}

fn unsigned() -> ServiceError {
    let code = "MissingAuthenticationTokenException";
    ServiceError::new(code, "Missing Authentication Token").with_status(StatusCode::FORBIDDEN)
}

fn unknown() -> ServiceError {
    let why = "This call is not supported by the local emulator.";
    ServiceError::new("UnknownOperationException", why).with_status(StatusCode::NOT_FOUND)
}

fn forbidden(message: &str) -> ServiceError {
    ServiceError::new("ForbiddenException", message).with_status(StatusCode::FORBIDDEN)
}
