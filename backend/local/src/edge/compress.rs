//! Compresses answers by Brotli, as CloudFront does.

use std::io::Write;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

/// Smaller and larger bodies are left as they are
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html>).
const SIZES: std::ops::RangeInclusive<usize> = 1_000..=10_000_000;
/// Good, and still fast enough to do while someone waits.
const QUALITY: u32 = 5;

/// Compresses a reply if the client accepts it and it is worth it.
pub(super) async fn reply(accepts: bool, response: Response) -> Response {
    let headers = response.headers();
    let kind = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let fits = kind.is_some_and(is_compressible) && !headers.contains_key(header::CONTENT_ENCODING);
    if !accepts || !fits {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return Response::new(Body::empty());
    };
    let plain = body.clone();
    let compressed = tokio::task::spawn_blocking(move || brotli(&plain)).await.ok().flatten();
    let Some(compressed) = compressed else { return Response::from_parts(parts, Body::from(body)) };
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    parts.headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    parts.headers.remove(header::CONTENT_LENGTH);
    weaken(&mut parts.headers);
    Response::from_parts(parts, Body::from(compressed))
}

/// The body compressed; `None` if it is too small, too large, or does not shrink.
fn brotli(plain: &Bytes) -> Option<Vec<u8>> {
    if !SIZES.contains(&plain.len()) {
        return None;
    }
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 4_096, QUALITY, 22);
    writer.write_all(plain).ok()?;
    writer.flush().ok()?;
    Some(writer.into_inner()).filter(|it| it.len() < plain.len())
}

/// Whether a client takes brotli: `br` in `Accept-Encoding`, not with `q=0`.
pub(super) fn accepts_brotli(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|it| it.to_str().ok());
    values.flat_map(|it| it.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_brotli = parts.next().is_some_and(|it| it.eq_ignore_ascii_case("br"));
        is_brotli && !parts.any(|it| matches!(it, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// Whether content of this type shrinks.
fn is_compressible(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let known =
        ["application/javascript", "application/json", "application/wasm", "application/xml"];
    kind.starts_with("text/")
        || kind == "image/svg+xml"
        || kind.ends_with("+json")
        || known.contains(&kind)
}

/// Makes the entity tag weak: other bytes of the same entity (RFC 9110, section 8.8.1).
fn weaken(headers: &mut HeaderMap) {
    let tag = headers.get(header::ETAG).and_then(|it| it.to_str().ok());
    let weak = tag.filter(|it| !it.starts_with("W/")).map(|it| format!("W/{it}"));
    if let Some(weak) = weak.and_then(|it| HeaderValue::from_str(&it).ok()) {
        headers.insert(header::ETAG, weak);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brotli_is_used_where_it_is_accepted() {
        let accepts = |value: &'static str| {
            let value = HeaderValue::from_static(value);
            accepts_brotli(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, value)]))
        };
        assert!(accepts("gzip, deflate, br, zstd"));
        assert!(accepts("br;q=0.5"));
        assert!(!accepts("gzip, br;q=0"));
        assert!(!accepts("gzip"));
        assert!(!accepts_brotli(&HeaderMap::new()));
    }

    #[tokio::test]
    async fn a_long_text_shrinks_and_its_tag_weakens() {
        let text = "{\"a\":1}".repeat(1_000);
        let mut response = Response::new(Body::from(text.clone()));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::ETAG, HeaderValue::from_static("\"x\""));
        let response = reply(true, response).await;
        assert_eq!(response.headers()[header::CONTENT_ENCODING], "br");
        assert_eq!(response.headers()[header::ETAG], "W/\"x\"");
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        assert!(body.len() < 200);
        let mut plain = Vec::new();
        let mut reader = brotli::Decompressor::new(&body[..], 4_096);
        std::io::Read::read_to_end(&mut reader, &mut plain).unwrap();
        assert_eq!(plain, text.into_bytes());
    }
}
