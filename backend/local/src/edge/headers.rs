//! The security headers, as CloudFront adds them to every answer.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

/// In the policy, the WebSocket's origin; it depends on where the page is served.
const SOCKET: &str = "{socket}";

/// What a page from here may do. Scripts only from files, WebAssembly, no inline anything.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; \
    script-src 'self' 'wasm-unsafe-eval'; \
    connect-src 'self' {socket}; \
    img-src 'self' data:; \
    style-src 'self'; \
    object-src 'none'; \
    base-uri 'none'; \
    frame-ancestors 'none'; \
    form-action 'self'";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), \
         microphone=(), payment=(), usb=()",
    ),
];

/// Adds the headers to an answer.
pub(super) async fn secure(request: Request, next: Next) -> Response {
    let socket = socket_origin(&request);
    let mut response = next.run(request).await;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return response;
    }
    for (name, value) in HEADERS {
        if let Ok(value) = HeaderValue::from_str(&value.replace(SOCKET, &socket)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// `ws://` and the host that was asked for; nothing if that is no plain host and port.
fn socket_origin(request: &Request) -> String {
    let host = request.headers().get(header::HOST).and_then(|it| it.to_str().ok());
    let plain = |it: &&str| {
        it.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | ':' | '[' | ']'))
    };
    host.filter(plain).map(|it| format!("ws://{it}")).unwrap_or_default()
}
