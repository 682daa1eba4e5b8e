//! HTTP: one request on one connection.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use axum::body::{Body, Bytes};
use axum::http::header::HOST;
use axum::http::{HeaderMap, Request, Uri};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;

use super::stream;

/// Larger answers are not read.
const LARGEST: usize = 8 * 1024 * 1024;
/// More than the gateway's own patience with a function.
const PATIENCE: Duration = Duration::from_secs(35);

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body.
    pub(crate) body: Bytes,
}

/// Sends a request to an absolute address.
pub(crate) async fn send(
    method: &str,
    address: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Result<Answer> {
    let exchange = exchange(method, address, headers, body.into());
    let answer = tokio::time::timeout(PATIENCE, exchange).await.context("no answer");
    answer.and_then(|it| it).with_context(|| format!("{method} {address}"))
}

async fn exchange(
    method: &str,
    address: &str,
    headers: &[(&str, &str)],
    body: Body,
) -> Result<Answer> {
    let address: Uri = address.parse()?;
    let path = address.path_and_query().map_or("/", |it| it.as_str());
    let mut request = Request::builder().method(method).uri(path);
    request = request.header(HOST, host(&address));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream::open(&address).await?)).await?;
    tokio::spawn(connection);
    let (head, body) = sender.send_request(request.body(body)?).await?.into_parts();
    let body = axum::body::to_bytes(Body::new(body), LARGEST).await?;
    Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
}

/// The `host` header for an address.
pub(super) fn host(address: &Uri) -> &str {
    address.authority().map_or("", |it| it.as_str())
}

impl Answer {
    /// A header as text; empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default()
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// As much of the body as a person wants to read of a failure.
    pub(crate) fn excerpt(&self) -> String {
        self.text().chars().take(200).collect()
    }

    /// The body as JSON; `null` if it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The JSON of an answer that must be a 200.
    pub(crate) fn ok(&self) -> Result<Value> {
        ensure!(self.status == 200, "the answer is {}: {}", self.status, self.excerpt());
        Ok(self.json())
    }

    /// The sentence of an answer that must be this refusal.
    pub(crate) fn refused(&self, status: u16, code: &str) -> Result<String> {
        if (self.status, self.code().as_str()) != (status, code) {
            bail!(
                "the answer is {} {}, not {status} {code}: {}",
                self.status,
                self.code(),
                self.excerpt()
            );
        }
        let body = self.json();
        let message = body.get("message").or(body.get("Message")).and_then(Value::as_str);
        Ok(message.unwrap_or_default().to_owned())
    }

    /// The error's name, found where an SDK looks for it: in a header, else in the body, and
    /// without what stands before `#` or after `:`.
    pub(crate) fn code(&self) -> String {
        let body = self.json();
        let header = Some(self.header("x-amzn-errortype")).filter(|it| !it.is_empty());
        let code = header.or_else(|| body["__type"].as_str()).unwrap_or_default();
        let code = code.split(':').next().unwrap_or_default();
        code.rsplit('#').next().unwrap_or_default().to_owned()
    }
}
