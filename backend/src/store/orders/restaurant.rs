//! The orders of a restaurant, on its board or not.

use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::AttributeValue};
use shared::{OrderId, RestaurantId, Timestamp};

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
        self.found(self.placed_between(restaurant, since, until)).await
    }

    /// The same of those whose id is wanted, and whose items alone are read.
    ///
    /// # Errors
    /// As [`Orders::placed_at`].
    pub async fn placed_where(
        &self,
        restaurant: &RestaurantId,
        since: Timestamp,
        until: Timestamp,
        is_wanted: impl Fn(OrderId) -> bool,
    ) -> Result<Decoded<Item>, Error> {
        self.found_where(self.placed_between(restaurant, since, until), is_wanted).await
    }

    fn placed_between(
        &self,
        restaurant: &RestaurantId,
        since: Timestamp,
        until: Timestamp,
    ) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .index_name("restaurant")
            .key_condition_expression(
                "restaurant_id = :restaurant AND placed_at BETWEEN :since AND :until",
            )
            .expression_attribute_values(":restaurant", AttributeValue::S(restaurant.to_string()))
            .expression_attribute_values(":since", number(since.millis()))
            .expression_attribute_values(":until", number(until.millis()))
    }
}
