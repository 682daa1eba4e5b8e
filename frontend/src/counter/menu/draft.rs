//! A menu as it is typed: a price is a text, and anything may be wrong.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::{
    Amount, Currency,
    menu::{Allergen, Choice, Diet, Dish, OptionGroup, Section},
    money::Money,
};

mod parts;
mod read;
mod removed;

pub(super) use self::{read::Errors, removed::Removed};

/// The marks of a dish, in the order of their boxes.
pub(super) const DIETS: [Diet; 5] =
    [Diet::Vegetarian, Diet::Vegan, Diet::GlutenFree, Diet::Halal, Diet::Spicy];
/// The allergens, in the order of their boxes.
pub(super) const ALLERGENS: [Allergen; 14] = [
    Allergen::Gluten,
    Allergen::Crustaceans,
    Allergen::Eggs,
    Allergen::Fish,
    Allergen::Peanuts,
    Allergen::Soybeans,
    Allergen::Milk,
    Allergen::Nuts,
    Allergen::Celery,
    Allergen::Mustard,
    Allergen::Sesame,
    Allergen::Sulphites,
    Allergen::Lupin,
    Allergen::Molluscs,
];

/// A menu as it is typed. Each of its parts has a number that no other part has, and its fields and buttons are
/// called by what they are and that number: `price-12`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Draft {
    /// The version of the menu that it changes.
    pub(super) version: u32,
    /// The number of the next part.
    next: u32,
    pub(super) sections: Vec<SectionDraft>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SectionDraft {
    pub(super) number: u32,
    /// Its id on the menu; empty until it is published.
    id: String,
    pub(super) name: String,
    pub(super) dishes: Vec<DishDraft>,
    /// Grows when its name is another than the page shows.
    #[serde(skip)]
    pub(super) shape: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DishDraft {
    pub(super) number: u32,
    id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) price: String,
    pub(super) diet: Vec<Diet>,
    pub(super) allergens: Vec<Allergen>,
    /// The path of its picture; empty if it has none.
    pub(super) art: String,
    /// What it is also looked for by, separated by commas.
    pub(super) keywords: String,
    pub(super) groups: Vec<GroupDraft>,
    /// Grows when its fields are others than the page shows.
    #[serde(skip)]
    pub(super) shape: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct GroupDraft {
    pub(super) number: u32,
    id: String,
    pub(super) name: String,
    pub(super) at_least: String,
    pub(super) at_most: String,
    pub(super) choices: Vec<ChoiceDraft>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ChoiceDraft {
    pub(super) number: u32,
    id: String,
    pub(super) name: String,
    /// What it adds to the dish's price.
    pub(super) price: String,
}

/// What a button did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Pressed {
    /// The id of what is to have the focus.
    pub(super) focus: String,
    /// The dish that is to be open.
    pub(super) open: Option<u32>,
    /// What was removed, if something was.
    pub(super) removed: Option<Removed>,
}

impl Draft {
    /// The draft of a menu. That of the same menu has the same numbers, in every tab.
    pub(super) fn of(version: u32, sections: &[Section], currency: Currency) -> Self {
        let mut draft = Self { version, ..Self::default() };
        draft.sections = sections.iter().map(|section| draft.section(section, currency)).collect();
        draft
    }

    /// Has the page show anew what differs from `before`, which it shows now.
    pub(super) fn replaces(&mut self, before: &Self) {
        for section in &mut self.sections {
            if let Some(old) = before.sections.iter().find(|it| it.number == section.number) {
                section.shape = old.shape + u32::from(section.name != old.name);
            }
            for dish in &mut section.dishes {
                if let Some(old) = before.get(dish.number) {
                    dish.shape = old.shape;
                    dish.shape += u32::from(dish != old);
                }
            }
        }
    }

    /// Whether it says the same as another, however the page shows it.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let mut shown = self.clone();
        shown.replaces(other);
        shown == *other
    }

    /// Takes the version of a menu that was published of `sent`, a draft from which this one comes, and the ids that
    /// its parts have there: they keep them under another name, too.
    pub(super) fn take_ids(&mut self, sent: &Self, published: &Self) {
        self.version = published.version;
        let (sent, published) = (sent.ids(), published.ids());
        if sent.len() != published.len() {
            return;
        }
        let ids: BTreeMap<u32, &str> =
            sent.iter().zip(published).map(|((number, _), (_, id))| (*number, id)).collect();
        let give = |number: u32, id: &mut String| {
            if let Some(known) = ids.get(&number).filter(|_| id.is_empty()) {
                (*known).clone_into(id);
            }
        };
        for section in &mut self.sections {
            give(section.number, &mut section.id);
            for dish in &mut section.dishes {
                give(dish.number, &mut dish.id);
                for group in &mut dish.groups {
                    give(group.number, &mut group.id);
                    group.choices.iter_mut().for_each(|it| give(it.number, &mut it.id));
                }
            }
        }
    }

    /// The number and the id of every part, in order.
    fn ids(&self) -> Vec<(u32, &str)> {
        let mut ids = Vec::new();
        for section in &self.sections {
            ids.push((section.number, &*section.id));
            for dish in &section.dishes {
                ids.push((dish.number, &*dish.id));
                for group in &dish.groups {
                    ids.push((group.number, &*group.id));
                    ids.extend(group.choices.iter().map(|it| (it.number, &*it.id)));
                }
            }
        }
        ids
    }

    /// A number for another part.
    fn number(&mut self) -> u32 {
        self.next = self.next.saturating_add(1);
        self.next
    }

    fn section(&mut self, section: &Section, currency: Currency) -> SectionDraft {
        SectionDraft {
            number: self.number(),
            id: section.section_id.to_string(),
            name: section.name.clone(),
            dishes: section.dishes.iter().map(|dish| self.dish(dish, currency)).collect(),
            shape: 0,
        }
    }

    fn dish(&mut self, dish: &Dish, currency: Currency) -> DishDraft {
        DishDraft {
            number: self.number(),
            id: dish.dish_id.to_string(),
            name: dish.name.clone(),
            description: dish.description.clone(),
            price: decimal(dish.price, currency),
            diet: dish.diet.clone(),
            allergens: dish.allergens.clone(),
            art: dish.art.clone(),
            keywords: dish.keywords.join(", "),
            groups: dish.options.iter().map(|group| self.group(group, currency)).collect(),
            shape: 0,
        }
    }

    fn group(&mut self, group: &OptionGroup, currency: Currency) -> GroupDraft {
        let choice = |Choice { choice_id, name, price }: &Choice, number| ChoiceDraft {
            number,
            id: choice_id.to_string(),
            name: name.clone(),
            price: decimal(*price, currency),
        };
        GroupDraft {
            number: self.number(),
            id: group.group_id.to_string(),
            name: group.name.clone(),
            at_least: group.at_least.to_string(),
            at_most: group.at_most.to_string(),
            choices: group.choices.iter().map(|it| choice(it, self.number())).collect(),
        }
    }

    /// The dish of that number.
    pub(super) fn get(&self, number: u32) -> Option<&DishDraft> {
        self.sections.iter().flat_map(|it| &it.dishes).find(|dish| dish.number == number)
    }

    /// The name of the part of that number, as it is typed.
    pub(super) fn name(&self, number: u32) -> Option<&str> {
        self.sections.iter().find_map(|section| section.name_of(number))
    }

    fn dish_mut(&mut self, number: u32) -> Option<&mut DishDraft> {
        self.dishes_mut().find(|dish| dish.number == number)
    }

    fn dishes_mut(&mut self) -> impl Iterator<Item = &mut DishDraft> {
        self.sections.iter_mut().flat_map(|section| &mut section.dishes)
    }

    /// Takes what is typed in a field; of a box, `1` if it is ticked.
    pub(super) fn type_in(&mut self, field: &str, text: String) {
        let Some((kind, number)) = kind_and_number(field) else { return };
        match kind {
            "section" => {
                if let Some(section) = self.sections.iter_mut().find(|it| it.number == number) {
                    section.name = text;
                }
            }
            "group" | "least" | "most" => {
                if let Some(group) = self
                    .dishes_mut()
                    .flat_map(|dish| &mut dish.groups)
                    .find(|it| it.number == number)
                {
                    match kind {
                        "group" => group.name = text,
                        "least" => group.at_least = text,
                        _ => group.at_most = text,
                    }
                }
            }
            "choice" | "extra" => {
                let groups = self.dishes_mut().flat_map(|dish| &mut dish.groups);
                let choice =
                    groups.flat_map(|group| &mut group.choices).find(|it| it.number == number);
                match (choice, kind) {
                    (Some(choice), "choice") => choice.name = text,
                    (Some(choice), _) => choice.price = text,
                    (None, _) => {}
                }
            }
            _ => {
                if let Some(dish) = self.dish_mut(number) {
                    dish.type_in(kind, text);
                }
            }
        }
    }

    /// Gives a dish a picture, or none; whether the dish is there.
    pub(super) fn set_art(&mut self, dish: u32, art: &str) -> bool {
        let dish = self.dish_mut(dish);
        dish.map(|dish| art.clone_into(&mut dish.art)).is_some()
    }
}

impl SectionDraft {
    fn name_of(&self, number: u32) -> Option<&str> {
        if self.number == number {
            return Some(&self.name);
        }
        self.dishes.iter().find_map(|dish| dish.name_of(number))
    }
}

impl GroupDraft {
    fn name_of(&self, number: u32) -> Option<&str> {
        if self.number == number {
            return Some(&self.name);
        }
        let choice = self.choices.iter().find(|choice| choice.number == number);
        choice.map(|choice| choice.name.as_str())
    }
}

impl DishDraft {
    fn name_of(&self, number: u32) -> Option<&str> {
        if self.number == number {
            return Some(&self.name);
        }
        self.groups.iter().find_map(|group| group.name_of(number))
    }

    fn type_in(&mut self, kind: &str, text: String) {
        let is_ticked = !text.is_empty();
        match kind {
            "name" => self.name = text,
            "description" => self.description = text,
            "price" => self.price = text,
            "keywords" => self.keywords = text,
            _ => {
                let at = |prefix| kind.strip_prefix(prefix)?.parse::<usize>().ok();
                if let Some(mark) = at("diet").and_then(|at| DIETS.get(at)) {
                    tick(&mut self.diet, &DIETS, *mark, is_ticked);
                }
                if let Some(allergen) = at("allergen").and_then(|at| ALLERGENS.get(at)) {
                    tick(&mut self.allergens, &ALLERGENS, *allergen, is_ticked);
                }
            }
        }
    }
}

/// Adds something to what is ticked, or removes it; in the order of the boxes.
fn tick<T: Copy + PartialEq>(ticked: &mut Vec<T>, all: &[T], one: T, is_ticked: bool) {
    let before = std::mem::take(ticked);
    let stays = |it: &T| if *it == one { is_ticked } else { before.contains(it) };
    ticked.extend(all.iter().copied().filter(stays));
}

/// Whether the name of a part is typed in a field.
pub(super) fn is_name(field: &str) -> bool {
    let kind = kind_and_number(field).map(|(kind, _)| kind);
    matches!(kind, Some("section" | "name" | "group" | "choice"))
}

/// What a field or button is, and the number of its part.
pub(super) fn kind_and_number(id: &str) -> Option<(&str, u32)> {
    let (kind, number) = id.rsplit_once('-')?;
    Some((kind, number.parse().ok()?))
}

fn decimal(amount: Amount, currency: Currency) -> String {
    Money { amount, currency }.decimal()
}

#[cfg(test)]
mod tests;
