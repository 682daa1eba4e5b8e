//! `DELETE /api/sessions`: every socket and ticket of the customer ends.
//!
//! The page calls it after it has had Cognito sign the customer out everywhere, or has set a new
//! password; deleting an account does the same. Within seconds no browser is pushed to, and one
//! that was signed in before gets no ticket and places no order: it is told to sign in, asks
//! Cognito for a new access token, and gets none. Everything else an access token still opens for
//! the rest of its 15 minutes: API Gateway's JWT authorizers check its signature and times and do
//! not ask Cognito whether it was revoked
//! (docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html), and asking
//! the table at every call would cost each of them a read.

use shared::{Timestamp, UserId};

use crate::{
    Error,
    api::{Api, Request, Response, account::concurrently, request::not_signed_in},
    live::{Connection, Holder},
    people::account_closed,
};

impl Api {
    pub(super) async fn end_sessions(
        &self,
        request: &Request,
        now: Timestamp,
    ) -> Result<Response, Error> {
        self.end_connections(request.user()?, now).await?;
        Ok(Response::empty())
    }

    /// Checks that the customer has not been signed out since their access token was issued.
    ///
    /// # Errors
    /// `not-signed-in`, `account-closed` if that is why, or [`Error::Outside`] if a table did not
    /// answer.
    pub(super) async fn check_session(&self, holder: Holder) -> Result<(), Error> {
        if !self.live.has_ended(holder).await? {
            return Ok(());
        }
        match self.people.read(holder.user).await?.closed_at {
            Some(_) => Err(account_closed()),
            None => Err(not_signed_in().into()),
        }
    }

    /// Closes every socket of the customer's and forgets it. A handshake under way finds that it
    /// has ended: it stores its connection before it looks, and this looks after it has noted so.
    pub(super) async fn end_connections(&self, user: UserId, now: Timestamp) -> Result<(), Error> {
        self.live.end_sessions(user, now).await?;
        let connections = self.live.every_connection(user).await?;
        let close = async |connection: Connection| {
            self.sockets.close(connection.id()).await?;
            self.live.forget(user, connection.id()).await
        };
        concurrently(connections.into_iter().map(close)).await
    }
}
