//! The open WebSockets: each is in the channel of whoever opened it, and one of staff in that of each
//! restaurant whose orders they hear too, by a row in each.
//!
//! The user's row is written first and deleted last: by it all connections of a person are found. Each
//! row names the others.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::{Timestamp, UserId};

use super::{
    channel::Channel,
    restaurants::Restaurants,
    table::{Live, key, seconds},
    tickets::Purpose,
};
use crate::{
    runtime::error::Error,
    store::dynamodb::{Attributes, Decoded, number, on_condition, query_all},
};

/// How long a connection is stored without a ping, in seconds: API Gateway ends it after 2 h.
const CONNECTION_SECONDS: i64 = 2 * 3_600 + 300;
/// A connection younger than this may not be open yet, in milliseconds.
const OPENING_MILLIS: i64 = 30_000;
/// What the name of a connection's item begins with; API Gateway's id follows.
const CONNECTION: &str = "connection#";

/// An open WebSocket.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Row")]
pub struct Connection {
    /// API Gateway's id of it.
    pub id: String,
    /// Who opened it.
    pub user_id: UserId,
    /// The restaurants whose orders are pushed to it, if it is a member of staff's.
    pub restaurants: Restaurants,
    /// What a member of staff listens for.
    pub purpose: Purpose,
    /// When it was opened.
    pub connected_at: Timestamp,
    /// When it is deleted, in seconds since the epoch; the table's TTL, which deletes late.
    expires_at: i64,
}

/// A connection in one of its channels, as the table holds it.
#[derive(Serialize, Deserialize)]
struct Row {
    channel: String,
    item: String,
    /// An earlier version has written it without, in the channel of a user.
    #[serde(default)]
    user_id: Option<UserId>,
    #[serde(default, rename = "restaurant_id", skip_serializing_if = "Restaurants::is_empty")]
    restaurants: Restaurants,
    #[serde(default)]
    purpose: Purpose,
    connected_at: Timestamp,
    expires_at: i64,
}

impl TryFrom<Row> for Connection {
    type Error = &'static str;

    fn try_from(row: Row) -> Result<Self, &'static str> {
        let of_channel = || row.channel.strip_prefix("user#")?.parse().ok();
        Ok(Self {
            id: row.item.strip_prefix(CONNECTION).ok_or("it is no connection")?.to_owned(),
            user_id: row.user_id.or_else(of_channel).ok_or("it does not say whose it is")?,
            restaurants: row.restaurants,
            purpose: row.purpose,
            connected_at: row.connected_at,
            expires_at: row.expires_at,
        })
    }
}

impl Connection {
    /// A connection of that id, opened at `connected_at`, still open `now`.
    #[must_use]
    pub fn new(
        id: String,
        user_id: UserId,
        restaurants: Restaurants,
        purpose: Purpose,
        connected_at: Timestamp,
        now: Timestamp,
    ) -> Self {
        let expires_at = seconds(now) + CONNECTION_SECONDS;
        Self { id, user_id, restaurants, purpose, connected_at, expires_at }
    }

    /// The channels that it is in, the user's first.
    pub fn channels(&self) -> impl DoubleEndedIterator<Item = Channel> + use<> {
        let mut channels = vec![Channel::User(self.user_id)];
        channels.extend(self.restaurants.iter().cloned().map(Channel::Restaurant));
        channels.into_iter()
    }

    fn row(&self, channel: &Channel) -> Result<Attributes, Error> {
        let row = Row {
            channel: channel.to_string(),
            item: item(&self.id),
            user_id: Some(self.user_id),
            restaurants: self.restaurants.clone(),
            purpose: self.purpose,
            connected_at: self.connected_at,
            expires_at: self.expires_at,
        };
        serde_dynamo::to_item(row).map_err(|error| Error::dependency("writing a connection", error))
    }

    fn key(&self, channel: &Channel) -> Attributes {
        key(&channel.to_string(), &item(&self.id))
    }
}

impl Live {
    /// Stores a connection that opens.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not be stored.
    pub async fn put_connection(&self, connection: &Connection) -> Result<(), Error> {
        for channel in connection.channels() {
            let put = self.client.put_item().table_name(&self.table);
            let put = put.set_item(Some(connection.row(&channel)?));
            put.send().await.map_err(|error| Error::dependency("storing a connection", error))?;
        }
        Ok(())
    }

    /// Stores that a connection is still open, unless it is not stored any more; whether it was, in all
    /// of its channels.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not be stored.
    pub async fn refresh_connection(&self, connection: &Connection) -> Result<bool, Error> {
        for channel in connection.channels() {
            let put = self.client.put_item().table_name(&self.table);
            let put = put
                .set_item(Some(connection.row(&channel)?))
                .condition_expression("attribute_exists(channel)");
            if on_condition("refreshing a connection", put.send().await)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Deletes a connection that has ended.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may still be stored.
    pub async fn delete_connection(&self, connection: &Connection) -> Result<(), Error> {
        for channel in connection.channels().rev() {
            let delete = self.delete(connection.key(&channel)).send().await;
            delete.map_err(|error| Error::dependency("deleting a connection", error))?;
        }
        Ok(())
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
        for channel in connection.channels().rev() {
            let delete = self
                .delete(connection.key(&channel))
                .condition_expression("connected_at < :old")
                .expression_attribute_values(":old", number(old));
            on_condition("deleting a closed connection", delete.send().await)?;
        }
        Ok(())
    }

    /// The newest connections of a channel, at most [`Channel::max_connections`].
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer.
    pub async fn connections(
        &self,
        channel: &Channel,
        now: Timestamp,
    ) -> Result<Decoded<Connection>, Error> {
        let mut connections = self.newest_first(channel, now).await?;
        connections.items.truncate(channel.max_connections());
        Ok(connections)
    }

    /// The connections of a channel beyond the [`Channel::max_connections`] newest, which have to end.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer.
    pub async fn surplus_connections(
        &self,
        channel: &Channel,
        now: Timestamp,
    ) -> Result<Decoded<Connection>, Error> {
        let mut connections = self.newest_first(channel, now).await?;
        connections.items.drain(..connections.items.len().min(channel.max_connections()));
        Ok(connections)
    }

    async fn newest_first(
        &self,
        channel: &Channel,
        now: Timestamp,
    ) -> Result<Decoded<Connection>, Error> {
        let mut connections = self.all_connections(channel).await?;
        connections.items.retain(|connection| connection.expires_at > seconds(now));
        // Of those of one moment the id decides, so that two calls choose the same.
        connections
            .items
            .sort_by(|a, b| b.connected_at.cmp(&a.connected_at).then_with(|| a.id.cmp(&b.id)));
        Ok(connections)
    }

    /// All connections that are stored of a channel, by a strongly consistent query: one that was
    /// stored just now is not missed.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer.
    pub async fn all_connections(&self, channel: &Channel) -> Result<Decoded<Connection>, Error> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("channel = :channel AND begins_with(#item, :connection)")
            .expression_attribute_names("#item", "item")
            .expression_attribute_values(":channel", AttributeValue::S(channel.to_string()))
            .expression_attribute_values(":connection", AttributeValue::S(CONNECTION.to_owned()))
            .consistent_read(true);
        Ok(Decoded::new(query_all("reading connections", query).await?, "item"))
    }
}

fn item(id: &str) -> String {
    format!("{CONNECTION}{id}")
}
