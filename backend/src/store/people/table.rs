//! A customer's saved addresses.

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, Put},
};
use serde::de::DeserializeOwned;
use shared::{AddressId, Timestamp, UserId};

use super::row::{
    ADDRESS, CLOSED, Joined, Row, STAFF, SavedAddress, address_item, is_called, key, memberships,
};
use crate::{
    runtime::error::Error,
    store::dynamodb::{Attributes, Decoded, decode, query_all},
};

/// The table of people.
#[derive(Clone)]
pub struct People {
    pub(super) client: Client,
    pub(super) table: String,
}

/// What is stored of a customer beside their orders.
#[derive(Debug)]
pub struct Person {
    /// Since when the account is closed, if it is.
    pub closed_at: Option<Timestamp>,
    /// Their addresses, in the order in which they were first saved.
    pub addresses: Vec<SavedAddress>,
    /// Where they are staff, by restaurant.
    pub memberships: Vec<Joined>,
    /// Why others are left out: [`Error::Unreadable`].
    pub unreadable: Vec<Error>,
}

impl Person {
    /// When an address was first saved, if it is.
    #[must_use]
    pub fn saved_at(&self, address_id: AddressId) -> Option<Timestamp> {
        let saved = self.addresses.iter().find(|saved| saved.listed.address_id == address_id);
        saved.map(|saved| saved.saved_at)
    }
}

impl People {
    /// The table of that name.
    #[must_use]
    pub const fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// All that is stored of a customer here, by a strongly consistent query.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer.
    pub async fn read(&self, user: UserId) -> Result<Person, Error> {
        let (staff, items) =
            self.items(user).await?.into_iter().partition(|item| is_called(item, STAFF));
        let memberships = memberships(staff);
        let Decoded { items: rows, mut unreadable } = Decoded::<Row>::new(items, "item");
        unreadable.extend(memberships.unreadable);
        let closed_at = rows.iter().find(|row| row.item == CLOSED).and_then(|row| row.closed_at);
        let mut addresses: Vec<SavedAddress> =
            rows.into_iter().filter_map(Row::into_address).collect();
        addresses.sort_by_key(|saved| (saved.saved_at, saved.listed.address_id));
        Ok(Person { closed_at, addresses, memberships: memberships.items, unreadable })
    }

    pub(super) async fn items(&self, user: UserId) -> Result<Vec<Attributes>, Error> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("user_id = :user")
            .expression_attribute_values(":user", AttributeValue::S(user.to_string()))
            .consistent_read(true);
        query_all("reading what is stored of a person", query).await
    }

    /// Saves an address, or replaces the one of that id.
    ///
    /// # Errors
    /// `account-closed`, or [`Error::Dependency`] if it may not be saved.
    pub async fn save_address(&self, user: UserId, address: &SavedAddress) -> Result<(), Error> {
        let SavedAddress { saved_at, listed } = address.clone();
        let row = Row {
            kept_at: Some(saved_at),
            label: listed.label,
            address: Some(listed.address),
            ..Row::new(user, address_item(listed.address_id))
        };
        let put = Put::builder().table_name(&self.table).set_item(Some(row.attributes()?));
        self.while_open(user, put).await.map(drop)
    }

    /// Deletes an address, whether or not it was saved.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may still be there.
    pub async fn delete_address(&self, user: UserId, address_id: AddressId) -> Result<(), Error> {
        self.delete(user, &address_item(address_id)).await
    }

    /// Deletes every address of a customer, whether or not it can be read.
    ///
    /// # Errors
    /// [`Error::Dependency`] if one may still be there.
    pub async fn delete_addresses(&self, user: UserId) -> Result<(), Error> {
        for name in self.names(user).await?.filter(|name| name.starts_with(ADDRESS)) {
            self.delete(user, &name).await?;
        }
        Ok(())
    }

    /// The names of a person's items.
    pub(super) async fn names(
        &self,
        user: UserId,
    ) -> Result<impl Iterator<Item = String> + use<>, Error> {
        let items = self.items(user).await?.into_iter();
        Ok(items.filter_map(|item| item.get("item")?.as_s().ok().cloned()))
    }

    pub(super) async fn delete(&self, user: UserId, item: &str) -> Result<(), Error> {
        let delete =
            self.client.delete_item().table_name(&self.table).set_key(Some(key(user, item)));
        delete
            .send()
            .await
            .map(drop)
            .map_err(|error| Error::dependency("deleting a person's item", error))
    }

    /// An item, by a strongly consistent read.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        key: Attributes,
    ) -> Result<Option<T>, Error> {
        let get = self.client.get_item().table_name(&self.table).set_key(Some(key));
        let answer = get.consistent_read(true).send().await;
        let answer = answer.map_err(|error| Error::dependency(operation, error))?;
        answer.item.map(|item| decode(item, "item")).transpose()
    }
}
