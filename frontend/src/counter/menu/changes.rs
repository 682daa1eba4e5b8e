//! What differs between two menus, in lines of text.

use shared::{
    Amount, SectionId,
    menu::{Dish, Section},
};

use crate::{counter::text, text::isolated};

/// An amount as people read it.
type Money<'a> = &'a dyn Fn(Amount) -> String;

/// What makes one menu of another, dish by dish.
pub(super) fn changes(before: &[Section], after: &[Section], money: Money<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let (old, new) = (dishes(before), dishes(after));
    for (_, dish) in &new {
        match old.iter().find(|(_, it)| it.dish_id == dish.dish_id) {
            None => lines.push(text::dish_added(&isolated(&dish.name), &money(dish.price))),
            Some((_, it)) => lines.extend(of_dish(it, dish, money)),
        }
    }
    for (_, dish) in &old {
        if !new.iter().any(|(_, it)| it.dish_id == dish.dish_id) {
            lines.push(text::dish_removed(&isolated(&dish.name)));
        }
    }
    lines.extend(of_sections(before, after));
    let order = |dishes: &[(&Section, &Dish)], others: &[(&Section, &Dish)]| {
        let stays = |dish: &Dish| others.iter().any(|(_, it)| it.dish_id == dish.dish_id);
        let kept = dishes.iter().filter(|(_, dish)| stays(dish));
        kept.map(|(section, dish)| (section.section_id.clone(), dish.dish_id.clone()))
            .collect::<Vec<_>>()
    };
    let is_moved = section_order(before, after) != section_order(after, before);
    if is_moved || order(&old, &new) != order(&new, &old) {
        lines.push(text::ORDER_CHANGED.to_owned());
    }
    lines
}

fn dishes(sections: &[Section]) -> Vec<(&Section, &Dish)> {
    let of = |section| std::iter::repeat(section);
    sections.iter().flat_map(|section| of(section).zip(&section.dishes)).collect()
}

/// The sections that both menus have, in the order of the first.
fn section_order<'a>(sections: &'a [Section], others: &[Section]) -> Vec<&'a SectionId> {
    let ids = sections.iter().map(|section| &section.section_id);
    ids.filter(|id| others.iter().any(|it| it.section_id == **id)).collect()
}

fn of_sections(before: &[Section], after: &[Section]) -> Vec<String> {
    let find = |among: &[Section], section: &Section| {
        let same = among.iter().find(|it| it.section_id == section.section_id);
        same.map(|it| it.name.clone())
    };
    let mut lines = Vec::new();
    for section in after {
        match find(before, section) {
            None => lines.push(text::section_added(&isolated(&section.name))),
            Some(old) if old != section.name => {
                lines.push(text::renamed(&isolated(&old), &isolated(&section.name)));
            }
            Some(_) => {}
        }
    }
    let gone = before.iter().filter(|section| find(after, section).is_none());
    lines.extend(gone.map(|section| text::section_removed(&isolated(&section.name))));
    lines
}

fn of_dish(before: &Dish, after: &Dish, money: Money<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let name = isolated(&after.name);
    if before.name != after.name {
        lines.push(text::renamed(&isolated(&before.name), &name));
    }
    if before.price != after.price {
        let (old, new) = (money(before.price), money(after.price));
        lines.push(text::price_changed(&name, &old, &new));
    }
    let (new_diet, old_diet) = differences(&before.diet, &after.diet, text::diet_mark);
    let (new, old) = differences(&before.allergens, &after.allergens, text::allergen_mark);
    let (added, gone) = ([new_diet, new].concat(), [old_diet, old].concat());
    let are_others = !added.is_empty() || !gone.is_empty();
    if are_others {
        lines.push(text::marks_changed(&name, &added, &gone));
    }
    let is_changed = [
        before.description != after.description,
        !are_others && before.diet != after.diet,
        !are_others && before.allergens != after.allergens,
        before.options != after.options,
        before.art != after.art,
        before.keywords != after.keywords,
    ];
    let parts = text::PARTS_OF_DISH.into_iter().zip(is_changed);
    let parts: Vec<_> = parts.filter_map(|(part, is_changed)| is_changed.then_some(part)).collect();
    if !parts.is_empty() {
        lines.push(text::parts_changed(&name, &parts.join(", ")));
    }
    lines
}

/// The names of what is only there after a change, and of what was only there before it.
fn differences<T: Copy + PartialEq>(
    before: &[T],
    after: &[T],
    name: fn(T) -> String,
) -> (Vec<String>, Vec<String>) {
    let only = |these: &[T], those: &[T]| {
        these.iter().filter(|it| !those.contains(it)).map(|it| name(*it)).collect()
    };
    (only(after, before), only(before, after))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn menu() -> Value {
        json!([
            {"section_id": "starters", "name": "Starters", "dishes": [
                {"dish_id": "soup", "name": "Soup", "description": "", "price": 450, "art": ""},
                {"dish_id": "bread", "name": "Bread", "description": "", "price": 200, "art": ""}]},
            {"section_id": "mains", "name": "Mains", "dishes": [
                {"dish_id": "pie", "name": "Pie", "description": "", "price": 1250, "art": ""}]}])
    }

    /// What is said of a menu after a change.
    fn said(change: impl FnOnce(&mut Value)) -> Vec<String> {
        let mut after = menu();
        change(&mut after);
        said_of(menu(), after)
    }

    fn said_of(before: Value, after: Value) -> Vec<String> {
        let read = |menu: Value| serde_json::from_value::<Vec<Section>>(menu).unwrap();
        let lines = changes(&read(before), &read(after), &|amount| format!("p{}", amount.minor()));
        lines.into_iter().map(|line| line.replace(['\u{2068}', '\u{2069}'], "")).collect()
    }

    #[test]
    fn every_change_is_a_line() {
        assert_eq!(said(|_| {}), Vec::<String>::new());
        let soup = "/0/dishes/0";
        for (at, value, line) in [
            ("/price", json!(500), "Soup: p450 → p500"),
            ("/name", json!("Broth"), "Soup is now Broth"),
            ("/description", json!("Hot."), "Soup: description changed"),
            ("/art", json!("/art/a.jpg"), "Soup: picture changed"),
        ] {
            let said = said(|menu| *menu.pointer_mut(&format!("{soup}{at}")).unwrap() = value);
            assert_eq!(said, [line]);
        }
        let several = said(|menu| {
            menu[0]["dishes"][0]["diet"] = json!(["vegan"]);
            menu[0]["dishes"][0]["allergens"] = json!(["celery"]);
        });
        assert_eq!(several, ["Soup: + vegan, + celery"]);
        assert_eq!(said(|menu| menu[1]["name"] = json!("Pies")), ["Mains is now Pies"]);
    }

    #[test]
    fn no_allergen_comes_or_goes_unnamed() {
        let with = |diet: Value, allergens: Value| {
            let mut menu = menu();
            menu[0]["dishes"][0]["diet"] = diet;
            menu[0]["dishes"][0]["allergens"] = allergens;
            menu
        };
        let before = with(json!(["vegetarian", "gluten_free"]), json!(["milk", "mustard"]));
        let other = |diet, allergens| said_of(before.clone(), with(diet, allergens));
        let gone = other(json!(["vegetarian", "gluten_free"]), json!([]));
        assert_eq!(gone, ["Soup: − milk, − mustard"]);
        let both = other(json!(["vegetarian"]), json!(["gluten", "milk"]));
        assert_eq!(both, ["Soup: + gluten, − gluten-free, − mustard"]);
        let reordered = other(json!(["vegetarian", "gluten_free"]), json!(["mustard", "milk"]));
        assert_eq!(reordered, ["Soup: allergens changed"], "it is published all the same");
        let unknown = other(json!(["vegetarian", "gluten_free"]), json!(["milk", "of_2030"]));
        assert_eq!(unknown, ["Soup: + unknown, − mustard"]);
    }

    #[test]
    fn what_is_new_and_what_is_gone_are_lines_and_so_is_another_order() {
        let gone = said(|menu| drop(menu[0]["dishes"].as_array_mut().unwrap().remove(0)));
        assert_eq!(gone, ["Removed: Soup"]);
        let new = said(|menu| {
            menu[1]["dishes"].as_array_mut().unwrap().insert(
                0,
                json!(
                {"dish_id": "stew", "name": "Stew", "description": "", "price": 900, "art": ""}),
            );
        });
        assert_eq!(new, ["New: Stew, p900"]);
        let section = said(|menu| drop(menu.as_array_mut().unwrap().remove(1)));
        assert_eq!(section, ["Removed: Pie", "Removed section: Mains"]);
        for order in [
            said(|menu| menu[0]["dishes"].as_array_mut().unwrap().reverse()),
            said(|menu| menu.as_array_mut().unwrap().reverse()),
            said(|menu| {
                let bread = menu[0]["dishes"].as_array_mut().unwrap().remove(1);
                menu[1]["dishes"].as_array_mut().unwrap().insert(0, bread);
            }),
        ] {
            assert_eq!(order, [text::ORDER_CHANGED]);
        }
    }
}
