//! Whether a request came through CloudFront: it adds a header with a secret value.

use subtle::ConstantTimeEq;

use crate::runtime::settings::Settings;

/// The header that CloudFront adds to every request to its API origins.
pub const HEADER: &str = "x-origin-secret";

/// The value of that header; if it is empty, nothing is checked.
pub struct OriginSecret(String);

impl OriginSecret {
    /// The secret that the template sets; empty if it sets none.
    #[must_use]
    pub fn from_settings(settings: &Settings) -> Self {
        Self(settings.optional("ORIGIN_SECRET").unwrap_or_default())
    }

    /// Whether a request with this header is accepted. The time that this takes does not depend on
    /// how much of the header is right.
    #[must_use]
    pub fn accepts(&self, header: Option<&str>) -> bool {
        self.0.is_empty() || self.0.as_bytes().ct_eq(header.unwrap_or("").as_bytes()).into()
    }
}
