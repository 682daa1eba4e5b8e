use super::*;

fn card(name: &str, cuisine: &str, minutes: u16, price: u8, dishes: &[(&str, Diet)]) -> Card {
    let text = include_str!("../../../../shared/tests/wire/reply_restaurants.json");
    let mut cards: shared::api::Restaurants = serde_json::from_str(text).unwrap();
    let dish = |(name, diet): &(&str, Diet)| CardDish {
        dish_id: None,
        name: (*name).to_owned(),
        diet: vec![*diet],
        keywords: Vec::new(),
    };
    Card {
        name: name.to_owned(),
        cuisines: vec![cuisine.to_owned()],
        preparation_minutes: minutes,
        price_level: price,
        dishes: dishes.iter().map(dish).collect(),
        ..cards.restaurants.remove(0)
    }
}

fn fee(card: &Card) -> Option<Amount> {
    Some(card.delivery_fee)
}

fn fold_case(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    text.to_lowercase().nfkd().collect()
}

fn street() -> Vec<Card> {
    vec![
        card("Crème de la Crumb", "Bakery", 10, 3, &[("Pain au chocolat", Diet::Vegetarian)]),
        card(
            "Golden Dosa",
            "South Indian",
            18,
            1,
            &[("Masala dosa", Diet::Vegan), ("Ghee roast dosa", Diet::Vegetarian)],
        ),
        card("Três Molinos", "Mexican", 14, 2, &[("Taco al pastor", Diet::Spicy)]),
    ]
}

fn found(filter: &Filter) -> Vec<(String, Vec<String>)> {
    let street = street();
    let found = filter.find(&street, |card| card.name != "Golden Dosa", fee, fold_case);
    let owned = |found: &Match<'_>| {
        let dishes = found.dishes.iter().map(|dish| dish.name.clone()).collect();
        (found.card.name.clone(), dishes)
    };
    found.iter().map(owned).collect()
}

fn names(filter: &Filter) -> Vec<String> {
    found(filter).into_iter().map(|(name, _)| name).collect()
}

fn words(words: &str) -> Filter {
    Filter { words: words.to_owned(), ..Filter::default() }
}

#[test]
fn case_and_latin_accents_make_no_difference() {
    for typed in ["creme crumb", "CRÈME", "  crumb  creme ", "cre\u{300}me"] {
        assert_eq!(names(&words(typed)), ["Crème de la Crumb"], "{typed}");
    }
    assert_eq!(names(&words("tres")), ["Três Molinos"]);
    let folded = |text| fold(text, fold_case);
    assert_eq!(folded("Xiǎolóngbāo, phở, Smørrebrød"), "xiaolongbao, pho, smorrebrod");
    assert_eq!(folded("Weißwurst, Içli köfte"), "weisswurst, icli kofte");
    assert_eq!(
        folded("Æbleskiver, Œuf, Đặc biệt, Skyr með"),
        "aebleskiver, oeuf, dac biet, skyr med"
    );
    assert_eq!(folded("Łosoś, kısır"), "losos, kisir");
    for kept in ["दाल मखनी", "борщ с йогуртом"] {
        assert_eq!(folded(kept), fold_case(kept), "its marks are letters of their own");
    }
}

#[test]
fn a_dish_leads_to_its_restaurant_and_is_named() {
    let dosas = vec!["Masala dosa".to_owned()];
    assert_eq!(found(&words("masala")), [("Golden Dosa".to_owned(), dosas)]);
    assert_eq!(found(&words("dosa")), [("Golden Dosa".to_owned(), vec![])], "asked for itself");
    assert_eq!(names(&words("bakery")), ["Crème de la Crumb"], "a cuisine is a name too");
    assert_eq!(names(&words("golden masala")), ["Golden Dosa"], "words of both");
    assert!(names(&words("masala ghee")).is_empty(), "one dish has to have all the words");
}

#[test]
fn filters_narrow_together() {
    let vegan = Filter { diet: Some(Diet::Vegan), ..Filter::default() };
    assert_eq!(names(&vegan), ["Golden Dosa"]);
    assert_eq!(
        found(&Filter { words: "roast".to_owned(), ..vegan.clone() }),
        [],
        "the vegan dish is another"
    );
    assert!(names(&Filter { open: true, ..vegan }).is_empty());
    let mexican = Filter { cuisine: Some("Mexican".to_owned()), ..Filter::default() };
    assert_eq!(names(&mexican), ["Três Molinos"]);
}

#[test]
fn what_is_open_comes_first_and_the_quickest_of_it() {
    let sorted = |sort| names(&Filter { sort, ..Filter::default() });
    let closed_last = ["Crème de la Crumb", "Três Molinos", "Golden Dosa"];
    assert_eq!(sorted(Sort::Recommended), closed_last);
    assert_eq!(sorted(Sort::Name), closed_last);
    let price = ["Três Molinos", "Crème de la Crumb", "Golden Dosa"];
    assert_eq!(sorted(Sort::Price), price, "closed, though it is the cheapest");
}

#[test]
fn a_typo_is_forgiven_where_nothing_is_written_so() {
    for typed in ["dosaa", "goldn", "bakrey", "chocolta", "Mexcian taco"] {
        assert_eq!(names(&words(typed)).len(), 1, "{typed}");
    }
    assert_eq!(names(&words("dosa")), ["Golden Dosa"], "what is there as typed is enough");
    for typed in ["dxa", "xolden", "mango", "zzzz"] {
        assert!(names(&words(typed)).is_empty(), "{typed}");
    }
}

#[test]
fn a_diet_is_a_word_and_quotes_and_full_width_letters_make_no_difference() {
    let dosas = vec!["Masala dosa".to_owned()];
    assert_eq!(found(&words("vegan")), [("Golden Dosa".to_owned(), dosas)]);
    assert_eq!(names(&words("“Ｍａｓａｌａ”")), ["Golden Dosa"]);
}

#[test]
fn a_filter_is_what_its_address_says() {
    let filter = Filter {
        words: "masala dosa".to_owned(),
        cuisine: Some("South Indian".to_owned()),
        diet: Some(Diet::GlutenFree),
        open: true,
        sort: Sort::Fee,
    };
    for filter in [filter, Filter::default(), words("x")] {
        let query = filter.query();
        let value = |name: &str| query.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone());
        assert_eq!(Filter::read(value), filter);
    }
}

#[test]
fn cuisines_are_named_once_the_most_frequent_first() {
    let mut street = street();
    street.push(card("Another", "Mexican", 1, 1, &[]));
    assert_eq!(cuisines(&street), ["Mexican", "Bakery", "South Indian"]);
}
#[test]
fn the_quickest_is_the_one_that_arrives_first() {
    let mut street = street();
    for (card, minutes) in street.iter_mut().zip([(20, 1), (10, 10), (9, 30)]) {
        (card.preparation_minutes, card.travel_minutes) = minutes;
    }
    let found = Filter::default().find(&street, |_| true, fee, fold_case);
    let names: Vec<_> = found.iter().map(|found| found.card.name.as_str()).collect();
    assert_eq!(names, ["Golden Dosa", "Crème de la Crumb", "Três Molinos"]);
}

#[test]
fn what_is_written_as_typed_hides_what_is_only_similar() {
    let mut street = street();
    street.push(card("Goldan Fish", "Fish", 1, 1, &[]));
    let found = words("golden").find(&street, |_| true, fee, fold_case);
    let names: Vec<_> = found.iter().map(|found| found.card.name.as_str()).collect();
    assert_eq!(names, ["Golden Dosa"]);
}

#[test]
fn the_cheapest_delivery_comes_first_if_asked_for() {
    let mut street = street();
    for (card, fee) in street.iter_mut().zip([300, 100, 200]) {
        card.delivery_fee = shared::Amount::new(fee);
    }
    let filter = Filter { sort: Sort::Fee, ..Filter::default() };
    let found = filter.find(&street, |_| true, fee, fold_case);
    let names: Vec<_> = found.iter().map(|found| found.card.name.as_str()).collect();
    assert_eq!(names, ["Golden Dosa", "Três Molinos", "Crème de la Crumb"]);
    let there = |card: &Card| match &*card.name {
        "Golden Dosa" => None,
        "Três Molinos" => Some(shared::Amount::new(500)),
        _ => fee(card),
    };
    let found = filter.find(&street, |_| true, there, fold_case);
    let names: Vec<_> = found.iter().map(|found| found.card.name.as_str()).collect();
    assert_eq!(names, ["Crème de la Crumb", "Três Molinos", "Golden Dosa"], "the fee there");
}

#[test]
fn every_sort_is_known_by_its_name() {
    for (sort, name) in Sort::ALL {
        assert_eq!((Sort::named(name), sort.name()), (sort, name));
    }
    assert_eq!(Sort::named("by-mood"), Sort::Recommended);
}
