//! A reply, as API Gateway takes it (payload format 2.0).

use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use shared::api::Problem;

use super::request::Request;
use crate::runtime::error::Error;

/// How long a browser and CloudFront may answer with the catalog without asking again, and a browser for how
/// long after that while it asks (RFC 5861): what has run out leaves open menus within seconds.
const CATALOG_CACHE: &str = "public, max-age=10, stale-while-revalidate=10";

/// The media type of a problem document (RFC 9457, section 6.1).
const PROBLEM: &str = "application/problem+json";

/// A reply.
#[derive(Debug)]
pub struct Response {
    status: u16,
    headers: Map<String, Value>,
    body: String,
}

impl Response {
    /// A reply for this customer and this moment only.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it cannot be written as JSON, which none of ours does.
    pub fn private(status: u16, body: &impl Serialize) -> Result<Self, Error> {
        Ok(Self::new(status, "application/json", write(body)?).with("cache-control", "no-store"))
    }

    /// A CSV file in UTF-8 that a browser saves under this name (RFC 4180; RFC 6266), for this customer and this
    /// moment only.
    #[must_use]
    pub fn csv(name: &str, body: String) -> Self {
        Self::new(200, "text/csv; charset=utf-8", body)
            .with("cache-control", "no-store")
            .with("content-disposition", &format!("attachment; filename=\"{name}\""))
    }

    /// Done, and there is nothing to say (204).
    #[must_use]
    pub fn empty() -> Self {
        Self { status: 204, headers: Map::new(), body: String::new() }
            .with("cache-control", "no-store")
    }

    /// A reply that is the same for everyone; 304 to a browser that has it (RFC 9110, 13.1.2).
    ///
    /// # Errors
    /// [`Error::Dependency`] if it cannot be written as JSON, which none of ours does.
    pub fn public(request: &Request, body: &impl Serialize) -> Result<Self, Error> {
        let body = write(body)?;
        let tag = format!("W/\"{}\"", &digest(body.as_bytes())[..16]);
        let known = request.header("if-none-match").is_some_and(|tags| tags.contains(&tag[2..]));
        let reply = match known {
            true => Self::new(304, "application/json", String::new()),
            false => Self::new(200, "application/json", body),
        };
        Ok(reply.with("cache-control", CATALOG_CACHE).with("etag", &tag))
    }

    /// A problem document (RFC 9457).
    #[must_use]
    pub fn problem(problem: &Problem) -> Self {
        let body = serde_json::to_string(problem).unwrap_or_default();
        let reply = Self::new(problem.status, PROBLEM, body).with("cache-control", "no-store");
        match problem.retry_after {
            Some(seconds) => reply.with("retry-after", &seconds.to_string()),
            None => reply,
        }
    }

    /// A problem document with members that only this kind has.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it cannot be written as JSON, which none of ours does.
    pub fn extended_problem(status: u16, body: &impl Serialize) -> Result<Self, Error> {
        let reply = Self::new(status, PROBLEM, write(body)?);
        Ok(reply.with("cache-control", "no-store"))
    }

    /// The same with the number of the version that it shows as its strong entity tag (RFC 9110, section 8.8.3).
    #[must_use]
    pub fn of_version(self, version: u32) -> Self {
        self.with("etag", &format!("\"{version}\""))
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// What Lambda returns to the gateway.
    #[must_use]
    pub fn into_value(self) -> Value {
        json!({"statusCode": self.status, "headers": self.headers, "body": self.body, "isBase64Encoded": false})
    }

    fn new(status: u16, content_type: &str, body: String) -> Self {
        Self { status, headers: Map::new(), body }.with("content-type", content_type)
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), value.into());
        self
    }
}

/// The SHA-256 of these bytes, hexadecimal.
pub(super) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn write(body: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(body).map_err(|error| Error::dependency("writing a reply", error))
}
