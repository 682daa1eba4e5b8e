//! What a restaurant cannot do for a while.

use shared::{RestaurantId, Timestamp, availability::Availability};

use super::{Catalog, Row, document, staff_item::StaffItem};
use crate::runtime::error::Error;

const STAFF_ITEM: StaffItem =
    StaffItem { name: "availability", writing: "writing what a restaurant cannot do" };
/// How often a change is made anew because another one came first.
const ATTEMPTS: usize = 8;

/// What a restaurant cannot do for a while, by the items of its partition or of the cards'.
pub(super) fn of(restaurant: &RestaurantId, rows: &[Row]) -> Result<Availability, Error> {
    let text = STAFF_ITEM.find(restaurant, rows).and_then(|row| row.availability.as_deref());
    text.map(document).transpose().map(Option::unwrap_or_default)
}

impl Catalog {
    /// What a restaurant cannot do for a while, read consistently.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer, or holds what this version cannot read.
    pub async fn availability(&self, restaurant: &RestaurantId) -> Result<Availability, Error> {
        of(restaurant, &self.staff_item(&STAFF_ITEM, restaurant).await?)
    }

    /// Changes what a restaurant cannot do for a while; what it is then. Of two changes at one moment, neither
    /// is lost. What is over is removed.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not have been changed.
    pub async fn change_availability(
        &self,
        restaurant: &RestaurantId,
        now: Timestamp,
        change: impl Fn(&mut Availability),
    ) -> Result<Availability, Error> {
        for _ in 0..ATTEMPTS {
            let rows = self.staff_item(&STAFF_ITEM, restaurant).await?;
            let version = rows.first().map(|row| row.version);
            let mut availability = of(restaurant, &rows)?.at(now);
            change(&mut availability);
            let text = serde_json::to_string(&availability)
                .map_err(|error| Error::dependency(STAFF_ITEM.writing, error))?;
            let written = STAFF_ITEM.same(text);
            if self.write_staff_item(&STAFF_ITEM, restaurant, written, version).await?.is_ok() {
                return Ok(availability);
            }
        }
        let cause = format!("{ATTEMPTS} times, another change came first");
        Err(Error::Dependency { operation: STAFF_ITEM.writing, cause })
    }
}
