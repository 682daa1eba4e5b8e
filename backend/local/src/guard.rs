//! Refuses requests of web pages from elsewhere: every page in the developer's browser can send
//! requests to loopback, and by DNS rebinding even under a name of its own.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::aws::ServiceError;

/// Refuses requests of browsers, and those to a `Host` that is not loopback: AWS endpoints are for
/// the CLI, for SDKs and for functions, which send no `Origin` and no `Sec-Fetch-Site`.
pub(crate) async fn programs_only(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let browser = [header::ORIGIN.as_str(), "sec-fetch-site"];
    let refused = match browser.into_iter().find(|it| headers.contains_key(*it)) {
        Some(name) => Err(format!("web pages may not call this endpoint (the header {name})")),
        None => check_host(headers, request.uri()),
    };
    match refused {
        Ok(()) => next.run(request).await,
        Err(why) => {
            let refusal = ServiceError::new("AccessDeniedException", why);
            refusal.with_status(StatusCode::FORBIDDEN).into_response()
        }
    }
}

/// Refuses requests to a `Host` that is not loopback.
pub(crate) async fn by_loopback_name(request: Request, next: Next) -> Response {
    match check_host(request.headers(), request.uri()) {
        Ok(()) => next.run(request).await,
        Err(why) => (StatusCode::FORBIDDEN, why).into_response(),
    }
}

/// Refuses requests to a `Host` that is not loopback, and those of pages from elsewhere.
pub(crate) async fn loopback_pages_only(request: Request, next: Next) -> Response {
    let headers = request.headers();
    match check_host(headers, request.uri()).and_then(|()| check_origin(headers)) {
        Ok(()) => next.run(request).await,
        Err(why) => (StatusCode::FORBIDDEN, why).into_response(),
    }
}

fn check_host(headers: &HeaderMap, uri: &Uri) -> Result<(), String> {
    let host = headers.get(header::HOST).and_then(|it| it.to_str().ok());
    let host = host.or(uri.authority().map(|it| it.as_str())).unwrap_or_default();
    match is_loopback(host) {
        true => Ok(()),
        false => Err(format!(
            "the Host `{host}` is not this machine's loopback: use 127.0.0.1 or localhost"
        )),
    }
}

fn check_origin(headers: &HeaderMap) -> Result<(), String> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or_default();
    match origin.strip_prefix("http://").is_some_and(is_loopback) {
        true => Ok(()),
        false => Err(format!("pages from `{origin}` may not call this; pages on loopback may")),
    }
}

/// Whether a host, with or without port, is this machine by its address or by `localhost`.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.parse::<u16>().is_ok() => name,
        _ => host,
    };
    let address = name.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_are_loopback() {
        for host in ["127.0.0.1", "127.0.0.1:9181", "localhost:1", "LOCALHOST", "[::1]:80", "[::1]"]
        {
            assert!(is_loopback(host), "{host}");
        }
        for host in
            ["", "evil.example", "127.0.0.1.evil.example:80", "localhost.evil.example", "10.0.0.1"]
        {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
