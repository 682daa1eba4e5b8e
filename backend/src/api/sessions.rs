//! `DELETE /api/sessions`: every socket and ticket of the customer ends.
//!
//! The page calls it after it has had Cognito sign the customer out everywhere, or has set a new
//! password; deleting an account does the same. Within seconds no browser is pushed to, and none
//! that was signed in before opens a socket again, though its access token is good for its
//! lifetime (15 minutes): API Gateway's JWT authorizers check a token's signature and times and do
//! not ask Cognito whether it was revoked
//! (docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html). So until
//! then such a browser can still read and order; Cognito renews nothing for it.

use shared::{Timestamp, UserId};

use crate::{
    Error,
    api::{Api, Request, Response, account::concurrently},
    live::Connection,
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
