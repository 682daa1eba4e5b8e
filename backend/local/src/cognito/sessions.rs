//! Sessions: what a refresh token refreshes, until it ends, is signed out or revoked.

use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::pool::{Client, Pool};
use super::users::User;
use super::{Failure, ServiceError, not_authorized};

/// What the store needs for them. Of a refresh token only its SHA-256 is kept.
pub(super) const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS cognito_sessions (
        origin_jti TEXT PRIMARY KEY,
        pool TEXT NOT NULL,
        client TEXT NOT NULL,
        sub TEXT NOT NULL,
        auth_time INTEGER NOT NULL,
        expires INTEGER NOT NULL,
        revoked INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX IF NOT EXISTS cognito_sessions_of ON cognito_sessions (pool, sub);
    CREATE TABLE IF NOT EXISTS cognito_refresh_tokens (
        hash BLOB PRIMARY KEY,
        origin_jti TEXT NOT NULL,
        replaced INTEGER
    ) STRICT;
    CREATE INDEX IF NOT EXISTS cognito_refresh_tokens_of ON cognito_refresh_tokens (origin_jti);";

/// A session: begun with a password, continued with refresh tokens.
#[derive(Debug)]
pub(super) struct Session {
    /// What all its tokens have in common.
    pub(super) origin_jti: String,
    /// Whose it is.
    pub(super) sub: String,
    /// When the password was typed, in seconds since 1970.
    pub(super) auth_time: u64,
}

/// Begins a session; with it comes its first refresh token.
pub(super) fn begin(
    connection: &Connection,
    pool: &Pool,
    client: &Client,
    user: &User,
    now: u64,
) -> rusqlite::Result<(Session, String)> {
    // Ended sessions are of no use to anyone; nothing else ever removes them.
    let ended = "DELETE FROM cognito_refresh_tokens WHERE origin_jti IN
        (SELECT origin_jti FROM cognito_sessions WHERE expires < ?1)";
    connection.execute(ended, [now])?;
    connection.execute("DELETE FROM cognito_sessions WHERE expires < ?1", [now])?;
    let session = Session {
        origin_jti: crate::random::uuid(),
        sub: user.sub.clone(),
        auth_time: now / 1_000,
    };
    let insert = "INSERT INTO cognito_sessions (origin_jti, pool, client, sub, auth_time, expires)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let expires = now + client.refresh_seconds * 1_000;
    let values =
        params![session.origin_jti, pool.id, client.id, user.sub, session.auth_time, expires];
    connection.execute(insert, values)?;
    let token = add_token(connection, &session)?;
    Ok((session, token))
}

/// Spends a refresh token. If the client's tokens rotate, a new one comes with it, and the old
/// one can be spent again only within the grace period: an answer that was lost is asked for
/// again. The new one lasts no longer than the session.
///
/// # Errors
/// `NotAuthorizedException`, also for a token that was issued to another client, or `RefreshTokenReuseException` after the grace period.
pub(super) fn refresh(
    connection: &Connection,
    client: &Client,
    token: &str,
    now: u64,
) -> Result<(Session, Option<String>), Failure> {
    let found = find(connection, token)?;
    let Some(found) = found else { return Err(not_authorized("Invalid Refresh Token").into()) };
    if found.client != client.id {
        return Err(not_authorized("Refresh Token has different Client").into());
    }
    if found.revoked {
        return Err(not_authorized("Refresh Token has been revoked").into());
    }
    if now >= found.expires {
        return Err(not_authorized("Refresh Token has expired").into());
    }
    let Some(grace) = client.rotation_grace_seconds else { return Ok((found.session, None)) };
    if found.replaced.is_some_and(|replaced| now > replaced + grace * 1_000) {
        let why = "Refresh token has been invalidated by refresh token rotation.";
        return Err(ServiceError::new("RefreshTokenReuseException", why).into());
    }
    let update =
        "UPDATE cognito_refresh_tokens SET replaced = ?2 WHERE hash = ?1 AND replaced IS NULL";
    connection.execute(update, params![hash(token), now])?;
    let next = add_token(connection, &found.session)?;
    Ok((found.session, Some(next)))
}

/// Ends the session of a refresh token; one that is unknown ends nothing.
pub(super) fn revoke(
    connection: &Connection,
    client: &Client,
    token: &str,
) -> rusqlite::Result<()> {
    let Some(found) = find(connection, token)?.filter(|found| found.client == client.id) else {
        return Ok(());
    };
    let update = "UPDATE cognito_sessions SET revoked = 1 WHERE origin_jti = ?1";
    connection.execute(update, [found.session.origin_jti]).map(drop)
}

/// Ends every session of an account.
pub(super) fn revoke_all(connection: &Connection, pool: &Pool, sub: &str) -> rusqlite::Result<()> {
    let update = "UPDATE cognito_sessions SET revoked = 1 WHERE pool = ?1 AND sub = ?2";
    connection.execute(update, params![pool.id, sub]).map(drop)
}

/// Forgets every session of an account, and its refresh tokens with them.
pub(super) fn forget(connection: &Connection, pool: &Pool, sub: &str) -> rusqlite::Result<()> {
    let tokens = "DELETE FROM cognito_refresh_tokens WHERE origin_jti IN
        (SELECT origin_jti FROM cognito_sessions WHERE pool = ?1 AND sub = ?2)";
    connection.execute(tokens, params![pool.id, sub])?;
    let sessions = "DELETE FROM cognito_sessions WHERE pool = ?1 AND sub = ?2";
    connection.execute(sessions, params![pool.id, sub]).map(drop)
}

/// Whether a session was signed out or revoked, or is not known at all.
pub(super) fn is_over(connection: &Connection, origin_jti: &str) -> rusqlite::Result<bool> {
    let select = "SELECT revoked FROM cognito_sessions WHERE origin_jti = ?1";
    let revoked = connection.query_row(select, [origin_jti], |row| row.get(0)).optional()?;
    Ok(revoked.unwrap_or(true))
}

struct Found {
    /// The client that the session is of.
    client: String,
    session: Session,
    expires: u64,
    revoked: bool,
    replaced: Option<u64>,
}

fn find(connection: &Connection, token: &str) -> rusqlite::Result<Option<Found>> {
    let select = "SELECT origin_jti, sub, auth_time, expires, revoked, replaced, client
        FROM cognito_refresh_tokens JOIN cognito_sessions USING (origin_jti) WHERE hash = ?1";
    let found = connection.query_row(select, [hash(token)], |row| {
        Ok(Found {
            session: Session { origin_jti: row.get(0)?, sub: row.get(1)?, auth_time: row.get(2)? },
            expires: row.get(3)?,
            revoked: row.get(4)?,
            replaced: row.get(5)?,
            client: row.get(6)?,
        })
    });
    found.optional()
}

fn add_token(connection: &Connection, session: &Session) -> rusqlite::Result<String> {
    let token = crate::random::token();
    let insert = "INSERT INTO cognito_refresh_tokens (hash, origin_jti) VALUES (?1, ?2)";
    connection.execute(insert, params![hash(&token), session.origin_jti])?;
    Ok(token)
}

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
