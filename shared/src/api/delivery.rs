//! Where a restaurant delivers, as its office sets it.

use serde::{Deserialize, Serialize};

use super::{
    problem::{Problem, ProblemType},
    staff::STAFF,
};
use crate::{
    area::DeliveryArea,
    country::Country,
    id::RestaurantId,
    menu::Card,
    money::{Amount, Currency},
};

/// `GET`: where the restaurant delivers, a [`RestaurantDelivery`]; `PUT` a [`DeliveryAreasRequest`] to change it.
/// Both need [`crate::staff::Action::SetDelivery`].
#[must_use]
pub fn delivery_path(restaurant: &RestaurantId) -> String {
    format!("{STAFF}/{restaurant}/delivery")
}

/// Where a restaurant delivers, with the version of it that a change refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestaurantDelivery {
    /// How often it has been set; 0 as long as the areas are those of the catalog's file.
    pub version: u32,
    /// The country of the postcodes; without one, they are compared as they are written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// The currency of the amounts.
    pub currency: Currency,
    /// What an order is charged for being brought as long as there are no areas.
    pub delivery_fee: Amount,
    /// The smallest subtotal as long as there are no areas.
    pub minimum_order: Amount,
    /// The areas; none means anywhere.
    pub areas: Vec<DeliveryArea>,
}

impl RestaurantDelivery {
    /// The areas, of that version, with what else is known of it.
    #[must_use]
    pub const fn of(card: &Card, version: u32, areas: Vec<DeliveryArea>) -> Self {
        let Card { country, currency, delivery_fee, minimum_order, .. } = *card;
        Self { version, country, currency, delivery_fee, minimum_order, areas }
    }
}

/// Where a restaurant is to deliver, as [`crate::area::check`] accepts it. Sent again, it is the same change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryAreasRequest {
    /// The [`RestaurantDelivery::version`] that it changes.
    pub version: u32,
    /// The areas; none means anywhere.
    pub areas: Vec<DeliveryArea>,
}

/// The problem `delivery-areas-changed`: somebody else has set the areas since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "DeliveryAreasChangedFields")]
pub struct DeliveryAreasChanged {
    /// The problem's members.
    #[serde(flatten)]
    pub problem: Problem,
    /// The areas as they are.
    pub current: RestaurantDelivery,
}

/// [`DeliveryAreasChanged`] as it is read, as [`super::OrderChanged`] is.
#[derive(Deserialize)]
struct DeliveryAreasChangedFields {
    title: String,
    current: RestaurantDelivery,
}

impl From<DeliveryAreasChangedFields> for DeliveryAreasChanged {
    fn from(fields: DeliveryAreasChangedFields) -> Self {
        let DeliveryAreasChangedFields { title, current } = fields;
        Self { problem: Problem::new(ProblemType::DeliveryAreasChanged, title), current }
    }
}
