//! `restaurant.toml`: what a restaurant is, and its menu.

use std::path::Path;

use serde::Deserialize;
use shared::api::MAX_MENU_BYTES;
use shared::hours::OpeningHours;
use shared::menu::file::{self, FileMenu, read_table};
use shared::menu::{Card, Restaurant, Section, Tax, card_dishes};
use shared::text::{Phone, Text};
use shared::{Country, Currency, RestaurantId};
use toml::Spanned;

use super::delivery_areas::{AreaFile, areas};
use super::hours::{Week, spans};
use super::reader::Reader;
use super::{CARDS, Entry, Kitchen, PAGES, RejectReason};

/// The restaurant's own picture.
const COVER: &str = "cover";

/// The file without the menu.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    name: Text<60>,
    description: Text<300>,
    cuisines: Spanned<Vec<Text<30>>>,
    city: Text<60>,
    country: Country,
    price_level: Within<1, 4>,
    currency: Currency,
    delivery_fee: Spanned<String>,
    minimum_order: Option<Spanned<String>>,
    preparation_minutes: Within<1, 240>,
    travel_minutes: Within<1, 240>,
    time_zone: TimeZone,
    hours: Spanned<Week>,
    #[serde(default)]
    delivery_areas: Vec<Spanned<AreaFile>>,
    kitchen: Spanned<Kitchen>,
    reject_reason: Option<Spanned<RejectReason>>,
    address: Text<200>,
    phone: Option<Phone>,
    tax: TaxFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TaxFile {
    name: Text<20>,
    basis_points: Within<0, 10_000>,
    included: bool,
}

/// A whole number from `MIN` to `MAX`.
#[derive(Deserialize)]
#[serde(try_from = "i64")]
struct Within<const MIN: u16, const MAX: u16>(u16);

impl<const MIN: u16, const MAX: u16> TryFrom<i64> for Within<MIN, MAX> {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        let within = u16::try_from(number).ok().filter(|number| (MIN..=MAX).contains(number));
        within.map(Self).ok_or_else(|| format!("must be a whole number from {MIN} to {MAX}"))
    }
}

/// An IANA name. Its existence is checked where the system has the time zone database.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct TimeZone(String);

impl TryFrom<String> for TimeZone {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, &'static str> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '+');
        let database = Path::new("/usr/share/zoneinfo");
        let shaped = !name.is_empty() && !name.starts_with('/') && name.chars().all(allowed);
        let exists = || !database.is_dir() || database.join(&name).is_file();
        match shaped && exists() {
            true => Ok(Self(name)),
            false => Err("must be an IANA time zone such as Europe/London"),
        }
    }
}

/// The restaurant in a folder; `None` if something that it needs is missing or wrong. Every mistake is
/// reported.
pub(super) fn read(text: &str, reader: &mut Reader<'_>) -> Option<Entry> {
    let mut about = file::table(text, &mut reader.toml)?;
    let currency = about.get("currency").and_then(|value| value.get_ref().as_str());
    reader.toml.currency = currency.and_then(|code| code.parse().ok());
    let menu = file::sections(&mut about, &mut reader.toml);
    let is_whole = menu.is_whole;
    let sections = with_pictures(menu, reader);
    check_size(&sections, reader);
    let about: Option<About> = read_table(about, &mut reader.toml);
    let restaurant_id = restaurant_id(reader);
    let art = reader.picture(COVER, &(0..0));
    if is_whole {
        reader.report_unused();
    }
    Some(entry(about?, restaurant_id?, art, sections, reader))
}

/// The sections of a menu in which every dish has a picture: the one that the file names, or that beside it.
fn with_pictures(menu: FileMenu, reader: &mut Reader<'_>) -> Vec<Section> {
    let FileMenu { mut sections, dishes: places, .. } = menu;
    let dishes = sections.iter_mut().flat_map(|section| &mut section.dishes);
    for (dish, place) in dishes.zip(places).filter(|(dish, _)| dish.art.is_empty()) {
        dish.art = reader.picture(dish.dish_id.as_ref(), &place);
    }
    sections
}

/// A menu that is larger could not be published again by its office, once a price in it is changed.
fn check_size(sections: &[Section], reader: &mut Reader<'_>) {
    let bytes = serde_json::to_vec(sections).map_or(0, |json| json.len());
    if bytes > MAX_MENU_BYTES {
        let problem = format!(
            "the menu has {bytes} bytes as JSON, of at most {MAX_MENU_BYTES}; shorten its texts"
        );
        reader.toml.report(&(0..0), problem);
    }
}

/// The id of a restaurant is the name of its folder.
fn restaurant_id(reader: &mut Reader<'_>) -> Option<RestaurantId> {
    let name = reader.folder.file_name().unwrap_or_default().to_string_lossy();
    let problem = match name.parse() {
        Ok(_) if [CARDS, PAGES].contains(&name.as_ref()) => {
            format!("`{name}` is no name for a restaurant; rename its folder")
        }
        Ok(id) => return Some(id),
        Err(error) => format!("its folder is its id, which {error}; rename it"),
    };
    reader.toml.report(&(0..0), problem);
    None
}

fn entry(
    about: About,
    restaurant_id: RestaurantId,
    art: String,
    sections: Vec<Section>,
    reader: &mut Reader<'_>,
) -> Entry {
    if about.cuisines.get_ref().is_empty() {
        reader.toml.report(&about.cuisines.span(), "`cuisines` must name at least one");
    }
    let minimum = about.minimum_order.and_then(|price| reader.toml.price("minimum_order", &price));
    let card = Card {
        restaurant_id,
        name: about.name.into(),
        description: about.description.into(),
        cuisines: about.cuisines.into_inner().into_iter().map(String::from).collect(),
        city: about.city.into(),
        country: Some(about.country),
        price_level: u8::try_from(about.price_level.0).unwrap_or(u8::MAX),
        currency: about.currency,
        delivery_fee: reader.toml.price("delivery_fee", &about.delivery_fee).unwrap_or_default(),
        minimum_order: minimum.unwrap_or_default(),
        preparation_minutes: about.preparation_minutes.0,
        travel_minutes: about.travel_minutes.0,
        art,
        hours: OpeningHours {
            time_zone: about.time_zone.0,
            spans: spans(&about.hours, &mut reader.toml),
            exceptions: Vec::new(),
        },
        areas: areas(&about.delivery_areas, about.country, &mut reader.toml),
        pause: None,
        dishes: card_dishes(&sections),
    };
    let kitchen = *about.kitchen.get_ref();
    match (kitchen, &about.reject_reason) {
        (Kitchen::Rejects, None) => {
            let text = "a kitchen that rejects needs a `reject_reason`; add it";
            reader.toml.report(&about.kitchen.span(), text);
        }
        (Kitchen::Accepts | Kitchen::Slow | Kitchen::Silent, Some(reason)) => {
            let text = "`reject_reason` is only for a kitchen that rejects; remove it";
            reader.toml.report(&reason.span(), text);
        }
        _ => {}
    }
    let TaxFile { name, basis_points, included } = about.tax;
    let restaurant = Restaurant {
        card,
        address: about.address.into(),
        phone: about.phone,
        tax: Tax { name: name.into(), basis_points: basis_points.0, included },
        sections,
    };
    let reject_reason = about.reject_reason.map(Spanned::into_inner);
    Entry { restaurant, kitchen, reject_reason }
}
