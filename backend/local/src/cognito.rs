//! Cognito user pools: sign-up, verification of the e-mail address, sign-in and sessions.
//!
//! As the template uses it: e-mail as the name to sign in with, a client without secret,
//! `USER_PASSWORD_AUTH`, refresh tokens that rotate. No account is confirmed without its code.
//! Every other operation is refused as unknown.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use anyhow::Result;
use serde_json::{Map, Value};

mod api;
mod sign_up;

mod sign_in;

mod account;
mod attributes;

mod codes;
mod keys;
mod password;
mod pool;
pub(crate) mod properties;
mod sessions;
mod tokens;
mod users;

use crate::aws::ServiceError;
use crate::feed::{Feed, FeedEvent};
use crate::store::Store;
use crate::template::Stack;
pub use codes::Mail;
pub use keys::Reason;

use pool::{Client, Pool};

/// What a token says: its claims by name.
pub type Claims = Map<String, Value>;

/// The answer to an operation: its JSON, or an error with Cognito's name and sentence.
type Answer = Result<Value, ServiceError>;

/// A handle to the user pools of a stack; clones share them.
#[derive(Clone)]
pub struct UserPools {
    shared: Arc<Shared>,
}

struct Shared {
    pools: BTreeMap<String, Pool>,
    store: Store,
    feed: Feed,
}

impl fmt::Debug for UserPools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserPools").field("pools", &self.shared.pools).finish_non_exhaustive()
    }
}

impl UserPools {
    /// The user pools and clients of a stack, with the accounts that `store` kept of them. Each
    /// code is recorded in `feed`, for want of a mail server.
    ///
    /// # Errors
    /// If the store fails, or a pool or client uses what is not supported by the local emulator.
    pub fn new(stack: &Stack, store: Store, feed: Feed) -> Result<Self> {
        store.with(|connection| {
            connection.execute_batch(users::TABLES)?;
            connection.execute_batch(codes::TABLES)?;
            connection.execute_batch(sessions::TABLES)?;
            connection.execute_batch(keys::TABLES)
        })?;
        let pools = stack.of_kind("AWS::Cognito::UserPool");
        let pools = pools.map(|it| Ok((it.physical_id.clone(), Pool::new(stack, it)?)));
        let pools: BTreeMap<String, Pool> = pools.collect::<Result<_>>()?;
        let pools = Self { shared: Arc::new(Shared { pools, store, feed }) };
        pools.clone().make_keys();
        Ok(pools)
    }

    /// Creates a confirmed account with this `sub`, or makes the one that has it match.
    ///
    /// # Errors
    /// `ResourceNotFoundException` for an unknown pool, `UsernameExistsException` if the address
    /// belongs to another account, `InvalidPasswordException`.
    pub fn admin_create(
        &self,
        pool_id: &str,
        email: &str,
        password: &str,
        sub: &str,
    ) -> Result<(), ServiceError> {
        let pool = self.shared.pools.get(pool_id).ok_or_else(|| no_such_pool(pool_id))?;
        pool.password_policy.check(password)?;
        let hash = password::hash(password);
        self.store(|connection| users::put_confirmed(connection, pool, email, &hash, sub))
    }

    /// The latest valid code that was sent to an address, in any pool.
    #[must_use]
    pub fn code_of(&self, email: &str) -> Option<String> {
        let sent_to = |it: &Mail| it.email.eq_ignore_ascii_case(email);
        self.mail().into_iter().find(sent_to).map(|it| it.code)
    }

    /// The mails whose codes are still valid, newest first.
    #[must_use]
    pub fn mail(&self) -> Vec<Mail> {
        let now = crate::time::now_ms();
        self.shared.store.with(|connection| codes::mail(connection, now)).unwrap_or_default()
    }

    fn client(&self, client_id: &str) -> Result<(&Pool, &Client), ServiceError> {
        let mut pools = self.shared.pools.values();
        let found = pools.find_map(|pool| Some((pool, pool.clients.get(client_id)?)));
        found.ok_or_else(|| {
            let why = format!("User pool client {client_id} does not exist.");
            ServiceError::new("ResourceNotFoundException", why)
        })
    }

    /// Runs `work` in a transaction that is kept even if the answer is a refusal: a wrong try
    /// counts.
    fn store<T>(
        &self,
        work: impl FnOnce(&rusqlite::Connection) -> Result<T, Failure>,
    ) -> Result<T, ServiceError> {
        let done = self.shared.store.with(|connection| {
            let transaction = connection.transaction()?;
            match work(&transaction) {
                Err(Failure::Store(why)) => Err(why),
                Err(Failure::Service(error)) => transaction.commit().map(|()| Err(error)),
                Ok(value) => transaction.commit().map(|()| Ok(value)),
            }
        });
        done.unwrap_or_else(|why| Err(internal(why)))
    }

    /// Records a mail in the feed, which shows it.
    fn deliver(&self, email: &str, code: &str) {
        self.shared.feed.record(FeedEvent::Code { email: email.to_owned(), code: code.to_owned() });
    }
}

/// Why a step in the store did not succeed.
#[derive(Debug)]
enum Failure {
    /// The answer is this error.
    Service(ServiceError),
    /// The store failed.
    Store(rusqlite::Error),
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        Self::Service(error)
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(why: rusqlite::Error) -> Self {
        Self::Store(why)
    }
}

fn internal(why: impl fmt::Display) -> ServiceError {
    let status = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
    ServiceError::new("InternalErrorException", why.to_string()).with_status(status)
}

fn no_such_pool(pool_id: &str) -> ServiceError {
    let why = format!("User pool {pool_id} does not exist.");
    ServiceError::new("ResourceNotFoundException", why)
}

/// `InvalidParameterException`.
fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new("InvalidParameterException", message)
}

/// `NotAuthorizedException`.
fn not_authorized(message: impl Into<String>) -> ServiceError {
    ServiceError::new("NotAuthorizedException", message)
}
