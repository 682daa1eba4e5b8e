//! Finding orders: a customer's, page by page, and those that need attention.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::{OrderId, Timestamp, UserId, api::OrderSummary};

use super::{cursor::Cursor, table::Orders};
use crate::{
    runtime::error::Error,
    store::dynamodb::{Decoded, number},
};

/// How many orders a page of the list holds.
const PAGE: i32 = 20;
/// How many orders of a shard that need attention are returned at once.
const DUE: i32 = 250;

/// A page of a customer's orders.
#[derive(Debug)]
pub struct Page {
    /// Its orders, newest first.
    pub orders: Vec<OrderSummary>,
    /// Why others are left out: [`Error::Unreadable`].
    pub unreadable: Vec<Error>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

impl Orders {
    /// A page of a customer's orders without their dishes; `cursor` is that of the page before.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer.
    pub async fn page(&self, user: UserId, cursor: Option<Cursor>) -> Result<Page, Error> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name("by_user")
            .key_condition_expression("user_id = :user")
            .expression_attribute_values(":user", AttributeValue::S(user.to_string()))
            .scan_index_forward(false)
            .limit(PAGE)
            .set_exclusive_start_key(cursor.map(|cursor| cursor.start_key(user)))
            .send()
            .await
            .map_err(|error| Error::dependency("listing orders", error))?;
        let next = answer.last_evaluated_key.as_ref().and_then(Cursor::from_key);
        let Decoded { items: orders, unreadable } =
            Decoded::new(answer.items.unwrap_or_default(), "order_id");
        Ok(Page { orders, unreadable, next })
    }

    /// The ids of a shard's orders whose attention is due, longest due first.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer.
    pub async fn due(&self, shard: u8, now: Timestamp) -> Result<Vec<OrderId>, Error> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name("attention")
            .key_condition_expression("attention_shard = :shard AND attention_at <= :now")
            .expression_attribute_values(":shard", number(i64::from(shard)))
            .expression_attribute_values(":now", number(now.millis()))
            .limit(DUE)
            .send()
            .await
            .map_err(|error| Error::dependency("looking for orders that need attention", error))?;
        let ids = answer.items.unwrap_or_default().into_iter();
        Ok(ids.filter_map(|item| item.get("order_id")?.as_s().ok()?.parse().ok()).collect())
    }
}
