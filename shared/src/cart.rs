//! What is wanted of a menu: dishes, how many of each, and the options chosen with them.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, Unexpected, Visitor},
};

use crate::{
    id::{ChoiceId, DishId, GroupId},
    text::LineNote,
};

/// One line of a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderLine {
    /// Which dish of the restaurant.
    pub dish_id: DishId,
    /// How many.
    pub quantity: Quantity,
    /// What is chosen with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<ChosenOption>,
    /// What the kitchen should know about this line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<LineNote>,
}

/// A choice made in one of a dish's option groups.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChosenOption {
    /// The group.
    pub group_id: GroupId,
    /// The choice in it.
    pub choice_id: ChoiceId,
}

/// A count of dishes: 1 to 99.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(into = "u8")]
pub struct Quantity(u8);

impl<'de> Deserialize<'de> for Quantity {
    /// So that −1 and 1.5 get the same sentence as 0 and 100.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_u64(QuantityVisitor)
    }
}

struct QuantityVisitor;

impl Visitor<'_> for QuantityVisitor {
    type Value = Quantity;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number from 1 to 99")
    }

    fn visit_u64<E: Error>(self, count: u64) -> Result<Quantity, E> {
        let quantity = u8::try_from(count).ok().and_then(|count| count.try_into().ok());
        quantity.ok_or_else(|| E::invalid_value(Unexpected::Unsigned(count), &self))
    }

    fn visit_i64<E: Error>(self, count: i64) -> Result<Quantity, E> {
        match u64::try_from(count) {
            Ok(count) => self.visit_u64(count),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(count), &self)),
        }
    }
}

/// A quantity that is not 1 to 99.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number from 1 to 99")]
pub struct QuantityError;

impl Quantity {
    /// One.
    pub const ONE: Self = Self(1);
    /// The most of one line.
    pub const MAX: Self = Self(99);

    /// The count.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Quantity {
    type Error = QuantityError;
    fn try_from(count: u8) -> Result<Self, QuantityError> {
        if (1..=99).contains(&count) { Ok(Self(count)) } else { Err(QuantityError) }
    }
}

impl From<Quantity> for u8 {
    fn from(quantity: Quantity) -> u8 {
        quantity.0
    }
}
