//! What is written is read again as it was; what is wrong is told by line.

use proptest::{collection::vec, option, prelude::*, sample::subsequence};
use serde_json::json;

use super::*;
use crate::menu::{Allergen, Choice, Diet, Dish, OptionGroup, check::accepted};

const MENU: &str = r#"name = "Raat Rani"
cuisines = ["North Indian"]

[[sections]]
id = "tandoor"
name = "From the tandoor"

[[sections.dishes]]
id = "naan"
name = "Naan"
price = "80"
picture = "/art/0a1b.svg"
allergens = ["gluten"]

[[sections.dishes.options]]
id = "with"
name = "With"
choose = "1-to-2"
choices = [{ id = "butter", name = "Butter", price = "10.50" }, { id = "garlic", name = "Garlic", price = "0" }]
"#;

fn rupees() -> Currency {
    "INR".parse().unwrap()
}

fn mistakes(text: &str, most: usize) -> Vec<String> {
    let mistakes = read(text, rupees(), most).err().unwrap_or_default();
    mistakes.into_iter().map(|Mistake { line, text }| format!("{line}: {text}")).collect()
}

#[test]
fn only_the_sections_of_a_file_are_read() {
    let sections = read(MENU, rupees(), 20).unwrap();
    let expected = json!([{"section_id": "tandoor", "name": "From the tandoor", "dishes": [{
        "dish_id": "naan", "name": "Naan", "description": "", "price": 8_000, "diet": [],
        "allergens": ["gluten"], "art": "/art/0a1b.svg", "sold_out": false,
        "options": [{"group_id": "with", "name": "With", "at_least": 1, "at_most": 2, "choices": [
            {"choice_id": "butter", "name": "Butter", "price": 1_050},
            {"choice_id": "garlic", "name": "Garlic", "price": 0}]}]}]}]);
    assert_eq!(serde_json::to_value(&sections).unwrap(), expected);
    let written = write(&sections, rupees()).unwrap();
    assert!(written.starts_with("[[sections]]\nid = \"tandoor\"\n"), "{written}");
    assert_eq!(read(&written, rupees(), 20), Ok(sections));
}

#[test]
fn every_mistake_is_told_by_line() {
    for (old, new, expected) in [
        ("id = \"tandoor\"", "id = \"Tandoor\"", "5: `id`: must be 1 to 64 lower-case letters"),
        ("[[sections]]", "[sections]", "4: `sections`: invalid type: map, expected a sequence"),
        ("\"80\"", "80\"", "11: is not TOML: "),
        (
            "name = \"Raat Rani\"",
            "currency = \"GBP\"",
            "1: the prices of this restaurant are in INR",
        ),
        ("\"80\"", "\"8.005\"", "11: `price`: must be an amount such as 7.50"),
        ("\"80\"", "\"0\"", "11: `price` must be more than nothing, and at most 999999.99"),
        ("\"10.50\"", "\"1000000\"", "19: `price` must be at most 999999.99"),
        ("/art/0a1b.svg", "https://example.com/a.jpg", "12: `picture` must be the path of a pic"),
        ("[\"gluten\"]", "[\"gluten\", \"gluten\"]", "13: `allergens`: each must be one of the 14"),
        ("[\"gluten\"]", "[\"gluten\"]\ndiet = [\"gluten_free\"]", "9: is marked gluten_free, and"),
        ("1-to-2", "2-to-1", "18: `choose` must be \"one\", or \"up-to-1\" to \"up-to-2\""),
        ("1-to-2", "one-to-two", "18: `choose` must be \"one\", or"),
        ("\"garlic\"", "\"butter\"", "19: the id `butter` is used twice"),
        ("id = \"naan\"", "id = \"naan\"\nkeywords = [\"\"]", "10: `keywords`: must not be empty"),
    ] {
        assert!(MENU.contains(old), "{old}");
        let found = mistakes(&MENU.replacen(old, new, 1), 20);
        assert_eq!(found.len(), 1, "{new}: {found:#?}");
        assert!(found[0].starts_with(expected), "{new}: {found:#?}");
    }
    for (text, expected) in [
        ("", "1: the menu is empty; add [[sections]] with [[sections.dishes]]"),
        ("[[sections]]\nname = \"x\"\nid = \"x\"", "3: this section has no dishes"),
    ] {
        let found = mistakes(text, 20);
        assert!(found.len() == 1 && found[0].starts_with(expected), "{found:#?}");
    }
}

#[test]
fn a_file_full_of_mistakes_is_told_the_first_of_them() {
    let dish = |at: usize| {
        format!("[[sections.dishes]]\nid = \"dish-{at}\"\nname = \"Dish\"\nprice = 7\nrice = 1\n")
    };
    let dishes: String = (0..1_000).map(dish).collect();
    let text = format!("[[sections]]\nid = \"all\"\nname = \"All\"\n{dishes}");
    assert_eq!(mistakes(&text, 20).len(), 20);
    // As it is with TOML's own.
    assert_eq!(mistakes(&"= =\n".repeat(1_000), 20).len(), 20);
}

/// Any text that may stand in a menu, often with what means something in TOML.
fn text(longest: usize) -> impl Strategy<Value = String> {
    let special = proptest::sample::select(vec!['"', '\'', '\\', '\n', '#', '=', '[', '{', ' ']);
    let any = any::<char>().prop_filter("a control character", |it| !it.is_control());
    vec(prop_oneof![special, any], 0..longest).prop_map(|all| {
        let text: String = all.into_iter().collect();
        format!("a{text}")
    })
}

fn choices() -> impl Strategy<Value = Vec<Choice>> {
    vec((text(8), 0_i64..99_999_999), 1..5).prop_map(|all| {
        let choice = |(at, (name, price)): (usize, (String, i64))| {
            json!({"choice_id": format!("choice-{at}"), "name": name, "price": price})
        };
        let all = all.into_iter().enumerate().map(choice);
        all.map(|choice| serde_json::from_value(choice).unwrap()).collect()
    })
}

fn group(number: usize) -> impl Strategy<Value = OptionGroup> {
    (text(8), choices(), 0_u8..5, 1_u8..5).prop_map(move |(name, choices, least, most)| {
        let at_most = most.min(u8::try_from(choices.len()).unwrap());
        let group_id = format!("group-{number}").parse().unwrap();
        OptionGroup { group_id, name, at_least: least.min(at_most), at_most, choices }
    })
}

fn dish() -> impl Strategy<Value = Dish> {
    let marks = subsequence(vec![Diet::Vegetarian, Diet::Vegan, Diet::Halal, Diet::Spicy], 0..4);
    let allergens = subsequence(vec![Allergen::Nuts, Allergen::Gluten, Allergen::Celery], 0..3);
    let texts = (text(20), option::of(text(40)), vec(text(6), 0..3));
    let groups = (0..3).map(group).collect::<Vec<_>>();
    let art = prop_oneof![Just(""), Just("/art/0a1b.svg"), Just("/art/ff00.jpg")];
    (texts, 1_i64..99_999_999, marks, allergens, art, groups, 0_usize..3).prop_map(
        |((name, description, keywords), price, diet, allergens, art, mut options, groups)| {
            options.truncate(groups);
            let mut dish: Dish = serde_json::from_value(json!({
                "dish_id": "later", "name": name, "description": description.unwrap_or_default(),
                "price": price, "art": art, "keywords": keywords, "sold_out": true,
            }))
            .unwrap();
            (dish.diet, dish.allergens, dish.options) = (diet, allergens, options);
            dish
        },
    )
}

fn menu() -> impl Strategy<Value = Vec<Section>> {
    vec((text(12), vec(dish(), 1..4)), 1..4).prop_map(|all| {
        let mut count = 0;
        let sections = all.into_iter().enumerate().map(|(at, (name, mut dishes))| {
            for dish in &mut dishes {
                count += 1;
                dish.dish_id = format!("dish-{count}").parse().unwrap();
            }
            let section_id = format!("section-{at}").parse().unwrap();
            Section { section_id, name, dishes }
        });
        sections.collect()
    })
}

proptest! {
    #[test]
    fn a_menu_that_is_written_is_read_as_it_was(menu in menu(), code in "GBP|JPY|KWD") {
        let menu = accepted(menu).unwrap();
        let currency = code.parse().unwrap();
        let written = write(&menu, currency).unwrap();
        prop_assert_eq!(read(&written, currency, 20), Ok(menu), "{}", written);
    }
}
