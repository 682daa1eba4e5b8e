//! Finding a restaurant: words, filters and sorting.
//!
//! The list has at most 200 restaurants, each naming its dishes, so the page has all it needs to
//! search; and the filter is in the page's address, so a link to it is a link to what it finds.

mod spelling;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use shared::{
    Amount,
    menu::{Card, CardDish, Diet},
};

pub use self::spelling::FoldCase;
use self::spelling::{Spelling, fold};

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

/// Whether a dish with these marks suits a diet; any does if none is asked for.
#[must_use]
pub fn suits(marks: &[Diet], diet: Option<Diet>) -> bool {
    diet.is_none_or(|diet| marks.contains(&diet))
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

    /// The restaurants that match, sorted; `open` says which are open now, and `fee` what they charge for delivery,
    /// if they do deliver. Words with a typo are looked for only if nothing matches as it is typed.
    pub fn find<'a>(
        &self,
        cards: &'a [Card],
        open: impl Fn(&Card) -> bool,
        fee: impl Fn(&Card) -> Option<Amount>,
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
        let key = |card: &Card| match self.sort {
            Sort::Fee => fee(card).map_or(i64::MAX, Amount::minor),
            sort => sort.key(card),
        };
        sorted_by_key(found, |found| (Reverse(open(found.card)), key(found.card)))
    }

    fn matches<'a>(
        &self,
        card: &'a Card,
        words: &[&str],
        spelling: Spelling,
        fold_case: FoldCase,
    ) -> Option<Match<'a>> {
        let suits = |dish: &&CardDish| suits(&dish.diet, self.diet);
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
            // The server's list is by name, and sorting is stable.
            Self::Name | Self::Fee => 0,
            Self::Price => i64::from(card.price_level),
        }
    }
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
