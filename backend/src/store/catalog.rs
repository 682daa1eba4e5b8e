//! The table of restaurants and dishes, as `cargo dev catalog load` writes it, and what staff set: what cannot be
//! had for a while, when a restaurant is open, where it delivers, and its menu.

mod availability;
mod delivery;
mod hours;
mod menu;
mod staff_item;

use aws_sdk_dynamodb::{
    Client, operation::query::builders::QueryFluentBuilder, types::AttributeValue,
};
use serde::{Deserialize, de::DeserializeOwned};
use shared::{
    Reason, RestaurantId, SectionId, Timestamp,
    api::{LegalPage, PageName},
    availability::Availability,
    menu::{Card, Dish, Restaurant},
    staff::StaffName,
};

use crate::{runtime::error::Error, store::dynamodb::query_all};

/// The partition that holds the list of restaurants: no restaurant has this id.
const CARDS: &str = "cards";
/// The partition that holds the shop's own texts: no restaurant has this id.
const PAGES: &str = "pages";

/// The table of restaurants and dishes.
pub struct Catalog {
    client: Client,
    table: String,
}

/// A restaurant with how its kitchen is simulated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogEntry {
    /// What customers see.
    pub restaurant: Restaurant,
    /// How its kitchen is simulated, where kitchens are.
    pub kitchen: Kitchen,
    /// What it cannot do for a while.
    pub availability: Availability,
}

/// How a restaurant's kitchen is simulated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kitchen {
    /// It accepts every order.
    Accepts,
    /// It accepts every order, and takes three times as long.
    Slow,
    /// It rejects every order.
    Rejects {
        /// Why.
        reason: Reason,
    },
    /// It never answers; so does a kitchen that is not simulated.
    Silent,
}

/// An item of the table: one of ten kinds, each with its document as JSON.
#[derive(Deserialize)]
struct Row {
    item: String,
    page: Option<String>,
    card: Option<String>,
    about: Option<String>,
    dish: Option<String>,
    section_id: Option<SectionId>,
    #[serde(default)]
    position: u32,
    kitchen: Option<String>,
    reject_reason: Option<String>,
    availability: Option<String>,
    hours: Option<String>,
    delivery: Option<String>,
    menu: Option<String>,
    dishes: Option<u32>,
    published_at: Option<Timestamp>,
    published_by: Option<StaffName>,
    #[serde(default)]
    version: u64,
}

impl Catalog {
    /// The table of that name.
    #[must_use]
    pub const fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// Every restaurant, by name, with what it cannot do for a while.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer, or holds what this version cannot read.
    pub async fn cards(&self) -> Result<Vec<(Card, Availability)>, Error> {
        let rows = self.partition(CARDS).await?;
        let mut cards = Vec::new();
        for text in rows.iter().filter_map(|row| row.card.as_deref()) {
            let mut card: Card = document(text)?;
            let availability = availability::of(&card.restaurant_id, &rows)?;
            hours::apply(&card.restaurant_id, &rows, &mut card.hours)?;
            delivery::apply(&mut card, &rows)?;
            menu::apply_to_card(&mut card, &rows)?;
            cards.push((card, availability));
        }
        cards.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        Ok(cards)
    }

    /// A text of the shop's own, if its owner has written it.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer, or holds what this version cannot read.
    pub async fn page(&self, name: PageName) -> Result<Option<LegalPage>, Error> {
        let rows = self.partition(PAGES).await?;
        let row = rows.iter().find(|row| row.item == name.as_str());
        row.and_then(|row| row.page.as_deref()).map(document).transpose()
    }

    /// One restaurant with its menu.
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer, or holds what this version cannot read.
    pub async fn restaurant(&self, id: &RestaurantId) -> Result<Option<CatalogEntry>, Error> {
        if is_no_restaurant(id) {
            return Ok(None);
        }
        let rows = self.partition(id.as_ref()).await?;
        let Some(head) = rows.iter().find(|row| row.about.is_some()) else {
            return Ok(None);
        };
        let mut restaurant = about(head)?;
        match menu::published(id, &rows)? {
            Some(sections) => restaurant.set_menu(sections),
            None => add_dishes(&mut restaurant, &rows)?,
        }
        let availability = availability::of(id, &rows)?;
        hours::apply(id, &rows, &mut restaurant.card.hours)?;
        delivery::apply(&mut restaurant.card, &rows)?;
        Ok(Some(CatalogEntry { restaurant, kitchen: kitchen(head)?, availability }))
    }

    /// The items of a partition, as the public pages read them: what was written a moment ago may be missing, at
    /// half the price of a consistent read.
    async fn partition(&self, id: &str) -> Result<Vec<Row>, Error> {
        rows(self.query(id)).await
    }

    /// One item, or none, with every change that was answered before. It is a query, for the function may not get
    /// single items.
    async fn item(&self, partition: &str, item: &str) -> Result<Vec<Row>, Error> {
        let query = self
            .query(partition)
            .key_condition_expression("restaurant_id = :id AND #item = :item")
            .expression_attribute_names("#item", "item")
            .expression_attribute_values(":item", AttributeValue::S(item.to_owned()))
            .consistent_read(true);
        rows(query).await
    }

    fn query(&self, partition: &str) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .key_condition_expression("restaurant_id = :id")
            .expression_attribute_values(":id", AttributeValue::S(partition.to_owned()))
    }
}

/// Whether a partition of this name holds something else.
fn is_no_restaurant(id: &RestaurantId) -> bool {
    [CARDS, PAGES].contains(&id.as_ref())
}

/// A restaurant whose sections have no dishes yet, by its first item.
fn about(head: &Row) -> Result<Restaurant, Error> {
    document(head.about.as_deref().unwrap_or_default())
}

/// Adds the dishes of the catalog's file, in order, to their sections.
fn add_dishes(restaurant: &mut Restaurant, rows: &[Row]) -> Result<(), Error> {
    let mut dishes: Vec<_> = rows
        .iter()
        .filter_map(|row| Some((row.position, row.section_id.as_ref()?, row.dish.as_ref()?)))
        .collect();
    dishes.sort_by_key(|(position, ..)| *position);
    for (_, section_id, text) in dishes {
        let dish: Dish = document(text)?;
        let mut sections = restaurant.sections.iter_mut();
        if let Some(section) = sections.find(|section| section.section_id == *section_id) {
            section.dishes.push(dish);
        }
    }
    Ok(())
}

async fn rows(query: QueryFluentBuilder) -> Result<Vec<Row>, Error> {
    serde_dynamo::from_items(query_all("reading the catalog", query).await?)
        .map_err(|error| Error::dependency("reading the catalog's items", error))
}

fn kitchen(row: &Row) -> Result<Kitchen, Error> {
    match row.kitchen.as_deref() {
        None | Some("accepts") => Ok(Kitchen::Accepts),
        Some("slow") => Ok(Kitchen::Slow),
        Some("silent") => Ok(Kitchen::Silent),
        Some("rejects") => {
            let code = row.reject_reason.as_deref().unwrap_or("too_busy");
            let reason = serde_json::from_value(serde_json::json!({ "code": code }));
            reason
                .map(|reason| Kitchen::Rejects { reason })
                .map_err(|error| Error::dependency("reading a kitchen", error))
        }
        Some(other) => Err(Error::Dependency {
            operation: "reading a kitchen",
            cause: format!("“{other}” is no kind of kitchen"),
        }),
    }
}

fn document<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text)
        .map_err(|error| Error::dependency("reading the catalog's documents", error))
}
