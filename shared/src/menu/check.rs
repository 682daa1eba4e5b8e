//! What a menu must be before customers are shown it.

use std::fmt;

use super::{Allergen, Choice, Diet, Dish, OptionGroup, Section};
use crate::{
    money::Amount,
    text::{Text, TextError},
};

/// The most sections of a menu.
pub const MAX_SECTIONS: usize = 40;
/// The most dishes of a menu, in all its sections.
pub const MAX_DISHES: usize = 300;
/// The most groups of options of a dish.
pub const MAX_GROUPS: usize = 10;
/// The most choices in a group.
pub const MAX_CHOICES: usize = 20;
/// The most keywords of a dish.
pub const MAX_KEYWORDS: usize = 10;
/// The highest price, in minor units.
pub const MAX_PRICE: Amount = Amount::new(99_999_999);

/// Something wrong in a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where.
    pub place: Place,
    /// What.
    pub what: Wrong,
}

/// A place in a menu; everything is counted from 0. Its display is a path such as
/// `sections[0].dishes[2].options[1].choices[0].price`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Place {
    /// The section; none is the menu as a whole.
    pub section: Option<usize>,
    /// The dish within it; none is the section itself.
    pub dish: Option<usize>,
    /// The group of options of the dish; none is the dish itself.
    pub group: Option<usize>,
    /// The choice in the group; none is the group itself.
    pub choice: Option<usize>,
    /// The field of that.
    pub field: &'static str,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            ("sections", self.section),
            ("dishes", self.dish),
            ("options", self.group),
            ("choices", self.choice),
        ];
        for (name, at) in parts {
            if let Some(at) = at {
                write!(f, "{name}[{at}].")?;
            }
        }
        f.write_str(self.field)
    }
}

/// What is wrong in a menu. The display is for developers; the page has its own sentences.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// A text is no such text.
    #[error("{0}")]
    Text(TextError),
    /// A price is below the lowest or above [`MAX_PRICE`].
    #[error("must be from {} to {} in minor units", lowest.minor(), MAX_PRICE.minor())]
    Price {
        /// The lowest price that there may be.
        lowest: Amount,
    },
    /// Two of a kind have the same id.
    #[error("is used twice")]
    SameId,
    /// There are none, or too many.
    #[error("must be 1 to {most}")]
    Count {
        /// The most that there may be.
        most: usize,
    },
    /// A mark or an allergen that this version does not know, or twice the same.
    #[error("must name each of the known ones at most once")]
    Marks,
    /// Marked as something that the allergens exclude: somebody may get ill.
    #[error("marks the dish as {0:?}, which its allergens exclude")]
    Contradiction(Diet),
    /// More must be chosen than may be, or than there is.
    #[error("must let customers choose at least one, and no more than there are")]
    Bounds,
    /// Not the path of a picture of this site.
    #[error("must be empty, or the path of a picture on this site")]
    Art,
}

/// The menu as it is kept: its texts as [`Text`] has them, and nothing sold out.
///
/// # Errors
/// Every mistake, in order.
pub fn accepted(mut sections: Vec<Section>) -> Result<Vec<Section>, Vec<Mistake>> {
    let mut check = Check::default();
    let dishes: usize = sections.iter().map(|section| section.dishes.len()).sum();
    check.count("sections", sections.len(), MAX_SECTIONS);
    if dishes > MAX_DISHES {
        check.report("sections", Wrong::Count { most: MAX_DISHES });
    }
    let ids: Vec<_> = sections.iter().map(|it| it.section_id.clone()).collect();
    let dish_ids: Vec<_> =
        sections.iter().flat_map(|it| &it.dishes).map(|it| it.dish_id.clone()).collect();
    let mut seen = 0;
    for (at, section) in sections.iter_mut().enumerate() {
        check.place.section = Some(at);
        check.unique("section_id", &ids, at);
        check.line::<60>("name", &mut section.name);
        check.count("dishes", section.dishes.len(), MAX_DISHES);
        for (at, dish) in section.dishes.iter_mut().enumerate() {
            check.place.dish = Some(at);
            check.unique("dish_id", &dish_ids, seen);
            check.dish(dish);
            seen += 1;
        }
        check.place.dish = None;
    }
    match check.mistakes.is_empty() {
        true => Ok(sections),
        false => Err(check.mistakes),
    }
}

/// The marks of a dish that its allergens exclude.
#[must_use]
pub fn contradictions(diet: &[Diet], allergens: &[Allergen]) -> Vec<Diet> {
    use Allergen::{Crustaceans, Eggs, Fish, Gluten, Milk, Molluscs};
    const RULES: [(Diet, &[Allergen]); 3] = [
        (Diet::Vegan, &[Crustaceans, Eggs, Fish, Milk, Molluscs]),
        (Diet::Vegetarian, &[Crustaceans, Fish, Molluscs]),
        (Diet::GlutenFree, &[Gluten]),
    ];
    let contradicts = |(mark, excluded): &(Diet, &[Allergen])| {
        diet.contains(mark) && allergens.iter().any(|it| excluded.contains(it))
    };
    RULES.into_iter().filter(contradicts).map(|(mark, _)| mark).collect()
}

/// A menu while it is checked.
#[derive(Default)]
struct Check {
    place: Place,
    mistakes: Vec<Mistake>,
}

impl Check {
    fn report(&mut self, field: &'static str, what: Wrong) {
        self.mistakes.push(Mistake { place: Place { field, ..self.place }, what });
    }

    fn count(&mut self, field: &'static str, count: usize, most: usize) {
        if !(1..=most).contains(&count) {
            self.report(field, Wrong::Count { most });
        }
    }

    fn unique<T: PartialEq>(&mut self, field: &'static str, ids: &[T], at: usize) {
        if ids[..at].contains(&ids[at]) {
            self.report(field, Wrong::SameId);
        }
    }

    fn text<const MAX: usize>(&mut self, field: &'static str, text: &mut String) {
        match text.parse::<Text<MAX>>() {
            Ok(accepted) => *text = accepted.into(),
            Err(error) => self.report(field, Wrong::Text(error)),
        }
    }

    /// A text on one line: a break or several spaces are one space.
    fn line<const MAX: usize>(&mut self, field: &'static str, text: &mut String) {
        *text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.text::<MAX>(field, text);
    }

    fn price(&mut self, price: Amount, lowest: Amount) {
        if !(lowest..=MAX_PRICE).contains(&price) {
            self.report("price", Wrong::Price { lowest });
        }
    }

    fn marks<T: PartialEq>(&mut self, field: &'static str, marks: &[T], unknown: &T) {
        let twice = (1..marks.len()).any(|at| marks[..at].contains(&marks[at]));
        if twice || marks.contains(unknown) {
            self.report(field, Wrong::Marks);
        }
    }

    fn dish(&mut self, dish: &mut Dish) {
        dish.sold_out = false;
        self.line::<80>("name", &mut dish.name);
        match dish.description.trim().is_empty() {
            true => dish.description.clear(),
            false => self.text::<300>("description", &mut dish.description),
        }
        self.price(dish.price, Amount::new(1));
        self.marks("diet", &dish.diet, &Diet::Unknown);
        self.marks("allergens", &dish.allergens, &Allergen::Unknown);
        for mark in contradictions(&dish.diet, &dish.allergens) {
            self.report("diet", Wrong::Contradiction(mark));
        }
        if !dish.art.is_empty() && !is_art(&dish.art) {
            self.report("art", Wrong::Art);
        }
        if dish.keywords.len() > MAX_KEYWORDS {
            self.report("keywords", Wrong::Count { most: MAX_KEYWORDS });
        }
        for keyword in &mut dish.keywords {
            self.line::<40>("keywords", keyword);
        }
        if dish.options.len() > MAX_GROUPS {
            self.report("options", Wrong::Count { most: MAX_GROUPS });
        }
        let ids: Vec<_> = dish.options.iter().map(|it| it.group_id.clone()).collect();
        for (at, group) in dish.options.iter_mut().enumerate() {
            self.place.group = Some(at);
            self.unique("group_id", &ids, at);
            self.group(group);
        }
        self.place.group = None;
    }

    fn group(&mut self, group: &mut OptionGroup) {
        self.line::<60>("name", &mut group.name);
        self.count("choices", group.choices.len(), MAX_CHOICES);
        let (least, most) = (usize::from(group.at_least), usize::from(group.at_most));
        if most == 0 || least > most || most > group.choices.len() {
            self.report("at_most", Wrong::Bounds);
        }
        let ids: Vec<_> = group.choices.iter().map(|it| it.choice_id.clone()).collect();
        for (at, Choice { name, price, .. }) in group.choices.iter_mut().enumerate() {
            self.place.choice = Some(at);
            self.unique("choice_id", &ids, at);
            self.line::<60>("name", name);
            self.price(*price, Amount::ZERO);
        }
        self.place.choice = None;
    }
}

/// Whether this is the path of a picture: `/art/` for one of the catalog's files, `/pictures/` for one that
/// was uploaded, and a name by its content with an extension.
#[must_use]
pub fn is_art(path: &str) -> bool {
    let is_named = |file: &str, extensions: &[&str]| {
        file.rsplit_once('.').is_some_and(|(name, extension)| {
            !name.is_empty()
                && name.len() <= 64
                && name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
                && extensions.contains(&extension)
        })
    };
    let of_catalog = path.strip_prefix("/art/").is_some_and(|it| is_named(it, &["svg", "jpg"]));
    of_catalog || path.strip_prefix("/pictures/").is_some_and(|it| is_named(it, &["jpg"]))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn menu() -> Value {
        json!([{"section_id": "tandoor", "name": " From the tandoor ", "dishes": [
            {"dish_id": "naan", "name": "Naan", "description": " ", "price": 8000, "art": "",
                "sold_out": true, "diet": ["vegetarian"], "allergens": ["gluten", "milk"]},
            {"dish_id": "tikka", "name": "Tikka", "description": "Hot.", "price": 32000,
                "art": "/art/0a1b2c.svg", "diet": [], "options": [{"group_id": "portion", "name": "Portion",
                    "at_least": 1, "at_most": 1, "choices": [
                        {"choice_id": "half", "name": "Half", "price": 0},
                        {"choice_id": "full", "name": "Full", "price": 16000}]}]}]}])
    }

    fn check(menu: Value) -> Result<Vec<Section>, Vec<String>> {
        let mistakes = accepted(serde_json::from_value(menu).unwrap());
        mistakes.map_err(|it| it.iter().map(|it| format!("{} {}", it.place, it.what)).collect())
    }

    #[test]
    fn a_menu_is_kept_with_its_texts_trimmed_and_nothing_sold_out() {
        let kept = check(menu()).unwrap();
        let dish = &kept[0].dishes[0];
        assert_eq!(kept[0].name, "From the tandoor");
        assert_eq!((dish.description.as_str(), dish.sold_out), ("", false));
        assert_eq!(accepted(kept.clone()), Ok(kept));
    }

    #[test]
    fn every_mistake_is_named_with_its_place() {
        for (at, value, expected) in [
            ("/0/name", json!(" "), "sections[0].name must not be empty"),
            ("/0/dishes", json!([]), "sections[0].dishes must be 1 to 300"),
            ("/0/dishes/1/dish_id", json!("naan"), "sections[0].dishes[1].dish_id is used twice"),
            (
                "/0/dishes/1/price",
                json!(0),
                "sections[0].dishes[1].price must be from 1 to 99999999 in minor units",
            ),
            (
                "/0/dishes/1/diet",
                json!(["vegan", "vegan"]),
                "sections[0].dishes[1].diet must name each of the known ones at most once",
            ),
            (
                "/0/dishes/0/diet",
                json!(["gluten_free"]),
                "sections[0].dishes[0].diet marks the dish as GlutenFree, which its allergens exclude",
            ),
            (
                "/0/dishes/1/art",
                json!("/art/../config.json"),
                "sections[0].dishes[1].art must be empty, or the path of a picture on this site",
            ),
            (
                "/0/dishes/1/options/0/at_most",
                json!(3),
                "sections[0].dishes[1].options[0].at_most must let customers choose at least one, \
                 and no more than there are",
            ),
            (
                "/0/dishes/1/options/0/choices/1/choice_id",
                json!("half"),
                "sections[0].dishes[1].options[0].choices[1].choice_id is used twice",
            ),
            (
                "/0/dishes/1/options/0/choices/0/price",
                json!(-1),
                "sections[0].dishes[1].options[0].choices[0].price must be from 0 to 99999999 in \
                 minor units",
            ),
        ] {
            let mut wrong = menu();
            *wrong.pointer_mut(at).unwrap() = value;
            assert_eq!(check(wrong), Err(vec![expected.to_owned()]), "{at}");
        }
        assert_eq!(check(json!([])), Err(vec!["sections must be 1 to 40".to_owned()]));
    }

    #[test]
    fn a_picture_is_named_by_its_content() {
        for path in ["/art/0a1b.svg", "/art/00ff.jpg", "/pictures/00ff.jpg"] {
            assert!(is_art(path), "{path}");
        }
        for path in [
            "/art/.svg",
            "/art/a/b.svg",
            "/art/a.html",
            "art/a.svg",
            "/art/a",
            "//x/a.svg",
            "/pictures/a.svg",
            "/pictures/a/b.jpg",
            "/pictures/../config.jpg",
        ] {
            assert!(!is_art(path), "{path}");
        }
    }
}
