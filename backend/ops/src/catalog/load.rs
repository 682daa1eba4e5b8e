//! Putting a catalog into the table that the functions read, and its pictures beside the page.
//!
//! The table has nine kinds of items. What customers are shown of one restaurant is in one partition, so that a
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
mod tests {
    use aws_local::cloud::Cloud;
    use aws_local::settings::Settings;
    use shared::Amount;
    use shared::api::PageName;
    use shared::area::DeliveryArea;
    use shared::menu::Card;

    use super::*;
    use crate::dev::load::client;

    /// The first two restaurants of the demo catalog, and how it may look after a change.
    fn catalogs() -> [Catalog; 2] {
        let mut demo = crate::catalog::read(Path::new("../data")).unwrap().unwrap();
        demo.restaurants.truncate(2);
        let mut changed = demo.clone();
        changed.restaurants.remove(0);
        changed.pages.remove(&PageName::Terms);
        changed.pages.get_mut(&PageName::Privacy).unwrap().title = "Yours".to_owned();
        let restaurant = &mut changed.restaurants[0].restaurant;
        let dish = &mut restaurant.sections[0].dishes[0];
        dish.dish_id = "another".parse().unwrap();
        restaurant.card.dishes[0].dish_id = Some(dish.dish_id.clone());
        [demo, changed]
    }

    /// What is left of items when the first of these changes have been made.
    fn apply(mut items: Items, changes: impl IntoIterator<Item = (Key, Option<Item>)>) -> Items {
        for (key, item) in changes {
            match item {
                Some(item) => items.insert(key, item),
                None => items.remove(&key),
            };
        }
        items
    }

    #[test]
    fn a_load_that_was_interrupted_leaves_no_card_without_its_menu_and_is_completed() {
        let [demo, changed] = catalogs().map(|catalog| items(&catalog).unwrap());
        for (before, after) in [(&demo, &changed), (&Items::new(), &demo), (&demo, &Items::new())] {
            let changes = super::changes(before.clone(), after.clone());
            assert!(changes.len() > 5);
            for made in 0..=changes.len() {
                let left = apply(before.clone(), changes[..made].iter().cloned());
                for ((_, id), item) in left.iter().filter(|((partition, _), _)| partition == CARDS)
                {
                    let card: Card = serde_json::from_str(item["card"].as_s().unwrap()).unwrap();
                    let dishes = card.dishes.into_iter().filter_map(|dish| dish.dish_id);
                    let dishes = dishes.map(|dish_id| format!("dish#{dish_id}"));
                    for promised in dishes.chain(["about".to_owned()]) {
                        assert!(left.contains_key(&(id.clone(), promised)), "{id} after {made}");
                    }
                }
                for next in [before, after] {
                    let changes = super::changes(left.clone(), next.clone());
                    assert_eq!(apply(left.clone(), changes), *next, "after {made}");
                }
            }
        }
    }

    #[test]
    fn what_staff_have_said_stays_as_long_as_their_restaurant() {
        let [demo, changed] = catalogs().map(|catalog| items(&catalog).unwrap());
        let id = |at: usize| {
            let cards = demo.keys().filter(|(partition, _)| partition == CARDS);
            cards.map(|(_, id)| id.clone()).nth(at).unwrap()
        };
        let stays = |id: &str| changed.contains_key(&(CARDS.to_owned(), id.to_owned()));
        assert_ne!(stays(&id(0)), stays(&id(1)), "one of the restaurants is gone");
        let said = |id: String| {
            let versions = format!("{MENUS}{id}");
            let versions = ["0000000001", "0000000002"].map(|it| (versions.clone(), it.to_owned()));
            let shown = [AVAILABILITY, HOURS, DELIVERY, MENU].into_iter().flat_map(move |name| {
                [(id.clone(), name.to_owned()), (CARDS.to_owned(), format!("{name}#{id}"))]
            });
            shown.chain(versions)
        };
        let mut before = demo.clone();
        for key in [id(0), id(1)].into_iter().flat_map(said) {
            before.insert(key, Item::new());
        }
        let left = apply(before.clone(), super::changes(before, changed.clone()));
        for id in [id(0), id(1)] {
            for key in said(id.clone()) {
                assert_eq!(left.contains_key(&key), stays(&id), "{key:?}");
            }
        }
    }

    #[test]
    fn a_load_says_whose_hours_stay_and_shows_them() {
        let [demo, changed] = catalogs();
        let [gone, left] = &*demo.restaurants else { panic!("there are two") };
        let ids = [gone, left].map(|entry| entry.restaurant.card.restaurant_id.to_string());
        let mut hours = left.restaurant.card.hours.clone();
        hours.time_zone = "Europe/Nowhere".to_owned();
        hours.spans.truncate(1);
        let item = Item::from([(HOURS.to_owned(), json(&hours).unwrap())]);
        let present =
            ids.clone().map(|id| ((id, HOURS.to_owned()), item.clone())).into_iter().collect();
        let kept = office(&present, &changed).unwrap();
        let hours_kept = BTreeMap::from([(ids[1].clone(), hours.clone())]);
        assert_eq!(kept, Office { hours: hours_kept, ..Office::default() }, "the other is gone");
        let shown = changed.clone().with_office(&kept);
        let shown = &shown.restaurants[0].restaurant.card.hours;
        assert_eq!(shown.spans, hours.spans);
        assert_eq!(shown.time_zone, left.restaurant.card.hours.time_zone);
        let said = Loaded { office: kept, ..Loaded::default() }.to_string();
        assert!(said.ends_with(&format!("set at the counter of {}", ids[1])), "{said}");
        assert!(!Loaded::default().to_string().contains("hours"));
        let unreadable = Item::from([(HOURS.to_owned(), text("{}"))]);
        let present = Items::from([((ids[1].clone(), HOURS.to_owned()), unreadable)]);
        let error = office(&present, &changed).unwrap_err().to_string();
        assert_eq!(error, format!("the hours of {} cannot be read", ids[1]));
    }

    #[test]
    fn a_load_says_whose_areas_stay_and_shows_them() {
        let [demo, mut changed] = catalogs();
        let ids = demo.restaurants.iter().map(|entry| entry.restaurant.card.restaurant_id.clone());
        let ids: Vec<_> = ids.map(|id| id.to_string()).collect();
        let area = |postcode: &str| DeliveryArea {
            postcodes: vec![postcode.parse().unwrap()],
            delivery_fee: Amount::new(150),
            minimum_order: Amount::ZERO,
        };
        changed.restaurants[0].restaurant.card.areas = vec![area("N1")];
        for areas in [vec![area("E8")], Vec::new()] {
            let item = Item::from([(DELIVERY.to_owned(), json(&areas).unwrap())]);
            let present = ids.iter().map(|id| ((id.clone(), DELIVERY.to_owned()), item.clone()));
            let kept = office(&present.collect(), &changed).unwrap();
            let left = BTreeMap::from([(ids[1].clone(), areas.clone())]);
            assert_eq!(kept, Office { areas: left, ..Office::default() }, "the other is gone");
            let shown = changed.clone().with_office(&kept);
            assert_eq!(shown.restaurants[0].restaurant.card.areas, areas);
            let said = Loaded { office: kept, ..Loaded::default() }.to_string();
            let end = format!("the delivery areas stay that were set at the counter of {}", ids[1]);
            assert!(said.ends_with(&end), "{said}");
        }
        assert!(!Loaded::default().to_string().contains("areas"));
    }

    #[test]
    fn a_load_says_whose_menu_stays_and_shows_it() {
        let [demo, changed] = catalogs();
        let [gone, left] = &*demo.restaurants else { panic!("there are two") };
        let ids = [gone, left].map(|entry| entry.restaurant.card.restaurant_id.to_string());
        let mut sections = left.restaurant.sections.clone();
        sections.truncate(1);
        sections[0].dishes.truncate(1);
        let item = Item::from([(MENU.to_owned(), json(&sections).unwrap())]);
        let present =
            ids.clone().map(|id| ((id, MENU.to_owned()), item.clone())).into_iter().collect();
        let kept = office(&present, &changed).unwrap();
        let menus = BTreeMap::from([(ids[1].clone(), sections.clone())]);
        assert_eq!(kept, Office { menus, ..Office::default() });
        let shown = changed.clone().with_office(&kept);
        let shown = &shown.restaurants[0].restaurant;
        assert_eq!(shown.sections, sections);
        let named: Vec<_> = shown.card.dishes.iter().map(|dish| dish.name.clone()).collect();
        assert_eq!(named, [sections[0].dishes[0].name.clone()]);
        let said = Loaded { office: kept, ..Loaded::default() }.to_string();
        assert!(said.ends_with(&format!("published at the counter of {}", ids[1])), "{said}");
        assert!(!Loaded::default().to_string().contains("menu"));
    }

    #[tokio::test]
    async fn the_table_holds_the_catalog_and_nothing_else() {
        // No function is called.
        let settings = Settings::new("../template.yaml", "/bin/false");
        let cloud = Cloud::start(settings).await.unwrap();
        let client = client(&cloud.endpoint()).await;
        let table = &cloud.stack().outputs["CatalogTableName"];
        let catalogs = catalogs();
        for catalog in &catalogs {
            load(&client, table, catalog).await.unwrap();
            assert_eq!(read(&client, table).await.unwrap(), items(catalog).unwrap());
        }
        let again = load(&client, table, &catalogs[1]).await.unwrap();
        let unchanged = items(&catalogs[1]).unwrap().len();
        assert_eq!(again, Loaded { unchanged, ..Loaded::default() });
        // What the office has published stays until its restaurant is gone.
        let entry = &catalogs[1].restaurants[0].restaurant;
        let id = entry.card.restaurant_id.to_string();
        let published = [
            (id.clone(), "menu".to_owned(), json(&entry.sections).unwrap()),
            (CARDS.to_owned(), format!("menu#{id}"), json(&entry.card.dishes).unwrap()),
            (format!("menus#{id}"), "0000000001".to_owned(), json(&entry.sections).unwrap()),
        ];
        for (partition, item, document) in published {
            let put = client.put_item().table_name(table).item("menu", document);
            let put = put.item("restaurant_id", text(partition)).item("item", text(item));
            put.send().await.unwrap();
        }
        let again = load(&client, table, &catalogs[1]).await.unwrap();
        assert_eq!((again.written, again.deleted, again.unchanged), (0, 0, unchanged));
        assert_eq!(again.office.menus.keys().collect::<Vec<_>>(), [&id]);
        let gone = load(&client, table, &Catalog::default()).await.unwrap();
        assert_eq!((gone.deleted, gone.office), (unchanged + 3, Office::default()));
        cloud.stop().await;
    }
}
