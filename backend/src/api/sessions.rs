//! `DELETE /api/sessions`: every session of the customer ends, with its WebSockets and tickets.
//!
//! The page calls it after Cognito has signed the customer out everywhere, or has set a new
//! password; deleting an account does the same. Within seconds nothing is pushed any more. An
//! access token of before is valid for up to 15 minutes more, as API Gateway's JWT authorizers check
//! its signature and times and do not ask Cognito whether it was revoked
//! (docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html); so each
//! request of a customer also reads whether its session has ended. The answer is to sign in, so
//! the browser asks Cognito for a new access token, and gets none.

use shared::{RestaurantId, Timestamp, UserId};

use super::{concurrently::concurrently, request::not_signed_in, response::Response, state::Api};
use crate::{
    metrics,
    runtime::error::Error,
    store::{
        live::{Channel, Connection, Holder},
        people::account_closed,
    },
};

impl Api {
    pub(super) async fn end_sessions(
        &self,
        user: UserId,
        now: Timestamp,
    ) -> Result<Response, Error> {
        self.end_connections(user, now).await?;
        Ok(Response::empty())
    }

    /// Checks that the customer has not been signed out since they signed in.
    ///
    /// # Errors
    /// `not-signed-in`, `account-closed` if that is why, or [`Error::Dependency`] if a table did not
    /// answer.
    pub(super) async fn check_session(&self, holder: Holder) -> Result<(), Error> {
        if !self.live.has_ended(holder).await? {
            return Ok(());
        }
        match self.person(holder.user).await?.closed_at {
            Some(_) => Err(account_closed()),
            None => Err(not_signed_in().into()),
        }
    }

    /// Closes and deletes every connection of the customer's. A handshake under way finds that its
    /// session has ended: it stores its connection before it reads that, and this reads the
    /// connections after it has stored that.
    pub(super) async fn end_connections(&self, user: UserId, now: Timestamp) -> Result<(), Error> {
        self.live.end_sessions(user, now).await?;
        self.end_all(user, |_| true).await
    }

    /// Closes and deletes the connections on which somebody is told of a restaurant's orders, perhaps among
    /// others' (the page asks for another ticket, which is only for those that are left). Called after their membership was deleted or has become one that may not read orders: a handshake under
    /// way stores its connection before it reads that, and this reads the connections after it was
    /// written.
    ///
    /// # Errors
    /// [`Error::Dependency`] if one may still be open; called again, this goes on.
    pub async fn end_staff_connections(
        &self,
        user: UserId,
        restaurant: &RestaurantId,
    ) -> Result<(), Error> {
        let is_theirs = |connection: &Connection| connection.restaurants.contains(restaurant);
        self.end_all(user, is_theirs).await
    }

    async fn end_all(&self, user: UserId, ends: impl Fn(&Connection) -> bool) -> Result<(), Error> {
        let connections = self.live.all_connections(&Channel::User(user)).await?;
        metrics::left_out(&connections.unreadable);
        let close = async |connection: Connection| {
            self.sockets.close(&connection.id).await?;
            self.live.delete_connection(&connection).await
        };
        concurrently(connections.items.into_iter().filter(ends).map(close)).await
    }
}
