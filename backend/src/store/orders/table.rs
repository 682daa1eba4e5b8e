//! Reading and writing one order.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    error::SdkError,
    operation::{put_item::PutItemError, update_item::UpdateItemError},
    types::{AttributeValue, Put, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use shared::{OrderId, Timestamp, UserId};

use super::{expression::Expression, item::Item, transition::Transition, update};
use crate::{
    runtime::error::Error,
    store::{
        dynamodb::Attributes,
        people::{People, WhileOpen},
    },
};

/// The condition under which an order is new.
const ID_IS_FREE: &str = "attribute_not_exists(order_id)";

/// The table of orders.
#[derive(Clone)]
pub struct Orders {
    pub(super) client: Client,
    pub(super) table: String,
}

/// The result of a write with a condition.
#[derive(Debug)]
pub enum Written<T> {
    /// It was written.
    Done(T),
    /// The condition failed; this is what the table holds instead, if anything.
    Conflict(Option<Box<Item>>),
}

impl<T> Written<T> {
    /// Calls `f` with what was written, if it was.
    #[must_use]
    pub fn inspect(self, f: impl FnOnce(&T)) -> Self {
        if let Self::Done(written) = &self {
            f(written);
        }
        self
    }
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
    /// `account-closed`, or [`Error::Dependency`] if it may not have been written.
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
            WhileOpen::Done => Ok(Written::Done(())),
            WhileOpen::Conflict(there) => Item::from_failed(there).map(Written::Conflict),
        }
    }

    /// Writes a new order of another channel, unless its id is taken.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not have been written.
    pub async fn create(&self, item: &Item) -> Result<Written<()>, Error> {
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item.to_attributes()?))
            .condition_expression(ID_IS_FREE)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match put.send().await {
            Ok(_) => Ok(Written::Done(())),
            Err(SdkError::ServiceError(error)) => match error.into_err() {
                PutItemError::ConditionalCheckFailedException(failed) => {
                    Item::from_failed(failed.item).map(Written::Conflict)
                }
                other => Err(Error::dependency("writing an order", other)),
            },
            Err(other) => Err(Error::dependency("writing an order", other)),
        }
    }

    /// The order as it is now (a strongly consistent read).
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer, [`Error::Unreadable`] if this version
    /// cannot read the item.
    pub async fn get(&self, order_id: OrderId) -> Result<Option<Item>, Error> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key(order_id)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| Error::dependency("reading an order", error))?;
        answer.item.map(Item::from_attributes).transpose()
    }

    /// Moves an order on, in one write.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not have been moved.
    pub async fn advance(&self, transition: &Transition) -> Result<Written<Box<Item>>, Error> {
        match self.update(transition.order_id, transition.expression()?).await? {
            Written::Done(Some(item)) => Ok(Written::Done(item)),
            Written::Done(None) => Ok(Written::Conflict(None)),
            Written::Conflict(item) => Ok(Written::Conflict(item)),
        }
    }

    /// Marks event `sequence` of this order as published, and sets when the order next needs
    /// attention; if a later event has been written since, its own writer does that.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not be marked.
    pub async fn mark_published(&self, item: &Item, sequence: u32) -> Result<(), Error> {
        if item.order.sequence == sequence {
            let mark = update::mark_last_published(sequence, item.next_attention());
            match self.update(item.order.order_id, mark).await? {
                Written::Done(_) => return Ok(()),
                Written::Conflict(Some(now))
                    if now.unpublished.contains_key(&sequence.to_string()) => {}
                Written::Conflict(_) => return Ok(()),
            }
        }
        self.update(item.order.order_id, update::mark_published(sequence)).await.map(drop)
    }

    /// Sets when an order next needs attention and how often in a row attention did not help,
    /// unless the order has changed since it was read.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not be set.
    pub async fn reschedule(
        &self,
        item: &Item,
        at: Option<Timestamp>,
        tries: u32,
    ) -> Result<(), Error> {
        self.update(item.order.order_id, update::reschedule(item, at, tries)).await.map(drop)
    }

    /// Sets when an order that cannot be read next needs attention, so that it delays no other.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not be set.
    pub async fn reschedule_unreadable(
        &self,
        order_id: OrderId,
        at: Timestamp,
    ) -> Result<(), Error> {
        self.update(order_id, update::reschedule_unreadable(at)).await.map(drop)
    }

    /// Removes the customer, the address and the notes from an order that has ended, unless it has
    /// changed since it was read; dishes and totals stay.
    ///
    /// # Errors
    /// [`Error::Dependency`] if they may not have been removed.
    pub async fn anonymise(&self, item: &Item) -> Result<(), Error> {
        self.update(item.order.order_id, update::anonymise(item)).await.map(drop)
    }

    pub(super) async fn update(
        &self,
        order_id: OrderId,
        expression: Expression,
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
                    Item::from_failed(failed.item).map(Written::Conflict)
                }
                other => Err(Error::dependency("updating an order", other)),
            },
            Err(other) => Err(Error::dependency("updating an order", other)),
        }
    }
}

pub(super) fn key(order_id: OrderId) -> Attributes {
    HashMap::from([("order_id".to_owned(), AttributeValue::S(order_id.to_string()))])
}
