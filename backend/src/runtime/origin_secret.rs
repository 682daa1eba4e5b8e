//! Whether a request came through CloudFront: it adds a header that nobody else knows.

use subtle::ConstantTimeEq;

/// The header that CloudFront adds to every request to its API origins.
pub const HEADER: &str = "x-origin-secret";

/// The value of that header; if it is empty, nothing is checked.
pub struct OriginSecret(String);

impl OriginSecret {
    /// The secret that the template sets.
    #[must_use]
    pub const fn new(secret: String) -> Self {
        Self(secret)
    }

    /// Whether a request with this header is taken. Compared in a time that does not tell how much
    /// of it was right.
    #[must_use]
    pub fn admits(&self, header: Option<&str>) -> bool {
        self.0.is_empty() || self.0.as_bytes().ct_eq(header.unwrap_or("").as_bytes()).into()
    }
}
