//! The items of the table.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::{
    AddressId, InvitationId, RestaurantId, Timestamp, UserId,
    api::{AddressRecord, LONGEST_SHIFT, Member, Membership},
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

/// One of the staff of a restaurant.
#[derive(Debug)]
pub struct Colleague {
    /// Who, and what they are there.
    pub member: Member,
    /// The shift that they are on there or were on last.
    pub shift: Option<ShiftTimes>,
}

/// A membership, the invitation that it comes from, if it comes from one, and the last shift in it.
#[derive(Debug)]
pub struct Joined {
    /// What they are there.
    pub membership: Membership,
    /// The shift that they are on there or were on last.
    pub shift: Option<ShiftTimes>,
    /// Whose acceptance made them that.
    pub invitation_id: Option<InvitationId>,
}

/// When a shift began, and when it ended or will end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShiftTimes {
    /// When it began.
    pub began_at: Timestamp,
    /// When it ended, or will end by itself.
    pub ends_at: Timestamp,
}

impl ShiftTimes {
    /// A shift that begins now and lasts as long as one can.
    #[must_use]
    pub const fn beginning(now: Timestamp) -> Self {
        Self { began_at: now, ends_at: now.plus_millis(LONGEST_SHIFT) }
    }

    /// Whether it has not ended.
    #[must_use]
    pub fn is_on(&self, now: Timestamp) -> bool {
        now < self.ends_at
    }
}

/// A membership as both of its items hold it.
#[derive(Deserialize)]
pub(super) struct MemberRow {
    pub(super) item: String,
    pub(super) role: Role,
    pub(super) name: StaffName,
    #[serde(default)]
    pub(super) since: Timestamp,
    /// When the last shift began; with the next one in both items, or in none.
    pub(super) shift_began_at: Option<Timestamp>,
    pub(super) shift_ends_at: Option<Timestamp>,
    /// The invitation that was accepted, in the person's item: accepting it again is no mistake.
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
        let shift = self.shift();
        let membership = Membership { restaurant_id, role: self.role, name: self.name };
        Some(Joined { membership, shift, invitation_id: self.invitation_id })
    }

    pub(super) fn shift(&self) -> Option<ShiftTimes> {
        let (began_at, ends_at) = self.shift_began_at.zip(self.shift_ends_at)?;
        Some(ShiftTimes { began_at, ends_at })
    }

    pub(super) fn into_colleague(self) -> Option<Colleague> {
        let user_id = self.item.strip_prefix(MEMBER)?.parse().ok()?;
        let shift = self.shift();
        let member = Member { user_id, role: self.role, name: self.name, since: self.since };
        Some(Colleague { member, shift })
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
pub(super) fn memberships(items: Vec<Attributes>) -> Decoded<Joined> {
    let Decoded { items, unreadable } = Decoded::<MemberRow>::new(items, "item");
    Decoded { items: items.into_iter().filter_map(MemberRow::into_joined).collect(), unreadable }
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
