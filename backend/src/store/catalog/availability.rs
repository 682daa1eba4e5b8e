//! What a restaurant cannot do for a while: an item beside its menu, and the same beside its card, so that a
//! menu and the list of restaurants stay one query each.

use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, builders::PutBuilder};
use shared::{RestaurantId, Timestamp, availability::Availability};

use super::{CARDS, Catalog, Row, document, rows};
use crate::{
    runtime::error::Error,
    store::dynamodb::{
        number,
        transaction::{cancelled, is_race, transact},
    },
};

/// The name of the item, or what it begins with beside the cards; the restaurant's id follows there.
const ITEM: &str = "availability";
/// How often a change is made anew because another one came first.
const ATTEMPTS: usize = 8;
const WRITING: &str = "writing what a restaurant cannot do";

/// What a restaurant cannot do for a while, by the items of its partition or of the cards'.
pub(super) fn of(restaurant: &RestaurantId, rows: &[Row]) -> Result<Availability, Error> {
    let row = rows.iter().find(|row| row.item == ITEM || row.item == beside_cards(restaurant));
    let text = row.and_then(|row| row.availability.as_deref());
    text.map(document).transpose().map(Option::unwrap_or_default)
}

fn beside_cards(restaurant: &RestaurantId) -> String {
    format!("{ITEM}#{restaurant}")
}

impl Catalog {
    /// What a restaurant cannot do for a while, with every change that was answered before: those who make
    /// the changes must not be shown an older state.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer, or holds what this version cannot read.
    pub async fn availability(&self, restaurant: &RestaurantId) -> Result<Availability, Error> {
        of(restaurant, &self.availability_row(restaurant).await?)
    }

    /// The item beside the restaurant's menu, or none, read consistently. It is a query, for the function may
    /// not get single items.
    async fn availability_row(&self, restaurant: &RestaurantId) -> Result<Vec<Row>, Error> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("restaurant_id = :id AND #item = :item")
            .expression_attribute_names("#item", "item")
            .expression_attribute_values(":id", AttributeValue::S(restaurant.to_string()))
            .expression_attribute_values(":item", AttributeValue::S(ITEM.to_owned()))
            .consistent_read(true);
        rows(query).await
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
            let rows = self.availability_row(restaurant).await?;
            let version = rows.first().map(|row| row.version);
            let mut availability = of(restaurant, &rows)?.at(now);
            change(&mut availability);
            if self.put_availability(restaurant, &availability, version).await? {
                return Ok(availability);
            }
        }
        let cause = format!("{ATTEMPTS} times, another change came first");
        Err(Error::Dependency { operation: WRITING, cause })
    }

    /// Writes it if it still is of this version; whether no other change came first.
    async fn put_availability(
        &self,
        restaurant: &RestaurantId,
        availability: &Availability,
        version: Option<u64>,
    ) -> Result<bool, Error> {
        let text = serde_json::to_string(availability)
            .map_err(|error| Error::dependency(WRITING, error))?;
        let next = i64::try_from(version.map_or(1, |version| version + 1)).unwrap_or(i64::MAX);
        let put = |partition: &str, item: String| {
            Put::builder()
                .table_name(&self.table)
                .item("restaurant_id", AttributeValue::S(partition.to_owned()))
                .item("item", AttributeValue::S(item))
                .item("availability", AttributeValue::S(text.clone()))
                .item("version", number(next))
        };
        let own = put(restaurant.as_ref(), ITEM.to_owned());
        let beside = put(CARDS, beside_cards(restaurant));
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
            let one = one.build().map_err(|error| Error::dependency(WRITING, error))?;
            Ok(TransactWriteItem::builder().put(one).build())
        };
        let items = [own, beside].into_iter().map(put).collect::<Result<_, Error>>()?;
        match transact(&self.client, WRITING, items).await? {
            Ok(()) => Ok(true),
            Err(reasons) if is_race(&reasons) => Ok(false),
            Err(reasons) => Err(cancelled(WRITING, &reasons)),
        }
    }
}
