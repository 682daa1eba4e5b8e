//! `restaurant.toml`: what a restaurant is, and its menu.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use shared::hours::OpeningHours;
use shared::menu::{Card, CardDish, Restaurant, Section, Tax};
use shared::text::Phone;
use shared::{Country, Currency, RestaurantId, SectionId};
use toml::de::{DeTable, DeValue};

use super::art::Folder;
use super::dish::{self, Ids};
use super::fields::{Fields, Read, number, parsed, price, string, text, yes_or_no};
use super::problem::Diagnostics;
use super::{CARDS, Entry, Kitchen, LOADING, PAGES, hours};

/// The restaurant's own picture.
const COVER: &str = "cover";
/// The codes of [`shared::Reason`] with which a restaurant can say no.
const REJECTIONS: [&str; 3] = ["closed", "too_busy", "item_unavailable"];

/// The restaurant in a folder; `None` if something in it is wrong, which is then reported.
pub(super) fn read(
    folder: &Path,
    diagnostics: &Diagnostics,
    art: &mut BTreeMap<String, PathBuf>,
) -> Option<Entry> {
    let (document, errors) = DeTable::parse_recoverable(diagnostics.text());
    for error in &errors {
        diagnostics
            .at(&error.span().unwrap_or_default(), format!("is not TOML: {}", error.message()));
    }
    if !errors.is_empty() {
        return None; // what could be read of it would be reported as missing
    }
    let mut art = Folder::new(folder, diagnostics, art);
    let mut fields = Fields::new(document.get_ref(), 0..0, diagnostics);
    let restaurant_id = id_of(folder, diagnostics);
    let currency = fields.required("currency", parsed::<Currency>);
    let card = card(&mut fields, restaurant_id, currency, &mut art, diagnostics);
    let kitchen = kitchen(&mut fields, diagnostics);
    let address = fields.required("address", text::<200>);
    let phone = fields.optional("phone", parsed::<Phone>);
    let tax = fields.table("tax").and_then(tax);
    let sections = sections(&mut fields, currency, &mut art, diagnostics);
    fields.finish();
    art.finish();
    let (mut card, sections) = (card?, sections?);
    let dishes = sections.iter().flat_map(|section| &section.dishes);
    card.dishes = dishes
        .map(|dish| CardDish {
            dish_id: Some(dish.dish_id.clone()),
            name: dish.name.clone(),
            diet: dish.diet.clone(),
            keywords: dish.keywords.clone(),
        })
        .collect();
    let restaurant = Restaurant { card, address: address?, phone, tax: tax?, sections };
    Some(Entry { restaurant, kitchen: kitchen? })
}

fn id_of(folder: &Path, diagnostics: &Diagnostics) -> Option<RestaurantId> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    match name.parse() {
        Ok(_) if [CARDS, LOADING, PAGES].contains(&name.as_ref()) => diagnostics
            .at(&(0..0), format!("`{name}` is no name for a restaurant; rename its folder")),
        Ok(id) => return Some(id),
        Err(error) => {
            diagnostics.at(&(0..0), format!("its folder is its id, which {error}; rename it"))
        }
    }
    None
}

fn card(
    fields: &mut Fields<'_>,
    restaurant_id: Option<RestaurantId>,
    currency: Option<Currency>,
    art: &mut Folder<'_>,
    diagnostics: &Diagnostics,
) -> Option<Card> {
    let name = fields.required("name", text::<60>);
    let description = fields.required("description", text::<300>);
    let cuisines = fields.list("cuisines", text::<30>);
    if cuisines.as_ref().is_some_and(Vec::is_empty) {
        diagnostics.at(&fields.place_of("cuisines"), "`cuisines` must name at least one");
    }
    let city = fields.required("city", text::<60>);
    let country = fields.required("country", parsed::<Country>);
    let price_level = fields.required("price_level", number(1..=4));
    // Without a currency no price can be checked, and that is reported already.
    let fee = fields.required("delivery_fee", price(currency));
    let minimum = fields.optional("minimum_order", price(currency));
    let preparation_minutes = fields.required("preparation_minutes", number(1..=240));
    let travel_minutes = fields.required("travel_minutes", number(1..=240));
    let time_zone = fields.required("time_zone", time_zone);
    let spans = fields.table("hours").map(|hours| hours::read(hours, diagnostics));
    Some(Card {
        art: art.picture(COVER, fields.place())?,
        restaurant_id: restaurant_id?,
        name: name?,
        description: description?,
        cuisines: cuisines?,
        city: city?,
        country: Some(country?),
        price_level: price_level?,
        currency: currency?,
        delivery_fee: fee?,
        minimum_order: minimum.unwrap_or_default(),
        preparation_minutes: preparation_minutes?,
        travel_minutes: travel_minutes?,
        hours: OpeningHours { time_zone: time_zone?, spans: spans? },
        dishes: Vec::new(), // named once the menu is read
    })
}

/// An IANA name. Its existence is checked where the system has the time zone database.
fn time_zone(value: &DeValue<'_>) -> Read<String> {
    let must = || "must be an IANA time zone such as Europe/London".to_owned();
    let name = string(value)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '+');
    let database = Path::new("/usr/share/zoneinfo");
    let shaped = !name.is_empty() && !name.starts_with('/') && name.chars().all(allowed);
    let exists = || !database.is_dir() || database.join(name).is_file();
    if shaped && exists() { Ok(name.to_owned()) } else { Err(must()) }
}

fn kitchen(fields: &mut Fields<'_>, diagnostics: &Diagnostics) -> Option<Kitchen> {
    let reason = fields.optional("reject_reason", |value| {
        let code = string(value)?;
        let known = REJECTIONS.into_iter().find(|known| *known == code);
        known.ok_or_else(|| format!("must be one of {}", REJECTIONS.join(", ")))
    });
    let name = fields.required("kitchen", |value| match string(value)? {
        name @ ("accepts" | "slow" | "silent" | "rejects") => Ok(name.to_owned()),
        _ => Err("must be accepts, rejects, silent or slow".to_owned()),
    })?;
    match (name.as_str(), reason) {
        ("rejects", Some(reason)) => return Some(Kitchen::Rejects(reason)),
        ("rejects", None) => {
            let text = "a kitchen that rejects needs a right `reject_reason`; add it";
            diagnostics.at(&fields.place_of("kitchen"), text);
        }
        (_, Some(_)) => {
            let text = "`reject_reason` is only for a kitchen that rejects; remove it";
            diagnostics.at(&fields.place_of("reject_reason"), text);
        }
        ("slow", None) => return Some(Kitchen::Slow),
        ("silent", None) => return Some(Kitchen::Silent),
        (_, None) => return Some(Kitchen::Accepts),
    }
    None
}

fn tax(mut fields: Fields<'_>) -> Option<Tax> {
    let name = fields.required("name", text::<20>);
    let basis_points = fields.required("basis_points", number(0..=10_000));
    let included = fields.required("included", yes_or_no);
    fields.finish();
    Some(Tax { name: name?, basis_points: basis_points?, included: included? })
}

fn sections(
    fields: &mut Fields<'_>,
    currency: Option<Currency>,
    art: &mut Folder<'_>,
    diagnostics: &Diagnostics,
) -> Option<Vec<Section>> {
    let mut ids = Ids::default();
    let mut dish_ids = Ids::default();
    let tables = fields.tables("sections");
    if tables.is_empty() {
        diagnostics
            .at(fields.place(), "the menu is empty; add [[sections]] with [[sections.dishes]]");
    }
    let read = tables.into_iter().map(|mut fields| {
        let section_id = fields.required("id", parsed::<SectionId>);
        ids.report_duplicate(section_id.as_ref(), &fields, diagnostics);
        let name = fields.required("name", text::<60>);
        let tables = fields.tables("dishes");
        if tables.is_empty() {
            diagnostics.at(fields.place(), "this section has no dishes; add [[sections.dishes]]");
        }
        let dishes: Vec<_> = tables
            .into_iter()
            .map(|dish| dish::read(dish, currency, &mut dish_ids, art, diagnostics))
            .collect();
        fields.finish();
        let dishes = dishes.into_iter().collect::<Option<_>>();
        Some(Section { section_id: section_id?, name: name?, dishes: dishes? })
    });
    let read: Vec<Option<Section>> = read.collect();
    read.into_iter().collect()
}
