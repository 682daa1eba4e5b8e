//! Files: the page and the folders beside it.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;

/// A year: the name of such a file changes with its content.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// A folder of files.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) root: PathBuf,
    /// Whether this is the page, in which a path without extension is a route: `index.html`.
    pub(super) is_page: bool,
}

/// A file as it will be sent.
struct Found {
    path: PathBuf,
    etag: String,
    is_brotli: bool,
}

impl Folder {
    /// Answers a request for a path below this folder.
    pub(super) async fn answer(
        &self,
        method: &Method,
        path: &str,
        accepts_brotli: bool,
    ) -> Response {
        if !matches!(*method, Method::GET | Method::HEAD) {
            return StatusCode::METHOD_NOT_ALLOWED.into_response();
        }
        let Some(name) = self.name_of(path) else { return not_found() };
        let Some(found) = self.find(&name, accepts_brotli).await else { return not_found() };
        let Ok(bytes) = tokio::fs::read(&found.path).await else { return not_found() };
        let mut response = Response::new(Body::from(bytes));
        describe(response.headers_mut(), &name, &found);
        response
    }

    /// The file that a path means; `None` if the path leads out of the folder.
    fn name_of(&self, path: &str) -> Option<String> {
        let path = percent_decode_str(path).decode_utf8().ok()?;
        let segments: Vec<&str> = path.split('/').filter(|it| !it.is_empty()).collect();
        // Hidden files are not served, and `..` begins like one.
        let is_odd = |it: &&str| it.starts_with('.') || it.contains(['\\', '\0', ':']);
        if segments.iter().any(is_odd) {
            return None;
        }
        let is_route = segments.last().is_none_or(|it| !it.contains('.'));
        Some(if self.is_page && is_route { "index.html".to_owned() } else { segments.join("/") })
    }

    /// The file, or the `.br` beside it.
    async fn find(&self, name: &str, accepts: bool) -> Option<Found> {
        let path = self.root.join(name);
        let plain = tag(&path).await?;
        let sibling = self.root.join(format!("{name}.br"));
        if accepts && let Some(etag) = tag(&sibling).await {
            return Some(Found { path: sibling, etag, is_brotli: true });
        }
        Some(Found { path, etag: plain, is_brotli: false })
    }
}

/// The entity tag of a file's present version; `None` if it is no file.
async fn tag(path: &Path) -> Option<String> {
    let about = tokio::fs::metadata(path).await.ok().filter(std::fs::Metadata::is_file)?;
    let changed = about.modified().ok()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Some(format!("\"{:x}-{:x}\"", about.len(), changed.as_nanos()))
}

fn describe(headers: &mut HeaderMap, name: &str, found: &Found) {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control(name)));
    if let Ok(etag) = HeaderValue::from_str(&found.etag) {
        headers.insert(header::ETAG, etag);
    }
    if found.is_brotli {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
}

/// How long a file of that name may be kept (`Cache-Control`, RFC 9111): a year if it is named by
/// its content, else it is asked for each time.
pub fn cache_control(name: &str) -> &'static str {
    if is_named_by_content(name) { FOREVER } else { "no-cache" }
}

/// Whether a file's name holds a hash: eight or more hexadecimal digits between other marks, not
/// only letters.
pub fn is_named_by_content(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.split(|it: char| !it.is_ascii_alphanumeric()).any(|word| {
        let is_hex = |it: char| it.is_ascii_digit() || ('a'..='f').contains(&it);
        word.len() >= 8 && word.chars().all(is_hex) && word.contains(|it: char| it.is_ascii_digit())
    })
}

/// What a file of that name holds (`Content-Type`), by its extension.
pub fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "xml" => "application/xml",
        _ => "application/octet-stream",
    }
}

/// The answer where there is no such file.
pub(super) fn not_found() -> Response {
    let headers = [(header::CACHE_CONTROL, "no-cache")];
    (StatusCode::NOT_FOUND, headers, "Not found").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_never_leads_out_of_its_folder() {
        let folder = Folder { root: PathBuf::from("/x"), is_page: false };
        for path in
            ["/../a", "/a/../../b", "/%2e%2e/a", "/.git/config", "/a\\b", "/a%00", "/..%2fa"]
        {
            assert_eq!(folder.name_of(path), None, "{path}");
        }
        assert_eq!(folder.name_of("/a%20b/c.svg").as_deref(), Some("a b/c.svg"));
    }

    #[test]
    fn a_path_without_extension_is_a_route_of_the_page() {
        let page = Folder { root: PathBuf::from("/x"), is_page: true };
        assert_eq!(page.name_of("/").as_deref(), Some("index.html"));
        assert_eq!(page.name_of("/orders/1").as_deref(), Some("index.html"));
        assert_eq!(page.name_of("/app.js").as_deref(), Some("app.js"));
    }

    #[test]
    fn only_a_name_with_a_hash_is_kept_forever() {
        for name in ["app-0a1b2c3d4e5f6071.js", "app-0a1b2c3d_bg.wasm", "art/0a1b2c3d4e5f.svg"] {
            assert_eq!(cache_control(name), FOREVER, "{name}");
        }
        for name in ["index.html", "sw.js", "config.json", "deadbeef.js", "golden-dosa/thali.svg"] {
            assert_eq!(cache_control(name), "no-cache", "{name}");
        }
    }
}
