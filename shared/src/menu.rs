//! What can be ordered: restaurants, dishes, their options, and when the kitchen is open.

mod areas;
pub mod check;
#[cfg(feature = "menu-file")]
pub mod file;

use serde::{Deserialize, Serialize};

use crate::{
    area::DeliveryArea,
    country::Country,
    hours::{OpeningHours, OpeningTime},
    id::{ChoiceId, DishId, GroupId, RestaurantId, SectionId},
    money::{Amount, Currency},
    text::Phone,
    until::Until,
};

/// A restaurant as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Its id, and its place in the page's address.
    pub restaurant_id: RestaurantId,
    /// Its name, as on the door.
    pub name: String,
    /// A sentence or two about it.
    pub description: String,
    /// What it cooks, most important first.
    pub cuisines: Vec<String>,
    /// The town it delivers in: `London`; empty in a catalog loaded by an earlier version.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub city: String,
    /// The country of that town; absent in a catalog loaded by an earlier version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// How dear it is among its neighbours, 1 (cheap) to 4.
    pub price_level: u8,
    /// The currency of all its prices.
    pub currency: Currency,
    /// What it charges to bring an order; where it has areas, an order is charged what its area's fee is.
    pub delivery_fee: Amount,
    /// The smallest subtotal it takes; zero if any.
    #[serde(default)]
    pub minimum_order: Amount,
    /// Where it delivers, and for how much; anywhere, if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<DeliveryArea>,
    /// Minutes from accepting an order until it can be picked up.
    pub preparation_minutes: u16,
    /// Minutes a courier takes from the restaurant to a customer.
    pub travel_minutes: u16,
    /// Its picture: a path on this site, named by its content.
    pub art: String,
    /// When it is open.
    pub hours: OpeningHours,
    /// That it takes no orders for a while, though it may be open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<Pause>,
    /// What it sells, by name: enough to search in.
    #[serde(default)]
    pub dishes: Vec<CardDish>,
}

/// That a restaurant takes no orders for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Until when.
    pub until: Until,
    /// When it takes orders again, by its own clock, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<OpeningTime>,
}

/// A dish as a restaurant's card names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardDish {
    /// Its id within the restaurant; absent in a catalog loaded by an earlier version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dish_id: Option<DishId>,
    /// Its name on the menu.
    pub name: String,
    /// Whom it suits.
    #[serde(default)]
    pub diet: Vec<Diet>,
    /// What it is also looked for by: `drinks`, `curry`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
}

/// A restaurant with its menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restaurant {
    /// What the list shows of it.
    pub card: Card,
    /// Where it stands.
    pub address: String,
    /// Its phone number, if customers may call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// The tax on what it sells.
    pub tax: Tax,
    /// Its menu, in order.
    pub sections: Vec<Section>,
}

impl Restaurant {
    /// Puts another menu in the place of this one, and its dishes on the card.
    pub fn set_menu(&mut self, sections: Vec<Section>) {
        self.card.dishes = card_dishes(&sections);
        self.sections = sections;
    }

    /// The dish of that id, if this restaurant sells one.
    #[must_use]
    pub fn dish(&self, dish_id: &DishId) -> Option<&Dish> {
        self.sections
            .iter()
            .flat_map(|section| &section.dishes)
            .find(|dish| dish.dish_id == *dish_id)
    }
}

/// The dishes of a menu, in order, as a restaurant's card names them.
#[must_use]
pub fn card_dishes(sections: &[Section]) -> Vec<CardDish> {
    let dishes = sections.iter().flat_map(|section| &section.dishes).map(|dish| CardDish {
        dish_id: Some(dish.dish_id.clone()),
        name: dish.name.clone(),
        diet: dish.diet.clone(),
        keywords: dish.keywords.clone(),
    });
    dishes.collect()
}

/// A tax on everything in an order, delivery included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tax {
    /// What it is called on the bill: `VAT`.
    pub name: String,
    /// Its rate in hundredths of a per cent: 2000 is 20 %.
    pub basis_points: u16,
    /// Whether prices contain it already, or it comes on top.
    pub included: bool,
}

/// A part of the menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its id within the restaurant.
    pub section_id: SectionId,
    /// Its heading.
    pub name: String,
    /// Its dishes, in order.
    pub dishes: Vec<Dish>,
}

/// Something to order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dish {
    /// Its id within the restaurant.
    pub dish_id: DishId,
    /// Its name on the menu.
    pub name: String,
    /// What it is, so that one wants it; may be empty.
    pub description: String,
    /// What one costs before options.
    pub price: Amount,
    /// Whom it suits.
    #[serde(default)]
    pub diet: Vec<Diet>,
    /// What it contains that some must avoid.
    #[serde(default)]
    pub allergens: Vec<Allergen>,
    /// Its picture: a path on this site, named by its content; empty if it has none.
    pub art: String,
    /// Whether it has run out today.
    #[serde(default)]
    pub sold_out: bool,
    /// What has to be or can be chosen with it.
    #[serde(default)]
    pub options: Vec<OptionGroup>,
    /// What it is also looked for by: `drinks`, `curry`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
}

/// A choice to make with a dish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionGroup {
    /// Its id within the dish.
    pub group_id: GroupId,
    /// What is chosen: `Size`.
    pub name: String,
    /// The fewest choices to make: 1 if one must choose.
    pub at_least: u8,
    /// The most choices to make: 1 if it is either-or.
    pub at_most: u8,
    /// What can be chosen, in order.
    pub choices: Vec<Choice>,
}

/// One thing to choose in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Its id within the group.
    pub choice_id: ChoiceId,
    /// What it is.
    pub name: String,
    /// What it adds to the dish's price.
    pub price: Amount,
}

/// Whom a dish suits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each name says it")]
pub enum Diet {
    Vegetarian,
    Vegan,
    GlutenFree,
    Halal,
    Spicy,
    /// A mark that a later version knows.
    #[serde(other)]
    Unknown,
}

/// The allergens that must be named in the EU (Regulation 1169/2011, annex II).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each name says it")]
pub enum Allergen {
    Gluten,
    Crustaceans,
    Eggs,
    Fish,
    Peanuts,
    Soybeans,
    Milk,
    Nuts,
    Celery,
    Mustard,
    Sesame,
    Sulphites,
    Lupin,
    Molluscs,
    /// An allergen that a later version knows.
    #[serde(other)]
    Unknown,
}
