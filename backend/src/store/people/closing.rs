//! Closing, deleting and reopening an account.

use shared::{Timestamp, UserId};

use super::{
    row::{CLOSED, Row, key},
    table::People,
};
use crate::{
    runtime::error::Error,
    store::dynamodb::{number, on_condition},
};

impl People {
    /// Closes an account, and returns since when it is closed; one that is closed stays so.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may still be open, or was reopened meanwhile.
    pub async fn close(&self, user: UserId, now: Timestamp) -> Result<Timestamp, Error> {
        let row = Row { closed_at: Some(now), ..Row::new(user, CLOSED.to_owned()) };
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(row.attributes()?))
            .condition_expression("attribute_not_exists(user_id)");
        match on_condition("closing an account", put.send().await)? {
            Some(_) => Ok(now),
            None => self.read(user).await?.closed_at.ok_or_else(|| reopened("closing an account")),
        }
    }

    /// Marks a closed account as deleted: nothing opens it again.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not be marked, or was reopened meanwhile.
    pub async fn mark_deleted(
        &self,
        user: UserId,
        closed_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), Error> {
        let row = Row {
            closed_at: Some(closed_at),
            deleted_at: Some(now),
            ..Row::new(user, CLOSED.to_owned())
        };
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(row.attributes()?))
            .condition_expression("closed_at = :closed_at")
            .expression_attribute_values(":closed_at", number(closed_at.millis()));
        match on_condition("marking an account as deleted", put.send().await)? {
            Some(_) => Ok(()),
            None => Err(reopened("marking an account as deleted")),
        }
    }

    /// Reopens an account that was closed at `closed_at` and is not deleted; any other stays as it
    /// is.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may still be closed.
    pub async fn reopen(&self, user: UserId, closed_at: Timestamp) -> Result<(), Error> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key(user, CLOSED)))
            .condition_expression("closed_at = :closed_at AND attribute_not_exists(deleted_at)")
            .expression_attribute_values(":closed_at", number(closed_at.millis()));
        on_condition("reopening an account", delete.send().await).map(drop)
    }
}

/// Another request to delete the account has met an order under way.
fn reopened(what: &'static str) -> Error {
    Error::Dependency { operation: what, cause: "it was reopened meanwhile".to_owned() }
}
