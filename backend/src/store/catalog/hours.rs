//! When a restaurant is open, as its office has set it: in place of what the catalog's file says.

use shared::{RestaurantId, api::RestaurantHours, hours::OpeningHours};

use super::{Catalog, Row, document, staff_item::StaffItem};
use crate::runtime::error::Error;

const STAFF_ITEM: StaffItem =
    StaffItem { name: "hours", writing: "writing when a restaurant is open" };

/// Puts the hours that the office has set in the place of the catalog's, by the items of the restaurant's
/// partition or of the cards'; their version, 0 if it has set none.
pub(super) fn apply(
    restaurant: &RestaurantId,
    rows: &[Row],
    hours: &mut OpeningHours,
) -> Result<u64, Error> {
    let Some(row) = STAFF_ITEM.find(restaurant, rows) else { return Ok(0) };
    hours.set(document(row.hours.as_deref().unwrap_or_default())?);
    Ok(row.version)
}

impl Catalog {
    /// When a restaurant is open, read consistently; `hours` are those of the catalog, or what was set before.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer, or holds what this version cannot read.
    pub async fn hours(
        &self,
        restaurant: &RestaurantId,
        mut hours: OpeningHours,
    ) -> Result<RestaurantHours, Error> {
        let rows = self.staff_item(&STAFF_ITEM, restaurant).await?;
        let version = apply(restaurant, &rows, &mut hours)?;
        Ok(RestaurantHours { version: u32::try_from(version).unwrap_or(u32::MAX), hours })
    }

    /// Sets when a restaurant is open if the hours still are of this version; whether they were. Of two
    /// changes at one moment, one is made.
    ///
    /// # Errors
    /// [`Error::Dependency`] if they may not have been set.
    pub async fn set_hours(
        &self,
        restaurant: &RestaurantId,
        RestaurantHours { version, hours }: &RestaurantHours,
    ) -> Result<bool, Error> {
        let text = serde_json::to_string(hours)
            .map_err(|error| Error::dependency(STAFF_ITEM.writing, error))?;
        let version = Some(u64::from(*version)).filter(|version| *version > 0);
        self.replace_staff_item(&STAFF_ITEM, restaurant, STAFF_ITEM.same(text), version).await
    }
}
