//! The items of the table.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::{
    AddressId, InvitationId, RestaurantId, Timestamp, UserId,
    api::{AddressRecord, Member, Membership},
    lenient,
    order::DeliveryAddress,
    staff::{Role, StaffName},
    text::Text,
};

use crate::{
    runtime::error::Error,
    store::dynamodb::{Attributes, Decoded},
};

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

/// A membership, and the invitation that it comes from, if it comes from one.
#[derive(Debug)]
pub struct Joined {
    /// What they are there.
    pub membership: Membership,
    /// Whose acceptance made them that.
    pub invitation_id: Option<InvitationId>,
}

/// A membership as both of its items hold it.
#[derive(Serialize, Deserialize)]
pub(super) struct MemberRow {
    /// A person's id, or [`of_restaurant`].
    pub(super) user_id: String,
    pub(super) item: String,
    pub(super) role: Role,
    pub(super) name: StaffName,
    #[serde(default)]
    pub(super) since: Timestamp,
    /// The invitation that was accepted, in the person's item: accepting it again is no mistake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) invitation_id: Option<InvitationId>,
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

impl MemberRow {
    pub(super) fn into_joined(self) -> Option<Joined> {
        let restaurant_id = self.item.strip_prefix(STAFF)?.parse().ok()?;
        let membership = Membership { restaurant_id, role: self.role, name: self.name };
        Some(Joined { membership, invitation_id: self.invitation_id })
    }

    pub(super) fn into_member(self) -> Option<Member> {
        let user_id = self.item.strip_prefix(MEMBER)?.parse().ok()?;
        Some(Member { user_id, role: self.role, name: self.name, since: self.since })
    }
}

impl Joined {
    /// Whether accepting that invitation is what made them this.
    #[must_use]
    pub fn is_by(&self, invitation_id: InvitationId) -> bool {
        self.invitation_id == Some(invitation_id)
    }
}

/// The memberships among the items of a person.
pub(super) fn memberships(items: Vec<Attributes>) -> Decoded<Membership> {
    let Decoded { items, unreadable } = Decoded::<MemberRow>::new(items, "item");
    let joined = items.into_iter().filter_map(MemberRow::into_joined);
    Decoded { items: joined.map(|joined| joined.membership).collect(), unreadable }
}

/// Whether an item's name begins like that.
pub(super) fn is_called(item: &Attributes, prefix: &str) -> bool {
    let name = item.get("item").and_then(|name| name.as_s().ok());
    name.is_some_and(|name| name.starts_with(prefix))
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
