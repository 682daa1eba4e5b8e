//! What is kept of a customer.

use serde::{Deserialize, Serialize};

use super::{deliveries::ShiftRecord, staff::Membership};
use crate::{
    id::{AddressId, UserId},
    lenient,
    order::{DeliveryAddress, Order},
    text::Text,
    time::Timestamp,
};

/// An address to save for an account: the body of `PUT /api/addresses/{address_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressInput {
    /// What the customer calls it: `Home`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Text<40>>,
    /// The address.
    pub address: DeliveryAddress,
}

/// The saved addresses of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addresses {
    /// In the order in which they were first saved; at most [`Addresses::MAX`].
    pub addresses: Vec<AddressRecord>,
}

impl Addresses {
    /// The most addresses that are kept for an account.
    pub const MAX: usize = 20;
}

/// A saved address with its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressRecord {
    /// Its id.
    pub address_id: AddressId,
    /// What the customer calls it.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::optional"
    )]
    pub label: Option<Text<40>>,
    /// The address.
    #[serde(deserialize_with = "lenient::address")]
    pub address: DeliveryAddress,
}

/// All that is kept of a customer, a page of orders at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The customer.
    pub user_id: UserId,
    /// Since when the account is closed: deleting it has begun, and asking again completes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// Every saved address.
    pub addresses: Vec<AddressRecord>,
    /// Where they are staff.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub memberships: Vec<Membership>,
    /// When they have brought orders there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shifts: Vec<ShiftRecord>,
    /// The orders of this page, newest first, whole.
    pub orders: Vec<Order>,
    /// What to send as `cursor` for the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}
