//! Files: the page and the folders beside it.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;

/// A year: the name of such a file changes with its content.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// The document of a route that has none of its own.
const SHELL: &str = "shell.html";

/// Folders of files that look like one.
#[derive(Debug)]
pub(super) struct Folder {
    /// The folders; the first that has a file of a name is the one that serves it.
    pub(super) roots: Vec<PathBuf>,
    /// Whether this is the page, in which a path without extension is a route.
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
        let Some(names) = self.names_of(path) else { return not_found() };
        let mut found = None;
        for name in names {
            found = self.find(&name, accepts_brotli).await.map(|found| (name, found));
            if found.is_some() {
                break;
            }
        }
        let Some((name, found)) = found else { return not_found() };
        let Ok(bytes) = tokio::fs::read(&found.path).await else { return not_found() };
        let mut response = Response::new(Body::from(bytes));
        describe(response.headers_mut(), &name, &found);
        response
    }

    /// The files that a path may mean, in order; `None` if the path leads out of the folder.
    ///
    /// A route of the page is the document of its path or of the nearest path above it, or what stands
    /// for all without one, as the template's CloudFront function says.
    fn names_of(&self, path: &str) -> Option<Vec<String>> {
        let path = percent_decode_str(path).decode_utf8().ok()?;
        let segments: Vec<&str> = path.split('/').filter(|it| !it.is_empty()).collect();
        // Hidden files are not served, and `..` begins like one.
        let is_odd = |it: &&str| it.starts_with('.') || it.contains(['\\', '\0', ':']);
        if segments.iter().any(is_odd) {
            return None;
        }
        let is_route = segments.last().is_none_or(|it| !it.contains('.'));
        let path = segments.join("/");
        if !self.is_page || !is_route {
            return Some(vec![path]);
        }
        let above =
            (1..=segments.len()).rev().map(|count| format!("{}.html", segments[..count].join("/")));
        let shell = (!segments.is_empty()).then(|| SHELL.to_owned());
        Some(above.chain(shell).chain(["index.html".to_owned()]).collect())
    }

    /// The file, or the `.br` beside it.
    async fn find(&self, name: &str, accepts: bool) -> Option<Found> {
        for root in &self.roots {
            let path = root.join(name);
            let Some(plain) = tag(&path).await else { continue };
            let sibling = root.join(format!("{name}.br"));
            return match tag(&sibling).await.filter(|_| accepts) {
                Some(etag) => Some(Found { path: sibling, etag, is_brotli: true }),
                None => Some(Found { path, etag: plain, is_brotli: false }),
            };
        }
        None
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

/// Whether a file's name holds a hash, and the file is no document: eight or more hexadecimal digits between other marks, not
/// only letters.
pub fn is_named_by_content(name: &str) -> bool {
    // A restaurant may be called `cafe2024`.
    if name.ends_with(".html") {
        return false;
    }
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
        let folder = Folder { roots: vec![PathBuf::from("/x")], is_page: false };
        for path in
            ["/../a", "/a/../../b", "/%2e%2e/a", "/.git/config", "/a\\b", "/a%00", "/..%2fa"]
        {
            assert_eq!(folder.names_of(path), None, "{path}");
        }
        assert_eq!(folder.names_of("/a%20b/c.svg").unwrap(), ["a b/c.svg"]);
    }

    #[test]
    fn a_path_without_extension_is_a_route_of_the_page() {
        let page = Folder { roots: vec![PathBuf::from("/x")], is_page: true };
        let names = |path| page.names_of(path).unwrap();
        assert_eq!(names("/"), ["index.html"]);
        let order = ["orders/1.html", "orders.html", "shell.html", "index.html"];
        assert_eq!(names("/orders/1"), order);
        assert_eq!(names("/app.js"), ["app.js"]);
    }

    #[test]
    fn only_a_name_with_a_hash_is_kept_forever() {
        for name in ["app-0a1b2c3d4e5f6071.js", "app-0a1b2c3d_bg.wasm", "art/0a1b2c3d4e5f.svg"] {
            assert_eq!(cache_control(name), FOREVER, "{name}");
        }
        for name in [
            "r/cafe2024.html",
            "index.html",
            "sw.js",
            "config.json",
            "deadbeef.js",
            "golden-dosa/thali.svg",
        ] {
            assert_eq!(cache_control(name), "no-cache", "{name}");
        }
    }
}
