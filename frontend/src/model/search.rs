//! Finding a restaurant: words, filters and sorting.
//!
//! The list has at most 200 restaurants, each naming its dishes, so the page has all it needs to
//! search; and the filter is in the page's address, so a link to it is a link to what it finds.

use std::cmp::Reverse;

use shared::menu::{Card, CardDish, Diet};

/// Folds a text's case and decomposes it (NFKD), so that an accent stands after its letter. The
/// browser does that: the tables of it would be a good part of this program.
pub type FoldCase = fn(&str) -> String;

/// What a customer looks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Words in the name, cuisines, dishes or diets of a restaurant.
    pub words: String,
    /// A cuisine.
    pub cuisine: Option<String>,
    /// Whom a dish has to suit.
    pub diet: Option<Diet>,
    /// Whether only what is open now will do.
    pub open: bool,
    /// What comes first.
    pub sort: Sort,
}

/// What comes first; open restaurants always come before closed ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// The quickest.
    #[default]
    Recommended,
    /// By name.
    Name,
    /// The cheapest delivery.
    Fee,
    /// The cheapest.
    Price,
}

impl Sort {
    /// All of them, with their names in an address.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Recommended, "recommended"),
        (Self::Name, "name"),
        (Self::Fee, "fee"),
        (Self::Price, "price"),
    ];

    /// The one of that name, or the default.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|(_, known)| *known == name).unwrap_or_default().0
    }

    /// Its name in an address.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// The diets one can ask for, with their names in an address, which are also words to search for.
pub const DIETS: [(Diet, &str); 4] = [
    (Diet::Vegetarian, "vegetarian"),
    (Diet::Vegan, "vegan"),
    (Diet::GlutenFree, "gluten-free"),
    (Diet::Halal, "halal"),
];

/// A restaurant that was found, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match<'a> {
    /// The restaurant.
    pub card: &'a Card,
    /// Its dishes that were asked for, unless it was asked for itself.
    pub dishes: Vec<&'a CardDish>,
}

impl Filter {
    /// The filter in an address whose query has the value `query(name)`.
    #[must_use]
    pub fn read(query: impl Fn(&str) -> Option<String>) -> Self {
        let diet = query("diet").unwrap_or_default();
        Self {
            words: query("q").unwrap_or_default(),
            cuisine: query("cuisine"),
            diet: DIETS.into_iter().find(|(_, name)| *name == diet).map(|(diet, _)| diet),
            open: query("open").is_some(),
            sort: Sort::named(&query("sort").unwrap_or_default()),
        }
    }

    /// The names and values of the query that [`Filter::read`] reads this from.
    #[must_use]
    pub fn query(&self) -> Vec<(&'static str, String)> {
        let diet = self.diet.and_then(|wanted| DIETS.into_iter().find(|(diet, _)| *diet == wanted));
        let words = Some(self.words.trim().to_owned()).filter(|words| !words.is_empty());
        let sort = Some(self.sort).filter(|sort| *sort != Sort::default());
        let all = [
            ("q", words),
            ("cuisine", self.cuisine.clone()),
            ("diet", diet.map(|(_, name)| name.to_owned())),
            ("open", self.open.then(|| "1".to_owned())),
            ("sort", sort.map(|sort| sort.name().to_owned())),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// The restaurants that match, sorted; `open` says which are open now. Words with a typo are
    /// looked for only if nothing matches as it is typed.
    pub fn find<'a>(
        &self,
        cards: &'a [Card],
        open: impl Fn(&Card) -> bool,
        fold_case: FoldCase,
    ) -> Vec<Match<'a>> {
        let words = fold(&self.words, fold_case);
        let words: Vec<&str> = words.split_whitespace().collect();
        let find = |spelling: Spelling| {
            let matching = cards
                .iter()
                .filter(|card| !self.open || open(card))
                .filter(|card| self.cuisine.as_ref().is_none_or(|one| card.cuisines.contains(one)))
                .filter_map(|card| self.matches(card, &words, spelling, fold_case));
            matching.collect::<Vec<_>>()
        };
        let mut found = find(Spelling::Exact);
        if found.is_empty() {
            found = find(Spelling::Similar);
        }
        sorted_by_key(found, |found| (Reverse(open(found.card)), self.sort.key(found.card)))
    }

    fn matches<'a>(
        &self,
        card: &'a Card,
        words: &[&str],
        spelling: Spelling,
        fold_case: FoldCase,
    ) -> Option<Match<'a>> {
        let suits = |dish: &&CardDish| self.diet.is_none_or(|diet| dish.diet.contains(&diet));
        let suiting: Vec<&CardDish> = card.dishes.iter().filter(suits).collect();
        if self.diet.is_some() && suiting.is_empty() {
            return None;
        }
        let itself = format!("{} {} {}", card.name, card.cuisines.join(" "), card.city);
        let has_all = |text: &str| {
            let text = fold(text, fold_case);
            words.iter().all(|word| spelling.finds(word, &text))
        };
        if has_all(&itself) {
            return Some(Match { card, dishes: Vec::new() });
        }
        let dishes = suiting.into_iter().filter(|dish| {
            let diets = DIETS.iter().filter(|(diet, _)| dish.diet.contains(diet));
            let diets = diets.map(|(_, name)| *name).collect::<Vec<_>>().join(" ");
            has_all(&format!("{itself} {} {} {diets}", dish.name, dish.keywords.join(" ")))
        });
        let dishes: Vec<&CardDish> = dishes.collect();
        (!dishes.is_empty()).then_some(Match { card, dishes })
    }
}

impl Sort {
    fn key(self, card: &Card) -> i64 {
        match self {
            Self::Recommended => i64::from(card.preparation_minutes + card.travel_minutes),
            Self::Name => 0, // the server's list is by name, and sorting is stable
            Self::Fee => card.delivery_fee.minor(),
            Self::Price => i64::from(card.price_level),
        }
    }
}

/// How a word has to be written to be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spelling {
    Exact,
    Similar,
}

impl Spelling {
    fn finds(self, word: &str, text: &str) -> bool {
        text.contains(word)
            || (self == Self::Similar && text.split_whitespace().any(|other| similar(word, other)))
    }
}

/// Whether `word` begins `other`, give or take a letter, or two in a long word. The first letter
/// is right: people seldom miss that one.
fn similar(word: &str, other: &str) -> bool {
    let (word, other): (Vec<char>, Vec<char>) = (word.chars().collect(), other.chars().collect());
    let allowed = match word.len() {
        ..4 => return false,
        4..8 => 1,
        _ => 2,
    };
    word.first() == other.first() && distance_to_prefix(&word, &other) <= allowed
}

/// The fewest letters to add, drop, replace or swap until `word` is a prefix of `other`: the
/// distance of Damerau and Levenshtein (optimal string alignment).
fn distance_to_prefix(word: &[char], other: &[char]) -> usize {
    let mut before_last = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (i, letter) in word.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, counterpart) in other.iter().enumerate() {
            let replaced = last[j] + usize::from(letter != counterpart);
            let mut least = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *letter == other[j - 1] && word[i - 1] == *counterpart {
                least = least.min(before_last[j - 1] + 1);
            }
            row.push(least);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last.into_iter().min().unwrap_or_default()
}

/// Every cuisine there is, each once, the most frequent first.
#[must_use]
pub fn cuisines(cards: &[Card]) -> Vec<String> {
    let mut counted: Vec<(&String, usize)> = Vec::new();
    for cuisine in cards.iter().flat_map(|card| &card.cuisines) {
        match counted.iter_mut().find(|(known, _)| *known == cuisine) {
            Some((_, count)) => *count += 1,
            None => counted.push((cuisine, 1)),
        }
    }
    let counted = sorted_by_key(counted, |(_, count)| Reverse(*count));
    counted.into_iter().map(|(name, _)| name.clone()).collect()
}

/// Sorts a short list; what has the same key stays in order. The standard library's sort, which is
/// for long ones, would be 2 kB of the page.
fn sorted_by_key<T, K: Ord>(list: Vec<T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut sorted: Vec<(K, T)> = Vec::with_capacity(list.len());
    for item in list {
        let key = key(&item);
        let place = sorted.partition_point(|(other, _)| *other <= key);
        sorted.insert(place, (key, item));
    }
    sorted.into_iter().map(|(_, item)| item).collect()
}

/// A text as it is compared: without case, quotes, and the accents of Latin letters. Other scripts
/// keep every mark: in Hindi, say, a mark is a vowel.
fn fold(text: &str, fold_case: FoldCase) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in fold_case(text).chars() {
        match c {
            '\u{300}'..='\u{36f}' if folded.ends_with(|c: char| c.is_ascii_lowercase()) => {}
            '\'' | '’' | '‘' | '`' | '"' | '“' | '”' | '«' | '»' => {}
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ß' => folded.push_str("ss"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            _ => folded.push(c),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(name: &str, cuisine: &str, minutes: u16, price: u8, dishes: &[(&str, Diet)]) -> Card {
        let text = include_str!("../../../shared/tests/wire/reply_restaurants.json");
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
        let found = filter.find(&street, |card| card.name != "Golden Dosa", fold_case);
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
        assert_eq!(distance_to_prefix(&['p', 'i', 'z', 'a'], &['p', 'i', 'z', 'z', 'a', 's']), 1);
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
        let found = Filter::default().find(&street, |_| true, fold_case);
        let names: Vec<_> = found.iter().map(|found| found.card.name.as_str()).collect();
        assert_eq!(names, ["Golden Dosa", "Crème de la Crumb", "Três Molinos"]);
    }

    #[test]
    fn what_is_written_as_typed_hides_what_is_only_similar() {
        let mut street = street();
        street.push(card("Goldan Fish", "Fish", 1, 1, &[]));
        let found = words("golden").find(&street, |_| true, fold_case);
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
        let found = filter.find(&street, |_| true, fold_case);
        let names: Vec<_> = found.iter().map(|found| found.card.name.as_str()).collect();
        assert_eq!(names, ["Golden Dosa", "Três Molinos", "Crème de la Crumb"]);
    }

    #[test]
    fn every_sort_is_known_by_its_name() {
        for (sort, name) in Sort::ALL {
            assert_eq!((Sort::named(name), sort.name()), (sort, name));
        }
        assert_eq!(Sort::named("by-mood"), Sort::Recommended);
    }

    /// How many letters to change until the first is a prefix of the second.
    #[test]
    fn letters_are_added_dropped_replaced_and_swapped() {
        let distance = |word: &str, other: &str| {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            distance_to_prefix(&letters(word), &letters(other))
        };
        for (word, other, expected) in [
            ("dosa", "dosa", 0),
            ("dos", "dosa", 0),
            ("doosa", "dosa", 1),
            ("dsa", "dosa", 1),
            ("dasa", "dosa", 1),
            ("dsoa", "dosa", 1),
            ("odsa", "dosa", 1),
            ("dosas", "dosa", 1),
            ("odas", "dosa", 2),
            ("taco", "dosa", 3),
            ("", "dosa", 0),
            ("dosa", "", 4),
        ] {
            assert_eq!(distance(word, other), expected, "{word} → {other}");
        }
    }

    #[test]
    fn a_longer_word_may_have_more_typos() {
        for (word, other, expected) in [
            ("dos", "dxs", false), // too short for any
            ("dosa", "dxsa", true),
            ("dosa", "dxxa", false),
            ("chocola", "chxcxla", false),
            ("chocolat", "chxcxlat", true),
            ("chocolat", "chxcxlxt", false),
            ("dosa", "xosa", false), // the first letter is right
        ] {
            assert_eq!(similar(word, other), expected, "{word} → {other}");
        }
    }
}
