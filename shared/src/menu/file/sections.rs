//! The sections of a menu, their dishes, and what can be chosen with them, as a file says it.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use serde::Deserialize;
use toml::{Spanned, de::DeTable};

use super::{reader::Reader, recover};
use crate::{
    id::{ChoiceId, DishId, GroupId, SectionId},
    menu::{
        Allergen, Choice, Diet, Dish, OptionGroup, Section,
        check::{MAX_DISHES, MAX_PRICE, MAX_SECTIONS, Mistake, Place, Wrong, accepted},
    },
    money::{Amount, Currency, Money},
    text::Text,
};

/// The key of the menu.
const SECTIONS: &str = "sections";

/// `[[sections]]`
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct MenuFile {
    #[serde(default)]
    sections: Vec<SectionFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SectionFile {
    id: Spanned<SectionId>,
    name: Text<60>,
    #[serde(default)]
    dishes: Vec<DishFile>,
}

/// `[[sections.dishes]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DishFile {
    id: Spanned<DishId>,
    name: Text<80>,
    description: Option<Text<300>>,
    price: Spanned<String>,
    #[serde(default)]
    diet: Vec<Spanned<Diet>>,
    #[serde(default)]
    allergens: Vec<Spanned<Allergen>>,
    #[serde(default)]
    keywords: Vec<Text<40>>,
    /// A path on the site.
    picture: Option<Spanned<String>>,
    #[serde(default)]
    sold_out: bool,
    #[serde(default)]
    options: Vec<GroupFile>,
}

/// `[[sections.dishes.options]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupFile {
    id: Spanned<GroupId>,
    name: Text<60>,
    /// `one`, `up-to-N` or `N-to-M` of the choices.
    choose: Spanned<String>,
    #[serde(default)]
    choices: Vec<ChoiceFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChoiceFile {
    id: Spanned<ChoiceId>,
    name: Text<60>,
    price: Spanned<String>,
}

/// The menu of a file.
#[derive(Debug, Default)]
pub struct FileMenu {
    /// It, in order; a dish has the picture that the file names, or none.
    pub sections: Vec<Section>,
    /// Where each dish stands in the file, in order.
    pub dishes: Vec<Range<usize>>,
    /// Whether no wrong value is left out of it.
    pub is_whole: bool,
}

/// Takes the menu out of a file; mistakes are reported.
pub fn sections(table: &mut DeTable<'_>, reader: &mut Reader<'_>) -> FileMenu {
    let menu = table.remove_entry(SECTIONS).into_iter().collect();
    let menu: MenuFile = recover::read(menu, reader).unwrap_or_default();
    // What a wrong table needs may look unused, and a list that only has wrong items empty.
    let is_whole = reader.mistakes.is_empty();
    let mut places =
        Places { reader, place: Place::default(), ranges: BTreeMap::new(), wrong: BTreeSet::new() };
    let sections: Vec<Section> =
        menu.sections.into_iter().enumerate().map(|(at, file)| places.section(at, file)).collect();
    let mistakes = accepted(sections.clone()).err().unwrap_or_default();
    for mistake in mistakes {
        let is_of_the_whole = matches!(mistake.what, Wrong::Count { .. } | Wrong::Bounds);
        if is_whole || !is_of_the_whole {
            places.report(&mistake, &sections);
        }
    }
    let is_dish = |(place, _): &(&Place, &Range<usize>)| place.field == "dish_id";
    let dishes = places.ranges.iter().filter(is_dish).map(|(_, range)| range.clone()).collect();
    FileMenu { sections, dishes, is_whole }
}

/// Where in a file the places of a menu are.
struct Places<'p, 'a> {
    reader: &'p mut Reader<'a>,
    place: Place,
    ranges: BTreeMap<Place, Range<usize>>,
    /// What is reported already.
    wrong: BTreeSet<Place>,
}

impl Places<'_, '_> {
    fn at(&self, field: &'static str) -> Place {
        Place { field, ..self.place }
    }

    fn stands(&mut self, field: &'static str, range: Range<usize>) {
        self.ranges.insert(self.at(field), range);
    }

    fn price(&mut self, text: &Spanned<String>) -> Amount {
        self.stands("price", text.span());
        let price = self.reader.price("price", text);
        if price.is_none() {
            self.wrong.insert(self.at("price"));
        }
        price.unwrap_or_default()
    }

    /// The marks of a dish. A mistake in them stands where the first one is that is not known, or twice.
    fn marks<T: Copy + PartialEq>(
        &mut self,
        field: &'static str,
        marks: Vec<Spanned<T>>,
        unknown: T,
    ) -> Vec<T> {
        let values: Vec<T> = marks.iter().map(|mark| *mark.get_ref()).collect();
        let is_wrong = |at: &usize| values[*at] == unknown || values[..*at].contains(&values[*at]);
        if let Some(wrong) = (0..values.len()).find(is_wrong) {
            self.stands(field, marks[wrong].span());
        }
        values
    }

    fn section(&mut self, at: usize, file: SectionFile) -> Section {
        self.place = Place { section: Some(at), ..Place::default() };
        self.stands("section_id", file.id.span());
        let dishes = file.dishes.into_iter().enumerate().map(|(at, file)| self.dish(at, file));
        Section {
            dishes: dishes.collect(),
            section_id: file.id.into_inner(),
            name: file.name.into(),
        }
    }

    fn dish(&mut self, at: usize, file: DishFile) -> Dish {
        self.place = Place { dish: Some(at), group: None, choice: None, ..self.place };
        self.stands("dish_id", file.id.span());
        if let Some(picture) = &file.picture {
            self.stands("art", picture.span());
        }
        let price = self.price(&file.price);
        let diet = self.marks("diet", file.diet, Diet::Unknown);
        let allergens = self.marks("allergens", file.allergens, Allergen::Unknown);
        let options = file.options.into_iter().enumerate().map(|(at, file)| self.group(at, file));
        Dish {
            options: options.collect(),
            dish_id: file.id.into_inner(),
            name: file.name.into(),
            description: file.description.map(String::from).unwrap_or_default(),
            price,
            diet,
            allergens,
            art: file.picture.map(Spanned::into_inner).unwrap_or_default(),
            sold_out: file.sold_out,
            keywords: file.keywords.into_iter().map(String::from).collect(),
        }
    }

    fn group(&mut self, at: usize, file: GroupFile) -> OptionGroup {
        self.place = Place { group: Some(at), choice: None, ..self.place };
        self.stands("group_id", file.id.span());
        self.stands("at_most", file.choose.span());
        // Bounds that are none are no bounds of a menu either.
        let (at_least, at_most) = bounds(file.choose.get_ref()).unwrap_or_default();
        let choices = file.choices.into_iter().enumerate().map(|(at, file)| self.choice(at, file));
        OptionGroup {
            choices: choices.collect(),
            group_id: file.id.into_inner(),
            name: file.name.into(),
            at_least,
            at_most,
        }
    }

    fn choice(&mut self, at: usize, file: ChoiceFile) -> Choice {
        self.place.choice = Some(at);
        self.stands("choice_id", file.id.span());
        Choice {
            price: self.price(&file.price),
            choice_id: file.id.into_inner(),
            name: file.name.into(),
        }
    }

    /// Reports a mistake in the menu at its line.
    fn report(&mut self, Mistake { place, what }: &Mistake, sections: &[Section]) {
        if self.wrong.contains(place) {
            return;
        }
        let is_of_the_dish = matches!(what, Wrong::Contradiction(_));
        let exact = self.ranges.get(place).filter(|_| !is_of_the_dish);
        let range = exact.or_else(|| self.ranges.get(&named(*place))).cloned().unwrap_or_default();
        let text = describe(*place, what, sections, self.reader.currency);
        self.reader.report(&range, text);
    }
}

/// The id of what a place is in.
const fn named(place: Place) -> Place {
    let field = match place {
        Place { choice: Some(_), .. } => "choice_id",
        Place { group: Some(_), .. } => "group_id",
        Place { dish: Some(_), .. } => "dish_id",
        _ => "section_id",
    };
    Place { field, ..place }
}

/// What is wrong, and what to do.
fn describe(
    place: Place,
    what: &Wrong,
    sections: &[Section],
    currency: Option<Currency>,
) -> String {
    match what {
        Wrong::SameId => {
            let id = id_at(place, sections).unwrap_or_default();
            format!("the id `{id}` is used twice; choose another")
        }
        Wrong::Price { lowest } => {
            let most = currency.map(|currency| Money { amount: MAX_PRICE, currency }.decimal());
            let least = if lowest.is_zero() { "" } else { "more than nothing, and " };
            format!("`price` must be {least}at most {}", most.unwrap_or_default())
        }
        Wrong::Count { most } => count(place, *most, sections),
        Wrong::Bounds => {
            let count = choices(place, sections);
            format!(
                "`choose` must be \"one\", or \"up-to-1\" to \"up-to-{count}\", or such as \"1-to-{count}\""
            )
        }
        Wrong::Marks if place.field == "diet" => DIET.to_owned(),
        Wrong::Marks => ALLERGENS.to_owned(),
        Wrong::Contradiction(mark) => contradiction(*mark).to_owned(),
        Wrong::Art => "`picture` must be the path of a picture on the site, such as \
                       /art/0a1b2c.svg, or be left out"
            .to_owned(),
        Wrong::Text(error) => format!("`{}`: {error}", place.field),
    }
}

const DIET: &str =
    "`diet`: each must be vegetarian, vegan, gluten_free, halal or spicy, and none twice";
const ALLERGENS: &str = "`allergens`: each must be one of the 14 of Regulation (EU) 1169/2011: gluten, \
    crustaceans, eggs, fish, peanuts, soybeans, milk, nuts, celery, mustard, sesame, sulphites, lupin \
    or molluscs, and none twice";

const fn contradiction(mark: Diet) -> &'static str {
    match mark {
        Diet::Vegan => "is marked vegan, and its allergens name what comes from an animal",
        Diet::Vegetarian => "is marked vegetarian, and its allergens name fish or shellfish",
        Diet::GlutenFree => "is marked gluten_free, and its allergens name gluten",
        Diet::Halal | Diet::Spicy | Diet::Unknown => "has a mark that its allergens exclude",
    }
}

/// What is wrong with how many there are.
fn count(place: Place, most: usize, sections: &[Section]) -> String {
    match place.field {
        "sections" if sections.is_empty() => {
            "the menu is empty; add [[sections]] with [[sections.dishes]]".to_owned()
        }
        "sections" => format!(
            "a menu has at most {MAX_SECTIONS} sections and {MAX_DISHES} dishes; remove some"
        ),
        "dishes" => {
            format!("this section has no dishes; add [[sections.dishes]], at most {MAX_DISHES}")
        }
        "choices" => format!("offers {} choices; offer 1 to {most}", choices(place, sections)),
        field => format!("`{field}` may be at most {most}"),
    }
}

fn dish_at(place: Place, sections: &[Section]) -> Option<&Dish> {
    sections.get(place.section?)?.dishes.get(place.dish?)
}

fn group_at(place: Place, sections: &[Section]) -> Option<&OptionGroup> {
    dish_at(place, sections)?.options.get(place.group?)
}

/// How many choices the group of a place offers.
fn choices(place: Place, sections: &[Section]) -> usize {
    group_at(place, sections).map_or(0, |group| group.choices.len())
}

fn id_at(place: Place, sections: &[Section]) -> Option<&str> {
    Some(match place.field {
        "section_id" => sections.get(place.section?)?.section_id.as_ref(),
        "dish_id" => dish_at(place, sections)?.dish_id.as_ref(),
        "group_id" => group_at(place, sections)?.group_id.as_ref(),
        _ => group_at(place, sections)?.choices.get(place.choice?)?.choice_id.as_ref(),
    })
}

/// The fewest and the most choices of a `choose`.
fn bounds(text: &str) -> Option<(u8, u8)> {
    if text == "one" {
        return Some((1, 1));
    }
    if let Some(most) = text.strip_prefix("up-to-") {
        return Some((0, most.parse().ok()?));
    }
    let (least, most) = text.split_once("-to-")?;
    Some((least.parse().ok()?, most.parse().ok()?))
}

/// A `choose` that says so.
pub(super) fn choose(at_least: u8, at_most: u8) -> String {
    match (at_least, at_most) {
        (1, 1) => "one".to_owned(),
        (0, most) => format!("up-to-{most}"),
        (least, most) => format!("{least}-to-{most}"),
    }
}
