//! The table of restaurants and dishes, as `cargo dev catalog load` writes it, and what staff set: what cannot be
//! had for a while, and when a restaurant is open.

mod availability;
mod hours;
mod staff_item;

use aws_sdk_dynamodb::{
    Client, operation::query::builders::QueryFluentBuilder, types::AttributeValue,
};
use serde::{Deserialize, de::DeserializeOwned};
use shared::{
    Reason, RestaurantId, SectionId,
    api::{LegalPage, PageName},
    availability::Availability,
    menu::{Card, Dish, Restaurant},
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

/// An item of the table: one of six kinds, each with its document as JSON.
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
        if [CARDS, PAGES].contains(&id.as_ref()) {
            return Ok(None);
        }
        let mut rows = self.partition(id.as_ref()).await?;
        rows.sort_by_key(|row| row.position);
        let Some(head) = rows.iter().find(|row| row.about.is_some()) else {
            return Ok(None);
        };
        let mut restaurant: Restaurant = document(head.about.as_deref().unwrap_or_default())?;
        let kitchen = kitchen(head)?;
        for row in &rows {
            let (Some(text), Some(section_id)) = (&row.dish, &row.section_id) else { continue };
            let dish: Dish = document(text)?;
            if let Some(section) =
                restaurant.sections.iter_mut().find(|section| section.section_id == *section_id)
            {
                section.dishes.push(dish);
            }
        }
        let availability = availability::of(id, &rows)?;
        hours::apply(id, &rows, &mut restaurant.card.hours)?;
        Ok(Some(CatalogEntry { restaurant, kitchen, availability }))
    }

    /// The items of a partition, as the public pages read them: what was written a moment ago may be missing, at
    /// half the price of a consistent read.
    async fn partition(&self, id: &str) -> Result<Vec<Row>, Error> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("restaurant_id = :id")
            .expression_attribute_values(":id", AttributeValue::S(id.to_owned()));
        rows(query).await
    }
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
