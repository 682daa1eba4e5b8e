//! The orders of a restaurant, on its board or not.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::{RestaurantId, Timestamp};

use super::{item::Item, table::Orders};
use crate::{
    runtime::error::Error,
    store::dynamodb::{Decoded, number},
};

impl Orders {
    /// The orders that were placed at a restaurant from `since` to `until`, in no particular order. Those that an
    /// earlier version has placed, without the attribute by which the index `restaurant` knows them, are
    /// missing; so may one be that was placed this very second.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer for all of them.
    pub async fn placed_at(
        &self,
        restaurant: &RestaurantId,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Decoded<Item>, Error> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name("restaurant")
            .key_condition_expression(
                "restaurant_id = :restaurant AND placed_at BETWEEN :since AND :until",
            )
            .expression_attribute_values(":restaurant", AttributeValue::S(restaurant.to_string()))
            .expression_attribute_values(":since", number(since.millis()))
            .expression_attribute_values(":until", number(until.millis()));
        self.found(query).await
    }
}
