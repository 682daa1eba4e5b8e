//! The table of people: a customer's kept addresses, and whether the account is closed.
//!
//! A closed account takes nothing any more, so whatever a customer writes goes through
//! [`People::while_open`]: one transaction that checks the account and writes, or does neither.

mod transaction;

pub(crate) use transaction::account_closed;

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, Put},
};
use serde::{Deserialize, Serialize};
use shared::{
    AddressId, Timestamp, UserId, api::ListedAddress, lenient, order::DeliveryAddress, text::Text,
};

use crate::{
    Error,
    error::on_condition,
    orders::{Attributes, number},
    readable::readable,
};

/// The item that says that the account is closed.
const CLOSED: &str = "closed";
/// What the name of an address' item begins with.
const ADDRESS: &str = "address#";

/// The table of people.
pub struct People {
    client: Client,
    table: String,
}

/// What is kept of a customer beside their orders.
#[derive(Debug, PartialEq, Eq)]
pub struct Person {
    /// Since when the account is closed, if it is.
    pub closed_at: Option<Timestamp>,
    /// Their addresses, in the order in which they were first kept.
    pub addresses: Vec<Kept>,
}

/// A kept address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// When it was first kept.
    pub kept_at: Timestamp,
    /// The address as the customer sees it.
    pub listed: ListedAddress,
}

/// What came of a write that goes through only while the account is open.
#[derive(Debug, PartialEq)]
pub enum WhileOpen {
    /// It was written.
    Done,
    /// The account is open and the write's own condition failed; this is what is there instead, if
    /// anything.
    Refused(Option<Attributes>),
}

/// An item of the table: an address, or that the account is closed.
#[derive(Serialize, Deserialize)]
struct Row {
    user_id: UserId,
    item: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closed_at: Option<Timestamp>,
    /// When deleting the account was completed; nothing opens it again then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deleted_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kept_at: Option<Timestamp>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::optional"
    )]
    label: Option<Text<40>>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::optional_address"
    )]
    address: Option<DeliveryAddress>,
}

impl Row {
    fn new(user: UserId, item: String) -> Self {
        Self {
            user_id: user,
            item,
            closed_at: None,
            deleted_at: None,
            kept_at: None,
            label: None,
            address: None,
        }
    }

    fn kept(self) -> Option<Kept> {
        let address_id = self.item.strip_prefix(ADDRESS)?.parse().ok()?;
        let listed = ListedAddress { address_id, label: self.label, address: self.address? };
        Some(Kept { kept_at: self.kept_at?, listed })
    }

    fn attributes(&self) -> Result<Attributes, Error> {
        serde_dynamo::to_item(self)
            .map_err(|error| Error::outside("writing a person's item", error))
    }
}

impl Person {
    /// When an address was first kept, if it is kept.
    #[must_use]
    pub fn kept_at(&self, address_id: AddressId) -> Option<Timestamp> {
        let kept = self.addresses.iter().find(|kept| kept.listed.address_id == address_id);
        kept.map(|kept| kept.kept_at)
    }
}

impl People {
    /// The table of that name.
    #[must_use]
    pub const fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// All that is kept of a customer here, by a strongly consistent query. An address that cannot
    /// be read is left out.
    ///
    /// # Errors
    /// [`Error::Outside`] if the table did not answer.
    pub async fn read(&self, user: UserId) -> Result<Person, Error> {
        let rows: Vec<Row> = readable(self.items(user).await?, "item");
        let closed_at = rows.iter().find(|row| row.item == CLOSED).and_then(|row| row.closed_at);
        let mut addresses: Vec<Kept> = rows.into_iter().filter_map(Row::kept).collect();
        addresses.sort_by_key(|kept| (kept.kept_at, kept.listed.address_id));
        Ok(Person { closed_at, addresses })
    }

    async fn items(&self, user: UserId) -> Result<Vec<Attributes>, Error> {
        self.client
            .query()
            .table_name(&self.table)
            .key_condition_expression("user_id = :user")
            .expression_attribute_values(":user", AttributeValue::S(user.to_string()))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await
            .map_err(|error| Error::outside("looking for what is kept of a person", error))
    }

    /// Keeps an address, or another in its place.
    ///
    /// # Errors
    /// `account-closed`, or [`Error::Outside`] if it may not be kept.
    pub async fn keep(&self, user: UserId, kept: &Kept) -> Result<(), Error> {
        let Kept { kept_at, listed } = kept.clone();
        let row = Row {
            kept_at: Some(kept_at),
            label: listed.label,
            address: Some(listed.address),
            ..Row::new(user, address_item(listed.address_id))
        };
        let put = Put::builder().table_name(&self.table).set_item(Some(row.attributes()?));
        self.while_open(user, put).await.map(drop)
    }

    /// Forgets an address, whether or not it was kept.
    ///
    /// # Errors
    /// [`Error::Outside`] if it may still be kept.
    pub async fn forget(&self, user: UserId, address_id: AddressId) -> Result<(), Error> {
        self.delete(user, &address_item(address_id), "forgetting an address").await
    }

    /// Forgets every address of a customer, whether or not it can be read.
    ///
    /// # Errors
    /// [`Error::Outside`] if one may still be kept.
    pub async fn forget_addresses(&self, user: UserId) -> Result<(), Error> {
        let items = self.items(user).await?.into_iter();
        let names = items.filter_map(|item| item.get("item")?.as_s().ok().cloned());
        for name in names.filter(|name| name.starts_with(ADDRESS)) {
            self.delete(user, &name, "forgetting an address").await?;
        }
        Ok(())
    }

    /// Closes an account, and says since when it is closed; one that is closed stays so.
    ///
    /// # Errors
    /// [`Error::Outside`] if it may still be open.
    pub async fn close(&self, user: UserId, now: Timestamp) -> Result<Timestamp, Error> {
        let row = Row { closed_at: Some(now), ..Row::new(user, CLOSED.to_owned()) };
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(row.attributes()?))
            .condition_expression("attribute_not_exists(user_id)");
        match on_condition("closing an account", put.send().await)? {
            Some(_) => Ok(now),
            None => Ok(self.read(user).await?.closed_at.unwrap_or(now)),
        }
    }

    /// Notes that all of a closed account is deleted: nothing opens it again.
    ///
    /// # Errors
    /// [`Error::Outside`] if it may not have been noted.
    pub async fn deleted(
        &self,
        user: UserId,
        closed_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), Error> {
        let row = Row {
            closed_at: Some(closed_at),
            deleted_at: Some(now),
            ..Row::new(user, CLOSED.to_owned())
        };
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(row.attributes()?))
            .condition_expression("closed_at = :closed_at")
            .expression_attribute_values(":closed_at", number(closed_at.millis()));
        on_condition("noting that an account is deleted", put.send().await).map(drop)
    }

    /// Opens an account again that was closed then and is not deleted; any other stays as it is.
    ///
    /// # Errors
    /// [`Error::Outside`] if it may still be closed.
    pub async fn reopen(&self, user: UserId, closed_at: Timestamp) -> Result<(), Error> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key(user, CLOSED)))
            .condition_expression("closed_at = :closed_at AND attribute_not_exists(deleted_at)")
            .expression_attribute_values(":closed_at", number(closed_at.millis()));
        on_condition("opening an account again", delete.send().await).map(drop)
    }

    async fn delete(&self, user: UserId, item: &str, what: &'static str) -> Result<(), Error> {
        let delete =
            self.client.delete_item().table_name(&self.table).set_key(Some(key(user, item)));
        delete.send().await.map(drop).map_err(|error| Error::outside(what, error))
    }
}

fn address_item(address_id: AddressId) -> String {
    format!("{ADDRESS}{address_id}")
}

fn key(user: UserId, item: &str) -> Attributes {
    HashMap::from([
        ("user_id".to_owned(), AttributeValue::S(user.to_string())),
        ("item".to_owned(), AttributeValue::S(item.to_owned())),
    ])
}
