//! The two tokens of a session and what they are good for.

use serde::{Deserialize, Serialize};

use crate::{browser, storage};

/// Milliseconds before its end from which a token is renewed rather than sent.
const MARGIN: i64 = 30_000;

/// An access token, in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Access {
    token: String,
    /// The ID token that came with it.
    id_token: Option<String>,
    /// On the monotonic clock.
    good_until: i64,
}

impl Access {
    /// A token that was given at `now` for `expires_in` seconds, with its ID token.
    pub(super) const fn new(
        token: String,
        id_token: Option<String>,
        expires_in: i64,
        now: i64,
    ) -> Self {
        Self { token, id_token, good_until: now + expires_in * 1_000 }
    }

    /// The ID token that came with it; Cognito's lives longer.
    pub(super) fn id_token(&self) -> Option<&str> {
        self.id_token.as_deref()
    }

    /// The token, if it will be good for a while yet.
    pub(super) fn usable(&self, now: i64) -> Option<&str> {
        (now + MARGIN < self.good_until).then_some(self.token.as_str())
    }
}

/// What the page reads of an access token.
#[derive(Deserialize)]
struct Claims {
    username: String,
}

/// The name of the account that an access token is of, which never changes (Cognito Developer Guide,
/// "Understanding the access token").
pub(super) fn username(access_token: &str) -> Option<String> {
    let claims = browser::from_base64url(access_token.split('.').nth(1)?)?;
    browser::parse_json(&claims).map(|claims: Claims| claims.username)
}

/// The part of a session that outlives the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredSession {
    /// The token that the next renewal is asked for with; it changes then.
    pub(super) refresh_token: String,
    /// Whose session it is.
    pub(super) email: String,
}

impl StoredSession {
    /// The stored session, if there is one.
    pub(super) fn read(key: &str) -> Option<Self> {
        storage::get(key)
    }

    /// Stores this.
    pub(super) fn write(&self, key: &str) {
        storage::set(key, self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_renewed_before_it_ends() {
        let access = Access::new("t".to_owned(), None, 900, 5_000);
        assert_eq!(access.usable(5_000), Some("t"));
        assert_eq!(access.usable(874_999), Some("t"));
        assert_eq!(access.usable(875_000), None, "half a minute is left: too little to rely on");
    }
}
