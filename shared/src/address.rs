//! Where an order is brought.

use serde::{Deserialize, Serialize};

use crate::text::{PersonName, Phone, Text};

/// Where an order is brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryAddress {
    /// Who takes it.
    pub name: PersonName,
    /// House and street.
    pub street: Text<120>,
    /// Flat, floor or door code: the second line of the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Text<60>>,
    /// Town.
    pub city: Text<80>,
    /// Postal code, in whatever form the country has; required by an order where
    /// [`crate::country::uses_postcodes`] says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<Text<16>>,
    /// Whom the courier calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
}
