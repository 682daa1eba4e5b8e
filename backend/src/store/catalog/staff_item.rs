//! What staff set for their restaurant: an item beside its menu, and the same beside its card, so that a menu and
//! the list of restaurants stay one query each. A load of the catalog leaves it as it is.

use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, builders::PutBuilder};
use shared::RestaurantId;

use super::{CARDS, Catalog, Row, rows};
use crate::{
    runtime::error::Error,
    store::dynamodb::{
        number,
        transaction::{cancelled, is_race, transact},
    },
};

/// A kind of such an item.
pub(super) struct StaffItem {
    /// The name of the item beside a menu, of the attribute with its document, and what the name of the item
    /// beside the cards begins with; the restaurant's id follows there.
    pub(super) name: &'static str,
    /// What is being done when it is written, for errors.
    pub(super) writing: &'static str,
}

impl StaffItem {
    /// The item of a restaurant among those of its partition or of the cards'.
    pub(super) fn find<'a>(&self, restaurant: &RestaurantId, rows: &'a [Row]) -> Option<&'a Row> {
        let beside_card = self.beside_card(restaurant);
        rows.iter().find(|row| row.item == self.name || row.item == beside_card)
    }

    fn beside_card(&self, restaurant: &RestaurantId) -> String {
        format!("{}#{restaurant}", self.name)
    }
}

impl Catalog {
    /// The item beside the restaurant's menu, or none, with every change that was answered before: those who
    /// make the changes must not be shown an older state. It is a query, for the function may not get single
    /// items.
    pub(super) async fn staff_item(
        &self,
        what: &StaffItem,
        restaurant: &RestaurantId,
    ) -> Result<Vec<Row>, Error> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("restaurant_id = :id AND #item = :item")
            .expression_attribute_names("#item", "item")
            .expression_attribute_values(":id", AttributeValue::S(restaurant.to_string()))
            .expression_attribute_values(":item", AttributeValue::S(what.name.to_owned()))
            .consistent_read(true);
        rows(query).await
    }

    /// Writes both items if they still are of this version, or are not there without one; whether no other
    /// change came first.
    pub(super) async fn write_staff_item(
        &self,
        what: &StaffItem,
        restaurant: &RestaurantId,
        text: &str,
        version: Option<u64>,
    ) -> Result<bool, Error> {
        let next = i64::try_from(version.map_or(1, |version| version + 1)).unwrap_or(i64::MAX);
        let put = |partition: &str, item: String| {
            Put::builder()
                .table_name(&self.table)
                .item("restaurant_id", AttributeValue::S(partition.to_owned()))
                .item("item", AttributeValue::S(item))
                .item(what.name, AttributeValue::S(text.to_owned()))
                .item("version", number(next))
        };
        let own = put(restaurant.as_ref(), what.name.to_owned());
        let beside = put(CARDS, what.beside_card(restaurant));
        let own = match version {
            None => own.condition_expression("attribute_not_exists(restaurant_id)"),
            Some(version) => own
                .condition_expression("#version = :version")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(
                    ":version",
                    number(i64::try_from(version).unwrap_or(i64::MAX)),
                ),
        };
        let put = |one: PutBuilder| {
            let one = one.build().map_err(|error| Error::dependency(what.writing, error))?;
            Ok(TransactWriteItem::builder().put(one).build())
        };
        let items = [own, beside].into_iter().map(put).collect::<Result<_, Error>>()?;
        match transact(&self.client, what.writing, items).await? {
            Ok(()) => Ok(true),
            Err(reasons) if is_race(&reasons) => Ok(false),
            Err(reasons) => Err(cancelled(what.writing, &reasons)),
        }
    }
}
