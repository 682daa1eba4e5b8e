//! The menu of a restaurant: its sections, their dishes, and what can be chosen with them.

use serde::Deserialize;
use shared::menu::{Allergen, Choice, Diet, Dish, OptionGroup, Section};
use shared::text::Text;
use shared::{Amount, ChoiceId, DishId, GroupId, SectionId};
use toml::Spanned;

use super::reader::Reader;

/// `[[sections]]`
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MenuFile {
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
    description: Text<300>,
    price: Spanned<String>,
    #[serde(default)]
    diet: Vec<Spanned<Diet>>,
    #[serde(default)]
    allergens: Vec<Spanned<Allergen>>,
    #[serde(default)]
    keywords: Vec<Text<40>>,
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
    /// `one`, or `up-to-N` of the choices.
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

/// The sections of a menu; mistakes are reported. A menu is whole if no wrong value was removed from it.
pub(super) fn sections(menu: MenuFile, is_whole: bool, reader: &mut Reader<'_>) -> Vec<Section> {
    if is_whole && menu.sections.is_empty() {
        reader.report(&(0..0), "the menu is empty; add [[sections]] with [[sections.dishes]]");
    }
    reader.unique(menu.sections.iter().map(|section| &section.id));
    let dishes = menu.sections.iter().flat_map(|section| &section.dishes);
    reader.unique(dishes.map(|dish| &dish.id));
    let sections = menu.sections.into_iter().map(|file| {
        if is_whole && file.dishes.is_empty() {
            reader.report(&file.id.span(), "this section has no dishes; add [[sections.dishes]]");
        }
        Section {
            section_id: file.id.into_inner(),
            name: file.name.into(),
            dishes: file.dishes.into_iter().map(|file| dish(file, is_whole, reader)).collect(),
        }
    });
    sections.collect()
}

fn dish(file: DishFile, is_whole: bool, reader: &mut Reader<'_>) -> Dish {
    let place = file.id.span();
    let price = reader.price("price", &file.price);
    if price == Some(Amount::ZERO) {
        reader.report(&file.price.span(), "`price` must be more than nothing");
    }
    report_unknown(&file, reader);
    let diet: Vec<Diet> = file.diet.into_iter().map(Spanned::into_inner).collect();
    let allergens: Vec<Allergen> = file.allergens.into_iter().map(Spanned::into_inner).collect();
    for contradiction in contradictions(&diet, &allergens) {
        reader.report(&place, contradiction);
    }
    reader.unique(file.options.iter().map(|group| &group.id));
    Dish {
        art: reader.picture(file.id.get_ref().as_ref(), &place),
        dish_id: file.id.into_inner(),
        name: file.name.into(),
        description: file.description.into(),
        price: price.unwrap_or_default(),
        diet,
        allergens,
        sold_out: file.sold_out,
        options: file.options.into_iter().map(|file| group(file, is_whole, reader)).collect(),
        keywords: file.keywords.into_iter().map(String::from).collect(),
    }
}

/// Reports the marks and allergens that only a later version may know.
fn report_unknown(file: &DishFile, reader: &mut Reader<'_>) {
    for mark in file.diet.iter().filter(|mark| *mark.get_ref() == Diet::Unknown) {
        let text = "`diet`: each must be vegetarian, vegan, gluten_free, halal or spicy";
        reader.report(&mark.span(), text);
    }
    for allergen in file.allergens.iter().filter(|it| *it.get_ref() == Allergen::Unknown) {
        let text = "`allergens`: each must be one of the 14 of Regulation (EU) 1169/2011: gluten, \
                    crustaceans, eggs, fish, peanuts, soybeans, milk, nuts, celery, mustard, \
                    sesame, sulphites, lupin or molluscs";
        reader.report(&allergen.span(), text);
    }
}

/// Marks that cannot both be true: someone may get ill.
fn contradictions(diet: &[Diet], allergens: &[Allergen]) -> Vec<&'static str> {
    use Allergen::{Crustaceans, Eggs, Fish, Gluten, Milk, Molluscs};
    const ANIMAL: &[Allergen] = &[Crustaceans, Eggs, Fish, Milk, Molluscs];
    const FLESH: &[Allergen] = &[Crustaceans, Fish, Molluscs];
    let rules = [
        (Diet::Vegan, ANIMAL, "is marked vegan, and its allergens name what comes from an animal"),
        (Diet::Vegetarian, FLESH, "is marked vegetarian, and its allergens name fish or shellfish"),
        (Diet::GlutenFree, &[Gluten], "is marked gluten_free, and its allergens name gluten"),
    ];
    let contradicts = |(mark, excluded, _): &(Diet, &[Allergen], &str)| {
        diet.contains(mark) && allergens.iter().any(|allergen| excluded.contains(allergen))
    };
    rules.into_iter().filter(contradicts).map(|(_, _, text)| text).collect()
}

fn group(file: GroupFile, is_whole: bool, reader: &mut Reader<'_>) -> OptionGroup {
    let count = u8::try_from(file.choices.len()).unwrap_or(u8::MAX);
    if is_whole && !(1..=20).contains(&count) {
        reader.report(&file.id.span(), format!("offers {count} choices; offer 1 to 20"));
    }
    let bounds = choose(file.choose.get_ref(), count);
    if is_whole && bounds.is_none() {
        let text = format!("`choose` must be \"one\", or \"up-to-1\" to \"up-to-{count}\"");
        reader.report(&file.choose.span(), text);
    }
    let (at_least, at_most) = bounds.unwrap_or_default();
    reader.unique(file.choices.iter().map(|choice| &choice.id));
    let choices = file.choices.into_iter().map(|file| Choice {
        price: reader.price("price", &file.price).unwrap_or_default(),
        choice_id: file.id.into_inner(),
        name: file.name.into(),
    });
    let choices = choices.collect();
    OptionGroup {
        group_id: file.id.into_inner(),
        name: file.name.into(),
        at_least,
        at_most,
        choices,
    }
}

/// The fewest and the most of `count` choices.
fn choose(text: &str, count: u8) -> Option<(u8, u8)> {
    if text == "one" {
        return Some((1, 1));
    }
    let most = text.strip_prefix("up-to-")?.parse().ok()?;
    (1..=count).contains(&most).then_some((0, most))
}
