//! A menu as a person finds it in a file.

use serde::Serialize;

use super::sections::choose;
use crate::{
    menu::{Allergen, Choice, Diet, Dish, OptionGroup, Section},
    money::{Amount, Currency, Money},
};

#[derive(Serialize)]
struct Menu<'m> {
    sections: Vec<SectionEntry<'m>>,
}

#[derive(Serialize)]
struct SectionEntry<'m> {
    id: &'m str,
    name: &'m str,
    dishes: Vec<DishEntry<'m>>,
}

#[derive(Serialize)]
struct DishEntry<'m> {
    id: &'m str,
    name: &'m str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'m str,
    price: String,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    diet: &'m [Diet],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    allergens: &'m [Allergen],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    keywords: &'m [String],
    #[serde(skip_serializing_if = "str::is_empty")]
    picture: &'m str,
    options: Vec<GroupEntry<'m>>,
}

#[derive(Serialize)]
struct GroupEntry<'m> {
    id: &'m str,
    name: &'m str,
    choose: String,
    choices: Vec<ChoiceEntry<'m>>,
}

#[derive(Serialize)]
struct ChoiceEntry<'m> {
    id: &'m str,
    name: &'m str,
    price: String,
}

/// The file that [`super::read`] reads as this menu, if it is one that is accepted; what is sold out for now is
/// not in it.
///
/// # Errors
/// If it cannot be written as TOML, which every such menu can.
pub fn write(sections: &[Section], currency: Currency) -> Result<String, toml::ser::Error> {
    let writer = Writer { currency };
    toml::to_string(&Menu { sections: sections.iter().map(|it| writer.section(it)).collect() })
}

struct Writer {
    currency: Currency,
}

impl Writer {
    fn price(&self, amount: Amount) -> String {
        Money { amount, currency: self.currency }.decimal()
    }

    fn section<'m>(&self, section: &'m Section) -> SectionEntry<'m> {
        SectionEntry {
            id: section.section_id.as_ref(),
            name: &section.name,
            dishes: section.dishes.iter().map(|dish| self.dish(dish)).collect(),
        }
    }

    fn dish<'m>(&self, dish: &'m Dish) -> DishEntry<'m> {
        DishEntry {
            id: dish.dish_id.as_ref(),
            name: &dish.name,
            description: &dish.description,
            price: self.price(dish.price),
            diet: &dish.diet,
            allergens: &dish.allergens,
            keywords: &dish.keywords,
            picture: &dish.art,
            options: dish.options.iter().map(|group| self.group(group)).collect(),
        }
    }

    fn group<'m>(&self, group: &'m OptionGroup) -> GroupEntry<'m> {
        let choice = |choice: &'m Choice| ChoiceEntry {
            id: choice.choice_id.as_ref(),
            name: &choice.name,
            price: self.price(choice.price),
        };
        GroupEntry {
            id: group.group_id.as_ref(),
            name: &group.name,
            choose: choose(group.at_least, group.at_most),
            choices: group.choices.iter().map(choice).collect(),
        }
    }
}
