//! The accounts, as the store keeps them.

use std::sync::OnceLock;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::pool::Pool;
use super::{Failure, ServiceError, not_authorized, password};

/// What the store needs for them.
pub(super) const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS cognito_users (
        pool TEXT NOT NULL,
        sub TEXT NOT NULL,
        email TEXT NOT NULL,
        email_key TEXT NOT NULL,
        password_hash TEXT NOT NULL,
        confirmed INTEGER NOT NULL,
        failed_tries INTEGER NOT NULL DEFAULT 0,
        last_try INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (pool, sub),
        UNIQUE (pool, email_key)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS cognito_unknown_users (
        pool TEXT NOT NULL,
        sub TEXT NOT NULL,
        failed_tries INTEGER NOT NULL,
        last_try INTEGER NOT NULL,
        PRIMARY KEY (pool, sub)
    ) STRICT;";

/// How the `sub` of a simulated account begins.
pub(super) const SIMULATED: &str = "unknown:";

/// After this many wrong passwords an account is locked for a moment.
const FREE_TRIES: u32 = 5;
/// The longest lock, and the pause after which wrong tries are forgotten.
const LONGEST_LOCK_MS: u64 = 15 * 60 * 1_000;

/// An account.
#[derive(Debug)]
pub(super) struct User {
    /// Its id and, because accounts sign in by e-mail, also its `Username`.
    pub(super) sub: String,
    /// The address as it was typed.
    pub(super) email: String,
    pub(super) password_hash: String,
    /// Whether the address was proved with a code.
    pub(super) confirmed: bool,
    failed_tries: u32,
    last_try: u64,
}

/// The account that signs in with this name: its address or its `sub`.
pub(super) fn find(
    connection: &Connection,
    pool: &Pool,
    name: &str,
) -> rusqlite::Result<Option<User>> {
    let select = "SELECT sub, email, password_hash, confirmed, failed_tries, last_try
        FROM cognito_users WHERE pool = ?1 AND (email_key = ?2 OR sub = ?3)";
    let mut select = connection.prepare_cached(select)?;
    select.query_row(params![pool.id, pool.key_of(name), name], user).optional()
}

fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        sub: row.get(0)?,
        email: row.get(1)?,
        password_hash: row.get(2)?,
        confirmed: row.get(3)?,
        failed_tries: row.get(4)?,
        last_try: row.get(5)?,
    })
}

/// An account in place of one that does not exist, for a client that must not learn so: what is
/// asked of it takes the same steps, and so the same time, and is refused in the same words.
pub(super) fn simulated(
    connection: &Connection,
    pool: &Pool,
    name: &str,
) -> rusqlite::Result<User> {
    static HASH: OnceLock<String> = OnceLock::new();
    let sub = format!("{SIMULATED}{}", pool.key_of(name));
    let select = "SELECT failed_tries, last_try FROM cognito_unknown_users
        WHERE pool = ?1 AND sub = ?2";
    let mut select = connection.prepare_cached(select)?;
    let tries = select.query_row([&pool.id, &sub], |row| Ok((row.get(0)?, row.get(1)?)));
    let (failed_tries, last_try) = tries.optional()?.unwrap_or_default();
    let password_hash = HASH.get_or_init(|| password::hash(&crate::random::token())).clone();
    let email = name.to_owned();
    Ok(User { sub, email, password_hash, confirmed: true, failed_tries, last_try })
}

/// The account that signs in with this name, or a simulated one.
pub(super) fn find_or_simulate(
    connection: &Connection,
    pool: &Pool,
    name: &str,
) -> rusqlite::Result<User> {
    match find(connection, pool, name)? {
        Some(user) => Ok(user),
        None => simulated(connection, pool, name),
    }
}

/// Writes a new account that is not confirmed.
///
/// # Errors
/// `UsernameExistsException`, whether or not the other one is confirmed.
pub(super) fn create(
    connection: &Connection,
    pool: &Pool,
    email: &str,
    password_hash: &str,
) -> Result<User, Failure> {
    if find(connection, pool, email)?.is_some() {
        return Err(exists().into());
    }
    let sub = crate::random::uuid();
    let insert = "INSERT INTO cognito_users (pool, sub, email, email_key, password_hash, confirmed)
        VALUES (?1, ?2, ?3, ?4, ?5, 0)";
    connection.execute(insert, params![pool.id, sub, email, pool.key_of(email), password_hash])?;
    find(connection, pool, &sub)?
        .ok_or_else(|| Failure::Store(rusqlite::Error::QueryReturnedNoRows))
}

/// Writes a confirmed account, over the one with the same `sub` if there is one.
pub(super) fn put_confirmed(
    connection: &Connection,
    pool: &Pool,
    email: &str,
    password_hash: &str,
    sub: &str,
) -> Result<(), Failure> {
    if find(connection, pool, email)?.is_some_and(|other| other.sub != sub) {
        return Err(exists().into());
    }
    let upsert = "INSERT INTO cognito_users (pool, sub, email, email_key, password_hash, confirmed)
        VALUES (?1, ?2, ?3, ?4, ?5, 1)
        ON CONFLICT (pool, sub) DO UPDATE SET email = ?3, email_key = ?4, password_hash = ?5,
            confirmed = 1, failed_tries = 0";
    connection.execute(upsert, params![pool.id, sub, email, pool.key_of(email), password_hash])?;
    Ok(())
}

pub(super) fn confirm(connection: &Connection, pool: &Pool, sub: &str) -> rusqlite::Result<()> {
    let update = "UPDATE cognito_users SET confirmed = 1 WHERE pool = ?1 AND sub = ?2";
    connection.execute(update, params![pool.id, sub]).map(drop)
}

/// Gives an account a new password, and its wrong tries back.
pub(super) fn set_password(
    connection: &Connection,
    pool: &Pool,
    sub: &str,
    password_hash: &str,
) -> rusqlite::Result<()> {
    let update = "UPDATE cognito_users SET password_hash = ?3, failed_tries = 0
        WHERE pool = ?1 AND sub = ?2";
    connection.execute(update, params![pool.id, sub, password_hash]).map(drop)
}

/// Gives an account another address, by which it signs in from then on.
///
/// # Errors
/// `AliasExistsException` if another account has it.
pub(super) fn set_email(
    connection: &Connection,
    pool: &Pool,
    sub: &str,
    email: &str,
) -> Result<(), Failure> {
    check_free(connection, pool, sub, email)?;
    let update = "UPDATE cognito_users SET email = ?3, email_key = ?4, confirmed = 1
        WHERE pool = ?1 AND sub = ?2";
    connection.execute(update, params![pool.id, sub, email, pool.key_of(email)])?;
    Ok(())
}

/// Asks whether an address may become this account's.
///
/// # Errors
/// `AliasExistsException` if another account has it, whether or not that is confirmed.
pub(super) fn check_free(
    connection: &Connection,
    pool: &Pool,
    sub: &str,
    email: &str,
) -> Result<(), Failure> {
    match find(connection, pool, email)?.is_some_and(|other| other.sub != sub) {
        true => Err(ServiceError::new("AliasExistsException", EXISTS).into()),
        false => Ok(()),
    }
}

pub(super) fn delete(connection: &Connection, pool: &Pool, sub: &str) -> rusqlite::Result<()> {
    let delete = "DELETE FROM cognito_users WHERE pool = ?1 AND sub = ?2";
    connection.execute(delete, params![pool.id, sub]).map(drop)
}

/// Asks whether a password may be tried now. After five wrong ones the account is locked for one
/// second, and twice as long after each further one
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/authentication.html>).
///
/// # Errors
/// `NotAuthorizedException`: "Password attempts exceeded".
pub(super) fn check_lock(user: &User, now: u64) -> Result<(), ServiceError> {
    match is_locked(user, now) {
        true => Err(not_authorized("Password attempts exceeded")),
        false => Ok(()),
    }
}

/// Whether no password may be tried now.
pub(super) fn is_locked(user: &User, now: u64) -> bool {
    let lock = lock_ms(user.failed_tries);
    lock > 0 && now < user.last_try + lock
}

fn lock_ms(failed_tries: u32) -> u64 {
    let Some(beyond) = failed_tries.checked_sub(FREE_TRIES) else { return 0 };
    (1_000_u64 << beyond.min(20)).min(LONGEST_LOCK_MS)
}

/// Notes how a try ended: a right password forgives the wrong ones, and so does a pause of 15
/// minutes.
pub(super) fn tried(
    connection: &Connection,
    pool: &Pool,
    user: &User,
    is_right: bool,
    now: u64,
) -> rusqlite::Result<()> {
    let forgiven = is_right || now >= user.last_try + LONGEST_LOCK_MS;
    let before = if forgiven { 0 } else { user.failed_tries };
    let failed = if is_right { 0 } else { before + 1 };
    let tries = params![pool.id, user.sub, failed, now];
    if user.sub.starts_with(SIMULATED) {
        let forgotten = "DELETE FROM cognito_unknown_users WHERE last_try < ?1";
        connection.execute(forgotten, [now.saturating_sub(LONGEST_LOCK_MS)])?;
        let upsert = "INSERT INTO cognito_unknown_users VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (pool, sub) DO UPDATE SET failed_tries = ?3, last_try = ?4";
        return connection.execute(upsert, tries).map(drop);
    }
    let update = "UPDATE cognito_users SET failed_tries = ?3, last_try = ?4
        WHERE pool = ?1 AND sub = ?2";
    connection.execute(update, tries).map(drop)
}

const EXISTS: &str = "An account with the given email already exists.";

fn exists() -> ServiceError {
    ServiceError::new("UsernameExistsException", EXISTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_doubles_up_to_a_quarter_of_an_hour() {
        let seconds: Vec<u64> = [0, 4, 5, 6, 7, 14, 15, 90].map(|n| lock_ms(n) / 1_000).into();
        assert_eq!(seconds, [0, 0, 1, 2, 4, 512, 900, 900]);
    }
}
