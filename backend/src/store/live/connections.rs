//! Who is listening: the table of connections and tickets, and the open sockets.

use std::{collections::HashMap, str::FromStr};

use aws_sdk_apigatewaymanagement::{
    operation::{
        delete_connection::DeleteConnectionError, post_to_connection::PostToConnectionError,
    },
    primitives::Blob,
};
use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, Put, ReturnValue},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use shared::{Timestamp, UserId, live::ToBrowser};

use crate::{Error, error::on_condition, orders::number, people::People, readable::readable};

/// How long a connection is remembered without a ping, in seconds: API Gateway ends it after 2 h.
const CONNECTION_SECONDS: i64 = 2 * 3_600 + 300;
/// How long a ticket can be spent, in seconds.
pub const TICKET_SECONDS: i64 = 60;
/// The item that says since when a customer's sessions have ended.
const SESSIONS_ENDED: &str = "sessions_ended";
/// For how long that is kept, in seconds: an access token is good for 15 minutes.
const ENDED_SECONDS: i64 = 3_600;
/// By how much our clock and Cognito's may differ, in seconds.
const CLOCKS_DIFFER: i64 = 1;
/// How many connections a customer has at most, and is pushed to: the newest.
pub const PUSHED_TO: usize = 20;
/// A connection younger than this may not be open yet, in milliseconds.
const MAY_NOT_BE_OPEN: i64 = 30_000;

/// The table of connections and tickets.
pub struct Live {
    client: Client,
    table: String,
}

/// A browser that listens for a customer's orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Whose orders it listens for: `user#{id}`.
    pub channel: String,
    /// `connection#{id}`.
    item: String,
    /// When it was opened.
    pub connected_at: Timestamp,
    /// When it is forgotten, in seconds since the epoch; the table's TTL, which deletes late.
    expires_at: i64,
}

impl Connection {
    /// A connection of that id, opened then, still there now.
    #[must_use]
    pub fn new(user: UserId, id: &str, connected_at: Timestamp, now: Timestamp) -> Self {
        Self {
            channel: channel(user),
            item: format!("connection#{id}"),
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

/// Whose a ticket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// The customer.
    pub user: UserId,
    /// When the access token was issued by which it was asked for, in seconds since the epoch.
    pub issued_at: i64,
}

/// Permission to open one WebSocket: 256 random bits in unpadded base64url.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket(String);

/// A text that is no ticket.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be 43 characters of base64url")]
pub struct TicketError;

impl Ticket {
    /// The ticket of these bits, which nobody must be able to guess.
    #[must_use]
    pub fn new(random: [u8; 32]) -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(random))
    }
}

impl FromStr for Ticket {
    type Err = TicketError;

    fn from_str(text: &str) -> Result<Self, TicketError> {
        let is_ticket = text.len() == 43
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if is_ticket { Ok(Self(text.to_owned())) } else { Err(TicketError) }
    }
}

impl From<Ticket> for String {
    fn from(ticket: Ticket) -> Self {
        ticket.0
    }
}

impl Live {
    /// The table of that name.
    #[must_use]
    pub const fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// Remembers a connection, or that it is still there.
    ///
    /// # Errors
    /// [`Error::Outside`] if it may not be remembered.
    pub async fn remember(&self, connection: &Connection) -> Result<(), Error> {
        let item = serde_dynamo::to_item(connection)
            .map_err(|error| Error::outside("writing a connection", error))?;
        let put = self.client.put_item().table_name(&self.table).set_item(Some(item));
        put.send()
            .await
            .map(drop)
            .map_err(|error| Error::outside("remembering a connection", error))
    }

    /// Forgets a connection that has ended.
    ///
    /// # Errors
    /// [`Error::Outside`] if it may still be remembered.
    pub async fn forget(&self, user: UserId, id: &str) -> Result<(), Error> {
        self.delete(key(&channel(user), &format!("connection#{id}")))
            .send()
            .await
            .map(drop)
            .map_err(|error| Error::outside("forgetting a connection", error))
    }

    /// Forgets a connection that is gone, unless it is so young that it may not be open yet: the
    /// table's word counts, for the connection may have been remembered anew.
    ///
    /// # Errors
    /// [`Error::Outside`] if it may still be remembered though gone.
    pub async fn forget_gone(&self, connection: &Connection, now: Timestamp) -> Result<(), Error> {
        let old = now.plus_millis(-MAY_NOT_BE_OPEN).millis();
        let delete = self
            .delete(key(&connection.channel, &connection.item))
            .condition_expression("connected_at < :old")
            .expression_attribute_values(":old", AttributeValue::N(old.to_string()));
        on_condition("forgetting a connection that is gone", delete.send().await).map(drop)
    }

    /// The customer's newest connections: those that are pushed to.
    ///
    /// # Errors
    /// [`Error::Outside`] if the table did not answer.
    pub async fn connections(
        &self,
        user: UserId,
        now: Timestamp,
    ) -> Result<Vec<Connection>, Error> {
        let mut connections = self.newest_first(user, now).await?;
        connections.truncate(PUSHED_TO);
        Ok(connections)
    }

    /// The customer's connections that have to end before another one opens, so that there are
    /// never more than are pushed to: the oldest.
    ///
    /// # Errors
    /// [`Error::Outside`] if the table did not answer.
    pub async fn surplus(&self, user: UserId, now: Timestamp) -> Result<Vec<Connection>, Error> {
        let connections = self.newest_first(user, now).await?;
        Ok(connections.into_iter().skip(PUSHED_TO - 1).collect())
    }

    async fn newest_first(&self, user: UserId, now: Timestamp) -> Result<Vec<Connection>, Error> {
        let mut connections = self.every_connection(user).await?;
        connections.retain(|connection| connection.expires_at > seconds(now));
        connections.sort_by_key(|connection| std::cmp::Reverse(connection.connected_at));
        Ok(connections)
    }

    /// Counts one of the customer's actions of this minute; whether they are no more than `most`.
    ///
    /// # Errors
    /// [`Error::Outside`] if it may not have been counted.
    pub async fn count(
        &self,
        user: UserId,
        counter: &str,
        most: u32,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let minute = seconds(now).div_euclid(60);
        let item = format!("limit#{counter}#{minute}");
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(&channel(user), &item)))
            .update_expression("ADD #count :one SET expires_at = :end")
            .condition_expression("attribute_not_exists(#count) OR #count < :most")
            .expression_attribute_names("#count", "count")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":most", number(i64::from(most)))
            .expression_attribute_values(":end", number((minute + 2) * 60));
        let counted = on_condition("counting a customer's actions", update.send().await)?;
        Ok(counted.is_some())
    }

    /// Whatever is remembered of the customer's connections, by a strongly consistent query: a
    /// fresh one is not missed.
    ///
    /// # Errors
    /// [`Error::Outside`] if the table did not answer.
    pub async fn every_connection(&self, user: UserId) -> Result<Vec<Connection>, Error> {
        let items = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("channel = :channel AND begins_with(#item, :connection)")
            .expression_attribute_names("#item", "item")
            .expression_attribute_values(":channel", AttributeValue::S(channel(user)))
            .expression_attribute_values(":connection", AttributeValue::S("connection#".to_owned()))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await
            .map_err(|error| Error::outside("looking for connections", error))?;
        Ok(readable(items, "item"))
    }

    /// Keeps a ticket for its customer, if the account is open.
    ///
    /// # Errors
    /// `account-closed`, or [`Error::Outside`] if it may not be kept.
    pub async fn keep_ticket(
        &self,
        people: &People,
        ticket: &Ticket,
        holder: Holder,
        expires_at: Timestamp,
    ) -> Result<(), Error> {
        let Holder { user, issued_at } = holder;
        let mut item = ticket_key(ticket);
        item.insert("user_id".to_owned(), AttributeValue::S(user.to_string()));
        item.insert("issued_at".to_owned(), number(issued_at));
        item.insert("expires_at".to_owned(), number(seconds(expires_at)));
        let put = Put::builder().table_name(&self.table).set_item(Some(item));
        people.while_open(user, put).await.map(drop)
    }

    /// Spends a ticket: its customer, once.
    ///
    /// # Errors
    /// [`Error::Outside`] if the table did not answer; the ticket may be spent then.
    pub async fn spend_ticket(
        &self,
        ticket: &Ticket,
        now: Timestamp,
    ) -> Result<Option<Holder>, Error> {
        let delete = self
            .delete(ticket_key(ticket))
            .condition_expression("expires_at > :now")
            .expression_attribute_values(":now", AttributeValue::N(seconds(now).to_string()))
            .return_values(ReturnValue::AllOld);
        let spent = on_condition("spending a ticket", delete.send().await)?;
        let item = spent.and_then(|spent| spent.attributes);
        Ok(item.and_then(|item| {
            let user = item.get("user_id")?.as_s().ok()?.parse().ok()?;
            let issued_at = item.get("issued_at").and_then(|at| at.as_n().ok()?.parse().ok());
            Some(Holder { user, issued_at: issued_at.unwrap_or_default() })
        }))
    }

    /// Notes that whoever was signed in before now opens no socket any more. Kept for longer than
    /// an access token is good for.
    ///
    /// # Errors
    /// [`Error::Outside`] if it may not have been noted.
    pub async fn end_sessions(&self, user: UserId, now: Timestamp) -> Result<(), Error> {
        let mut item = key(&channel(user), SESSIONS_ENDED);
        item.insert("ended_at".to_owned(), number(seconds(now) - CLOCKS_DIFFER));
        item.insert("expires_at".to_owned(), number(seconds(now) + ENDED_SECONDS));
        let put = self.client.put_item().table_name(&self.table).set_item(Some(item));
        put.send().await.map(drop).map_err(|error| Error::outside("ending sessions", error))
    }

    /// Whether the session that a ticket was made in has ended since, by a strongly consistent read.
    ///
    /// # Errors
    /// [`Error::Outside`] if the table did not answer.
    pub async fn has_ended(&self, holder: Holder) -> Result<bool, Error> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key(&channel(holder.user), SESSIONS_ENDED)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| Error::outside("looking whether a session has ended", error))?;
        let ended_at: Option<i64> =
            answer.item.and_then(|item| item.get("ended_at")?.as_n().ok()?.parse().ok());
        Ok(ended_at.is_some_and(|ended_at| holder.issued_at < ended_at))
    }

    fn delete(
        &self,
        key: HashMap<String, AttributeValue>,
    ) -> aws_sdk_dynamodb::operation::delete_item::builders::DeleteItemFluentBuilder {
        self.client.delete_item().table_name(&self.table).set_key(Some(key))
    }
}

/// What came of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// The gateway took it.
    Sent,
    /// The connection is not open: not yet, or no longer (410).
    Gone,
}

/// The open WebSockets (`@connections`).
pub struct Sockets(aws_sdk_apigatewaymanagement::Client);

impl Sockets {
    /// The sockets that this client manages.
    #[must_use]
    pub const fn new(client: aws_sdk_apigatewaymanagement::Client) -> Self {
        Self(client)
    }

    /// Pushes a message to one connection.
    ///
    /// # Errors
    /// [`Error::Outside`] if the gateway may not have taken it.
    pub async fn push(&self, connection_id: &str, message: &ToBrowser) -> Result<Pushed, Error> {
        let data =
            serde_json::to_vec(message).map_err(|error| Error::outside("writing a push", error))?;
        match self
            .0
            .post_to_connection()
            .connection_id(connection_id)
            .data(Blob::new(data))
            .send()
            .await
        {
            Ok(_) => Ok(Pushed::Sent),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(PostToConnectionError::is_gone_exception) =>
            {
                Ok(Pushed::Gone)
            }
            Err(error) => Err(Error::outside("pushing to a browser", error)),
        }
    }

    /// Closes one connection, or finds that it is closed.
    ///
    /// # Errors
    /// [`Error::Outside`] if it may still be open.
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
            Err(error) => Err(Error::outside("closing a socket", error)),
        }
    }
}

fn channel(user: UserId) -> String {
    format!("user#{user}")
}

fn ticket_key(ticket: &Ticket) -> HashMap<String, AttributeValue> {
    key(&format!("ticket#{}", ticket.0), "ticket")
}

fn key(channel: &str, item: &str) -> HashMap<String, AttributeValue> {
    [("channel", channel), ("item", item)]
        .map(|(name, value)| (name.to_owned(), AttributeValue::S(value.to_owned())))
        .into()
}

const fn seconds(at: Timestamp) -> i64 {
    at.millis() / 1_000
}
