use serde_json::json;

use super::*;
use crate::counter::text;

fn pounds() -> Currency {
    "GBP".parse().unwrap()
}

fn menu() -> Vec<Section> {
    serde_json::from_value(json!([
        {"section_id": "starters", "name": "Starters", "dishes": [
            {"dish_id": "soup", "name": "Soup", "description": "Hot.", "price": 450, "art": "/art/ab.svg",
                "diet": ["vegan"], "allergens": ["celery"], "keywords": ["broth", "winter"]},
            {"dish_id": "bread", "name": "Bread", "description": "", "price": 200, "art": "",
                "options": [{"group_id": "with", "name": "With", "at_least": 0, "at_most": 2, "choices": [
                    {"choice_id": "oil", "name": "Oil", "price": 0},
                    {"choice_id": "butter", "name": "Butter", "price": 50}]}]}]},
        {"section_id": "mains", "name": "Mains", "dishes": [
            {"dish_id": "pie", "name": "Pie", "description": "", "price": 1250, "art": ""}]}]))
    .unwrap()
}

fn draft() -> Draft {
    Draft::of(3, &menu(), pounds())
}

/// The number of a part of [`menu`]: sections, dishes, groups and choices are counted in order.
const SOUP: u32 = 2;
const BREAD: u32 = 3;
const WITH: u32 = 4;
const BUTTER: u32 = 6;
const MAINS: u32 = 7;
const PIE: u32 = 8;

fn typed(fields: &[(&str, &str)]) -> Draft {
    let mut draft = draft();
    fields.iter().for_each(|(field, text)| draft.type_in(field, (*text).to_owned()));
    draft
}

fn names(draft: &Draft) -> Vec<Vec<String>> {
    let of = |section: &SectionDraft| section.dishes.iter().map(|it| it.name.clone()).collect();
    draft.sections.iter().map(of).collect()
}

#[test]
fn what_is_not_changed_is_published_as_it_was() {
    assert_eq!(draft().read(pounds()), Ok(menu()));
    assert_eq!(draft().sections(pounds()), menu());
}

#[test]
fn what_is_typed_is_published() {
    let read = typed(&[
        ("section-1", " To begin "),
        ("price-2", "5,5"),
        ("description-2", "Very hot."),
        ("keywords-2", "broth,  stew ,"),
        ("diet0-2", "1"),
        ("diet1-2", ""),
        ("allergen0-2", "1"),
        ("group-4", "On the side"),
        ("most-4", "1"),
        ("choice-6", "Salted butter"),
        ("extra-6", ""),
        ("price-99", "1"),
        ("price", "1"),
    ])
    .read(pounds())
    .unwrap();
    let (soup, bread) = (&read[0].dishes[0], &read[0].dishes[1]);
    assert_eq!(read[0].name, "To begin");
    assert_eq!((soup.price.minor(), soup.description.as_str()), (550, "Very hot."));
    assert_eq!(soup.keywords, ["broth", "stew"]);
    assert_eq!(soup.diet, [Diet::Vegetarian]);
    assert_eq!(soup.allergens, [Allergen::Gluten, Allergen::Celery]);
    let group = &bread.options[0];
    assert_eq!((group.name.as_str(), group.at_most), ("On the side", 1));
    assert_eq!(group.choices[1].name, "Salted butter");
    assert_eq!(group.choices[1].price, Amount::ZERO);
}

#[test]
fn every_mistake_is_named_at_its_field() {
    for (field, value, wrong) in [
        ("section-1", "", "section-1"),
        ("name-2", " ", "name-2"),
        ("price-2", "four", "price-2"),
        ("price-2", "0", "price-2"),
        ("diet2-2", "1", ""),
        ("allergen6-2", "1", "diet1-2"),
        ("group-4", "", "group-4"),
        ("most-4", "3", "most-4"),
        ("least-4", "x", "most-4"),
        ("choice-5", "", "choice-5"),
        ("extra-5", "-1", "extra-5"),
        ("keywords-2", &"x".repeat(41), "keywords-2"),
        ("description-2", &"x".repeat(301), "description-2"),
    ] {
        let read = typed(&[(field, value)]).read(pounds());
        let fields: Vec<_> =
            read.err().unwrap_or_default().into_iter().map(|(field, _)| field).collect();
        let expected: Vec<_> = Some(wrong).filter(|it| !it.is_empty()).into_iter().collect();
        assert_eq!(fields, expected, "{field} {value}");
    }
    let errors = typed(&[("price-2", "four")]).read(pounds()).unwrap_err();
    assert_eq!(errors, [("price-2".to_owned(), text::PRICE_WRONG.to_owned())]);
}

#[test]
fn a_contradiction_is_a_mistake_of_each_box_until_it_is_put_right() {
    // Vegan and gluten-free, with gluten and milk.
    let mut draft = typed(&[("diet2-2", "1"), ("allergen0-2", "1"), ("allergen6-2", "1")]);
    let wrong = |draft: &Draft| -> Vec<_> { draft.read(pounds()).unwrap_err() };
    let of = |field: &str| (field.to_owned(), text::CONTRADICTION.to_owned());
    assert_eq!(wrong(&draft), [of("diet1-2"), of("diet2-2")]);
    draft.type_in("allergen6-2", String::new());
    assert_eq!(wrong(&draft), [of("diet2-2")]);
    assert!(draft.is_put_right("diet1-2", "allergen6-2"));
    assert!(!draft.is_put_right("diet2-2", "allergen6-2"), "there is gluten in it");
    assert!(!draft.is_put_right("diet1-3", "allergen6-2"), "it is another dish");
    draft.type_in("diet2-2", String::new());
    assert!(draft.is_put_right("diet2-2", "diet2-2"));
    assert!(draft.is_put_right("most-4", "least-4") && !draft.is_put_right("most-4", "least-5"));
    assert!(!draft.is_put_right("price-2", "diet2-2") && !draft.is_put_right("publish", "least-4"));
}

#[test]
fn a_field_belongs_to_its_dish() {
    let draft = draft();
    let of = |field: &str| draft.dish_of(field);
    assert_eq!(
        (of("price-2"), of("extra-6"), of("most-4")),
        (Some(SOUP), Some(BREAD), Some(BREAD))
    );
    assert_eq!((of("section-1"), of("add-section-0"), of("save")), (None, None, None));
}

#[test]
fn parts_are_added_and_say_where_to_go_on() {
    let mut draft = draft();
    let section = draft.press("add-section-0").unwrap().focus;
    let number: u32 = section.strip_prefix("section-").unwrap().parse().unwrap();
    let dish = draft.press(&format!("add-dish-{number}")).unwrap();
    assert_eq!(Some(dish.focus), dish.open.map(|it| format!("name-{it}")));
    let group = draft.press(&format!("add-group-{}", dish.open.unwrap())).unwrap();
    assert!(group.focus.starts_with("group-"));
    for (field, text) in [
        (section, "Puddings"),
        (format!("name-{}", dish.open.unwrap()), "Crème brûlée"),
        (format!("price-{}", dish.open.unwrap()), "6"),
        (group.focus.clone(), "Size"),
    ] {
        draft.type_in(&field, text.to_owned());
    }
    let choice = draft.press(&group.focus.replace("group", "add-choice")).unwrap().focus;
    draft.type_in(&choice, "Large".to_owned());
    let first: u32 = choice.strip_prefix("choice-").unwrap().parse::<u32>().unwrap() - 1;
    draft.type_in(&format!("choice-{first}"), "Small".to_owned());
    let read = draft.read(pounds()).unwrap();
    let added = &read[2];
    assert_eq!(
        (added.section_id.as_ref(), added.dishes[0].dish_id.as_ref()),
        ("puddings", "cr-me-br-l-e")
    );
    let choices: Vec<_> =
        added.dishes[0].options[0].choices.iter().map(|it| it.choice_id.as_ref()).collect();
    assert_eq!(choices, ["small", "large"]);
    assert_eq!(draft.press("add-dish-999"), None);
    assert_eq!(draft.press("publish"), None);
}

#[test]
fn a_new_part_has_an_id_that_no_other_has() {
    let mut draft = draft();
    let mut add = |name: &str| {
        let dish = draft.press(&format!("add-dish-{MAINS}")).unwrap().open.unwrap();
        draft.type_in(&format!("name-{dish}"), name.to_owned());
        draft.type_in(&format!("price-{dish}"), "1".to_owned());
        dish
    };
    let (again, hindi) = (add("Soup"), add("दाल"));
    let read = draft.read(pounds()).unwrap();
    let ids: Vec<_> = read[1].dishes.iter().map(|it| it.dish_id.to_string()).collect();
    assert_eq!(ids, ["pie".to_owned(), format!("soup-{again}"), format!("new-{hindi}")]);
}

#[test]
fn parts_are_moved_and_a_dish_from_section_to_section() {
    let mut draft = draft();
    let mut press = |button: String| draft.press(&button).map(|it| it.focus);
    assert_eq!(press(format!("down-{SOUP}")), Some(format!("down-{SOUP}")));
    assert_eq!(press(format!("down-{SOUP}")), Some(format!("down-{SOUP}")));
    assert_eq!(press(format!("up-{BREAD}")), None, "it is the first of all");
    assert_eq!(press(format!("up-{BUTTER}")), Some(format!("up-{BUTTER}")));
    assert_eq!(names(&draft), [vec!["Bread"], vec!["Soup", "Pie"]]);
    assert_eq!(draft.get(BREAD).unwrap().groups[0].choices[0].name, "Butter");
    assert_eq!(draft.get(BREAD).unwrap().shape, 1);
    draft.press(&format!("up-{MAINS}"));
    assert_eq!(names(&draft), [vec!["Soup", "Pie"], vec!["Bread"]]);
    draft.press(&format!("up-{BREAD}"));
    assert_eq!(names(&draft), [vec!["Soup", "Pie", "Bread"], vec![]]);
}

#[test]
fn parts_are_removed_by_name_and_the_next_has_the_focus() {
    let mut draft = draft();
    let mut press = |number: u32| {
        let pressed = draft.press(&format!("remove-{number}")).unwrap();
        (pressed.removed.unwrap().name().to_owned(), pressed.focus)
    };
    assert_eq!(press(BUTTER), ("Butter".to_owned(), "remove-5".to_owned()));
    assert_eq!(press(5), ("Oil".to_owned(), format!("add-choice-{WITH}")));
    assert_eq!(press(WITH), ("With".to_owned(), format!("add-group-{BREAD}")));
    assert_eq!(press(SOUP), ("Soup".to_owned(), format!("remove-{BREAD}")));
    assert_eq!(press(PIE), ("Pie".to_owned(), format!("add-dish-{MAINS}")));
    assert_eq!(press(MAINS), ("Mains".to_owned(), "remove-1".to_owned()));
    assert_eq!(draft.press("remove-99"), None);
}

/// A draft from which a part was removed, in which something was typed since, and in which it is put back.
fn put_back(number: u32, since: impl FnOnce(&mut Draft)) -> Draft {
    let mut draft = draft();
    let removed = draft.press(&format!("remove-{number}")).unwrap().removed.unwrap();
    since(&mut draft);
    draft.put_back(removed);
    draft
}

#[test]
fn a_part_is_put_back_where_it_stood() {
    // With every dish, group, choice and section.
    for number in [SOUP, BREAD, WITH, 5, BUTTER, MAINS, PIE, 1] {
        let draft = put_back(number, |_| ());
        assert_eq!(draft.sections(pounds()), menu(), "{number}");
    }
    let moved = put_back(BREAD, |draft| drop(draft.press(&format!("down-{SOUP}"))));
    assert_eq!(names(&moved), [vec!["Bread"], vec!["Soup", "Pie"]]);
    let behind = put_back(SOUP, |draft| drop(draft.press(&format!("down-{BREAD}"))));
    assert_eq!(names(&behind), [vec!["Soup"], vec!["Bread", "Pie"]]);
}

#[test]
fn putting_a_part_back_keeps_what_was_typed_since() {
    let draft = put_back(SOUP, |draft| {
        draft.type_in("price-3", "2.50".to_owned());
        draft.type_in("section-1", "To begin".to_owned());
        let dish = draft.press("add-dish-1").unwrap().open.unwrap();
        draft.type_in(&format!("name-{dish}"), "Salad".to_owned());
    });
    assert_eq!(names(&draft), [vec!["Soup", "Bread", "Salad"], vec!["Pie"]]);
    assert_eq!(draft.get(BREAD).unwrap().price, "2.50");
    assert_eq!(draft.sections[0].name, "To begin");
    // What it was a part of is gone meanwhile: a dish goes to the last section, and anything else is gone with it.
    let draft = put_back(SOUP, |draft| drop(draft.press("remove-1")));
    assert_eq!(names(&draft), [vec!["Soup", "Pie"]]);
    let draft = put_back(BUTTER, |draft| drop(draft.press(&format!("remove-{BREAD}"))));
    assert_eq!(names(&draft), [vec!["Soup"], vec!["Pie"]]);
}

#[test]
fn a_picture_reaches_a_dish_that_is_removed_and_put_back() {
    let mut draft = draft();
    let mut removed = draft.press("remove-1").unwrap().removed.unwrap();
    assert!(!draft.set_art(BREAD, "/pictures/a.jpg"));
    assert!(removed.set_art(BREAD, "/pictures/a.jpg"));
    assert!(!removed.set_art(PIE, "/pictures/a.jpg"));
    draft.put_back(removed);
    assert_eq!(draft.get(BREAD).unwrap().art, "/pictures/a.jpg");
}

#[test]
fn only_what_is_different_is_shown_anew() {
    let mut before = draft();
    before.dish_mut(PIE).unwrap().shape = 1;
    let mut after = before.clone();
    after.type_in("price-2", "5".to_owned());
    after.type_in(&format!("section-{MAINS}"), "Pies".to_owned());
    after.replaces(&before);
    let shapes = |draft: &Draft| [SOUP, BREAD, PIE].map(|dish| draft.get(dish).unwrap().shape);
    assert_eq!((shapes(&before), shapes(&after)), ([0, 0, 1], [1, 0, 1]));
    assert_eq!(after.sections.iter().map(|it| it.shape).collect::<Vec<_>>(), [0, 1]);
    let mut stored: Draft = serde_json::from_str(&serde_json::to_string(&after).unwrap()).unwrap();
    stored.replaces(&after);
    assert_eq!(stored, after, "the shape of a stored one is what the page shows");
}

#[test]
fn the_same_menu_has_the_same_numbers_in_every_tab() {
    let (one, other) = (draft(), draft());
    assert_eq!(one, other);
    let mut numbers: Vec<_> = one.ids().into_iter().map(|(number, _)| number).collect();
    numbers.dedup();
    assert_eq!(numbers, (1..=8).collect::<Vec<_>>());
}

#[test]
fn what_was_published_keeps_its_id_under_another_name() {
    let mut sent = draft();
    let dish = sent.press("add-dish-1").unwrap().open.unwrap();
    sent.type_in(&format!("name-{dish}"), "Salad".to_owned());
    sent.type_in(&format!("price-{dish}"), "5".to_owned());
    let published = Draft::of(4, &sent.read(pounds()).unwrap(), pounds());
    let mut since = sent.clone();
    since.type_in(&format!("name-{dish}"), "Green salad".to_owned());
    since.press(&format!("remove-{SOUP}"));
    since.take_ids(&sent, &published);
    let sections = since.read(pounds()).unwrap();
    let salad = &sections[0].dishes[1];
    assert_eq!((salad.dish_id.as_ref(), &*salad.name), ("salad", "Green salad"));
    assert_eq!(since.version, 4);
}

#[test]
fn the_name_of_a_part_is_what_is_typed() {
    let draft = typed(&[("section-1", "To begin"), ("name-2", "Broth"), ("choice-6", "Ghee")]);
    let name = |number| draft.name(number);
    assert_eq!(
        (name(1), name(SOUP), name(BUTTER)),
        (Some("To begin"), Some("Broth"), Some("Ghee"))
    );
    assert_eq!((name(WITH), name(99)), (Some("With"), None));
    let names = ["section-1", "name-2", "group-4", "choice-5"];
    assert!(names.into_iter().all(is_name));
    assert!(
        !["price-2", "description-2", "least-4", "diet0-2", "publish"].into_iter().any(is_name)
    );
}

#[test]
fn a_draft_is_kept_as_it_is() {
    let draft = typed(&[("price-2", "four"), ("name-2", "")]);
    let kept = serde_json::to_string(&draft).unwrap();
    assert_eq!(serde_json::from_str::<Draft>(&kept).unwrap(), draft);
}
