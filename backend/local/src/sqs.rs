//! SQS: the standard queues of the template, kept in the store.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use uuid::Uuid;

pub(crate) mod api;
pub(crate) mod properties;

use crate::store::Store;
use crate::template::{Resource, Stack};
use crate::time::now_ms;

/// The largest message a queue may take, in bytes
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>).
const LARGEST_MESSAGE: u64 = 1_048_576;

/// A handle to all queues; clones share them.
#[derive(Clone, Debug)]
pub struct Sqs {
    store: Store,
    queues: Arc<BTreeMap<String, Queue>>,
}

#[derive(Debug)]
struct Queue {
    url: String,
    arn: String,
    retention_ms: u64,
    visibility_ms: u64,
    wait_ms: u64,
    delay_ms: u64,
    /// The largest message, in bytes.
    largest: u64,
    arrived: Notify,
}

/// Message attributes that are text, by name.
pub type Attributes = BTreeMap<String, String>;

/// A message of a queue.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Message {
    /// Its id.
    pub message_id: String,
    /// What was sent.
    pub body: String,
    /// Its message attributes.
    pub attributes: Attributes,
    /// When it was sent, in milliseconds since 1970.
    pub sent: u64,
    /// How often it was received.
    pub receive_count: u32,
}

/// A message that was received: hidden from other receivers until its visibility timeout ends.
struct Received {
    message: Message,
    /// By which `DeleteMessage` names it.
    receipt_handle: String,
}

impl Sqs {
    /// The queues of a stack.
    ///
    /// # Errors
    /// If the store fails, or a queue uses what is not supported by the local emulator.
    pub(crate) fn new(stack: &Stack, store: Store) -> Result<Self> {
        store.with(|connection| {
            connection.execute_batch(
                "CREATE TABLE IF NOT EXISTS sqs_messages (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    queue TEXT NOT NULL,
                    message_id TEXT NOT NULL,
                    body TEXT NOT NULL,
                    attributes TEXT NOT NULL,
                    sent INTEGER NOT NULL,
                    visible INTEGER NOT NULL,
                    receive_count INTEGER NOT NULL DEFAULT 0,
                    receipt TEXT
                ) STRICT;
                CREATE INDEX IF NOT EXISTS sqs_visible ON sqs_messages (queue, visible);",
            )
        })?;
        let queues = stack.of_kind("AWS::SQS::Queue");
        let queues = queues.map(|it| Ok((it.physical_id.clone(), queue(stack, it)?)));
        Ok(Self { store, queues: Arc::new(queues.collect::<Result<_>>()?) })
    }

    /// The name of the queue with this ARN, if there is one.
    pub(crate) fn by_arn(&self, arn: &str) -> Option<&str> {
        self.queues.iter().find(|(_, it)| it.arn == arn).map(|(name, _)| name.as_str())
    }

    /// Everything in a queue, visible or not, oldest first.
    ///
    /// # Errors
    /// The store's.
    pub fn messages(&self, queue: &str) -> Result<Vec<Message>> {
        let select = "SELECT message_id, body, attributes, sent, receive_count
            FROM sqs_messages WHERE queue = ?1 ORDER BY id";
        Ok(self.store.with(|connection| {
            let mut select = connection.prepare_cached(select)?;
            select.query_map([queue], message)?.collect()
        })?)
    }

    /// Puts a message on a queue within the caller's transaction; call [`Sqs::arrived`] after its
    /// commit. Returns the message's id.
    ///
    /// # Errors
    /// If the store does.
    pub(crate) fn put(
        &self,
        connection: &Connection,
        queue: &str,
        body: &str,
        attributes: &Attributes,
        delay_ms: Option<u64>,
    ) -> rusqlite::Result<String> {
        let message_id = Uuid::now_v7().to_string();
        let sent = now_ms();
        let delay = delay_ms.or(self.queues.get(queue).map(|it| it.delay_ms)).unwrap_or(0);
        let attributes = serde_json::to_string(attributes).unwrap_or_default();
        connection
            .prepare_cached(
                "INSERT INTO sqs_messages (queue, message_id, body, attributes, sent, visible)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![queue, message_id, body, attributes, sent, sent + delay])?;
        Ok(message_id)
    }

    /// Deletes a message, also one in flight, within the caller's transaction; returns how many
    /// there were: one or none.
    pub(crate) fn remove(
        &self,
        connection: &Connection,
        queue: &str,
        message_id: &str,
    ) -> rusqlite::Result<usize> {
        connection.execute(
            "DELETE FROM sqs_messages WHERE queue = ?1 AND message_id = ?2",
            params![queue, message_id],
        )
    }

    /// Wakes who waits for a message of this queue.
    pub(crate) fn arrived(&self, queue: &str) {
        if let Some(queue) = self.queues.get(queue) {
            queue.arrived.notify_waiters();
        }
    }

    /// Takes up to `most` visible messages, and hides them for the visibility timeout.
    fn take(
        &self,
        queue: &str,
        most: u64,
        visibility_ms: Option<u64>,
    ) -> rusqlite::Result<Vec<Received>> {
        let Some(settings) = self.queues.get(queue) else { return Ok(Vec::new()) };
        let now = now_ms();
        let hidden_until = now + visibility_ms.unwrap_or(settings.visibility_ms);
        self.store.transaction(|transaction| {
            let expired = now.saturating_sub(settings.retention_ms);
            transaction.execute(
                "DELETE FROM sqs_messages WHERE queue = ?1 AND sent < ?2",
                params![queue, expired],
            )?;
            let mut taken = Vec::new();
            // A receive returns each message once, also with a visibility timeout of 0.
            let mut last = 0;
            while u64::try_from(taken.len()).is_ok_and(|count| count < most)
                && let Some((id, next)) = take_one(transaction, queue, last, now, hidden_until)?
            {
                last = id;
                taken.push(next);
            }
            Ok(taken)
        })
    }

    fn delete(&self, queue: &str, receipt: &str) -> rusqlite::Result<usize> {
        let delete = "DELETE FROM sqs_messages WHERE queue = ?1 AND receipt = ?2";
        self.store.with(|connection| connection.execute(delete, params![queue, receipt]))
    }

    /// How many messages are visible, hidden by a receiver, and delayed.
    fn counts(&self, queue: &str) -> rusqlite::Result<(u64, u64, u64)> {
        let select = "SELECT
                count(*) FILTER (WHERE visible <= ?2),
                count(*) FILTER (WHERE visible > ?2 AND receive_count > 0),
                count(*) FILTER (WHERE visible > ?2 AND receive_count = 0)
            FROM sqs_messages WHERE queue = ?1";
        let counts = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        self.store.with(|connection| connection.query_row(select, params![queue, now_ms()], counts))
    }
}

fn queue(stack: &Stack, resource: &Resource) -> Result<Queue> {
    let largest = resource.number("/MaximumMessageSize")?.unwrap_or(LARGEST_MESSAGE);
    if !(1_024..=LARGEST_MESSAGE).contains(&largest) {
        let why = format!("MaximumMessageSize must be 1024 to {LARGEST_MESSAGE}");
        return Err(resource.refuse(&why));
    }
    let seconds =
        |pointer, default| resource.number(pointer).map(|it| it.unwrap_or(default) * 1_000);
    Ok(Queue {
        url: stack.reference(&resource.logical_id).unwrap_or_default(),
        arn: stack.arn(&resource.logical_id).unwrap_or_default(),
        retention_ms: seconds("/MessageRetentionPeriod", 345_600)?,
        visibility_ms: seconds("/VisibilityTimeout", 30)?,
        wait_ms: seconds("/ReceiveMessageWaitTimeSeconds", 0)?,
        delay_ms: seconds("/DelaySeconds", 0)?,
        largest,
        arrived: Notify::new(),
    })
}

fn take_one(
    connection: &Connection,
    queue: &str,
    after: i64,
    now: u64,
    hidden_until: u64,
) -> rusqlite::Result<Option<(i64, Received)>> {
    let receipt_handle = Uuid::now_v7().simple().to_string();
    let update = "UPDATE sqs_messages
        SET visible = ?3, receipt = ?4, receive_count = receive_count + 1
        WHERE id = (
            SELECT id FROM sqs_messages
            WHERE queue = ?1 AND visible <= ?2 AND id > ?5 ORDER BY id LIMIT 1
        )
        RETURNING message_id, body, attributes, sent, receive_count, id";
    connection
        .prepare_cached(update)?
        .query_row(params![queue, now, hidden_until, receipt_handle, after], |row| {
            Ok((row.get(5)?, message(row)?))
        })
        .optional()
        .map(|it| it.map(|(id, message)| (id, Received { message, receipt_handle })))
}

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    let attributes: String = row.get(2)?;
    Ok(Message {
        message_id: row.get(0)?,
        body: row.get(1)?,
        attributes: serde_json::from_str(&attributes).unwrap_or_default(),
        sent: row.get(3)?,
        receive_count: row.get(4)?,
    })
}
