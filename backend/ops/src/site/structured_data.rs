//! What a restaurant is and sells, as search engines read it: JSON-LD in the terms of schema.org.

use serde_json::{Value, json};
use shared::hours::{DAY, SpecialDays, Times};
use shared::menu::{Diet, Dish, Restaurant, Section};
use shared::{Currency, Money};

/// A `Restaurant` with its `Menu` (schema.org/Restaurant, schema.org/Menu). `site` is the shop's
/// address, such as `https://example.com`.
pub(super) fn restaurant(restaurant: &Restaurant, site: &str) -> Value {
    let card = &restaurant.card;
    let link = |path: &str| format!("{site}{path}");
    let address = json!({
        "@type": "PostalAddress",
        "streetAddress": restaurant.address,
        "addressLocality": Some(&card.city).filter(|city| !city.is_empty()),
        "addressCountry": card.country,
    });
    without_nulls(json!({
        "@context": "https://schema.org",
        "@type": "Restaurant",
        "name": card.name,
        "description": card.description,
        "url": link(&format!("/r/{}", card.restaurant_id)),
        "image": link(&card.art),
        "telephone": restaurant.phone,
        "address": address,
        "servesCuisine": card.cuisines,
        "priceRange": "$".repeat(usize::from(card.price_level.clamp(1, 4))),
        "currenciesAccepted": card.currency,
        "openingHoursSpecification": card.hours.spans.iter().map(|span| {
            let day = format!("https://schema.org/{}", span.day.name());
            hours(json!({"dayOfWeek": day}), span.times())
        }).collect::<Vec<_>>(),
        "specialOpeningHoursSpecification":
            Some(card.hours.exceptions.iter().flat_map(special_hours).collect::<Vec<_>>())
                .filter(|it| !it.is_empty()),
        "hasMenu": {
            "@type": "Menu",
            "hasMenuSection":
                restaurant.sections.iter().map(|it| section(it, card.currency, &link)).collect::<Vec<_>>(),
        },
    }))
}

fn section(section: &Section, currency: Currency, link: &impl Fn(&str) -> String) -> Value {
    json!({
        "@type": "MenuSection",
        "name": section.name,
        "hasMenuItem": section.dishes.iter().map(|it| dish(it, currency, link)).collect::<Vec<_>>(),
    })
}

fn dish(dish: &Dish, currency: Currency, link: &impl Fn(&str) -> String) -> Value {
    let diets: Vec<&str> = dish.diet.iter().filter_map(|it| diet(*it)).collect();
    let availability = if dish.sold_out { "SoldOut" } else { "InStock" };
    json!({
        "@type": "MenuItem",
        "name": dish.name,
        "description": Some(&dish.description).filter(|it| !it.is_empty()),
        "image": Some(&dish.art).filter(|it| !it.is_empty()).map(|it| link(it)),
        "suitableForDiet": Some(diets).filter(|it| !it.is_empty()),
        "offers": {
            "@type": "Offer",
            "price": Money { amount: dish.price, currency }.decimal(),
            "priceCurrency": currency,
            "availability": format!("https://schema.org/{availability}"),
        },
    })
}

/// A member of schema.org/RestrictedDiet; how spicy a dish is is none.
const fn diet(diet: Diet) -> Option<&'static str> {
    Some(match diet {
        Diet::Vegetarian => "https://schema.org/VegetarianDiet",
        Diet::Vegan => "https://schema.org/VeganDiet",
        Diet::GlutenFree => "https://schema.org/GlutenFreeDiet",
        Diet::Halal => "https://schema.org/HalalDiet",
        Diet::Spicy | Diet::Unknown => return None,
    })
}

/// When it is open on certain days; a `closes` before `opens` is on the next day
/// (schema.org/OpeningHoursSpecification).
fn hours(mut days: Value, times: Times) -> Value {
    let Times { opens, closes } = times;
    let closes = if closes == DAY { "23:59".to_owned() } else { clock(closes % DAY) };
    days["@type"] = "OpeningHoursSpecification".into();
    days["opens"] = clock(opens).into();
    days["closes"] = closes.into();
    days
}

/// The hours of special days; closed is from midnight to the same midnight
/// (developers.google.com/search/docs/appearance/structured-data/local-business, "Seasonal hours").
fn special_hours(special: &SpecialDays) -> Vec<Value> {
    let name = Some(&special.note).filter(|note| !note.is_empty());
    let days = json!({"validFrom": special.from, "validThrough": special.to, "name": name});
    let closed = [Times { opens: 0, closes: 0 }];
    let times = if special.times.is_empty() { &closed } else { &*special.times };
    times.iter().map(|times| hours(days.clone(), *times)).collect()
}

fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// A value without the properties that are null, as deep as it goes.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(properties) => {
            let some = properties.into_iter().filter(|(_, value)| !value.is_null());
            some.map(|(name, value)| (name, without_nulls(value))).collect()
        }
        Value::Array(values) => values.into_iter().map(without_nulls).collect(),
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use serde::Deserialize;

    use super::*;

    /// What schema.org defines of the classes that are used here.
    #[derive(Deserialize)]
    struct Definitions {
        /// Each class with all that it is a subclass of, itself included.
        classes: BTreeMap<String, Vec<String>>,
        /// The members of enumerations.
        members: BTreeMap<String, Vec<String>>,
        properties: BTreeMap<String, Property>,
    }

    #[derive(Deserialize)]
    struct Property {
        /// The classes that have it.
        of: Vec<String>,
        /// What its value may be.
        is: Vec<String>,
    }

    impl Definitions {
        fn read() -> Self {
            serde_json::from_str(include_str!("../../tests/schema_org.json")).unwrap()
        }

        /// What is wrong in an object, by its place.
        fn check(&self, place: &str, object: &Value, wrong: &mut Vec<String>) {
            let class = object["@type"].as_str().unwrap_or_default();
            let Some(classes) = self.classes.get(class) else {
                return wrong.push(format!("{place}: there is no class {class:?}"));
            };
            for (name, value) in object.as_object().unwrap() {
                let place = format!("{place}.{name}");
                match self.properties.get(name) {
                    None if name.starts_with('@') => {}
                    Some(property) if property.of.iter().any(|of| classes.contains(of)) => {
                        self.check_value(&place, property, value, wrong);
                    }
                    _ => wrong.push(format!("{place}: a {class} has no such property")),
                }
            }
        }

        fn check_value(&self, place: &str, is: &Property, value: &Value, wrong: &mut Vec<String>) {
            let may_be = |class: &str| is.is.iter().any(|it| it == class);
            let fits = match value {
                Value::Array(values) => {
                    return values.iter().for_each(|it| self.check_value(place, is, it, wrong));
                }
                Value::Object(_) => {
                    self.check(place, value, wrong);
                    let class = value["@type"].as_str().unwrap_or_default();
                    self.classes.get(class).is_some_and(|all| all.iter().any(|it| may_be(it)))
                }
                Value::String(text) => {
                    let is_member = |(class, members): (&String, &Vec<String>)| {
                        let member = text.strip_prefix("https://schema.org/");
                        may_be(class) && members.iter().any(|it| Some(it.as_str()) == member)
                    };
                    let is_time = text.len() == 5 && text.as_bytes()[2] == b':';
                    let is_date = text.parse::<shared::hours::Date>().is_ok();
                    may_be("Text")
                        || may_be("URL") && text.starts_with("https://")
                        || may_be("Time") && is_time
                        || may_be("Date") && is_date
                        || self.members.iter().any(is_member)
                }
                _ => false,
            };
            if !fits {
                wrong.push(format!("{place}: {value} is none of {:?}", is.is));
            }
        }
    }

    fn problems(data: &Value) -> Vec<String> {
        let mut wrong = Vec::new();
        Definitions::read().check("$", data, &mut wrong);
        wrong
    }

    #[test]
    fn the_demo_restaurants_are_as_schema_org_defines() {
        let catalog = crate::catalog::read(Path::new("../data")).unwrap().unwrap();
        for entry in &catalog.restaurants {
            let data = restaurant(&entry.restaurant, "https://shop.example");
            assert_eq!(problems(&data), [""; 0], "{}", entry.restaurant.card.name);
        }
    }

    #[test]
    fn special_days_are_as_schema_org_defines() {
        let catalog = crate::catalog::read(Path::new("../data")).unwrap().unwrap();
        let mut special = catalog.restaurants[0].restaurant.clone();
        special.card.hours.exceptions = serde_json::from_value(json!([
            {"from": "2026-12-24", "to": "2026-12-24", "times": [
                {"opens": 660, "closes": 900}, {"opens": 1_080, "closes": 1_500}]},
            {"from": "2026-12-25", "to": "2026-12-26", "note": "Christmas"},
        ]))
        .unwrap();
        let data = restaurant(&special, "https://shop.example");
        assert_eq!(problems(&data), [""; 0]);
        let hours = |opens: &str, closes: &str, from: &str, to: &str| {
            json!({"@type": "OpeningHoursSpecification", "opens": opens, "closes": closes,
                "validFrom": from, "validThrough": to})
        };
        let mut christmas = hours("00:00", "00:00", "2026-12-25", "2026-12-26");
        christmas["name"] = "Christmas".into();
        let expected = json!([
            hours("11:00", "15:00", "2026-12-24", "2026-12-24"),
            hours("18:00", "01:00", "2026-12-24", "2026-12-24"),
            christmas,
        ]);
        assert_eq!(data["specialOpeningHoursSpecification"], expected);
        let mut wrong = data.clone();
        wrong["specialOpeningHoursSpecification"][0]["validFrom"] = "Christmas Eve".into();
        assert!(problems(&wrong).join("").contains("Christmas Eve"));
        let usual = restaurant(&catalog.restaurants[0].restaurant, "https://shop.example");
        assert_eq!(usual.get("specialOpeningHoursSpecification"), None);
    }

    #[test]
    fn a_dish_without_a_picture_or_a_description_says_neither() {
        let catalog = crate::catalog::read(Path::new("../data")).unwrap().unwrap();
        let mut plain = catalog.restaurants[0].restaurant.clone();
        let dish = &mut plain.sections[0].dishes[0];
        dish.art.clear();
        dish.description.clear();
        let data = restaurant(&plain, "https://shop.example");
        let items = &data["hasMenu"]["hasMenuSection"][0]["hasMenuItem"];
        assert_eq!((items[0].get("image"), items[0].get("description")), (None, None));
        assert!(items[1]["image"].as_str().unwrap().starts_with("https://shop.example/art/"));
        assert_eq!(problems(&data), [""; 0]);
    }

    #[test]
    fn what_schema_org_does_not_define_is_found() {
        let catalog = crate::catalog::read(Path::new("../data")).unwrap().unwrap();
        let mut data = restaurant(&catalog.restaurants[0].restaurant, "https://shop.example");
        data["colour"] = "blue".into();
        data["openingHoursSpecification"][0]["dayOfWeek"] = "https://schema.org/Someday".into();
        data["hasMenu"]["hasMenuSection"][0]["hasMenuItem"][0]["offers"]["@type"] = "Deal".into();
        let found = problems(&data).join("\n");
        for problem in ["$.colour: a Restaurant has no such", "Someday", "no class \"Deal\""] {
            assert!(found.contains(problem), "{problem} is missing in {found}");
        }
    }
}
