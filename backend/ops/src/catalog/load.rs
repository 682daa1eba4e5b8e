//! Putting a catalog into the table that the functions read, and its pictures beside the page.
//!
//! The table has five kinds of items, all of one restaurant in one partition, so that a menu is
//! one Query, the list of restaurants another and the shop's own texts a third:
//!
//! | `restaurant_id` | `item` | attributes |
//! |---|---|---|
//! | `cards` | the restaurant's id | `card` |
//! | the restaurant's id | `about` | `about` (its sections without dishes), `kitchen`, `reject_reason` |
//! | the restaurant's id | `dish#{dish_id}` | `dish`, `section_id`, `position` |
//! | `pages` | the text's name | `page` |
//! | `loading` | the restaurant's id | none: a load has begun to change it, and not ended |
//!
//! `card`, `about` and `dish` are JSON of `shared::menu`, `page` of `shared::api::LegalPage`; every
//! item carries `version`, which changes with anything in the restaurant or the text.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::path::Path;

use anyhow::{Context, Result};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::AttributeValue;
use fs_err as fs;
use serde::Serialize;
use shared::api::{LegalPage, PageName};
use shared::menu::Restaurant;

use super::{CARDS, Catalog, Entry, Kitchen, LOADING, PAGES};
use crate::hash;

/// Changes when the items' layout does, so that a load then writes all of them again.
const LAYOUT: &str = "1";

type Item = HashMap<String, AttributeValue>;

/// What a load did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Items written, new or changed.
    pub written: usize,
    /// Items deleted.
    pub deleted: usize,
    /// Restaurants that were as they should be.
    pub unchanged: usize,
}

impl fmt::Display for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { written, deleted, unchanged } = self;
        write!(
            f,
            "the catalog: {written} items written, {deleted} deleted, {unchanged} restaurants unchanged"
        )
    }
}

/// Makes the table hold this catalog and nothing else.
///
/// A restaurant's card is written last and deleted first: a card promises its menu. Its version
/// is how a restaurant that has not changed is left alone, unless a load that was interrupted has
/// left a mark that it had begun to change it: the card may then show a menu that does not exist.
///
/// # Errors
/// If the table does not answer; what was written by then stays, and loading again completes it.
pub async fn load(client: &Client, table: &str, catalog: &Catalog) -> Result<Loaded> {
    let table = Table { client, name: table };
    let versions = table.versions(CARDS).await?;
    let begun: BTreeSet<String> = table.versions(LOADING).await?.into_keys().collect();
    let mut loaded = Loaded::default();
    load_pages(&table, &catalog.pages, &mut loaded).await?;
    for entry in &catalog.restaurants {
        let (id, version) = (entry.id(), version(entry)?);
        if versions.get(id) == Some(&version) && !begun.contains(id) {
            loaded.unchanged += 1;
            continue;
        }
        let items = items(entry, &version)?;
        table.put(key(LOADING, id)).await?;
        let kept: BTreeSet<&str> = items.iter().map(|(sort_key, _)| sort_key.as_str()).collect();
        for (_, item) in &items {
            table.put(item.clone()).await?;
        }
        loaded.deleted += table.delete_except(id, &kept).await?;
        table.put(card(entry, &version)?).await?;
        table.delete(LOADING, id).await?;
        loaded.written += items.len() + 1;
    }
    let present: BTreeSet<&str> = catalog.restaurants.iter().map(Entry::id).collect();
    let known: BTreeSet<&String> = versions.keys().chain(&begun).collect();
    for id in known.into_iter().filter(|id| !present.contains(id.as_str())) {
        table.put(key(LOADING, id)).await?;
        table.delete(CARDS, id).await?;
        loaded.deleted += table.delete_except(id, &BTreeSet::new()).await? + 1;
        table.delete(LOADING, id).await?;
    }
    Ok(loaded)
}

async fn load_pages(
    table: &Table<'_>,
    pages: &BTreeMap<PageName, LegalPage>,
    loaded: &mut Loaded,
) -> Result<()> {
    let versions = table.versions(PAGES).await?;
    for (name, page) in pages {
        let version = hash::short(json(&(LAYOUT, page))?.as_bytes());
        if versions.get(name.as_str()) != Some(&version) {
            let mut item = key(PAGES, name.as_str());
            item.insert("page".into(), AttributeValue::S(json(page)?));
            item.insert("version".into(), AttributeValue::S(version));
            table.put(item).await?;
            loaded.written += 1;
        }
    }
    let kept: BTreeSet<&str> = pages.keys().map(|name| name.as_str()).collect();
    for name in versions.keys().filter(|name| !kept.contains(name.as_str())) {
        table.delete(PAGES, name).await?;
        loaded.deleted += 1;
    }
    Ok(())
}

/// Copies the catalog's pictures into the folder served under `/art`, each named by its content.
/// Older ones stay: an open page may still show them.
///
/// # Errors
/// If the folder cannot be written.
pub fn copy_art(catalog: &Catalog, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    for (name, file) in &catalog.art {
        if !folder.join(name).exists() {
            // In one step: the edge may be serving this folder.
            let part = folder.join(format!("{name}.part"));
            fs::copy(file, &part)?;
            fs::rename(&part, folder.join(name))?;
        }
    }
    Ok(())
}

impl Entry {
    fn id(&self) -> &str {
        self.restaurant.card.restaurant_id.as_ref()
    }
}

struct Table<'a> {
    client: &'a Client,
    name: &'a str,
}

impl Table<'_> {
    /// The version of every restaurant that has a card, or of every text.
    async fn versions(&self, partition: &str) -> Result<BTreeMap<String, String>> {
        let items = self.partition(partition).await?;
        Ok(items.iter().map(|item| (text(item, "item"), text(item, "version"))).collect())
    }

    async fn partition(&self, id: &str) -> Result<Vec<Item>> {
        self.client
            .query()
            .table_name(self.name)
            .consistent_read(true)
            .key_condition_expression("restaurant_id = :id")
            .expression_attribute_values(":id", AttributeValue::S(id.to_owned()))
            .into_paginator()
            .items()
            .send()
            .collect::<Result<_, _>>()
            .await
            .map_err(|error| self.refused("read", &error))
    }

    async fn put(&self, item: Item) -> Result<()> {
        let put = self.client.put_item().table_name(self.name).set_item(Some(item));
        put.send().await.map_err(|error| self.refused("written", &error))?;
        Ok(())
    }

    async fn delete(&self, id: &str, sort_key: &str) -> Result<()> {
        let delete = self.client.delete_item().table_name(self.name);
        let delete = delete.set_key(Some(key(id, sort_key)));
        delete.send().await.map_err(|error| self.refused("written", &error))?;
        Ok(())
    }

    /// Deletes what a restaurant's partition holds besides `kept`; the count of items.
    async fn delete_except(&self, id: &str, kept: &BTreeSet<&str>) -> Result<usize> {
        let mut deleted = 0;
        for item in self.partition(id).await? {
            let sort_key = text(&item, "item");
            if !kept.contains(sort_key.as_str()) {
                self.delete(id, &sort_key).await?;
                deleted += 1;
            }
        }
        Ok(deleted)
    }

    fn refused(&self, done: &str, error: &(impl std::error::Error + 'static)) -> anyhow::Error {
        let why = DisplayErrorContext(error);
        anyhow::anyhow!("the catalog table {} cannot be {done}: {why}", self.name)
    }
}

fn version(entry: &Entry) -> Result<String> {
    let all = (LAYOUT, &entry.restaurant, entry.kitchen.name(), entry.kitchen.rejection());
    Ok(hash::short(json(&all)?.as_bytes()))
}

impl Kitchen {
    fn rejection(&self) -> Option<&'static str> {
        match self {
            Self::Rejects(reason) => Some(reason),
            _ => None,
        }
    }
}

fn card(entry: &Entry, version: &str) -> Result<Item> {
    let mut item = key(CARDS, entry.id());
    item.insert("card".into(), AttributeValue::S(json(&entry.restaurant.card)?));
    item.insert("version".into(), AttributeValue::S(version.to_owned()));
    Ok(item)
}

/// Everything in a restaurant's partition, by sort key.
fn items(entry: &Entry, version: &str) -> Result<Vec<(String, Item)>> {
    let id = entry.id();
    let mut items = vec![("about".to_owned(), about(entry)?)];
    let sections = &entry.restaurant.sections;
    let dishes = sections
        .iter()
        .flat_map(|section| section.dishes.iter().map(move |dish| (&section.section_id, dish)));
    for (position, (section_id, dish)) in dishes.enumerate() {
        let sort_key = format!("dish#{}", dish.dish_id);
        let mut item = key(id, &sort_key);
        item.insert("dish".into(), AttributeValue::S(json(dish)?));
        item.insert("section_id".into(), AttributeValue::S(section_id.to_string()));
        item.insert("position".into(), AttributeValue::N(position.to_string()));
        items.push((sort_key, item));
    }
    for (_, item) in &mut items {
        item.insert("version".into(), AttributeValue::S(version.to_owned()));
    }
    Ok(items)
}

fn about(entry: &Entry) -> Result<Item> {
    let mut about: Restaurant = entry.restaurant.clone();
    about.sections.iter_mut().for_each(|section| section.dishes.clear());
    let mut item = key(entry.id(), "about");
    item.insert("about".into(), AttributeValue::S(json(&about)?));
    item.insert("kitchen".into(), AttributeValue::S(entry.kitchen.name().to_owned()));
    if let Some(reason) = entry.kitchen.rejection() {
        item.insert("reject_reason".into(), AttributeValue::S(reason.to_owned()));
    }
    Ok(item)
}

fn key(restaurant_id: &str, item: &str) -> Item {
    HashMap::from([
        ("restaurant_id".to_owned(), AttributeValue::S(restaurant_id.to_owned())),
        ("item".to_owned(), AttributeValue::S(item.to_owned())),
    ])
}

fn text(item: &Item, attribute: &str) -> String {
    let value = item.get(attribute).and_then(|value| value.as_s().ok());
    value.cloned().unwrap_or_default()
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).context("a restaurant cannot be written as JSON")
}

#[cfg(test)]
mod tests {
    use aws_local::cloud::Cloud;
    use aws_local::settings::Settings;

    use super::*;
    use crate::catalog::read;
    use crate::dev::load::client;

    #[tokio::test]
    async fn the_table_holds_the_catalog_and_nothing_else() {
        let backend = Path::new("..");
        // No function is called.
        let settings = Settings::new(backend.join("template.yaml"), "/bin/false");
        let cloud = Cloud::start(settings).await.unwrap();
        let client = client(Some(&cloud.endpoint())).await;
        let name = &cloud.stack().outputs["CatalogTableName"];
        let table = Table { client: &client, name };
        let mut catalog = read(&backend.join("data")).unwrap().unwrap();
        let restaurants = catalog.restaurants.len();

        load(&client, name, &catalog).await.unwrap();
        let again = load(&client, name, &catalog).await.unwrap();
        assert_eq!(again, Loaded { written: 0, deleted: 0, unchanged: restaurants });

        catalog.pages.remove(&PageName::Terms);
        catalog.pages.get_mut(&PageName::Privacy).unwrap().title = "Yours".to_owned();
        let changed = load(&client, name, &catalog).await.unwrap();
        assert_eq!(changed, Loaded { written: 1, deleted: 1, unchanged: restaurants });
        let pages = table.partition(PAGES).await.unwrap();
        let title = |item| serde_json::from_str::<LegalPage>(&text(item, "page")).unwrap().title;
        assert_eq!(pages.iter().map(title).collect::<Vec<_>>(), ["Yours"]);

        let closed = catalog.restaurants.remove(0);
        let sections = closed.restaurant.sections.iter();
        let dishes: usize = sections.map(|section| section.dishes.len()).sum();
        let left = load(&client, name, &catalog).await.unwrap();
        let gone = Loaded { written: 0, deleted: dishes + 2, unchanged: restaurants - 1 };
        assert_eq!(left, gone, "its dishes, what it is, and its card");
        assert!(table.partition(closed.id()).await.unwrap().is_empty());
        cloud.stop().await;
    }
}
