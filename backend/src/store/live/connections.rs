//! The open WebSockets of a customer.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::{Timestamp, UserId};

use super::table::{Live, channel, key, seconds};
use crate::{
    runtime::error::Error,
    store::dynamodb::{Decoded, number, on_condition, query_all},
};

/// How long a connection is stored without a ping, in seconds: API Gateway ends it after 2 h.
const CONNECTION_SECONDS: i64 = 2 * 3_600 + 300;
/// How many connections a customer has at most.
pub const MAX_CONNECTIONS: usize = 20;
/// A connection younger than this may not be open yet, in milliseconds.
const OPENING_MILLIS: i64 = 30_000;

/// An open WebSocket of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Whose events are pushed to it: `user#{id}`.
    pub channel: String,
    /// `connection#{id}`.
    item: String,
    /// When it was opened.
    pub connected_at: Timestamp,
    /// When it is deleted, in seconds since the epoch; the table's TTL, which deletes late.
    expires_at: i64,
}

impl Connection {
    /// A connection of that id, opened at `connected_at`, still open `now`.
    #[must_use]
    pub fn new(user: UserId, id: &str, connected_at: Timestamp, now: Timestamp) -> Self {
        Self {
            channel: channel(user),
            item: item(id),
            connected_at,
            expires_at: seconds(now) + CONNECTION_SECONDS,
        }
    }

    /// API Gateway's id of the connection.
    #[must_use]
    pub fn id(&self) -> &str {
        self.item.strip_prefix("connection#").unwrap_or_default()
    }
}

impl Live {
    /// Stores a connection that opens.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not be stored.
    pub async fn put_connection(&self, connection: &Connection) -> Result<(), Error> {
        let item = serde_dynamo::to_item(connection)
            .map_err(|error| Error::dependency("writing a connection", error))?;
        let put = self.client.put_item().table_name(&self.table).set_item(Some(item));
        put.send().await.map(drop).map_err(|error| Error::dependency("storing a connection", error))
    }

    /// Stores that a connection is still open, unless it is not stored any more; whether it was.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not be stored.
    pub async fn refresh_connection(&self, connection: &Connection) -> Result<bool, Error> {
        let item = serde_dynamo::to_item(connection)
            .map_err(|error| Error::dependency("writing a connection", error))?;
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_exists(channel)");
        let refreshed = on_condition("refreshing a connection", put.send().await)?;
        Ok(refreshed.is_some())
    }

    /// Deletes a connection that has ended.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may still be stored.
    pub async fn delete_connection(&self, user: UserId, id: &str) -> Result<(), Error> {
        self.delete(key(&channel(user), &item(id)))
            .send()
            .await
            .map(drop)
            .map_err(|error| Error::dependency("deleting a connection", error))
    }

    /// Deletes a connection that a push found closed, unless it is so young that it may not be open
    /// yet. The time in the table counts, for the connection may have been stored anew.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may still be stored though closed.
    pub async fn delete_closed_connection(
        &self,
        connection: &Connection,
        now: Timestamp,
    ) -> Result<(), Error> {
        let old = now.plus_millis(-OPENING_MILLIS).millis();
        let delete = self
            .delete(key(&connection.channel, &connection.item))
            .condition_expression("connected_at < :old")
            .expression_attribute_values(":old", number(old));
        on_condition("deleting a closed connection", delete.send().await).map(drop)
    }

    /// The customer's newest connections, at most [`MAX_CONNECTIONS`].
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer.
    pub async fn connections(
        &self,
        user: UserId,
        now: Timestamp,
    ) -> Result<Decoded<Connection>, Error> {
        let mut connections = self.newest_first(user, now).await?;
        connections.items.truncate(MAX_CONNECTIONS);
        Ok(connections)
    }

    /// The customer's connections beyond the [`MAX_CONNECTIONS`] newest, which have to end.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer.
    pub async fn surplus_connections(
        &self,
        user: UserId,
        now: Timestamp,
    ) -> Result<Decoded<Connection>, Error> {
        let mut connections = self.newest_first(user, now).await?;
        connections.items.drain(..connections.items.len().min(MAX_CONNECTIONS));
        Ok(connections)
    }

    async fn newest_first(
        &self,
        user: UserId,
        now: Timestamp,
    ) -> Result<Decoded<Connection>, Error> {
        let mut connections = self.all_connections(user).await?;
        connections.items.retain(|connection| connection.expires_at > seconds(now));
        // Of those of one moment the id decides, so that two calls choose the same.
        connections
            .items
            .sort_by(|a, b| b.connected_at.cmp(&a.connected_at).then_with(|| a.item.cmp(&b.item)));
        Ok(connections)
    }

    /// All connections that are stored of the customer, by a strongly consistent query: one that
    /// was stored just now is not missed.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer.
    pub async fn all_connections(&self, user: UserId) -> Result<Decoded<Connection>, Error> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("channel = :channel AND begins_with(#item, :connection)")
            .expression_attribute_names("#item", "item")
            .expression_attribute_values(":channel", AttributeValue::S(channel(user)))
            .expression_attribute_values(":connection", AttributeValue::S(item("")))
            .consistent_read(true);
        Ok(Decoded::new(query_all("reading connections", query).await?, "item"))
    }
}

fn item(id: &str) -> String {
    format!("connection#{id}")
}
