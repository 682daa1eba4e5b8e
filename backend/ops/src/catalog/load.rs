//! Putting a catalog into the table that the functions read, and its pictures beside the page.
//!
//! The table has ten kinds of items. What customers are shown of one restaurant is in one partition, so that a
//! menu is one Query, the list of restaurants another and the shop's own texts a third:
//!
//! | `restaurant_id` | `item` | attributes |
//! |---|---|---|
//! | `cards` | the restaurant's id | `card` |
//! | the restaurant's id | `about` | `about` (its sections without dishes), `kitchen`, `reject_reason` |
//! | the restaurant's id | `dish#{dish_id}` | `dish`, `section_id`, `position` |
//! | `pages` | the text's name | `page` |
//! | the restaurant's id; `cards` | `availability`; `availability#{id}` | `availability`, `version` |
//! | the restaurant's id; `cards` | `hours`; `hours#{id}` | `hours`, `version` |
//! | the restaurant's id; `cards` | `delivery`; `delivery#{id}` | `delivery`, `version` |
//! | the restaurant's id | `menu` | `menu` (its sections), `dishes` (how many), `published_at`, `published_by`, `version` |
//! | `cards` | `menu#{id}` | `menu` (the dishes of the card), `version` |
//! | `menus#{id}` | the version, in ten digits | as of `menu` |
//!
//! `card`, `about`, `dish` and `menu` are JSON of `shared::menu`, `page` of `shared::api::LegalPage`,
//! `availability` of `shared::availability`, `hours` of `shared::hours` and `delivery` of `shared::area`:
//! availability, hours, areas and menus staff write, and what they say holds in place of what the file says. Of a
//! menu, every version stays.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::path::Path;

use anyhow::{Context, Result};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use fs_err as fs;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::menu::Restaurant;

use super::{CARDS, Catalog, Entry, Office, PAGES};

/// What the items are called in which staff have written what cannot be had for a while.
const AVAILABILITY: &str = "availability";
/// What the items are called in which the office has written when a restaurant is open.
const HOURS: &str = "hours";
/// What the items are called in which the office has written where a restaurant delivers.
const DELIVERY: &str = "delivery";
/// What the items are called in which the office has published a menu.
const MENU: &str = "menu";
/// What the name of a partition begins with that has every version of a restaurant's menu.
const MENUS: &str = "menus#";

/// An item without its key.
type Item = HashMap<String, AttributeValue>;
/// An item's `restaurant_id` and `item`.
type Key = (String, String);
type Items = BTreeMap<Key, Item>;

/// What a load did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Items written, new or changed.
    pub written: usize,
    /// Items deleted.
    pub deleted: usize,
    /// Items that were as they should be.
    pub unchanged: usize,
    /// What holds in place of the catalog's.
    pub office: Office,
}

impl fmt::Display for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { written, deleted, unchanged, office: Office { hours, areas, menus } } = self;
        write!(
            f,
            "the catalog: {written} items written, {deleted} deleted, {unchanged} unchanged"
        )?;
        let hours: Vec<_> = hours.keys().map(String::as_str).collect();
        let areas: Vec<_> = areas.keys().map(String::as_str).collect();
        let menus: Vec<_> = menus.keys().map(String::as_str).collect();
        if !hours.is_empty() {
            write!(f, "; the hours stay that were set at the counter of {}", hours.join(", "))?;
        }
        if !areas.is_empty() {
            let areas = areas.join(", ");
            write!(f, "; the delivery areas stay that were set at the counter of {areas}")?;
        }
        if !menus.is_empty() {
            let menus = menus.join(", ");
            write!(f, "; the menus stay that were published at the counter of {menus}")?;
        }
        Ok(())
    }
}

/// Makes the table hold this catalog and nothing else, by writing what differs; but what staff have said of
/// a restaurant that is still in it stays. After an error, what was written stays, and the next load
/// completes it.
pub(crate) async fn load(client: &Client, table: &str, catalog: &Catalog) -> Result<Loaded> {
    let wanted = items(catalog)?;
    let count = wanted.len();
    let present = read(client, table).await?;
    let mut loaded = Loaded { office: office(&present, catalog)?, ..Loaded::default() };
    for ((id, item), attributes) in changes(present, wanted) {
        let unwritten = || format!("the table {table} cannot be written");
        let (id, item) = (text(id), text(item));
        if attributes.is_some() {
            let put = client.put_item().table_name(table).set_item(attributes);
            let put = put.item("restaurant_id", id).item("item", item);
            put.send().await.with_context(unwritten)?;
            loaded.written += 1;
        } else {
            let delete = client.delete_item().table_name(table);
            let delete = delete.key("restaurant_id", id).key("item", item);
            delete.send().await.with_context(unwritten)?;
            loaded.deleted += 1;
        }
    }
    loaded.unchanged = count.saturating_sub(loaded.written);
    Ok(loaded)
}

/// What is to be written, in order; no item means that it is to be deleted.
///
/// A restaurant's card promises its menu: it is written after it, and deleted before it. So a load
/// that is interrupted leaves no card without its menu.
fn changes(mut present: Items, wanted: Items) -> Vec<(Key, Option<Item>)> {
    let is_card = |key: &Key| key.0 == CARDS;
    let cards = wanted.keys().filter(|key| is_card(key));
    let restaurants: BTreeSet<String> = cards.map(|(_, id)| id.clone()).collect();
    let is_said_by_staff = |(partition, item): &Key| {
        if let Some(id) = partition.strip_prefix(MENUS) {
            return restaurants.contains(id);
        }
        let (name, id) = item.split_once('#').unwrap_or((item, partition));
        [AVAILABILITY, HOURS, DELIVERY, MENU].contains(&name) && restaurants.contains(id)
    };
    let differs = |(key, item): &(Key, Item)| present.remove(key).as_ref() != Some(item);
    let mut written: Vec<_> = wanted.into_iter().filter(differs).collect();
    written.sort_by_key(|(key, _)| is_card(key));
    let mut deleted: Vec<_> = present.into_keys().filter(|key| !is_said_by_staff(key)).collect();
    deleted.sort_by_key(|key| !is_card(key));
    let written = written.into_iter().map(|(key, item)| (key, Some(item)));
    written.chain(deleted.into_iter().map(|key| (key, None))).collect()
}

/// What the offices of a catalog's restaurants have set and published.
fn office(present: &Items, catalog: &Catalog) -> Result<Office> {
    Ok(Office {
        hours: said(present, catalog, HOURS)?,
        areas: said(present, catalog, DELIVERY)?,
        menus: said(present, catalog, MENU)?,
    })
}

/// The documents of a kind that the offices of a catalog's restaurants have written.
fn said<T: DeserializeOwned>(
    present: &Items,
    catalog: &Catalog,
    kind: &str,
) -> Result<BTreeMap<String, T>> {
    let ids = catalog.restaurants.iter().map(|entry| entry.restaurant.card.restaurant_id.as_ref());
    let said = ids.filter_map(|id| Some((id, present.get(&(id.to_owned(), kind.to_owned()))?)));
    let read = |(id, item): (&str, &Item)| {
        let text = item.get(kind).and_then(|text| text.as_s().ok()).context("it has no document");
        let document = text.and_then(|text| Ok(serde_json::from_str(text)?));
        Ok((id.to_owned(), document.with_context(|| format!("the {kind} of {id} cannot be read"))?))
    };
    said.map(read).collect()
}

/// Everything that the table holds.
async fn read(client: &Client, table: &str) -> Result<Items> {
    let scan = client.scan().table_name(table).consistent_read(true);
    let items: Result<Vec<Item>, _> = scan.into_paginator().items().send().collect().await;
    let items = items.with_context(|| format!("the table {table} cannot be read"))?;
    let keyed = items.into_iter().map(|mut item| {
        let mut part = |name| match item.remove(name) {
            Some(AttributeValue::S(text)) => Ok(text),
            _ => anyhow::bail!("an item of the table {table} has no key"),
        };
        Ok(((part("restaurant_id")?, part("item")?), item))
    });
    keyed.collect()
}

/// Everything that the table is to hold.
fn items(catalog: &Catalog) -> Result<Items> {
    let mut items = Items::new();
    let mut add = |id: &str, item: &str, attributes: Vec<(&str, AttributeValue)>| {
        let attributes = attributes.into_iter().map(|(name, value)| (name.to_owned(), value));
        items.insert((id.to_owned(), item.to_owned()), attributes.collect());
    };
    for (name, page) in &catalog.pages {
        add(PAGES, name.as_str(), vec![("page", json(page)?)]);
    }
    for Entry { restaurant, kitchen, reject_reason } in &catalog.restaurants {
        let id = restaurant.card.restaurant_id.as_ref();
        add(CARDS, id, vec![("card", json(&restaurant.card)?)]);
        let mut about: Restaurant = restaurant.clone();
        about.sections.iter_mut().for_each(|section| section.dishes.clear());
        let mut about = vec![("about", json(&about)?), ("kitchen", word(kitchen)?)];
        if let Some(reason) = reject_reason {
            about.push(("reject_reason", word(reason)?));
        }
        add(id, "about", about);
        let dishes = restaurant.sections.iter().flat_map(|section| {
            section.dishes.iter().map(move |dish| (section.section_id.as_ref(), dish))
        });
        for (position, (section_id, dish)) in dishes.enumerate() {
            let position = AttributeValue::N(position.to_string());
            let section = ("section_id", text(section_id));
            let attributes = vec![("dish", json(dish)?), section, ("position", position)];
            add(id, &format!("dish#{}", dish.dish_id), attributes);
        }
    }
    Ok(items)
}

/// An attribute with a text.
pub(crate) fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

fn json(value: &impl Serialize) -> Result<AttributeValue> {
    serde_json::to_string(value).map(text).context("a restaurant cannot be written as JSON")
}

/// The name of a variant.
fn word(variant: &impl Serialize) -> Result<AttributeValue> {
    let value = serde_json::to_value(variant)?;
    value.as_str().map(text).context("a variant without a name")
}

/// Copies the catalog's pictures into the folder served under `/art`, each named by its content.
/// Older ones stay: an open page may still show them.
pub(crate) fn copy_art(catalog: &Catalog, folder: &Path) -> Result<()> {
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

#[cfg(test)]
mod tests;
