//! Since when a customer's sessions have ended.

use shared::{Timestamp, UserId};

use super::{
    channel::Channel,
    table::{Live, key, seconds},
    tickets::Holder,
};
use crate::{
    runtime::error::Error,
    store::dynamodb::{number, on_condition},
};

/// The item that says since when a customer's sessions have ended.
const SESSIONS_ENDED: &str = "sessions_ended";
/// For how long that is stored, in seconds: the longest that a user pool's access tokens can be
/// valid, and an hour (Cognito API Reference, "CreateUserPoolClient", `AccessTokenValidity`).
const ENDED_SECONDS: i64 = 25 * 3_600;
/// By how much our clock and Cognito's may differ, in seconds. Whoever signed in within so long
/// before the end of the sessions stays signed in: who signs in anew right after it must.
const CLOCK_SKEW: i64 = 1;

impl Live {
    /// Ends the sessions of whoever signed in before now. Stored for longer than an access token is
    /// valid, as Cognito renews none of an ended session; a write that arrives after one of a later
    /// time changes nothing.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not be stored.
    pub async fn end_sessions(&self, user: UserId, now: Timestamp) -> Result<(), Error> {
        let mut item = key(&Channel::User(user).to_string(), SESSIONS_ENDED);
        item.insert("ended_at".to_owned(), number(seconds(now) - CLOCK_SKEW));
        item.insert("expires_at".to_owned(), number(seconds(now) + ENDED_SECONDS));
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(ended_at) OR ended_at < :ended_at")
            .expression_attribute_values(":ended_at", number(seconds(now) - CLOCK_SKEW));
        on_condition("ending sessions", put.send().await).map(drop)
    }

    /// Whether the session of an access token or a ticket has ended since it began, by a strongly
    /// consistent read.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer.
    pub async fn has_ended(&self, holder: Holder) -> Result<bool, Error> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key(&Channel::User(holder.user).to_string(), SESSIONS_ENDED)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| Error::dependency("reading whether a session has ended", error))?;
        let ended_at: Option<i64> =
            answer.item.and_then(|item| item.get("ended_at")?.as_n().ok()?.parse().ok());
        Ok(ended_at.is_some_and(|ended_at| holder.signed_in_at < ended_at))
    }
}
