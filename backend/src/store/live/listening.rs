//! When a device showed a restaurant's orders last: each ping of one says so.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::{RestaurantId, Timestamp};

use super::{
    channel::Channel,
    table::{Live, key, seconds},
};
use crate::{runtime::error::Error, store::dynamodb::number};

/// The name of the item in the restaurant's channel.
const ITEM: &str = "listening";
/// How long it is stored, in seconds; a restaurant where nobody has listened for longer has none.
const STORED_SECONDS: i64 = 86_400;

impl Live {
    /// Stores that a device shows the restaurant's orders now.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not be stored.
    pub async fn record_heartbeat(
        &self,
        restaurant: &RestaurantId,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut item = key(&Channel::Restaurant(restaurant.clone()).to_string(), ITEM);
        item.insert("at".to_owned(), number(now.millis()));
        item.insert("expires_at".to_owned(), number(seconds(now) + STORED_SECONDS));
        let put = self.client.put_item().table_name(&self.table).set_item(Some(item));
        put.send()
            .await
            .map(drop)
            .map_err(|error| Error::dependency("storing that somebody listens", error))
    }

    /// Whether no device has shown the restaurant's orders for so many seconds.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer.
    pub async fn is_unattended(
        &self,
        restaurant: &RestaurantId,
        for_seconds: i64,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let channel = Channel::Restaurant(restaurant.clone()).to_string();
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key(&channel, ITEM)))
            .send()
            .await
            .map_err(|error| Error::dependency("reading whether somebody listens", error))?;
        let item = answer.item.unwrap_or_default();
        let at = item.get("at").map(AttributeValue::as_n).and_then(Result::ok);
        let at = at.and_then(|at| at.parse().ok()).map(Timestamp::from_millis);
        Ok(at.is_none_or(|at| now.millis_since(at) >= for_seconds * 1_000))
    }
}
