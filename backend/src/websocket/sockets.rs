//! `@connections`: messages to open WebSockets, and closing them
//! (docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html).

use aws_sdk_apigatewaymanagement::{
    Client,
    operation::{
        delete_connection::DeleteConnectionError, post_to_connection::PostToConnectionError,
    },
    primitives::Blob,
};
use serde::Serialize;

use crate::runtime::error::Error;

/// The result of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// The gateway accepted it.
    Sent,
    /// The connection is not open: not yet, or no longer (410).
    Gone,
}

/// The open WebSockets.
#[derive(Clone)]
pub struct Sockets(Client);

impl Sockets {
    /// The WebSockets that this client manages.
    #[must_use]
    pub const fn new(client: Client) -> Self {
        Self(client)
    }

    /// Pushes a message to one connection: a [`shared::live::ToBrowser`], or to one of staff a
    /// [`shared::live::ToStaff`].
    ///
    /// # Errors
    /// [`Error::Dependency`] if the gateway may not have accepted it.
    pub async fn push(
        &self,
        connection_id: &str,
        message: &impl Serialize,
    ) -> Result<Pushed, Error> {
        let data = serde_json::to_vec(message)
            .map_err(|error| Error::dependency("writing a push", error))?;
        let post = self.0.post_to_connection().connection_id(connection_id).data(Blob::new(data));
        match post.send().await {
            Ok(_) => Ok(Pushed::Sent),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(PostToConnectionError::is_gone_exception) =>
            {
                Ok(Pushed::Gone)
            }
            Err(error) => Err(Error::dependency("pushing to a browser", error)),
        }
    }

    /// Closes one connection; one that is closed already stays so.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may still be open.
    pub async fn close(&self, connection_id: &str) -> Result<(), Error> {
        match self.0.delete_connection().connection_id(connection_id).send().await {
            Ok(_) => Ok(()),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DeleteConnectionError::is_gone_exception) =>
            {
                Ok(())
            }
            Err(error) => Err(Error::dependency("closing a socket", error)),
        }
    }
}
