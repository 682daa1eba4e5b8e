//! The restaurants whose orders are pushed to one connection.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use shared::{RestaurantId, id::IdError};

/// The restaurants whose orders are pushed to a connection: none to a customer's, several to that of a courier who
/// works for several. As a text, their ids with a space between two: the authorizer's context has only texts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Option<String>", into = "String")]
pub struct Restaurants(Vec<RestaurantId>);

impl Restaurants {
    /// Whether there is none: the connection is a customer's.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this is one of them.
    #[must_use]
    pub fn contains(&self, restaurant: &RestaurantId) -> bool {
        self.0.contains(restaurant)
    }

    /// All of them.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &RestaurantId> {
        self.0.iter()
    }
}

impl FromIterator<RestaurantId> for Restaurants {
    fn from_iter<I: IntoIterator<Item = RestaurantId>>(restaurants: I) -> Self {
        Self(restaurants.into_iter().collect())
    }
}

impl FromStr for Restaurants {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        text.split_whitespace().map(str::parse).collect()
    }
}

impl TryFrom<Option<String>> for Restaurants {
    type Error = IdError;

    fn try_from(text: Option<String>) -> Result<Self, IdError> {
        text.unwrap_or_default().parse()
    }
}

impl fmt::Display for Restaurants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, restaurant) in self.0.iter().enumerate() {
            write!(f, "{}{restaurant}", if place == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

impl From<Restaurants> for String {
    fn from(restaurants: Restaurants) -> Self {
        restaurants.to_string()
    }
}
