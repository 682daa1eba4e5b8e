//! Finding a restaurant: what is searched for, narrowed down to and sorted by. Plain logic.
//!
//! The list has at most 200 restaurants, each naming its dishes, so the page has all it needs to
//! search; and what it searches for is in its address, so a link to it is a link to what it found.

use shared::menu::{Card, CardDish, Diet};

/// Gives a text in lower case and in Unicode's form NFD, where an accent stands after its letter.
/// That is the browser's own doing: the tables of it would be a good part of this program.
pub type Plain = fn(&str) -> String;

/// What a customer looks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// Words that a restaurant or one of its dishes is to be called.
    pub words: String,
    /// A cuisine.
    pub cuisine: Option<String>,
    /// Whom a dish is to suit.
    pub diet: Option<Diet>,
    /// Whether only what is open now will do.
    pub open: bool,
    /// What comes first.
    pub sort: Sort,
}

/// What comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// By name.
    #[default]
    Name,
    /// The quickest.
    Time,
    /// The cheapest.
    Price,
}

impl Sort {
    /// All of them, with their names in an address.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Name, "name"), (Self::Time, "time"), (Self::Price, "price")];

    /// The one of that name; by name if there is none.
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

/// The diets one can ask for, with their names in an address.
pub const DIETS: [(Diet, &str); 4] = [
    (Diet::Vegetarian, "vegetarian"),
    (Diet::Vegan, "vegan"),
    (Diet::GlutenFree, "gluten-free"),
    (Diet::Halal, "halal"),
];

/// A restaurant that was found, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<'a> {
    /// The restaurant.
    pub card: &'a Card,
    /// Its dishes that were asked for, unless it was asked for itself.
    pub dishes: Vec<&'a str>,
}

impl Wish {
    /// What an address asks for, whose query has the value `query(name)`.
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

    /// The names and values of the query that [`Wish::read`] reads this from.
    #[must_use]
    pub fn query(&self) -> Vec<(&'static str, String)> {
        let diet = self.diet.and_then(|wanted| DIETS.into_iter().find(|(diet, _)| *diet == wanted));
        let words = Some(self.words.clone()).filter(|words| !words.trim().is_empty());
        let sort = Some(self.sort).filter(|sort| *sort != Sort::Name);
        let all = [
            ("q", words),
            ("cuisine", self.cuisine.clone()),
            ("diet", diet.map(|(_, name)| name.to_owned())),
            ("open", self.open.then(|| "1".to_owned())),
            ("sort", sort.map(|sort| sort.name().to_owned())),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// Whether anything is left out.
    #[must_use]
    pub fn narrows(&self) -> bool {
        *self != Self { sort: self.sort, ..Self::default() }
    }

    /// The restaurants that will do, sorted; `open` says which are open now.
    pub fn find<'a>(
        &self,
        cards: &'a [Card],
        open: impl Fn(&Card) -> bool,
        plain: Plain,
    ) -> Vec<Found<'a>> {
        let words = fold(&self.words, plain);
        let words: Vec<&str> = words.split_whitespace().collect();
        let of_cuisine = |card: &Card| match &self.cuisine {
            Some(wanted) => card.cuisines.contains(wanted),
            None => true,
        };
        let found = cards
            .iter()
            .filter(|card| of_cuisine(card) && (!self.open || open(card)))
            .filter_map(|card| self.found(card, &words, plain));
        in_order(found, |found| match self.sort {
            Sort::Name => 0,
            Sort::Time => found.card.preparation_minutes + found.card.travel_minutes,
            Sort::Price => u16::from(found.card.price_level),
        })
    }

    fn found<'a>(&self, card: &'a Card, words: &[&str], plain: Plain) -> Option<Found<'a>> {
        let suits = |dish: &&CardDish| self.diet.is_none_or(|diet| dish.diet.contains(&diet));
        let suiting: Vec<&CardDish> = card.dishes.iter().filter(suits).collect();
        if self.diet.is_some() && suiting.is_empty() {
            return None;
        }
        let itself = format!("{} {}", card.name, card.cuisines.join(" "));
        let has_all = |text: &str| {
            let text = fold(text, plain);
            words.iter().all(|word| text.contains(word))
        };
        if has_all(&itself) {
            return Some(Found { card, dishes: Vec::new() });
        }
        let named = suiting.into_iter().map(|dish| dish.name.as_str());
        let dishes = named.filter(|name| has_all(&format!("{itself} {name}")));
        let dishes: Vec<&str> = dishes.collect();
        (!dishes.is_empty()).then_some(Found { card, dishes })
    }
}

/// Every cuisine there is, each once, most frequent first.
#[must_use]
pub fn cuisines(cards: &[Card]) -> Vec<String> {
    let mut counted: Vec<(&str, usize)> = Vec::new();
    for cuisine in cards.iter().flat_map(|card| &card.cuisines) {
        match counted.iter_mut().find(|(known, _)| known == cuisine) {
            Some((_, count)) => *count += 1,
            None => counted.push((cuisine, 1)),
        }
    }
    let rarer = |(_, count): &(&str, usize)| u16::MAX - u16::try_from(*count).unwrap_or(u16::MAX);
    in_order(counted.into_iter(), rarer).into_iter().map(|(name, _)| name.to_owned()).collect()
}

/// The items by a key, those of one key as they come. The standard library's sort is three per
/// cent of the program, and there are at most 200.
fn in_order<T>(items: impl Iterator<Item = T>, key: impl Fn(&T) -> u16) -> Vec<T> {
    let mut sorted = Vec::new();
    for item in items {
        let place = sorted.partition_point(|other| key(other) <= key(&item));
        sorted.insert(place, item);
    }
    sorted
}

/// A text as it is compared: without case, and without the accents of Latin letters. Other
/// scripts keep every mark: in Hindi, say, a mark is a vowel.
fn fold(text: &str, plain: Plain) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '\u{300}'..='\u{36f}' if folded.ends_with(|c: char| c.is_ascii_lowercase()) => {}
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
        let text = include_str!("../../shared/tests/wire/reply_restaurants.json");
        let mut cards: shared::api::Restaurants = serde_json::from_str(text).unwrap();
        let dish =
            |(name, diet): &(&str, Diet)| CardDish { name: (*name).to_owned(), diet: vec![*diet] };
        Card {
            name: name.to_owned(),
            cuisines: vec![cuisine.to_owned()],
            preparation_minutes: minutes,
            price_level: price,
            dishes: dishes.iter().map(dish).collect(),
            ..cards.restaurants.remove(0)
        }
    }

    fn plain(text: &str) -> String {
        use unicode_normalization::UnicodeNormalization as _;
        text.to_lowercase().nfd().collect()
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

    fn found(wish: &Wish) -> Vec<(String, Vec<String>)> {
        let street = street();
        let found = wish.find(&street, |card| card.name != "Golden Dosa", plain);
        let owned = |found: &Found<'_>| {
            let dishes = found.dishes.iter().map(ToString::to_string).collect();
            (found.card.name.clone(), dishes)
        };
        found.iter().map(owned).collect()
    }

    fn names(wish: &Wish) -> Vec<String> {
        found(wish).into_iter().map(|(name, _)| name).collect()
    }

    fn words(words: &str) -> Wish {
        Wish { words: words.to_owned(), ..Wish::default() }
    }

    #[test]
    fn case_and_latin_accents_make_no_difference() {
        for typed in ["creme crumb", "CRÈME", "  crumb  creme ", "cre\u{300}me"] {
            assert_eq!(names(&words(typed)), ["Crème de la Crumb"], "{typed}");
        }
        assert_eq!(names(&words("tres")), ["Três Molinos"]);
        let folded = |text| fold(text, plain);
        assert_eq!(folded("Xiǎolóngbāo, phở, Smørrebrød"), "xiaolongbao, pho, smorrebrod");
        assert_eq!(folded("Weißwurst, Içli köfte"), "weisswurst, icli kofte");
        for kept in ["दाल मखनी", "борщ с йогуртом"] {
            assert_eq!(folded(kept), plain(kept), "its marks are letters of their own");
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
        let vegan = Wish { diet: Some(Diet::Vegan), ..Wish::default() };
        assert_eq!(names(&vegan), ["Golden Dosa"]);
        assert_eq!(
            found(&Wish { words: "roast".to_owned(), ..vegan.clone() }),
            [],
            "the vegan dish is another"
        );
        assert!(names(&Wish { open: true, ..vegan }).is_empty());
        let mexican = Wish { cuisine: Some("Mexican".to_owned()), ..Wish::default() };
        assert_eq!(names(&mexican), ["Três Molinos"]);
    }

    #[test]
    fn sorting_changes_nothing_but_the_order() {
        let sorted = |sort| names(&Wish { sort, ..Wish::default() });
        assert_eq!(sorted(Sort::Name), ["Crème de la Crumb", "Golden Dosa", "Três Molinos"]);
        assert_eq!(sorted(Sort::Time), ["Crème de la Crumb", "Três Molinos", "Golden Dosa"]);
        assert_eq!(sorted(Sort::Price), ["Golden Dosa", "Três Molinos", "Crème de la Crumb"]);
    }

    #[test]
    fn a_wish_is_what_its_address_says() {
        let wish = Wish {
            words: "masala dosa".to_owned(),
            cuisine: Some("South Indian".to_owned()),
            diet: Some(Diet::GlutenFree),
            open: true,
            sort: Sort::Time,
        };
        for wish in [wish, Wish::default(), words("x")] {
            let query = wish.query();
            let value = |name: &str| query.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone());
            assert_eq!(Wish::read(value), wish);
        }
        assert!(!Wish { sort: Sort::Price, ..Wish::default() }.narrows());
        assert!(words("x").narrows());
    }

    #[test]
    fn cuisines_are_named_once_the_most_frequent_first() {
        let mut street = street();
        street.push(card("Another", "Mexican", 1, 1, &[]));
        assert_eq!(cuisines(&street), ["Mexican", "Bakery", "South Indian"]);
    }
}
