//! The pages of the catalog as HTML, rendered without a browser by the page's own components.
//!
//! They show at once what every customer sees; what depends on the reader or on the minute (whether a
//! restaurant is open, the basket, who is signed in) stays empty until the program runs, which then
//! takes the place of what is here, in one step.

use leptos::prelude::*;
use leptos_router::location::RequestUrl;
use shared::{
    api::{RESTAURANTS, Restaurants, restaurant_path},
    menu::{Card, Restaurant},
};

use crate::{
    app::App,
    paths,
    state::catalog::CatalogAnswer,
    text::{self, home},
};

/// A prerendered page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Its address on the site, such as `/r/golden-dosa`.
    pub path: String,
    /// The document's title.
    pub title: String,
    /// One sentence about it, for search engines and links.
    pub description: String,
    /// The HTML that the program's takes the place of.
    pub body: String,
    /// The API's answer that it shows: the program needs it to render the same before it has fetched
    /// anything.
    pub answer: CatalogAnswer,
}

/// The list of restaurants.
///
/// # Errors
/// If it cannot be serialized, which does not happen for this type.
pub fn home(restaurants: Vec<Card>) -> Result<Rendered, serde_json::Error> {
    let answer = serde_json::to_string(&Restaurants { restaurants })?;
    let answer = CatalogAnswer::new(RESTAURANTS.to_owned(), &answer);
    Ok(page(paths::HOME.to_owned(), home::TITLE, home::LEAD.to_owned(), answer))
}

/// A restaurant's menu.
///
/// # Errors
/// If it cannot be serialized, which does not happen for this type.
pub fn menu(restaurant: &Restaurant) -> Result<Rendered, serde_json::Error> {
    let card = &restaurant.card;
    let answer = serde_json::to_string(restaurant)?;
    let answer = CatalogAnswer::new(restaurant_path(&card.restaurant_id), &answer);
    Ok(page(paths::menu(&card.restaurant_id), &card.name, card.description.clone(), answer))
}

fn page(path: String, name: &str, description: String, answer: CatalogAnswer) -> Rendered {
    let owner = Owner::new();
    let body = owner.with(|| {
        provide_context(RequestUrl::new(&path));
        provide_context(answer.clone());
        App().to_html()
    });
    Rendered { path, title: text::title(name), description, body, answer }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn restaurant() -> Restaurant {
        let text = include_str!("../../shared/tests/wire/reply_restaurant.json");
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_home_page_lists_restaurants_with_links() {
        let home = home(vec![restaurant().card]).unwrap();
        assert_eq!((home.path.as_str(), home.title.as_str()), ("/", "Restaurants · Tiffin"));
        for part in [
            "<h1>What’s in your tiffin today?</h1>",
            "<a href=\"/r/golden-dosa\" class=\"cover\">Golden Dosa</a>",
            "£2.50 delivery",
            "30–40 min",
            "<option value=\"South Indian\">",
        ] {
            assert!(home.body.contains(part), "{part} is missing in {}", home.body);
        }
        assert!(!home.body.contains("skeleton"), "nothing is loading: {}", home.body);
    }

    #[test]
    fn a_restaurant_with_areas_has_the_page_ask_for_the_postcode() {
        let text = include_str!("../../shared/tests/wire/reply_card_areas.json");
        let home = home(vec![serde_json::from_str(text).unwrap()]).unwrap();
        for part in ["<label for=\"deliver-to\">Deliver to</label>", ">Delivery from £"] {
            assert!(home.body.contains(part), "{part} is missing in {}", home.body);
        }
        assert!(!home.body.contains("Min. order"), "it depends on the postcode: {}", home.body);
    }

    #[test]
    fn a_menu_shows_dishes_prices_and_opening_hours() {
        let menu = menu(&restaurant()).unwrap();
        assert_eq!(menu.path, "/r/golden-dosa");
        assert_eq!(menu.title, "Golden Dosa · Tiffin");
        assert_eq!(menu.description, "South Indian, all day.");
        for part in [
            "<h1>Golden Dosa</h1>",
            "<span class=\"price\">£7.50</span>",
            "Contains mustard",
            "5:00\u{202f}PM–1:00\u{202f}AM",
        ] {
            assert!(menu.body.contains(part), "{part} is missing in {}", menu.body);
        }
        assert!(!menu.body.contains("skeleton"), "nothing is loading: {}", menu.body);
    }

    #[test]
    fn what_depends_on_the_reader_stays_empty() {
        let mut restaurant = restaurant();
        let always = json!([{"from": "1970-01-01", "to": "9999-12-31"}]);
        restaurant.card.hours.exceptions = serde_json::from_value(always).unwrap();
        let menu = menu(&restaurant).unwrap();
        for part in [
            "<p class=\"restaurant-hours\"></p>",
            "<p class=\"special-days\"></p>",
            "<span class=\"dish-count\"></span>",
            "<span class=\"badge\"></span>",
        ] {
            assert!(menu.body.contains(part), "{part} is missing in {}", menu.body);
        }
        assert!(!menu.body.contains("Your basket is empty"), "a basket: {}", menu.body);
    }

    #[test]
    fn a_text_of_the_catalog_never_becomes_markup() {
        let mut odd = restaurant();
        odd.card.name = "</script><script>alert(1)</script>".parse().unwrap();
        let menu = menu(&odd).unwrap();
        assert!(!menu.body.contains("<script"), "{}", menu.body);
        assert_eq!(menu.answer.path, "/api/restaurants/golden-dosa");
        assert!(!menu.answer.body.contains('<'), "{}", menu.answer.body);
        assert_eq!(serde_json::from_str::<Restaurant>(&menu.answer.body).unwrap(), odd);
        assert!(menu.answer.is(&serde_json::to_string(&odd).unwrap()));
    }
}
