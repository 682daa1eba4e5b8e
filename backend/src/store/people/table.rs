//! A customer's saved addresses.

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, Put},
};
use shared::{AddressId, RestaurantId, Timestamp, UserId, api::Membership};

use super::{
    members::{is_called, memberships},
    row::{ADDRESS, CLOSED, Row, STAFF, SavedAddress, address_item, key},
};
use crate::{
    runtime::error::Error,
    store::dynamodb::{Attributes, Decoded, query_all},
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
    pub memberships: Vec<Membership>,
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

    async fn items(&self, user: UserId) -> Result<Vec<Attributes>, Error> {
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

    /// Ends every membership of somebody, whether or not it can be read, and deletes the invitations that
    /// they have made; the restaurants in which they stay, as they are the only owner.
    ///
    /// # Errors
    /// [`Error::Dependency`] if there may be one still.
    pub async fn leave_all(&self, user: UserId) -> Result<Vec<RestaurantId>, Error> {
        let mut owned = Vec::new();
        for name in self.names(user).await?.filter(|name| name.starts_with(STAFF)) {
            let Ok(restaurant) = name.trim_start_matches(STAFF).parse() else {
                self.delete(user, &name).await?;
                continue;
            };
            self.delete_invitations_of(user, &restaurant).await?;
            // Whatever they are there: nothing but the last owner is a reason not to.
            if self.remove_member(user, &restaurant, None).await?.is_err() {
                owned.push(restaurant);
            }
        }
        Ok(owned)
    }

    /// The names of a person's items.
    async fn names(&self, user: UserId) -> Result<impl Iterator<Item = String> + use<>, Error> {
        let items = self.items(user).await?.into_iter();
        Ok(items.filter_map(|item| item.get("item")?.as_s().ok().cloned()))
    }

    async fn delete(&self, user: UserId, item: &str) -> Result<(), Error> {
        let delete =
            self.client.delete_item().table_name(&self.table).set_key(Some(key(user, item)));
        delete
            .send()
            .await
            .map(drop)
            .map_err(|error| Error::dependency("deleting a person's item", error))
    }
}
