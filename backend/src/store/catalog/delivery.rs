//! Where a restaurant delivers, as its office has set it: in place of what the catalog's file says.

use shared::{RestaurantId, api::RestaurantDelivery, area::DeliveryArea, menu::Card};

use super::{Catalog, Row, document, staff_item::StaffItem};
use crate::runtime::error::Error;

const STAFF_ITEM: StaffItem =
    StaffItem { name: "delivery", writing: "writing where a restaurant delivers" };

/// Puts the areas that the office has set in the place of the catalog's, by the items of the restaurant's
/// partition or of the cards'; their version, 0 if it has set none.
pub(super) fn apply(card: &mut Card, rows: &[Row]) -> Result<u64, Error> {
    let Some(row) = STAFF_ITEM.find(&card.restaurant_id, rows) else { return Ok(0) };
    card.areas = document(row.delivery.as_deref().unwrap_or_default())?;
    Ok(row.version)
}

impl Catalog {
    /// Where a restaurant delivers, read consistently; `card` is that of the catalog, or as it was before.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer, or holds what this version cannot read.
    pub async fn delivery(&self, mut card: Card) -> Result<RestaurantDelivery, Error> {
        let rows = self.staff_item(&STAFF_ITEM, &card.restaurant_id).await?;
        let version = apply(&mut card, &rows)?;
        let areas = std::mem::take(&mut card.areas);
        Ok(RestaurantDelivery::of(&card, u32::try_from(version).unwrap_or(u32::MAX), areas))
    }

    /// Sets where a restaurant delivers if the areas still are of this version; whether they were. Of two
    /// changes at one moment, one is made.
    ///
    /// # Errors
    /// [`Error::Dependency`] if they may not have been set.
    pub async fn set_delivery(
        &self,
        restaurant: &RestaurantId,
        version: u32,
        areas: &[DeliveryArea],
    ) -> Result<bool, Error> {
        let text = serde_json::to_string(areas)
            .map_err(|error| Error::dependency(STAFF_ITEM.writing, error))?;
        let version = Some(u64::from(version)).filter(|version| *version > 0);
        self.replace_staff_item(&STAFF_ITEM, restaurant, STAFF_ITEM.same(text), version).await
    }
}
