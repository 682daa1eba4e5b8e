//! Codes of six digits by e-mail, which prove that an address is one's own.

use axum::http::StatusCode;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde_json::{Value, json};

use super::pool::Pool;
use super::users::{self, User};
use super::{Failure, ServiceError};

/// What the store needs for them.
pub(super) const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS cognito_codes (
        pool TEXT NOT NULL,
        sub TEXT NOT NULL,
        purpose TEXT NOT NULL,
        email TEXT NOT NULL,
        code TEXT,
        sent INTEGER NOT NULL,
        expires INTEGER NOT NULL,
        hour INTEGER NOT NULL,
        sent_this_hour INTEGER NOT NULL,
        wrong_this_hour INTEGER NOT NULL,
        PRIMARY KEY (pool, sub, purpose)
    ) STRICT;";

/// Codes sent, and wrong ones typed, before Cognito wants an hour's rest. Its documentation says
/// "5 to 20", depending on things it does not say.
const PER_HOUR: u32 = 15;
const HOUR_MS: u64 = 60 * 60 * 1_000;

/// What a code is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To confirm a sign-up; valid for 24 hours.
    SignUp,
    /// To choose a new password; valid for one hour.
    Password,
    /// To prove an address, which becomes the account's then; valid for 24 hours.
    Email,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::Password => "password",
            Self::Email => "email",
        }
    }

    fn valid_ms(self) -> u64 {
        match self {
            Self::SignUp | Self::Email => 24 * HOUR_MS,
            Self::Password => HOUR_MS,
        }
    }
}

/// A mail that Cognito would have sent, while its code is valid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mail {
    /// To whom.
    pub email: String,
    /// The six digits.
    pub code: String,
    /// What for: `sign_up`, `password` or `email` (to prove a new address).
    pub purpose: String,
    /// When, in milliseconds since 1970.
    pub sent: u64,
}

/// Makes a new code for the account's address; the one before is void. The caller delivers it after
/// the commit.
///
/// # Errors
/// `LimitExceededException` after too many in an hour.
pub(super) fn make(
    connection: &Connection,
    pool: &Pool,
    user: &User,
    purpose: Purpose,
    now: u64,
) -> Result<String, Failure> {
    make_for(connection, pool, user, &user.email, purpose, now)
}

/// The same for an address that may not be the account's yet.
///
/// # Errors
/// As [`make`].
pub(super) fn make_for(
    connection: &Connection,
    pool: &Pool,
    user: &User,
    email: &str,
    purpose: Purpose,
    now: u64,
) -> Result<String, Failure> {
    let counts = counts(connection, pool, user, purpose, now)?;
    if counts.sent >= PER_HOUR {
        return Err(too_many().into());
    }
    let code = crate::random::six_digits();
    let upsert = "INSERT INTO cognito_codes VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        ON CONFLICT (pool, sub, purpose) DO UPDATE SET email = ?4, code = ?5, sent = ?6,
            expires = ?7, hour = ?8, sent_this_hour = ?9, wrong_this_hour = ?10";
    let expires = now + purpose.valid_ms();
    connection.execute(
        upsert,
        params![
            pool.id,
            user.sub,
            purpose.name(),
            email,
            code,
            now,
            expires,
            counts.hour,
            counts.sent + 1,
            counts.wrong
        ],
    )?;
    Ok(code)
}

/// Spends a code; the address that it was sent to.
///
/// # Errors
/// `CodeMismatchException`, `ExpiredCodeException` (also if none was sent) or, after too many
/// wrong ones in an hour, `LimitExceededException`.
pub(super) fn spend(
    connection: &Connection,
    pool: &Pool,
    user: &User,
    purpose: Purpose,
    typed: &str,
    now: u64,
) -> Result<String, Failure> {
    let counts = counts(connection, pool, user, purpose, now)?;
    if counts.wrong >= PER_HOUR {
        return Err(too_many().into());
    }
    let sent = unspent(connection, pool, user, purpose)?.filter(|sent| now < sent.expires);
    let Some(Sent { email, code, .. }) = sent else { return Err(expired().into()) };
    let key = params![pool.id, user.sub, purpose.name()];
    if code != typed {
        let update = "UPDATE cognito_codes SET hour = ?4, sent_this_hour = ?5, wrong_this_hour = ?6
            WHERE pool = ?1 AND sub = ?2 AND purpose = ?3";
        let (hour, wrong) = (counts.hour, counts.wrong + 1);
        let key = params![pool.id, user.sub, purpose.name(), hour, counts.sent, wrong];
        connection.execute(update, key)?;
        return Err(mismatch().into());
    }
    let void = "UPDATE cognito_codes SET code = NULL WHERE pool = ?1 AND sub = ?2 AND purpose = ?3";
    connection.execute(void, key)?;
    Ok(email)
}

/// The address that a code was sent to which is not spent; it may have expired.
pub(super) fn sent_to(
    connection: &Connection,
    pool: &Pool,
    user: &User,
    purpose: Purpose,
) -> rusqlite::Result<Option<String>> {
    Ok(unspent(connection, pool, user, purpose)?.map(|sent| sent.email))
}

struct Sent {
    email: String,
    code: String,
    expires: u64,
}

fn unspent(
    connection: &Connection,
    pool: &Pool,
    user: &User,
    purpose: Purpose,
) -> rusqlite::Result<Option<Sent>> {
    let select = "SELECT email, code, expires FROM cognito_codes
        WHERE pool = ?1 AND sub = ?2 AND purpose = ?3 AND code IS NOT NULL";
    let sent = connection.query_row(select, params![pool.id, user.sub, purpose.name()], |row| {
        Ok(Sent { email: row.get(0)?, code: row.get(1)?, expires: row.get(2)? })
    });
    sent.optional()
}

/// How often something was done within the running hour.
struct Counts {
    hour: u64,
    sent: u32,
    wrong: u32,
}

fn counts(
    connection: &Connection,
    pool: &Pool,
    user: &User,
    purpose: Purpose,
    now: u64,
) -> rusqlite::Result<Counts> {
    let select = "SELECT hour, sent_this_hour, wrong_this_hour FROM cognito_codes
        WHERE pool = ?1 AND sub = ?2 AND purpose = ?3";
    let counts = connection.query_row(select, params![pool.id, user.sub, purpose.name()], |row| {
        Ok(Counts { hour: row.get(0)?, sent: row.get(1)?, wrong: row.get(2)? })
    });
    let running = counts.optional()?.filter(|it| now < it.hour + HOUR_MS);
    Ok(running.unwrap_or(Counts { hour: now, sent: 0, wrong: 0 }))
}

/// The mails whose codes are valid, newest first; none went to a simulated account.
pub(super) fn mail(connection: &Connection, now: u64) -> rusqlite::Result<Vec<Mail>> {
    let select = "SELECT email, code, purpose, sent FROM cognito_codes
        WHERE code IS NOT NULL AND expires > ?1 AND sub NOT LIKE ?2 || '%'
        ORDER BY sent DESC, rowid DESC";
    let mut select = connection.prepare_cached(select)?;
    let mail = select.query_map(params![now, users::SIMULATED], |row| {
        Ok(Mail { email: row.get(0)?, code: row.get(1)?, purpose: row.get(2)?, sent: row.get(3)? })
    })?;
    mail.collect()
}

/// Forgets every code of an account.
pub(super) fn forget(connection: &Connection, pool: &Pool, sub: &str) -> rusqlite::Result<()> {
    let delete = "DELETE FROM cognito_codes WHERE pool = ?1 AND sub = ?2";
    connection.execute(delete, params![pool.id, sub]).map(drop)
}

/// `CodeDeliveryDetails`: where a code went, with most of the address hidden. Told also for an
/// address that has no account, where the client must not learn so.
pub(super) fn delivery(email: &str) -> Value {
    let (name, domain) = email.split_once('@').unwrap_or((email, ""));
    let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
    json!({
        "AttributeName": "email",
        "DeliveryMedium": "EMAIL",
        "Destination": format!("{}***@{}***", first(name), first(domain)),
    })
}

/// `CodeMismatchException`.
pub(super) fn mismatch() -> ServiceError {
    let why = "Invalid verification code provided, please try again.";
    ServiceError::new("CodeMismatchException", why)
}

fn expired() -> ServiceError {
    let why = "Invalid code provided, please request a code again.";
    ServiceError::new("ExpiredCodeException", why)
}

/// `LimitExceededException`.
pub(super) fn too_many() -> ServiceError {
    let why = "Attempt limit exceeded, please try after some time.";
    ServiceError::new("LimitExceededException", why).with_status(StatusCode::BAD_REQUEST)
}
