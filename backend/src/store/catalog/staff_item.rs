//! What staff set for their restaurant: an item in its partition, and one beside its card, so that a menu and the
//! list of restaurants stay one query each. A load of the catalog leaves it as it is.

use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, builders::PutBuilder};
use shared::RestaurantId;

use super::{CARDS, Catalog, Row};
use crate::{
    runtime::error::Error,
    store::dynamodb::{
        Attributes, number,
        transaction::{Race, cancelled, transact},
    },
};

/// A kind of such an item.
pub(super) struct StaffItem {
    /// The name of the item in the restaurant's partition, of the attribute with its document, and what the name
    /// of the item beside the cards begins with; the restaurant's id follows there.
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

    /// The same document in both items.
    pub(super) fn same(&self, text: String) -> Written {
        let attributes = Attributes::from([(self.name.to_owned(), AttributeValue::S(text))]);
        Written { own: attributes.clone(), beside_card: attributes, kept_in: None }
    }

    fn beside_card(&self, restaurant: &RestaurantId) -> String {
        format!("{}#{restaurant}", self.name)
    }
}

/// What is written of a restaurant's item at once, without keys and the version.
pub(super) struct Written {
    /// The item in the restaurant's partition.
    pub(super) own: Attributes,
    /// The item beside the cards.
    pub(super) beside_card: Attributes,
    /// A partition that keeps every version: the first item again, named by its version.
    pub(super) kept_in: Option<String>,
}

/// The name of a version's item: in the order of the numbers.
pub(super) fn version_name(version: u64) -> String {
    format!("{version:010}")
}

impl Catalog {
    /// The item in the restaurant's partition, or none, as [`Catalog::item`] reads it: those who make the changes
    /// must not be shown an older state.
    pub(super) async fn staff_item(
        &self,
        what: &StaffItem,
        restaurant: &RestaurantId,
    ) -> Result<Vec<Row>, Error> {
        self.item(restaurant.as_ref(), what.name).await
    }

    /// Writes all items if they still are of this version, or are not there without one; whether they were.
    ///
    /// # Errors
    /// [`Error::Dependency`] if they may not have been written, also for a write at the same moment.
    pub(super) async fn replace_staff_item(
        &self,
        what: &StaffItem,
        restaurant: &RestaurantId,
        written: Written,
        version: Option<u64>,
    ) -> Result<bool, Error> {
        match self.write_staff_item(what, restaurant, written, version).await? {
            Ok(()) => Ok(true),
            Err(Race::Lost) => Ok(false),
            Err(Race::Undecided) => Err(Error::Dependency {
                operation: what.writing,
                cause: "another write was made at the same moment".to_owned(),
            }),
        }
    }

    /// Writes it as [`Self::replace_staff_item`] does, and returns the [`Race`] that kept it from being written.
    pub(super) async fn write_staff_item(
        &self,
        what: &StaffItem,
        restaurant: &RestaurantId,
        written: Written,
        version: Option<u64>,
    ) -> Result<Result<(), Race>, Error> {
        let next = version.map_or(1, |version| version.saturating_add(1));
        let put = |partition: &str, item: String, attributes: Attributes| {
            Put::builder()
                .table_name(&self.table)
                .set_item(Some(attributes))
                .item("restaurant_id", AttributeValue::S(partition.to_owned()))
                .item("item", AttributeValue::S(item))
                .item("version", version_number(next))
        };
        let Written { own, beside_card, kept_in } = written;
        let kept = kept_in.map(|partition| put(&partition, version_name(next), own.clone()));
        let beside_card = put(CARDS, what.beside_card(restaurant), beside_card);
        let own = put(restaurant.as_ref(), what.name.to_owned(), own);
        let own = match version {
            None => own.condition_expression("attribute_not_exists(restaurant_id)"),
            Some(version) => own
                .condition_expression("#version = :version")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":version", version_number(version)),
        };
        let put = |one: PutBuilder| {
            let one = one.build().map_err(|error| Error::dependency(what.writing, error))?;
            Ok(TransactWriteItem::builder().put(one).build())
        };
        let items = [own, beside_card].into_iter().chain(kept);
        let items = items.map(put).collect::<Result<_, Error>>()?;
        match transact(&self.client, what.writing, items).await? {
            Ok(()) => Ok(Ok(())),
            Err(reasons) => match Race::of(&reasons) {
                Some(race) => Ok(Err(race)),
                None => Err(cancelled(what.writing, &reasons)),
            },
        }
    }
}

fn version_number(version: u64) -> AttributeValue {
    number(i64::try_from(version).unwrap_or(i64::MAX))
}
