//! A restaurant's menu, and a dish in full.

use shared::menu::{Allergen, OptionGroup};

use super::isolated;

#[expect(missing_docs, reason = "each is the text it is")]
mod texts {
    pub const TITLE: &str = "Menu";
    pub const ALL_RESTAURANTS: &str = "All restaurants";
    pub const CATEGORIES: &str = "Menu categories";
    pub const SOLD_OUT: &str = "Sold out";
    pub const REQUIRED: &str = "Required";
    pub const LINE_NOTE: &str = "Add a note for the restaurant (optional)";
    pub const NO_ALLERGENS: &str =
        "No allergens declared. Ask the restaurant if you have an allergy.";
    pub const START_NEW_TITLE: &str = "Start a new basket?";
    pub const START_NEW: &str = "Start new basket";
    pub const KEEP_BASKET: &str = "Keep basket";
    pub const REMOVE_ONE: &str = "Remove one";
    pub const ADD_ONE: &str = "Add one";
}
pub use texts::*;

/// How many dishes match the filter.
#[must_use]
pub fn dishes(count: usize) -> String {
    if count == 1 { "1 dish".to_owned() } else { format!("{count} dishes") }
}

/// How many to choose in an option group.
#[must_use]
pub fn how_many(group: &OptionGroup) -> String {
    match (group.at_least, group.at_most) {
        (1, 1) => "Choose 1".to_owned(),
        (0, 1) => "Optional".to_owned(),
        (0, most) => format!("Choose up to {most}"),
        (least, most) if least == most => format!("Choose {least}"),
        (least, most) => format!("Choose {least} to {most}"),
    }
}

/// What a choice adds to the price; empty if nothing.
#[must_use]
pub fn extra_price(price: &str, free: bool) -> String {
    if free { String::new() } else { format!("+{price}") }
}

/// The button that adds a dish to the basket, or changes the line it is on.
#[must_use]
pub fn add_for(price: &str, is_new: bool) -> String {
    let verb = if is_new { "Add to basket" } else { "Update" };
    format!("{verb} · {price}")
}

/// The name of the button that adds one of a dish.
#[must_use]
pub fn add(dish: &str) -> String {
    format!("Add {}", isolated(dish))
}

/// What a screen reader announces when a dish is in the basket.
#[must_use]
pub fn added(dish: &str) -> String {
    format!("{} added to your basket.", isolated(dish))
}

/// The name of the control of a dish's quantity.
#[must_use]
pub fn quantity_of(dish: &str) -> String {
    format!("Quantity of {}", isolated(dish))
}

/// What starting a new basket means.
#[must_use]
pub fn start_new(old: &str, new: &str) -> String {
    let (old, new) = (isolated(old), isolated(new));
    format!("Your basket has items from {old}. Start a new basket with {new}?")
}

/// The allergens of a dish on its card; empty if none is declared.
#[must_use]
pub fn contains(allergens: &[Allergen]) -> String {
    let names = allergens.iter().copied().filter_map(allergen).collect::<Vec<_>>();
    if names.is_empty() { String::new() } else { format!("Contains {}", names.join(", ")) }
}

/// The name of an allergen; `None` for one of a later version.
#[must_use]
pub const fn allergen(allergen: Allergen) -> Option<&'static str> {
    Some(match allergen {
        Allergen::Gluten => "gluten",
        Allergen::Crustaceans => "crustaceans",
        Allergen::Eggs => "eggs",
        Allergen::Fish => "fish",
        Allergen::Peanuts => "peanuts",
        Allergen::Soybeans => "soya",
        Allergen::Milk => "milk",
        Allergen::Nuts => "nuts",
        Allergen::Celery => "celery",
        Allergen::Mustard => "mustard",
        Allergen::Sesame => "sesame",
        Allergen::Sulphites => "sulphites",
        Allergen::Lupin => "lupin",
        Allergen::Molluscs => "molluscs",
        Allergen::Unknown => return None,
    })
}
