//! The table, its keys and its times.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client, operation::delete_item::builders::DeleteItemFluentBuilder, types::AttributeValue,
};
use shared::Timestamp;

use crate::store::dynamodb::Attributes;

/// The table of connections and tickets.
#[derive(Clone)]
pub struct Live {
    pub(super) client: Client,
    pub(super) table: String,
}

impl Live {
    /// The table of that name.
    #[must_use]
    pub const fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    pub(super) fn delete(&self, key: Attributes) -> DeleteItemFluentBuilder {
        self.client.delete_item().table_name(&self.table).set_key(Some(key))
    }
}

pub(super) fn key(channel: &str, item: &str) -> Attributes {
    HashMap::from([
        ("channel".to_owned(), AttributeValue::S(channel.to_owned())),
        ("item".to_owned(), AttributeValue::S(item.to_owned())),
    ])
}

/// Seconds since the epoch, as DynamoDB's TTL counts.
pub(super) const fn seconds(at: Timestamp) -> i64 {
    at.millis() / 1_000
}
