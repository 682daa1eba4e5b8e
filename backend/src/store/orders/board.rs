//! The orders that somebody in a restaurant has to look after.
//!
//! An order is in the index `board` as long as it has the attribute of that name. The index knows the
//! keys alone, so that an event that leaves an order there is no write to it; and it is eventually
//! consistent, so what it finds is read from the table.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::{OrderId, RestaurantId};

use super::{
    history::Reveal,
    item::Item,
    table::{Orders, Written},
    update,
};
use crate::{runtime::error::Error, store::dynamodb::Decoded};

impl Orders {
    /// The orders that somebody in the restaurant has to look after, by the time at which they were placed.
    /// An order that was placed this very second may be missing.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer for all of them.
    pub async fn board(&self, restaurant: &RestaurantId) -> Result<Decoded<Item>, Error> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name("board")
            .key_condition_expression("#board = :restaurant")
            .expression_attribute_names("#board", "board")
            .expression_attribute_values(":restaurant", AttributeValue::S(restaurant.to_string()));
        let mut orders = self.found(query).await?;
        orders.items.retain(|item| item.board.as_ref() == Some(restaurant));
        orders.items.sort_by_key(|item| (item.order.placed_at, item.order.order_id));
        Ok(orders)
    }

    /// Takes an order off its restaurant's board, whether or not it is on it.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may still be there.
    pub async fn take_off_board(&self, order_id: OrderId) -> Result<(), Error> {
        self.update(order_id, update::take_off_board()).await.map(drop)
    }

    /// Records that a member of staff was shown the customer's phone number; whether it was, which it is not
    /// if that has been recorded often enough.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not be recorded.
    pub async fn record_reveal(&self, order_id: OrderId, reveal: &Reveal) -> Result<bool, Error> {
        let written = self.update(order_id, update::reveal(reveal)?).await?;
        Ok(matches!(written, Written::Done(_)))
    }
}
