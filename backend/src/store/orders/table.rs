//! The table of orders: one item an order, one conditional write a transition.

mod dishes;
mod item;
mod transition;

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    error::SdkError,
    operation::{put_item::PutItemError, update_item::UpdateItemError},
    types::{AttributeValue, Put, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use shared::{
    OrderId, Timestamp, UserId,
    api::{OrderSummary, Orders as Page},
};

pub use item::{Item, Placement};
pub use transition::{Cause, Move, Transition};

use crate::{
    Error, metrics,
    people::{People, WhileOpen},
    readable::{left_out, readable},
};

/// The attributes of an item, by name.
pub type Attributes = HashMap<String, AttributeValue>;

/// How many shards the `attention` index has, so that no one partition takes every order.
pub const SHARDS: u8 = 8;
/// The condition under which an order is new.
const ID_IS_FREE: &str = "attribute_not_exists(order_id)";
/// How many orders a page of the list holds.
const PAGE: i32 = 20;
/// How many due orders of a shard the watchdog looks at in one round.
const DUE: i32 = 250;

/// The table of orders.
pub struct Orders {
    client: Client,
    table: String,
}

/// What came of a write on a condition.
#[derive(Debug)]
pub enum Written<T> {
    /// It was written.
    Done(T),
    /// The condition failed; this is what the table holds instead, if anything.
    Refused(Option<Box<Item>>),
}

impl Orders {
    /// The table of that name.
    #[must_use]
    pub const fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// Writes a customer's new order, unless its id is taken, if the account is open.
    ///
    /// # Errors
    /// `account-closed`, or [`Error::Outside`] if it may not have been written.
    pub async fn place(
        &self,
        people: &People,
        user: UserId,
        item: &Item,
    ) -> Result<Written<()>, Error> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item.to_attributes()?))
            .condition_expression(ID_IS_FREE);
        match people.while_open(user, put).await? {
            WhileOpen::Done => {
                metrics::became(item);
                Ok(Written::Done(()))
            }
            WhileOpen::Refused(there) => Item::from_failed(there).map(Written::Refused),
        }
    }

    /// Writes a new order of another channel, unless its id is taken.
    ///
    /// # Errors
    /// [`Error::Outside`] if it may not have been written.
    pub async fn create(&self, item: &Item) -> Result<Written<()>, Error> {
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item.to_attributes()?))
            .condition_expression(ID_IS_FREE)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match put.send().await {
            Ok(_) => {
                metrics::became(item);
                Ok(Written::Done(()))
            }
            Err(SdkError::ServiceError(error)) => match error.into_err() {
                PutItemError::ConditionalCheckFailedException(failed) => {
                    Item::from_failed(failed.item).map(Written::Refused)
                }
                other => Err(Error::outside("writing an order", other)),
            },
            Err(other) => Err(Error::outside("writing an order", other)),
        }
    }

    /// The order as it is now (a strongly consistent read).
    ///
    /// # Errors
    /// [`Error::Outside`] if the table did not answer, [`Error::Unreadable`] for a strange item.
    pub async fn get(&self, order_id: OrderId) -> Result<Option<Item>, Error> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key(order_id)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| Error::outside("reading an order", error))?;
        answer.item.map(Item::from_attributes).transpose()
    }

    /// The order as it is now, for a list: one that cannot be read is left out.
    ///
    /// # Errors
    /// [`Error::Outside`] if the table did not answer.
    pub async fn get_readable(&self, order_id: OrderId) -> Result<Option<Item>, Error> {
        match self.get(order_id).await {
            Err(error @ Error::Unreadable { .. }) => {
                left_out("order_id", &order_id.to_string(), &error);
                Ok(None)
            }
            other => other,
        }
    }

    /// A page of a customer's orders without their dishes, newest first; `cursor` is that of the page
    /// before. An order that cannot be read is left out.
    ///
    /// # Errors
    /// [`Error::Outside`] if the table did not answer.
    pub async fn of_user(
        &self,
        user: UserId,
        cursor: Option<Cursor>,
    ) -> Result<(Vec<OrderSummary>, Option<Cursor>), Error> {
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
            .map_err(|error| Error::outside("listing orders", error))?;
        let orders = readable(answer.items.unwrap_or_default(), "order_id");
        let next = answer.last_evaluated_key.as_ref().and_then(Cursor::of_key);
        Ok((orders, next))
    }

    /// The ids of a shard's orders whose attention is due, longest due first.
    ///
    /// # Errors
    /// [`Error::Outside`] if the table did not answer.
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
            .map_err(|error| Error::outside("looking for orders that need attention", error))?;
        let ids = answer.items.unwrap_or_default().into_iter();
        Ok(ids.filter_map(|item| item.get("order_id")?.as_s().ok()?.parse().ok()).collect())
    }

    /// Moves an order on, in one write.
    ///
    /// # Errors
    /// [`Error::Outside`] if it may not have been moved.
    pub async fn advance(&self, transition: &Transition) -> Result<Written<Box<Item>>, Error> {
        match self.update(transition.order_id, transition.expression()).await? {
            Written::Done(Some(item)) => {
                metrics::became(&item);
                Ok(Written::Done(item))
            }
            Written::Done(None) => Ok(Written::Refused(None)),
            Written::Refused(item) => Ok(Written::Refused(item)),
        }
    }

    /// Notes that the bus has event `sequence` of this order, and when the order next needs
    /// attention; if a later event has come in between, that one's writer sees to attention.
    ///
    /// # Errors
    /// [`Error::Outside`] if it may not have been noted.
    pub async fn settle(&self, item: &Item, sequence: u32) -> Result<(), Error> {
        if item.sequence == sequence {
            let settled = transition::settled(sequence, item.next_attention());
            match self.update(item.order_id, settled).await? {
                Written::Done(_) => return Ok(()),
                Written::Refused(Some(now))
                    if now.unpublished.contains_key(&sequence.to_string()) => {}
                Written::Refused(_) => return Ok(()),
            }
        }
        self.update(item.order_id, transition::published(sequence)).await.map(drop)
    }

    /// Puts off an order's attention, unless something has happened to it meanwhile.
    ///
    /// # Errors
    /// [`Error::Outside`] if it may not have been put off.
    pub async fn put_off(
        &self,
        item: &Item,
        until: Option<Timestamp>,
        tries: u32,
    ) -> Result<(), Error> {
        self.update(item.order_id, transition::put_off(item, until, tries)).await.map(drop)
    }

    /// Puts off the attention of an order that cannot be read, so that it starves no other.
    ///
    /// # Errors
    /// [`Error::Outside`] if it may not have been put off.
    pub async fn put_off_unread(&self, order_id: OrderId, until: Timestamp) -> Result<(), Error> {
        self.update(order_id, transition::put_off_unread(until)).await.map(drop)
    }

    /// Removes from an order that has ended whose it was and what they told, unless it has changed
    /// since it was read; dishes and totals stay.
    ///
    /// # Errors
    /// [`Error::Outside`] if it may not have been removed.
    pub async fn strip(&self, item: &Item) -> Result<(), Error> {
        self.update(item.order_id, transition::stripped(item)).await.map(drop)
    }

    async fn update(
        &self,
        order_id: OrderId,
        expression: transition::Expression,
    ) -> Result<Written<Option<Box<Item>>>, Error> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(order_id)))
            .update_expression(expression.update)
            .condition_expression(expression.condition)
            .set_expression_attribute_names(Some(expression.names))
            .set_expression_attribute_values(expression.values)
            .return_values(if expression.returns { ReturnValue::AllNew } else { ReturnValue::None })
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match update.send().await {
            Ok(answer) => {
                let item = answer.attributes.map(Item::from_attributes).transpose()?;
                Ok(Written::Done(item.map(Box::new)))
            }
            Err(SdkError::ServiceError(error)) => match error.into_err() {
                UpdateItemError::ConditionalCheckFailedException(failed) => {
                    Item::from_failed(failed.item).map(Written::Refused)
                }
                other => Err(Error::outside("updating an order", other)),
            },
            Err(other) => Err(Error::outside("updating an order", other)),
        }
    }
}

/// Where the next page of a list begins; carries no user id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// When the last order of this page was placed.
    pub placed_at: Timestamp,
    /// Which order that was.
    pub order_id: OrderId,
}

impl Cursor {
    /// The key that DynamoDB says it stopped at.
    fn of_key(key: &Attributes) -> Option<Self> {
        let placed_at = key.get("placed_at")?.as_n().ok()?.parse().ok()?;
        let order_id = key.get("order_id")?.as_s().ok()?.parse().ok()?;
        Some(Self { placed_at: Timestamp::from_millis(placed_at), order_id })
    }

    /// Reads what [`Cursor`]'s `Display` wrote; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (placed_at, order_id) = text.split_once('_')?;
        let placed_at = Timestamp::from_millis(placed_at.parse().ok()?);
        Some(Self { placed_at, order_id: order_id.parse().ok()? })
    }

    fn start_key(self, user: UserId) -> Attributes {
        let mut key = key(self.order_id);
        key.insert("user_id".to_owned(), AttributeValue::S(user.to_string()));
        key.insert("placed_at".to_owned(), number(self.placed_at.millis()));
        key
    }

    /// A page of the list with this cursor, if there is a next one.
    #[must_use]
    pub fn page(orders: Vec<OrderSummary>, next: Option<Self>) -> Page {
        Page { orders, cursor: next.map(|next| next.to_string()) }
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}_{}", self.placed_at.millis(), self.order_id)
    }
}

fn key(order_id: OrderId) -> Attributes {
    HashMap::from([("order_id".to_owned(), AttributeValue::S(order_id.to_string()))])
}

pub(crate) fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
