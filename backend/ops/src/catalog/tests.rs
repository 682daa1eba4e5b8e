//! A right catalog is loaded as it stands; the problems of a wrong one are reported by file and line.

use std::fs::{self, File};

use tempfile::TempDir;

use super::*;

mod areas;
mod demo;

const RIGHT: &str = r#"name = "Golden Dosa"
description = "Dosas."
cuisines = ["South Indian"]
price_level = 1
currency = "GBP"
time_zone = "Europe/London"
preparation_minutes = 18
travel_minutes = 12
delivery_fee = "2.50"
tax = { name = "VAT", basis_points = 2000, included = true }
kitchen = "accepts"
address = "12 Lamb Lane, London E8"
city = "London"
country = "GB"
phone = "020 7946 0114"

[hours]
monday = ["11:00-15:00", "17:00-02:00"]

[[sections]]
id = "dosas"
name = "Off the griddle"

[[sections.dishes]]
id = "masala-dosa"
name = "Masala dosa"
description = "A crêpe."
price = "7.90"
diet = ["vegan"]
allergens = ["mustard"]

[[sections.dishes.options]]
id = "extras"
name = "On the side"
choose = "up-to-1"
choices = [{ id = "podi", name = "Podi", price = "0.90" }]
"#;

const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 3\"/>";

/// A catalog with one restaurant in a folder of its own, removed at the end.
struct Trial(TempDir);

impl Trial {
    fn new(toml: &str) -> Self {
        let trial = Self(tempfile::tempdir().unwrap());
        fs::create_dir(trial.at("golden-dosa")).unwrap();
        fs::write(trial.at("golden-dosa/restaurant.toml"), toml).unwrap();
        fs::write(trial.at("golden-dosa/cover.svg"), SVG).unwrap();
        fs::write(trial.at("golden-dosa/masala-dosa.svg"), format!("{SVG} ")).unwrap();
        trial
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn read(&self) -> Result<Catalog, Vec<Problem>> {
        read(self.0.path()).unwrap()
    }

    /// The problems as they are printed, without the folder of the trial.
    fn problems(&self) -> Vec<String> {
        let problems = self.read().err().unwrap_or_default();
        let root = format!("{}/", self.0.path().display());
        problems.iter().map(|problem| problem.to_string().replace(&root, "")).collect()
    }
}

#[test]
fn a_right_catalog_is_read_as_it_stands() {
    let trial = Trial::new(RIGHT);
    let catalog = trial.read().unwrap();
    let [entry] = catalog.restaurants.as_slice() else { panic!("one restaurant") };
    assert_eq!(entry.kitchen, Kitchen::Accepts);
    assert_eq!(entry.restaurant.card.delivery_fee.minor(), 250);
    assert_eq!(entry.restaurant.card.hours.spans[1].closes, 26 * 60);
    assert_eq!(entry.restaurant.card.areas, [], "it delivers anywhere");
    let dish = &entry.restaurant.sections[0].dishes[0];
    assert_eq!((dish.options[0].at_least, dish.options[0].at_most), (0, 1));
    assert!(catalog.art.contains_key(dish.art.strip_prefix("/art/").unwrap()));
    assert_eq!(catalog.art.len(), 2);
}

#[test]
fn a_dish_may_name_a_picture_of_the_site_and_needs_no_description() {
    let named = RIGHT
        .replace("description = \"A crêpe.\"", "picture = \"/art/0a1b2c.jpg\"")
        .replace("price = \"7.90\"", "price = \"7.90\"\nsold_out = true");
    let trial = Trial::new(&named);
    let unused =
        "golden-dosa/masala-dosa.svg:1: nothing uses this file; name it after a dish, or remove it";
    assert_eq!(trial.problems(), [unused]);
    fs::remove_file(trial.at("golden-dosa/masala-dosa.svg")).unwrap();
    let catalog = trial.read().unwrap();
    let dish = &catalog.restaurants[0].restaurant.sections[0].dishes[0];
    assert_eq!((&*dish.art, &*dish.description, dish.sold_out), ("/art/0a1b2c.jpg", "", true));
    assert_eq!(catalog.art.len(), 1, "there is nothing to copy");
    let wrong = named.replace("/art/0a1b2c.jpg", "https://example.com/a.jpg");
    let problems = Trial::new(&wrong).problems();
    assert!(
        problems[1].starts_with("golden-dosa/restaurant.toml:27: `picture` must be"),
        "{problems:?}"
    );
}

#[test]
fn a_menu_that_no_office_could_publish_is_a_problem() {
    let keywords: Vec<_> = (0..9).map(|number| format!("\"{number:040}\"")).collect();
    let dish = |number: usize| {
        format!(
            "[[sections.dishes]]\nid = \"dish-{number}\"\nname = \"{}\"\ndescription = \"{}\"\n\
             price = \"1.00\"\npicture = \"/art/0a1b2c.jpg\"\nkeywords = [{}]\n",
            "é".repeat(80),
            "é".repeat(300),
            keywords.join(", ")
        )
    };
    let with = |dishes: usize| {
        let more: String = (0..dishes).map(dish).collect();
        Trial::new(&format!("{RIGHT}\n[[sections]]\nid = \"all\"\nname = \"All\"\n{more}"))
    };
    assert_eq!(with(250).problems(), Vec::<String>::new());
    let problems = with(299).problems();
    let [problem] = problems.as_slice() else { panic!("{problems:?}") };
    assert!(problem.contains("bytes as JSON, of at most 360448"), "{problem}");
}

/// Changes of the right file, and below them how each line begins that they lead to.
const MISTAKES: &str = r#"
price_level = 1 → price_level = 5
"2.50" → 2.50
phone = → fone =
"GB" → "UK!"
"11:00-15:00" → "11:00"
name = "Masala dosa" →
"dosas" → "Dosas"
["vegan"] → ["vegan", 7]
"Podi" → ""
    4: `price_level`: must be a whole number from 1 to 4
    9: `delivery_fee`: invalid type: floating point `2.5`, expected a string
    14: `country`: must be an ISO 3166-1 country code such as GB
    15: unknown field `fone`, expected one of `name`, `description`, `cuisines`,
    18: `monday`: must be hours such as "11:00-22:30", not "11:00"
    21: `id`: must be 1 to 64 lower-case letters, digits or hyphens
    24: `name` is missing; add it
    29: `diet`: a list holds texts or tables; see backend/data for an example
    36: `name`: must not be empty

currency = "GBP" →
    1: `currency` is missing; add it

["South Indian"] → []
    3: `cuisines` must name at least one

Europe/London → Europe/Camden
    6: `time_zone`: must be an IANA time zone such as Europe/London

{ name = "VAT", basis_points = 2000, included = true } → ["VAT", 2000, true]
    10: `tax`: a list holds texts or tables; see backend/data for an example

"accepts" → "never"
    11: `kitchen`: unknown variant `never`, expected one of `accepts`, `slow`, `silent`, `rejects`

"accepts" → "rejects"
    11: a kitchen that rejects needs a `reject_reason`; add it

phone = → reject_reason = "too_busy" #
    15: `reject_reason` is only for a kitchen that rejects; remove it

020 7946 0114 → ask for Ravi
    15: `phone`: must be a phone number of 5 to 15 digits, such as +44 20 7946 0000

monday = ["11:00-15:00", "17:00-02:00"] → moonday = []
    17: `hours` must name at least one day on which it is open
    18: `moonday`: unknown variant `moonday`, expected one of `monday`, `tuesday`,

17:00-02:00 → 14:00-16:00
    18: has hours that overlap; join them

"17:00-02:00"] → "17:00-02:00"], moonday = []
    18: is not TOML: 

"7.90" → "7.905"
    28: `price`: must be an amount such as 7.50, with at most 2 decimals

"7.90" → "0"
    28: `price` must be more than nothing

"vegan" → "tasty"
    29: `diet`: each must be vegetarian, vegan, gluten_free, halal or spicy

"mustard" → "wheat"
    30: `allergens`: each must be one of the 14 of Regulation (EU) 1169/2011: gluten,

"mustard" → "eggs"
    25: is marked vegan, and its allergens name what comes from an animal

"vegan" → "vegetarian"
"mustard" → "fish"
    25: is marked vegetarian, and its allergens name fish or shellfish

"vegan" → "gluten_free"
"mustard" → "gluten"
    25: is marked gluten_free, and its allergens name gluten

up-to-1 → up-to-2
    35: `choose` must be "one", or "up-to-1" to "up-to-1"

{ id = "podi", name = "Podi", price = "0.90" } →
    33: offers 0 choices; offer 1 to 20
    35: `choose` must be "one"
"#;

#[test]
fn every_mistake_is_told_at_once_by_file_and_line() {
    for case in MISTAKES.trim().split("\n\n") {
        let (expected, changes): (Vec<&str>, Vec<&str>) =
            case.lines().partition(|line| line.starts_with("    "));
        let wrong = changes.into_iter().fold(RIGHT.to_owned(), |text, change| {
            let (old, new) = change.split_once(" →").unwrap();
            assert!(text.contains(old), "{old}");
            text.replace(old, new.trim_start())
        });
        let problems = Trial::new(&wrong).problems();
        assert_eq!(problems.len(), expected.len(), "{case}\n{problems:#?}");
        for (problem, expected) in problems.iter().zip(expected) {
            let expected = format!("golden-dosa/restaurant.toml:{}", expected.trim_start());
            assert!(problem.starts_with(&expected), "{case}\n{problems:#?}");
        }
    }
}

#[test]
fn a_kitchen_that_rejects_says_why() {
    let rejects = RIGHT.replace("\"accepts\"", "\"rejects\"\nreject_reason = \"too_busy\"");
    let catalog = Trial::new(&rejects).read().unwrap();
    let Entry { kitchen, reject_reason, .. } = &catalog.restaurants[0];
    assert_eq!((*kitchen, *reject_reason), (Kitchen::Rejects, Some(RejectReason::TooBusy)));
}

#[test]
fn pictures_and_ids_are_checked_too() {
    let twice = format!(
        "{RIGHT}\n[[sections.dishes]]\nid = \"masala-dosa\"\nname = \"B\"\ndescription = \"B.\"\n\
         price = \"1\"\n"
    );
    let trial = Trial::new(&twice);
    fs::remove_file(trial.at("golden-dosa/cover.svg")).unwrap();
    fs::write(trial.at("golden-dosa/spare.svg"), SVG).unwrap();
    fs::write(trial.at("golden-dosa/masala-dosa.svg"), SVG.replace("/>", " onload=\"x\"/>"))
        .unwrap();
    let mut problems = trial.problems();
    problems.dedup(); // the picture of the id that is used twice
    assert_eq!(
        problems,
        [
            "golden-dosa/masala-dosa.svg:1: runs a script on `onload`; remove it",
            "golden-dosa/restaurant.toml:1: its picture `cover.svg` is missing; draw it",
            "golden-dosa/restaurant.toml:39: the id `masala-dosa` is used twice; choose another",
            "golden-dosa/spare.svg:1: nothing uses this file; name it after a dish, or remove it",
        ]
    );
}

#[test]
fn a_folder_is_a_restaurant_and_needs_its_file_and_a_right_name() {
    let trial = Trial::new(RIGHT);
    fs::create_dir(trial.at("empty")).unwrap();
    fs::create_dir(trial.at("pages")).unwrap();
    for file in ["restaurant.toml", "cover.svg", "masala-dosa.svg"] {
        fs::copy(trial.at("golden-dosa").join(file), trial.at("pages").join(file)).unwrap();
    }
    fs::rename(trial.at("golden-dosa"), trial.at("cards")).unwrap();
    let problems = trial.problems();
    assert_eq!(
        problems[0],
        "cards/restaurant.toml:1: `cards` is no name for a restaurant; rename its folder"
    );
    assert_eq!(
        problems[2],
        "pages/restaurant.toml:1: `pages` is no name for a restaurant; rename its folder"
    );
    assert!(problems[1].starts_with("empty/restaurant.toml:1: cannot be read ("), "{problems:?}");
}

#[test]
fn the_shops_own_texts_are_read_and_checked_with_the_restaurants() {
    let trial = Trial::new(RIGHT);
    assert!(trial.read().unwrap().pages.is_empty(), "they may be missing");
    fs::write(trial.at("terms.md"), "# Terms\n\nBe kind.\n").unwrap();
    fs::write(trial.at("notes.txt"), "for the owner").unwrap();
    let catalog = trial.read().unwrap();
    assert_eq!(catalog.pages[&PageName::Terms].sections[0].paragraphs, ["Be kind."]);
    fs::write(trial.at("privacy.md"), "# Privacy\n\n## Empty\n").unwrap();
    fs::write(trial.at("imprint.md"), "# Imprint\n\nMe.\n").unwrap();
    assert_eq!(
        trial.problems(),
        [
            "imprint.md:1: is no text of a shop; there are `privacy.md` and `terms.md`",
            "privacy.md:3: has no paragraph below it; write one, or remove the heading",
        ]
    );
}

#[test]
fn what_is_no_small_file_is_refused_and_not_waited_for() {
    let trial = Trial::new(RIGHT);
    let cover = trial.at("golden-dosa/cover.svg");
    fs::remove_file(&cover).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&cover).status().unwrap().success());
    std::os::unix::fs::symlink("/dev/zero", trial.at("terms.md")).unwrap();
    fs::write(trial.at("privacy.md"), [0xff]).unwrap();
    let dish = File::create(trial.at("golden-dosa/masala-dosa.svg")).unwrap();
    dish.set_len(1 << 40).unwrap();
    assert_eq!(
        trial.problems(),
        [
            "golden-dosa/cover.svg:1: is no regular file; put one in its place",
            "golden-dosa/masala-dosa.svg:1: has 1099511627776 bytes; it may have 24576",
            "privacy.md:1: is not a text in UTF-8; save it as one",
            "terms.md:1: is no regular file; put one in its place",
        ]
    );
}
