//! Who is staff of which restaurant: an item of the person's for each.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::{
    RestaurantId, UserId,
    api::Membership,
    staff::{Role, StaffName},
};

use super::{
    row::{STAFF, key},
    table::People,
};
use crate::{
    runtime::error::Error,
    store::dynamodb::{Decoded, decode, query_all},
};

const READING: &str = "reading where somebody is staff";

/// A membership as the table holds it.
#[derive(Serialize, Deserialize)]
struct Row {
    user_id: UserId,
    item: String,
    role: Role,
    name: StaffName,
}

impl Row {
    fn into_membership(self) -> Option<Membership> {
        let restaurant_id = self.item.strip_prefix(STAFF)?.parse().ok()?;
        Some(Membership { restaurant_id, role: self.role, name: self.name })
    }
}

impl People {
    /// Where somebody is staff, by restaurant (a strongly consistent query).
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer.
    pub async fn memberships(&self, user: UserId) -> Result<Decoded<Membership>, Error> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("user_id = :user AND begins_with(#item, :staff)")
            .expression_attribute_names("#item", "item")
            .expression_attribute_values(":user", AttributeValue::S(user.to_string()))
            .expression_attribute_values(":staff", AttributeValue::S(STAFF.to_owned()))
            .consistent_read(true);
        let Decoded { items, unreadable } =
            Decoded::<Row>::new(query_all(READING, query).await?, "item");
        let items = items.into_iter().filter_map(Row::into_membership).collect();
        Ok(Decoded { items, unreadable })
    }

    /// What somebody is in a restaurant, if anything (a strongly consistent read).
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer, [`Error::Unreadable`] if this version cannot read
    /// the item.
    pub async fn membership(
        &self,
        user: UserId,
        restaurant: &RestaurantId,
    ) -> Result<Option<Membership>, Error> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key(user, &format!("{STAFF}{restaurant}"))))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| Error::dependency(READING, error))?;
        let row: Option<Row> = answer.item.map(|item| decode(item, "item")).transpose()?;
        Ok(row.and_then(Row::into_membership))
    }

    /// Makes somebody staff of a restaurant, or something else there than they were.
    ///
    /// # Errors
    /// [`Error::Dependency`] if they may not be.
    pub async fn set_membership(&self, user: UserId, membership: &Membership) -> Result<(), Error> {
        let Membership { restaurant_id, role, name } = membership.clone();
        let row = Row { user_id: user, item: format!("{STAFF}{restaurant_id}"), role, name };
        let item = serde_dynamo::to_item(row)
            .map_err(|error| Error::dependency("writing a person's item", error))?;
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .send()
            .await
            .map(drop)
            .map_err(|error| Error::dependency("making somebody staff", error))
    }
}
