//! What was ordered, for the list of orders.
//!
//! The index `by_user` does not project it, and cannot be made to: CloudFormation refuses to change
//! an index's projection, and an index beside it would store every order's list entry twice. So a
//! page of the list is one query of the index and one batch of the orders it names.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use serde::Deserialize;
use shared::{
    OrderId,
    api::{OrderSummary, SummaryLine},
};

use crate::{
    Error,
    orders::{Orders, key},
    readable::readable,
};

/// The part of an order's item that the list shows.
#[derive(Deserialize)]
struct Ordered {
    order_id: OrderId,
    basket: Option<Basket>,
}

#[derive(Deserialize)]
struct Basket {
    bill: Bill,
}

#[derive(Deserialize)]
struct Bill {
    lines: Vec<SummaryLine>,
}

const READING: &str = "reading what was ordered";

impl Orders {
    /// Adds to the orders of a page what was ordered. One that DynamoDB leaves out of its answer,
    /// as it may when it is busy, or that cannot be read is listed without.
    ///
    /// # Errors
    /// [`Error::Outside`] if the table did not answer.
    pub async fn with_dishes(
        &self,
        mut orders: Vec<OrderSummary>,
    ) -> Result<Vec<OrderSummary>, Error> {
        if orders.is_empty() {
            return Ok(orders); // an empty batch is an error
        }
        let mut lines = self.lines(orders.iter().map(|order| order.order_id)).await?;
        for order in &mut orders {
            let mut lines = lines.remove(&order.order_id).unwrap_or_default();
            let more = lines.len().saturating_sub(OrderSummary::MAX_DISHES);
            lines.truncate(OrderSummary::MAX_DISHES);
            order.dishes = lines;
            order.more_dishes = u32::try_from(more).unwrap_or(u32::MAX);
        }
        Ok(orders)
    }

    /// The lines of each of these orders that has any; at most 100 orders, as a batch takes no more.
    async fn lines(
        &self,
        ids: impl Iterator<Item = OrderId>,
    ) -> Result<HashMap<OrderId, Vec<SummaryLine>>, Error> {
        let names = ["order_id", "basket", "bill", "lines"];
        let wanted = KeysAndAttributes::builder()
            .set_keys(Some(ids.map(key).collect()))
            .projection_expression("#order_id, #basket.#bill.#lines")
            .set_expression_attribute_names(Some(
                names.map(|name| (format!("#{name}"), name.to_owned())).into(),
            ))
            .build()
            .map_err(|error| Error::outside(READING, error))?;
        let answer = self
            .client
            .batch_get_item()
            .request_items(&self.table, wanted)
            .send()
            .await
            .map_err(|error| Error::outside(READING, error))?;
        let items = answer.responses.unwrap_or_default().remove(&self.table).unwrap_or_default();
        let read: Vec<Ordered> = readable(items, "order_id");
        let with_basket =
            read.into_iter().filter_map(|order| Some((order.order_id, order.basket?)));
        Ok(with_basket.map(|(id, basket)| (id, basket.bill.lines)).collect())
    }
}
