//! The orders that an index finds, as the table holds them: an index of keys alone is written once per order and
//! eventually consistent.

use aws_sdk_dynamodb::{
    operation::query::builders::QueryFluentBuilder,
    types::{KeysAndAttributes, builders::KeysAndAttributesBuilder},
};
use shared::OrderId;

use super::{
    item::Item,
    table::{Orders, key},
};
use crate::{
    runtime::error::Error,
    store::dynamodb::{Attributes, Decoded, query_all},
};

const READING: &str = "reading a restaurant's orders";
/// The most keys of a `BatchGetItem` (Amazon DynamoDB API Reference, "BatchGetItem").
const BATCH: usize = 100;
/// How often what DynamoDB leaves out of its answers is asked for again.
const ATTEMPTS: usize = 5;

impl Orders {
    /// The orders whose keys a query finds, in no particular order.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer for all of them.
    pub(super) async fn found(&self, query: QueryFluentBuilder) -> Result<Decoded<Item>, Error> {
        self.found_where(query, |_| true).await
    }

    /// The same of those whose id is wanted: of the others, only the key is read.
    ///
    /// # Errors
    /// As [`Orders::found`].
    pub(super) async fn found_where(
        &self,
        query: QueryFluentBuilder,
        is_wanted: impl Fn(OrderId) -> bool,
    ) -> Result<Decoded<Item>, Error> {
        let found = query_all(READING, query).await?;
        let ids = found.iter().filter_map(|item| item.get("order_id")?.as_s().ok()?.parse().ok());
        let keys: Vec<Attributes> = ids.filter(|id| is_wanted(*id)).map(key).collect();
        let mut items = Vec::with_capacity(keys.len());
        for keys in keys.chunks(BATCH) {
            let whole = KeysAndAttributes::builder().consistent_read(true);
            items.extend(self.batch(READING, whole, keys).await?);
        }
        Ok(Decoded::new(items, "order_id"))
    }

    /// What `parts` wants of these items, at most [`BATCH`].
    ///
    /// # Errors
    /// [`Error::Dependency`] of this operation if the table did not answer for all of them.
    pub(super) async fn batch(
        &self,
        operation: &'static str,
        parts: KeysAndAttributesBuilder,
        keys: &[Attributes],
    ) -> Result<Vec<Attributes>, Error> {
        let mut items = Vec::with_capacity(keys.len());
        let mut missing = keys.to_vec();
        for _ in 0..ATTEMPTS {
            let wanted = parts.clone().set_keys(Some(missing)).build();
            let wanted = wanted.map_err(|error| Error::dependency(operation, error))?;
            let answer = self
                .client
                .batch_get_item()
                .request_items(&self.table, wanted)
                .send()
                .await
                .map_err(|error| Error::dependency(operation, error))?;
            items.extend(
                answer.responses.unwrap_or_default().remove(&self.table).unwrap_or_default(),
            );
            let left = answer.unprocessed_keys.unwrap_or_default().remove(&self.table);
            match left.map(|left| left.keys).filter(|keys| !keys.is_empty()) {
                Some(keys) => missing = keys,
                None => return Ok(items),
            }
        }
        Err(Error::Dependency { operation, cause: "some were left out".to_owned() })
    }
}
