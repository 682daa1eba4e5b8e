//! Filling the table of orders with copies of a real one.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use shared::Status;

use super::shop::{Customer, Shop};
use crate::dev::load::client;

/// The most items of one BatchWriteItem call.
const BATCH: usize = 25;

/// An order as DynamoDB stores it.
pub(super) type Item = HashMap<String, AttributeValue>;

/// The table of orders of a running shop.
pub(super) struct OrdersTable {
    client: Client,
    name: String,
}

impl OrdersTable {
    /// The table of this shop.
    ///
    /// # Errors
    /// If the template has no output that names it.
    pub(super) async fn of(shop: &Shop) -> Result<Self> {
        let name = shop.running.cloud.stack().outputs.get("OrdersTableName");
        let name = name.context("the template has no output OrdersTableName")?.clone();
        Ok(Self { client: client(Some(&shop.running.cloud.endpoint())).await, name })
    }

    /// The item of an order that the customer places and receives.
    ///
    /// # Errors
    /// If it is not delivered, or not in the table.
    pub(super) async fn delivered_order(&self, customer: &mut Customer) -> Result<Item> {
        let order_id = customer.place().await?.order_id;
        while customer.next_push().await?.status != Status::Delivered {}
        let read = self.client.get_item().table_name(&self.name).consistent_read(true);
        let read = read.key("order_id", text(order_id));
        read.send().await?.item.context("a delivered order is not in the table")
    }

    /// Writes items, as they are.
    ///
    /// # Errors
    /// If the table does not take all of them.
    pub(super) async fn write(&self, items: impl Iterator<Item = Item>) -> Result<()> {
        let mut items = items.peekable();
        while items.peek().is_some() {
            let batch = items.by_ref().take(BATCH).map(|item| {
                let put = PutRequest::builder().set_item(Some(item)).build()?;
                Ok(WriteRequest::builder().put_request(put).build())
            });
            let batch = batch.collect::<Result<Vec<_>>>()?;
            let write = self.client.batch_write_item().request_items(&self.name, batch);
            let left = write.send().await?.unprocessed_items().map_or(0, HashMap::len);
            ensure!(left == 0, "the table did not take all of a batch");
        }
        Ok(())
    }
}

/// A string attribute.
pub(super) fn text(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

/// A number attribute.
pub(super) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
