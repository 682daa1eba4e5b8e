//! A dish of a menu, and what can be chosen with it.

use std::collections::BTreeSet;
use std::fmt::Display;

use serde::Deserialize;
use serde::de::value::StrDeserializer;
use shared::menu::{Allergen, Choice, Diet, Dish, OptionGroup};
use shared::{Amount, ChoiceId, Currency, DishId, GroupId};
use toml::de::DeValue;

use super::art::Folder;
use super::fields::{Fields, Read, parsed, price, string, text, yes_or_no};
use super::problem::Diagnostics;

/// The ids given so far where each may be given once.
#[derive(Default)]
pub(super) struct Ids(BTreeSet<String>);

impl Ids {
    /// Reports an id that was given before.
    pub(super) fn report_duplicate(
        &mut self,
        id: Option<&impl Display>,
        fields: &Fields<'_>,
        diagnostics: &Diagnostics,
    ) {
        if let Some(id) = id
            && !self.0.insert(id.to_string())
        {
            let text = format!("the id `{id}` is used twice; choose another");
            diagnostics.at(&fields.place_of("id"), text);
        }
    }
}

/// The dish of a `[[sections.dishes]]`.
pub(super) fn read(
    mut fields: Fields<'_>,
    currency: Option<Currency>,
    ids: &mut Ids,
    art: &mut Folder<'_>,
    diagnostics: &Diagnostics,
) -> Option<Dish> {
    let dish_id = fields.required("id", parsed::<DishId>);
    ids.report_duplicate(dish_id.as_ref(), &fields, diagnostics);
    let name = fields.required("name", text::<80>);
    let description = fields.required("description", text::<300>);
    let amount = fields.required("price", price(currency));
    if currency.is_some() && amount == Some(Amount::ZERO) {
        diagnostics.at(&fields.place_of("price"), "`price` must be more than nothing");
    }
    let diet = fields.list("diet", diet);
    let allergens = fields.list("allergens", allergen);
    let keywords = fields.list("keywords", text::<40>);
    note_contradictions(&fields, diet.as_deref(), allergens.as_deref(), diagnostics);
    let sold_out = fields.optional("sold_out", yes_or_no).unwrap_or_default();
    let options = options(&mut fields, currency, diagnostics);
    let picture = dish_id.as_ref().and_then(|id| art.picture(id.as_ref(), &fields.place_of("id")));
    fields.finish();
    Some(Dish {
        dish_id: dish_id?,
        name: name?,
        description: description?,
        price: amount?,
        diet: diet?,
        allergens: allergens?,
        art: picture?,
        sold_out,
        options: options?,
        keywords: keywords?,
    })
}

fn diet(value: &DeValue<'_>) -> Read<Diet> {
    match one_of::<Diet>(string(value)?) {
        Some(diet) if diet != Diet::Unknown => Ok(diet),
        _ => Err("must be vegetarian, vegan, gluten_free, halal or spicy".to_owned()),
    }
}

fn allergen(value: &DeValue<'_>) -> Read<Allergen> {
    match one_of::<Allergen>(string(value)?) {
        Some(allergen) if allergen != Allergen::Unknown => Ok(allergen),
        _ => Err("must be one of the 14 of Regulation (EU) 1169/2011: gluten, crustaceans, eggs, \
                  fish, peanuts, soybeans, milk, nuts, celery, mustard, sesame, sulphites, lupin \
                  or molluscs"
            .to_owned()),
    }
}

/// The variant of that name on the wire.
fn one_of<'a, T: Deserialize<'a>>(name: &'a str) -> Option<T> {
    T::deserialize(StrDeserializer::<serde::de::value::Error>::new(name)).ok()
}

/// Marks that cannot both be true: someone may get ill.
fn note_contradictions(
    fields: &Fields<'_>,
    diet: Option<&[Diet]>,
    allergens: Option<&[Allergen]>,
    diagnostics: &Diagnostics,
) {
    const ANIMAL: [Allergen; 5] =
        [Allergen::Crustaceans, Allergen::Eggs, Allergen::Fish, Allergen::Milk, Allergen::Molluscs];
    const FLESH: [Allergen; 3] = [Allergen::Crustaceans, Allergen::Fish, Allergen::Molluscs];
    let has = |mark| diet.is_some_and(|diet| diet.contains(&mark));
    let contains = |some: &[Allergen]| {
        allergens.is_some_and(|found| found.iter().any(|allergen| some.contains(allergen)))
    };
    let note = |text| diagnostics.at(&fields.place_of("diet"), text);
    if has(Diet::Vegan) && contains(&ANIMAL) {
        note("is marked vegan, and its allergens name what comes from an animal");
    }
    if has(Diet::Vegetarian) && contains(&FLESH) {
        note("is marked vegetarian, and its allergens name fish or shellfish");
    }
    if has(Diet::GlutenFree) && contains(&[Allergen::Gluten]) {
        note("is marked gluten_free, and its allergens name gluten");
    }
}

fn options(
    fields: &mut Fields<'_>,
    currency: Option<Currency>,
    diagnostics: &Diagnostics,
) -> Option<Vec<OptionGroup>> {
    let mut ids = Ids::default();
    let groups: Vec<_> = fields
        .tables("options")
        .into_iter()
        .map(|group| option_group(group, currency, &mut ids, diagnostics))
        .collect();
    groups.into_iter().collect()
}

fn option_group(
    mut fields: Fields<'_>,
    currency: Option<Currency>,
    ids: &mut Ids,
    diagnostics: &Diagnostics,
) -> Option<OptionGroup> {
    let group_id = fields.required("id", parsed::<GroupId>);
    ids.report_duplicate(group_id.as_ref(), &fields, diagnostics);
    let name = fields.required("name", text::<60>);
    let mut choice_ids = Ids::default();
    let choices: Vec<_> = fields
        .tables("choices")
        .into_iter()
        .map(|choice| read_choice(choice, currency, &mut choice_ids, diagnostics))
        .collect();
    let count = u8::try_from(choices.len()).unwrap_or(u8::MAX);
    if !(1..=20).contains(&count) {
        diagnostics.at(fields.place(), format!("offers {count} choices; offer 1 to 20"));
    }
    let choose = fields.required("choose", |value| choose(string(value)?, count));
    fields.finish();
    let (at_least, at_most) = choose?;
    let choices = choices.into_iter().collect::<Option<_>>()?;
    Some(OptionGroup { group_id: group_id?, name: name?, at_least, at_most, choices })
}

/// `one`, or `up-to-N` of the choices.
fn choose(text: &str, count: u8) -> Read<(u8, u8)> {
    if text == "one" {
        return Ok((1, 1));
    }
    text.strip_prefix("up-to-")
        .and_then(|most| most.parse().ok())
        .filter(|most| (1..=count).contains(most))
        .map(|most| (0, most))
        .ok_or_else(|| format!("must be \"one\", or \"up-to-1\" to \"up-to-{count}\""))
}

fn read_choice(
    mut fields: Fields<'_>,
    currency: Option<Currency>,
    ids: &mut Ids,
    diagnostics: &Diagnostics,
) -> Option<Choice> {
    let choice_id = fields.required("id", parsed::<ChoiceId>);
    ids.report_duplicate(choice_id.as_ref(), &fields, diagnostics);
    let name = fields.required("name", text::<60>);
    let price = fields.required("price", price(currency));
    fields.finish();
    Some(Choice { choice_id: choice_id?, name: name?, price: price? })
}
