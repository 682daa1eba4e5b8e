//! The items of the table.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::{
    AddressId, RestaurantId, Timestamp, UserId, api::AddressRecord, lenient,
    order::DeliveryAddress, text::Text,
};

use crate::{runtime::error::Error, store::dynamodb::Attributes};

/// The item that says that the account is closed.
pub(super) const CLOSED: &str = "closed";
/// What the name of an address' item begins with.
pub(super) const ADDRESS: &str = "address#";
/// What the name of a membership's item begins with; the restaurant's id follows.
pub(super) const STAFF: &str = "staff#";
/// What the name of a restaurant's item of a member begins with; the member's id follows.
pub(super) const MEMBER: &str = "member#";
/// What the name of a restaurant's item of an open invitation begins with; the invitation's id follows.
pub(super) const INVITATION: &str = "invitation#";
/// The restaurant's item with the ids of its owners.
pub(super) const OWNERS: &str = "owners";

/// A saved address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedAddress {
    /// When it was first saved.
    pub saved_at: Timestamp,
    /// The address as the customer sees it.
    pub listed: AddressRecord,
}

/// An item of the table: an address, or that the account is closed.
#[derive(Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) user_id: UserId,
    pub(super) item: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) closed_at: Option<Timestamp>,
    /// When deleting the account was completed; nothing opens it again then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) deleted_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) kept_at: Option<Timestamp>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::optional"
    )]
    pub(super) label: Option<Text<40>>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::optional_address"
    )]
    pub(super) address: Option<DeliveryAddress>,
}

impl Row {
    pub(super) fn new(user: UserId, item: String) -> Self {
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

    pub(super) fn into_address(self) -> Option<SavedAddress> {
        let address_id = self.item.strip_prefix(ADDRESS)?.parse().ok()?;
        let listed = AddressRecord { address_id, label: self.label, address: self.address? };
        Some(SavedAddress { saved_at: self.kept_at?, listed })
    }

    pub(super) fn attributes(&self) -> Result<Attributes, Error> {
        serde_dynamo::to_item(self)
            .map_err(|error| Error::dependency("writing a person's item", error))
    }
}

pub(super) fn address_item(address_id: AddressId) -> String {
    format!("{ADDRESS}{address_id}")
}

/// The key of an item of a person's.
pub(super) fn key(user: UserId, item: &str) -> Attributes {
    key_in(user.to_string(), item.to_owned())
}

/// The key of an item in a partition: a person's id, or [`of_restaurant`].
pub(super) fn key_in(partition: String, item: String) -> Attributes {
    HashMap::from([
        ("user_id".to_owned(), AttributeValue::S(partition)),
        ("item".to_owned(), AttributeValue::S(item)),
    ])
}

/// The partition of a restaurant's people. The attribute is called `user_id` nonetheless, as a table's key
/// cannot be renamed.
pub(super) fn of_restaurant(restaurant: &RestaurantId) -> String {
    format!("restaurant#{restaurant}")
}
