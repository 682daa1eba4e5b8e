//! What a draft says, and what is wrong with it.

use std::collections::BTreeSet;

use shared::{
    Currency,
    menu::{
        Choice, Diet, Dish, OptionGroup, Section,
        check::{self, Mistake, Place, Wrong},
    },
};

use super::{DIETS, DishDraft, Draft, GroupDraft, kind_and_number};
use crate::counter::{amount::parse_amount, text};

/// The fields that are wrong, and why.
pub(in super::super) type Errors = Vec<(String, String)>;

impl Draft {
    /// What would be published, as far as it can be read: a price that is none is nothing.
    pub(in super::super) fn sections(&self, currency: Currency) -> Vec<Section> {
        let (mut sections_seen, mut dishes_seen) = (self.section_ids(), self.dish_ids());
        let section = |section: &super::SectionDraft| {
            Some(Section {
                section_id: id(&section.id, &section.name, section.number, &mut sections_seen)
                    .parse()
                    .ok()?,
                name: section.name.clone(),
                dishes: section
                    .dishes
                    .iter()
                    .filter_map(|dish| dish.read(currency, &mut dishes_seen))
                    .collect(),
            })
        };
        self.sections.iter().filter_map(section).collect()
    }

    /// What is to be published.
    ///
    /// # Errors
    /// The fields that are wrong.
    pub(in super::super) fn read(&self, currency: Currency) -> Result<Vec<Section>, Errors> {
        let mut errors = self.price_errors(currency);
        let accepted = check::accepted(self.sections(currency));
        let mistakes = accepted.as_ref().err().map(Vec::as_slice).unwrap_or_default();
        for Mistake { place, what } in mistakes {
            let field = self.field(place, what);
            if errors.iter().all(|(known, _)| *known != field) {
                errors.push((field, text::menu_mistake(place.field, what, place.dish.is_some())));
            }
        }
        match accepted {
            Ok(sections) if errors.is_empty() => Ok(sections),
            _ => Err(errors),
        }
    }

    /// Whether what was typed in one field puts right what was wrong with another, or with the same: boxes of a dish
    /// contradict each other no more, or how many can be chosen is another.
    pub(in super::super) fn is_put_right(&self, wrong: &str, typed: &str) -> bool {
        let (Some((wrong_kind, dish)), Some((kind, number))) =
            (kind_and_number(wrong), kind_and_number(typed))
        else {
            return false;
        };
        if wrong == typed {
            return true;
        }
        let is_box = kind.starts_with("diet") || kind.starts_with("allergen");
        match wrong_kind {
            "most" => (kind, number) == ("least", dish),
            _ if is_box && number == dish => {
                marked(wrong_kind).is_some_and(|mark| !self.is_contradicted(dish, mark))
            }
            _ => false,
        }
    }

    /// Whether a dish is marked as something that its allergens exclude.
    fn is_contradicted(&self, dish: u32, mark: Diet) -> bool {
        self.get(dish)
            .is_some_and(|dish| check::contradictions(&dish.diet, &dish.allergens).contains(&mark))
    }

    /// The dish that a field is of.
    pub(in super::super) fn dish_of(&self, field: &str) -> Option<u32> {
        let (_, number) = kind_and_number(field)?;
        let has = |dish: &&DishDraft| {
            dish.number == number
                || dish.groups.iter().any(|group| {
                    group.number == number || group.choices.iter().any(|it| it.number == number)
                })
        };
        Some(self.sections.iter().flat_map(|it| &it.dishes).find(has)?.number)
    }

    fn price_errors(&self, currency: Currency) -> Errors {
        let mut errors = Errors::new();
        let mut check = |field: String, typed: &str| {
            if parse_amount(typed, currency).is_none() {
                errors.push((field, text::PRICE_WRONG.to_owned()));
            }
        };
        for dish in self.sections.iter().flat_map(|section| &section.dishes) {
            check(format!("price-{}", dish.number), &dish.price);
            for choice in dish.groups.iter().flat_map(|group| &group.choices) {
                if !choice.price.trim().is_empty() {
                    check(format!("extra-{}", choice.number), &choice.price);
                }
            }
        }
        errors
    }

    /// The field or button at a place of the menu.
    fn field(&self, place: &Place, what: &Wrong) -> String {
        let Some(section) = place.section.and_then(|at| self.sections.get(at)) else {
            return "add-section-0".to_owned();
        };
        let Some(dish) = place.dish.and_then(|at| section.dishes.get(at)) else {
            return match place.field {
                "dishes" => format!("add-dish-{}", section.number),
                _ => format!("section-{}", section.number),
            };
        };
        let Some(group) = place.group.and_then(|at| dish.groups.get(at)) else {
            if let Wrong::Contradiction(mark) = what {
                return box_of(*mark, dish.number);
            }
            let kind = match place.field {
                field @ ("name" | "description" | "price" | "keywords") => field,
                "allergens" => "allergen0",
                "diet" => "diet0",
                "options" => "add-group",
                "art" => "picture",
                _ => "name",
            };
            return format!("{kind}-{}", dish.number);
        };
        match (place.choice.and_then(|at| group.choices.get(at)), place.field) {
            (Some(choice), "price") => format!("extra-{}", choice.number),
            (Some(choice), _) => format!("choice-{}", choice.number),
            (None, "at_most") => format!("most-{}", group.number),
            (None, "choices") => format!("add-choice-{}", group.number),
            (None, _) => format!("group-{}", group.number),
        }
    }

    fn section_ids(&self) -> BTreeSet<String> {
        self.sections.iter().map(|section| section.id.clone()).collect()
    }

    fn dish_ids(&self) -> BTreeSet<String> {
        let dishes = self.sections.iter().flat_map(|section| &section.dishes);
        dishes.map(|dish| dish.id.clone()).collect()
    }
}

impl DishDraft {
    fn read(&self, currency: Currency, seen: &mut BTreeSet<String>) -> Option<Dish> {
        let mut groups_seen = self.groups.iter().map(|it| it.id.clone()).collect();
        let groups = self.groups.iter();
        Some(Dish {
            dish_id: id(&self.id, &self.name, self.number, seen).parse().ok()?,
            name: self.name.clone(),
            description: self.description.clone(),
            price: parse_amount(&self.price, currency).unwrap_or_default(),
            diet: self.diet.clone(),
            allergens: self.allergens.clone(),
            art: self.art.clone(),
            sold_out: false,
            options: groups.filter_map(|group| group.read(currency, &mut groups_seen)).collect(),
            keywords: keywords(&self.keywords),
        })
    }
}

impl GroupDraft {
    fn read(&self, currency: Currency, seen: &mut BTreeSet<String>) -> Option<OptionGroup> {
        let mut choices_seen = self.choices.iter().map(|it| it.id.clone()).collect();
        let choices = self.choices.iter().filter_map(|choice| {
            Some(Choice {
                choice_id: id(&choice.id, &choice.name, choice.number, &mut choices_seen)
                    .parse()
                    .ok()?,
                name: choice.name.clone(),
                price: parse_amount(&choice.price, currency).unwrap_or_default(),
            })
        });
        Some(OptionGroup {
            group_id: id(&self.id, &self.name, self.number, seen).parse().ok()?,
            name: self.name.clone(),
            // What is no number lets nobody choose, which is a mistake.
            at_least: self.at_least.trim().parse().unwrap_or(u8::MAX),
            at_most: self.at_most.trim().parse().unwrap_or_default(),
            choices: choices.collect(),
        })
    }
}

/// The id of a part: the one it has, or one that its name suggests and none has that was seen.
fn id(known: &str, name: &str, number: u32, seen: &mut BTreeSet<String>) -> String {
    if !known.is_empty() {
        return known.to_owned();
    }
    let mut suggested = String::new();
    for c in name.chars() {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() => suggested.push(c),
            _ if suggested.ends_with('-') || suggested.is_empty() => {}
            _ => suggested.push('-'),
        }
    }
    suggested.truncate(32);
    let suggested = suggested.trim_end_matches('-');
    let mut id = suggested.to_owned();
    if id.is_empty() || seen.contains(&id) {
        id = match suggested {
            "" => format!("new-{number}"),
            suggested => format!("{suggested}-{number}"),
        };
    }
    while !seen.insert(id.clone()) {
        id.push_str("-2");
    }
    id
}

/// The box of a mark.
fn box_of(mark: Diet, dish: u32) -> String {
    let at = DIETS.iter().position(|it| *it == mark).unwrap_or_default();
    format!("diet{at}-{dish}")
}

/// The mark of a box.
fn marked(kind: &str) -> Option<Diet> {
    DIETS.get(kind.strip_prefix("diet")?.parse::<usize>().ok()?).copied()
}

fn keywords(typed: &str) -> Vec<String> {
    let words = typed.split(',').map(str::trim).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}
