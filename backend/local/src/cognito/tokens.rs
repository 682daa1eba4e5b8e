//! The access and ID tokens of a session: what they claim, and who signed them.

use std::sync::OnceLock;

use serde_json::{Value, json};

use super::keys::{Keys, Reason, Token};
use super::pool::{Client, Pool, by_issuer};
use super::sessions::Session;
use super::users::User;
use super::{Claims, ServiceError, UserPools, internal};

/// The scope of every access token that was not asked for through OAuth.
pub(super) const SCOPE: &str = "aws.cognito.signin.user.admin";

/// The tokens of a sign-in.
pub(super) struct Issued {
    pub(super) access_token: String,
    pub(super) id_token: String,
}

impl UserPools {
    /// The claims of a token that one of these pools signed. Who it is for and whether it is
    /// still valid is for the caller to ask: see [`Claims`].
    ///
    /// # Errors
    /// [`Reason`].
    pub fn verify(&self, token: &str) -> Result<Claims, Reason> {
        let token = Token::parse(token)?;
        let issuer = token.claims.get("iss").and_then(Value::as_str).ok_or(Reason::Malformed)?;
        let pool = by_issuer(&self.shared.pools, issuer).ok_or(Reason::UnknownIssuer)?;
        let keys = self.keys(pool).map_err(|_| Reason::UnknownIssuer)?;
        keys.verify(&token)?;
        Ok(token.claims)
    }

    /// Signs the access and the ID token of a session.
    pub(super) fn issue(
        &self,
        pool: &Pool,
        client: &Client,
        user: &User,
        session: &Session,
        now: u64,
    ) -> Result<Issued, ServiceError> {
        let keys = self.keys(pool).map_err(internal)?;
        let now = now / 1_000;
        let event_id = crate::random::uuid();
        let common = json!({
            "sub": user.sub,
            "iss": pool.issuer,
            "origin_jti": session.origin_jti,
            "event_id": event_id,
            "auth_time": session.auth_time,
            "iat": now,
        });
        let access = json!({
            "client_id": client.id,
            "token_use": "access",
            "scope": SCOPE,
            "exp": now + client.access_seconds,
            "jti": crate::random::uuid(),
            "username": user.sub,
        });
        let id = json!({
            "aud": client.id,
            "token_use": "id",
            "email": user.email,
            "email_verified": user.confirmed,
            "cognito:username": user.sub,
            "exp": now + client.id_seconds,
            "jti": crate::random::uuid(),
        });
        let sign = |own: &Value| keys.sign(&merged(&common, own)).map_err(internal);
        Ok(Issued { access_token: sign(&access)?, id_token: sign(&id)? })
    }

    /// Makes the keys that are missing, beside everything else: it can take a second.
    pub(super) fn make_keys(self) {
        std::thread::spawn(move || {
            for pool in self.shared.pools.values() {
                let _ = self.keys(pool);
            }
        });
    }

    /// The keys of a pool; waits while they are being made.
    fn keys<'a>(&self, pool: &'a Pool) -> Result<&'a Keys, String> {
        let keys: &OnceLock<_> = &pool.keys;
        keys.get_or_init(|| Keys::load(&self.shared.store, &pool.id)).as_ref().map_err(Clone::clone)
    }
}

fn merged(common: &Value, own: &Value) -> Value {
    let fields = [common, own].into_iter().filter_map(Value::as_object).flatten();
    Value::Object(fields.map(|(name, value)| (name.clone(), value.clone())).collect())
}
