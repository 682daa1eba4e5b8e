//! The restaurants: the page, its filters, and a restaurant's card.

use shared::menu::{Card, CardDish, Diet};

use super::{
    counted,
    format::{money, round_money},
    isolated,
};
use crate::model::search::Sort;

#[expect(missing_docs, reason = "each is the text it is")]
mod texts {
    pub const TITLE: &str = "Restaurants";
    pub const HEADING: &str = "What’s in your tiffin today?";
    pub const LEAD: &str = "Order from local restaurants and track it live.";
    pub const DELIVER_TO: &str = "Deliver to";
    pub const YOUR_POSTCODE: &str = "Your postcode";
    pub const SEARCH: &str = "Search restaurants and dishes";
    pub const FILTERS: &str = "Filters";
    pub const OPEN_NOW: &str = "Open now";
    pub const CUISINE: &str = "Cuisine";
    pub const ALL_CUISINES: &str = "All cuisines";
    pub const SORT: &str = "Sort by";
    pub const NO_RESTAURANTS: &str = "No restaurants yet";
    pub const NO_RESTAURANTS_HINT: &str = "Check back soon.";
    pub const NO_MATCHES_HINT: &str = "Try a different search or clear your filters.";
    pub const SHOW_ALL: &str = "Show all restaurants";
}
pub use texts::*;

/// What comes first in the list.
#[must_use]
pub const fn sort(sort: Sort) -> &'static str {
    match sort {
        Sort::Recommended => "Recommended",
        Sort::Name => "Name",
        Sort::Fee => "Delivery fee",
        Sort::Price => "Price",
    }
}

/// How many restaurants were found.
#[must_use]
pub fn restaurants(count: usize) -> String {
    counted(count, "restaurant")
}

/// Nothing was found.
#[must_use]
pub fn no_matches(words: &str) -> String {
    match words.trim() {
        "" => "No matches".to_owned(),
        words => format!("No matches for “{}”", isolated(words)),
    }
}

/// The label before the dishes that were found.
#[must_use]
pub const fn matching(dishes: &[CardDish]) -> &'static str {
    if dishes.len() == 1 { "Matching dish: " } else { "Matching dishes: " }
}

/// How long an order takes: preparing and travelling, and up to a third on top.
#[must_use]
pub fn duration(card: &Card) -> String {
    let least = card.preparation_minutes + card.travel_minutes;
    let most = (least + least.div_ceil(3)).next_multiple_of(5);
    format!("{least}–{most} min")
}

/// How expensive a restaurant is: `££`.
#[must_use]
pub fn price_level(card: &Card) -> String {
    let sign = match card.currency.code() {
        "GBP" => "£",
        "EUR" => "€",
        "INR" => "₹",
        "JPY" | "CNY" => "¥",
        _ => "$",
    };
    sign.repeat(usize::from(card.price_level.clamp(1, 4)))
}

/// How expensive a restaurant is, for a screen reader.
#[must_use]
pub const fn price_level_spoken(card: &Card) -> &'static str {
    match card.price_level {
        0 | 1 => "inexpensive",
        2 => "moderate prices",
        3 => "upmarket",
        _ => "expensive",
    }
}

/// The delivery fee; the lowest, where it depends on the postcode.
#[must_use]
pub fn delivery_fee(card: &Card) -> String {
    let lowest = card.lowest_fee();
    let fee = money(lowest, card.currency);
    match (card.areas.is_empty(), lowest.minor()) {
        (true, 0) => "Free delivery".to_owned(),
        (false, 0) => "Free delivery in some areas".to_owned(),
        (true, _) => format!("{fee} delivery"),
        (false, _) => format!("Delivery from {fee}"),
    }
}

/// That a restaurant does not deliver to the customer's postcode.
#[must_use]
pub fn not_delivered(postcode: &str) -> String {
    format!("Doesn’t deliver to {}", isolated(postcode))
}

/// The smallest order; `None` if any will do, or as long as it depends on the postcode.
#[must_use]
pub fn minimum_order(card: &Card) -> Option<String> {
    let least = card.minimum_order;
    let is_known = least.minor() > 0 && card.areas.is_empty();
    is_known.then(|| format!("Min. order {}", round_money(least, card.currency)))
}

/// The name of a diet; `None` for one of a later version.
#[must_use]
pub const fn diet(diet: Diet) -> Option<&'static str> {
    Some(match diet {
        Diet::Vegetarian => "Vegetarian",
        Diet::Vegan => "Vegan",
        Diet::GlutenFree => "Gluten-free",
        Diet::Halal => "Halal",
        Diet::Spicy => "Spicy",
        Diet::Unknown => return None,
    })
}
