//! Reading what an earlier version accepted.
//!
//! A request is read by today's rules. A table and a reply may hold what was accepted when the
//! rules were looser, and a rule that has become stricter must not make an order or an address
//! unreadable. So there, an optional text that no longer passes its rule is absent, and a required
//! one is kept as it is; sent again, it is checked like any other.

use std::str::FromStr;

use serde::{Deserialize, Deserializer};

use crate::{
    address::DeliveryAddress,
    text::{PersonName, Phone, Text},
};

/// [`DeliveryAddress`] as any version has written it, or a later one will.
#[derive(Deserialize)]
struct Written {
    name: String,
    street: String,
    #[serde(default, deserialize_with = "optional")]
    unit: Option<Text<60>>,
    city: String,
    #[serde(default, deserialize_with = "optional")]
    postcode: Option<Text<16>>,
    #[serde(default, deserialize_with = "optional")]
    phone: Option<Phone>,
}

impl From<Written> for DeliveryAddress {
    fn from(written: Written) -> Self {
        let Written { name, street, unit, city, postcode, phone } = written;
        Self {
            name: PersonName::accepted_before(name),
            street: Text::accepted_before(street),
            unit,
            city: Text::accepted_before(city),
            postcode,
            phone,
        }
    }
}

/// An optional text: one that no longer passes its rule is absent.
///
/// # Errors
/// If it is neither a text nor null.
pub fn optional<'de, D: Deserializer<'de>, T: FromStr>(from: D) -> Result<Option<T>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    Ok(text.and_then(|text| text.parse().ok()))
}

/// An address.
///
/// # Errors
/// If it is not an address of any version.
pub fn address<'de, D: Deserializer<'de>>(from: D) -> Result<DeliveryAddress, D::Error> {
    Written::deserialize(from).map(DeliveryAddress::from)
}

/// An address, if there is one.
///
/// # Errors
/// If it is there and not an address of any version.
pub fn optional_address<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<DeliveryAddress>, D::Error> {
    let written = Option::<Written>::deserialize(from)?;
    Ok(written.map(DeliveryAddress::from))
}
