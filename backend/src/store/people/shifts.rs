//! Shifts: when somebody who can bring orders does.
//!
//! The last shift is in both items of the membership, so that whether somebody is on shift is read with what
//! they are, and who is on shift with who is staff; and it ends with the membership, or when they may deliver no more.

use aws_sdk_dynamodb::types::{TransactWriteItem, Update, builders::UpdateBuilder};
use shared::{RestaurantId, UserId};

use super::{
    members::{NotChanged, Part, not_changed},
    row::{MEMBER, STAFF, ShiftTimes, key, key_in, of_restaurant},
    table::People,
    transaction::invalid,
};
use crate::{
    runtime::error::Error,
    store::dynamodb::{Attributes, number},
};

impl People {
    /// Writes a member's shift, if the one before is still as it was read. An account that is closed is staff
    /// nowhere soon, and its shift ends with that.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not be written.
    pub async fn set_shift(
        &self,
        user: UserId,
        restaurant: &RestaurantId,
        before: Option<ShiftTimes>,
        shift: ShiftTimes,
    ) -> Result<Result<(), NotChanged>, Error> {
        let person = self.shift(key(user, &format!("{STAFF}{restaurant}")), shift);
        let person = match before {
            None => person.condition_expression(
                "attribute_exists(user_id) AND attribute_not_exists(shift_began_at)",
            ),
            Some(before) => person
                .condition_expression("shift_began_at = :before AND shift_ends_at = :until")
                .expression_attribute_values(":before", number(before.began_at.millis()))
                .expression_attribute_values(":until", number(before.ends_at.millis())),
        };
        let mirror = key_in(of_restaurant(restaurant), format!("{MEMBER}{user}"));
        let mirror = self.shift(mirror, shift);
        let part = |update: Update| TransactWriteItem::builder().update(update).build();
        let parts = vec![
            (Part::Person, part(person.build().map_err(invalid)?)),
            (Part::Restaurant, part(mirror.build().map_err(invalid)?)),
        ];
        Ok(not_changed(&self.transact(parts).await?))
    }

    /// The write of a shift in one item, without its condition.
    fn shift(&self, key: Attributes, shift: ShiftTimes) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.table)
            .set_key(Some(key))
            .update_expression("SET shift_began_at = :began, shift_ends_at = :ends")
            .expression_attribute_values(":began", number(shift.began_at.millis()))
            .expression_attribute_values(":ends", number(shift.ends_at.millis()))
    }
}
