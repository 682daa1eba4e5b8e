//! JSON Web Tokens signed RS256 (RFC 7515) with a key of the pool.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use rsa::PrivateKey;
use rsa::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use rsa::traits::PublicKeyParts;
use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Claims;
use crate::store::Store;

/// What the store needs for the keys.
pub(super) const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS cognito_keys (
        pool TEXT PRIMARY KEY,
        private_key BLOB NOT NULL
    ) STRICT;";

/// Why a token is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// It is no JSON Web Token.
    #[error("the token is malformed")]
    Malformed,
    /// Its issuer is no pool of this stack.
    #[error("OIDC discovery failed")]
    UnknownIssuer,
    /// Its header names another algorithm than RS256, such as `none`.
    #[error("the token has an invalid signing method")]
    Algorithm,
    /// Its header names no key of its pool, as after a start with a fresh state.
    #[error("the token has an unknown key ID")]
    UnknownKey,
    /// It was not signed with that key, or changed since.
    #[error("the token has an invalid signature")]
    Signature,
}

/// The key pair of a pool.
pub(super) struct Keys {
    private: PrivateKey,
    id: String,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Keys {
    /// The keys the store has for a pool, or new ones.
    pub(super) fn load(store: &Store, pool_id: &str) -> Result<Self, String> {
        let select = "SELECT private_key FROM cognito_keys WHERE pool = ?1";
        let kept = store
            .with(|it| it.query_row(select, [pool_id], |row| row.get::<_, Vec<u8>>(0)).optional());
        if let Some(der) = kept.map_err(|why| why.to_string())? {
            let private = PrivateKey::from_pkcs8_der(&der).map_err(|why| why.to_string())?;
            return Ok(Self::of(private));
        }
        let private =
            PrivateKey::new(&mut getrandom::SysRng, 2048).map_err(|why| why.to_string())?;
        let der = private.to_pkcs8_der().map_err(|why| why.to_string())?;
        let insert = "INSERT INTO cognito_keys (pool, private_key) VALUES (?1, ?2)";
        let written = store.with(|it| it.execute(insert, params![pool_id, der.as_bytes()]));
        written.map_err(|why| why.to_string())?;
        Ok(Self::of(private))
    }

    /// The key's id is made from its modulus, in the form of AWS's: 44 characters.
    fn of(private: PrivateKey) -> Self {
        let id = BASE64_STANDARD.encode(Sha256::digest(private.n_bytes()));
        Self { private, id }
    }

    /// A token with these claims.
    pub(super) fn sign(&self, claims: &Value) -> Result<String, rsa::Error> {
        let text = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let header = json!({ "kid": self.id, "alg": "RS256" });
        let signed = format!("{}.{}", text(&header), text(claims));
        let signature = self.private.pkcs1v15_sign::<Sha256>(signed.as_bytes())?;
        Ok(format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)))
    }

    /// Checks that this key signed a token.
    pub(super) fn verify(&self, token: &Token<'_>) -> Result<(), Reason> {
        if token.header["alg"] != "RS256" {
            return Err(Reason::Algorithm);
        }
        if token.header["kid"] != self.id.as_str() {
            return Err(Reason::UnknownKey);
        }
        let public = self.private.as_public_key();
        let verified = public.pkcs1v15_verify::<Sha256>(token.signed.as_bytes(), &token.signature);
        verified.map_err(|_| Reason::Signature)
    }
}

/// A token's decoded parts.
pub(super) struct Token<'a> {
    header: Value,
    pub(super) claims: Claims,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Token<'a> {
    /// Splits and decodes a token; its signature is checked by [`Keys::verify`].
    pub(super) fn parse(token: &'a str) -> Result<Self, Reason> {
        let decode =
            |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| Reason::Malformed);
        let (signed, signature) = token.rsplit_once('.').ok_or(Reason::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(Reason::Malformed)?;
        Ok(Self {
            header: serde_json::from_slice(&decode(header)?).map_err(|_| Reason::Malformed)?,
            claims: serde_json::from_slice(&decode(claims)?).map_err(|_| Reason::Malformed)?,
            signed,
            signature: decode(signature)?,
        })
    }
}
