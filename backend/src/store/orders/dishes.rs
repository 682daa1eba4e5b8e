//! What was ordered, for the list of orders.
//!
//! The index `by_user` does not project it, and cannot be made to: CloudFormation refuses to change
//! an index's projection, and an index beside it would store every order's list entry twice. So a
//! page of the list is one query of the index and one batch of the orders it names.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use serde::Deserialize;
use shared::{
    OrderId, UserId,
    api::{OrderSummary, SummaryLine},
};

use super::{
    cursor::Cursor,
    list::Page,
    table::{Orders, key},
};
use crate::{runtime::error::Error, store::dynamodb::Decoded};

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
    /// A page of a customer's orders with what was ordered; `cursor` is that of the page before.
    /// An order that DynamoDB leaves out of its second answer, as it may when it is busy, or whose
    /// dishes cannot be read is listed without.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer.
    pub async fn page_with_dishes(
        &self,
        user: UserId,
        cursor: Option<Cursor>,
    ) -> Result<Page, Error> {
        let mut page = self.page(user, cursor).await?;
        if page.orders.is_empty() {
            return Ok(page); // an empty batch is an error
        }
        let Decoded { items, unreadable } =
            self.ordered(page.orders.iter().map(|order| order.order_id)).await?;
        page.unreadable.extend(unreadable);
        let mut lines: HashMap<OrderId, Vec<SummaryLine>> = items
            .into_iter()
            .filter_map(|order| Some((order.order_id, order.basket?.bill.lines)))
            .collect();
        for order in &mut page.orders {
            let mut lines = lines.remove(&order.order_id).unwrap_or_default();
            let more = lines.len().saturating_sub(OrderSummary::MAX_DISHES);
            lines.truncate(OrderSummary::MAX_DISHES);
            order.dishes = lines;
            order.more_dishes = u32::try_from(more).unwrap_or(u32::MAX);
        }
        Ok(page)
    }

    /// What these orders consist of; at most 100 orders, as a batch takes no more.
    async fn ordered(&self, ids: impl Iterator<Item = OrderId>) -> Result<Decoded<Ordered>, Error> {
        let names = ["order_id", "basket", "bill", "lines"];
        let lines = KeysAndAttributes::builder()
            .projection_expression("#order_id, #basket.#bill.#lines")
            .set_expression_attribute_names(Some(
                names.map(|name| (format!("#{name}"), name.to_owned())).into(),
            ));
        let keys: Vec<_> = ids.map(key).collect();
        let items = self.batch(READING, lines, &keys).await?;
        Ok(Decoded::new(items, "order_id"))
    }
}
