//! A right catalog is loaded as it stands; the problems of a wrong one are reported by file and line.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, ConfigBag, Credentials, Intercept, Region, RuntimeComponents,
};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use shared::hours::{DAY, LocalTime, Weekday};
use shared::menu::Card;

use super::*;

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
struct Trial(PathBuf);

impl Trial {
    fn new(name: &str, toml: &str) -> Self {
        let root =
            std::env::temp_dir().join(format!("tiffin-catalog-{}-{name}", std::process::id()));
        let folder = root.join("golden-dosa");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("restaurant.toml"), toml).unwrap();
        fs::write(folder.join("cover.svg"), SVG).unwrap();
        fs::write(folder.join("masala-dosa.svg"), format!("{SVG} ")).unwrap();
        Self(root)
    }

    /// The problems as they are printed, without the folder of the trial.
    fn problems(&self) -> Vec<String> {
        let problems = read(&self.0).unwrap().err().unwrap_or_default();
        let root = format!("{}/", self.0.display());
        problems.iter().map(|problem| problem.to_string().replace(&root, "")).collect()
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_right_catalog_is_read_as_it_stands() {
    let trial = Trial::new("right", RIGHT);
    let catalog = read(&trial.0).unwrap().unwrap();
    let [entry] = catalog.restaurants.as_slice() else { panic!("one restaurant") };
    assert_eq!(entry.kitchen, Kitchen::Accepts);
    assert_eq!(entry.restaurant.card.delivery_fee.minor(), 250);
    assert_eq!(entry.restaurant.card.hours.spans[1].closes, 26 * 60);
    let dish = &entry.restaurant.sections[0].dishes[0];
    assert_eq!((dish.options[0].at_least, dish.options[0].at_most), (0, 1));
    assert!(catalog.art.contains_key(dish.art.strip_prefix("/art/").unwrap()));
    assert_eq!(catalog.art.len(), 2);
}

#[test]
fn every_problem_is_told_at_once_by_file_and_line() {
    let wrong = RIGHT
        .replace("price_level = 1", "price_level = 5")
        .replace("\"2.50\"", "2.50")
        .replace("address = ", "adress = ")
        .replace("\"GB\"", "\"UK!\"")
        .replace("020 7946 0114", "ask for Ravi")
        .replace("\"17:00-02:00\"", "\"14:00-16:00\"")
        .replace("\"7.90\"", "\"7.905\"")
        .replace("[\"vegan\"]", "[\"vegan\", \"tasty\"]")
        .replace("up-to-1", "up-to-2");
    let trial = Trial::new("wrong", &wrong);
    let file = "golden-dosa/restaurant.toml";
    assert_eq!(
        trial.problems(),
        [
            format!("{file}:1: `address` is missing; add it"),
            format!("{file}:4: `price_level` must be a whole number from 1 to 4"),
            format!("{file}:9: `delivery_fee` must be a text in quotes, not a float"),
            format!(
                "{file}:12: `adress` is not known here; known are `currency`, `name`, \
                 `description`, `cuisines`, `city`, `country`, `price_level`, `delivery_fee`, `minimum_order`, \
                 `preparation_minutes`, `travel_minutes`, `time_zone`, `hours`, `reject_reason`, \
                 `kitchen`, `address`, `phone`, `tax`, `sections`"
            ),
            format!("{file}:14: `country` must be an ISO 3166-1 country code such as GB"),
            format!(
                "{file}:15: `phone` must be a phone number of 5 to 15 digits, such as \
                 +44 20 7946 0000"
            ),
            format!("{file}:18: `monday` has hours that overlap; join them"),
            format!("{file}:28: `price` must be an amount such as 7.50, with at most 2 decimals"),
            format!(
                "{file}:29: `diet`: each must be vegetarian, vegan, gluten_free, halal or spicy"
            ),
            format!("{file}:35: `choose` must be \"one\", or \"up-to-1\" to \"up-to-1\""),
        ]
    );
}

#[test]
fn pictures_and_ids_are_checked_too() {
    let twice = format!(
        "{RIGHT}\n[[sections.dishes]]\nid = \"masala-dosa\"\nname = \"B\"\ndescription = \"B.\"\n\
         price = \"1\"\ndiet = [\"vegan\"]\nallergens = [\"milk\"]\n"
    );
    let trial = Trial::new("art", &twice);
    fs::remove_file(trial.0.join("golden-dosa/cover.svg")).unwrap();
    fs::write(trial.0.join("golden-dosa/spare.svg"), SVG).unwrap();
    fs::write(trial.0.join("golden-dosa/masala-dosa.svg"), SVG.replace("/>", " onload=\"x\"/>"))
        .unwrap();
    let problems = trial.problems();
    for (line, problem) in [
        ("restaurant.toml:1", "its picture `cover.svg` is missing; draw it"),
        ("masala-dosa.svg:1", "runs a script on `onload`; remove it"),
        ("spare.svg:1", "nothing uses this file; name it after a dish, or remove it"),
        ("restaurant.toml:39", "the id `masala-dosa` is used twice; choose another"),
        ("restaurant.toml:43", "is marked vegan, and its allergens name what comes from an animal"),
    ] {
        let whole = format!("golden-dosa/{line}: {problem}");
        assert!(problems.contains(&whole), "{whole} is not in {problems:#?}");
    }
}

#[test]
fn a_kitchen_that_rejects_says_why_and_no_other_does() {
    let rejects = RIGHT.replace("\"accepts\"", "\"rejects\"");
    assert_eq!(
        Trial::new("rejects", &rejects).problems(),
        [
            "golden-dosa/restaurant.toml:11: a kitchen that rejects needs a right `reject_reason`; add it"
        ]
    );
    let with_reason = rejects.replace("address", "reject_reason = \"too_busy\"\naddress");
    let trial = Trial::new("reason", &with_reason);
    let catalog = read(&trial.0).unwrap().unwrap();
    assert_eq!(catalog.restaurants[0].kitchen, Kitchen::Rejects("too_busy"));
    let silent = with_reason.replace("\"rejects\"", "\"silent\"");
    assert_eq!(
        Trial::new("silent", &silent).problems(),
        [
            "golden-dosa/restaurant.toml:12: `reject_reason` is only for a kitchen that rejects; remove it"
        ]
    );
}

#[test]
fn what_is_not_toml_is_told_by_line_and_nothing_else_is() {
    let trial = Trial::new("syntax", "name = \"Golden\ncurrency = \"GBP\"\n");
    let problems = trial.problems();
    assert!(
        problems[0].starts_with("golden-dosa/restaurant.toml:1: is not TOML: "),
        "{problems:?}"
    );
    assert!(!problems.iter().any(|problem| problem.contains("missing")), "{problems:?}");
}

#[test]
fn a_folder_is_a_restaurant_and_needs_its_file_and_a_right_name() {
    let trial = Trial::new("folders", RIGHT);
    fs::create_dir(trial.0.join("empty")).unwrap();
    fs::create_dir(trial.0.join("pages")).unwrap();
    for file in ["restaurant.toml", "cover.svg", "masala-dosa.svg"] {
        fs::copy(trial.0.join("golden-dosa").join(file), trial.0.join("pages").join(file)).unwrap();
    }
    fs::rename(trial.0.join("golden-dosa"), trial.0.join("cards")).unwrap();
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
    let trial = Trial::new("texts", RIGHT);
    assert!(read(&trial.0).unwrap().unwrap().pages.is_empty(), "they may be missing");
    fs::write(trial.0.join("terms.md"), "# Terms\n\nBe kind.\n").unwrap();
    fs::write(trial.0.join("notes.txt"), "for the owner").unwrap();
    let catalog = read(&trial.0).unwrap().unwrap();
    assert_eq!(catalog.pages[&PageName::Terms].sections[0].paragraphs, ["Be kind."]);
    fs::write(trial.0.join("privacy.md"), "# Privacy\n\n## Empty\n").unwrap();
    fs::write(trial.0.join("imprint.md"), "# Imprint\n\nMe.\n").unwrap();
    assert_eq!(
        trial.problems(),
        [
            "imprint.md:1: is no text of a shop; there are `privacy.md` and `terms.md`",
            "privacy.md:3: has no paragraph below it; write one, or remove the heading",
        ]
    );
}

fn demo() -> Catalog {
    let folder = Path::new("../data");
    read(folder).unwrap().unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(|problem| format!("{problem}\n")).collect::<String>())
    })
}

#[test]
fn the_demo_catalog_is_right_and_a_town_has_one_currency() {
    let catalog = demo();
    assert!(PageName::ALL.iter().all(|name| catalog.pages.contains_key(name)));
    let mut currencies = BTreeMap::new();
    for Entry { restaurant, .. } in &catalog.restaurants {
        let card = &restaurant.card;
        let known = *currencies.entry(&card.city).or_insert(card.currency);
        assert_eq!(known, card.currency, "{}", card.restaurant_id);
        // Ofcom keeps 020 7946 0000 to 0999 for drama; nobody has them.
        let phone = restaurant.phone.as_ref().map(ToString::to_string).unwrap_or_default();
        assert!(phone.is_empty() || phone.starts_with("020 7946 0"), "{phone}");
    }
}

/// Minutes of a week.
const WEEK: u16 = 7 * DAY;

/// What a clock in a demo restaurant shows, so many minutes after Monday began in UTC.
fn local_time(time_zone: &str, is_summer: bool, minute: u16) -> LocalTime {
    let ahead = match time_zone {
        "Europe/London" | "Europe/Lisbon" => u16::from(is_summer) * 60,
        "Asia/Kolkata" => 5 * 60 + 30,
        other => panic!("say how far {other} is ahead of UTC"),
    };
    let minute = (minute + ahead) % WEEK;
    LocalTime { day: Weekday::ALL[usize::from(minute / DAY)], minute: minute % DAY }
}

#[test]
fn whenever_the_demo_is_started_most_kitchens_are_open_and_some_close_every_day() {
    let catalog = demo();
    let restaurants = || catalog.restaurants.iter().map(|entry| &entry.restaurant.card);
    for is_summer in [false, true] {
        let open = |card: &Card, minute| {
            card.hours.open_at(local_time(&card.hours.time_zone, is_summer, minute))
        };
        for minute in 0..WEEK {
            let count = restaurants().filter(|card| open(card, minute)).count();
            assert!(count >= 6, "{count} are open {minute} minutes after Monday began in UTC");
        }
        for day in 0..7 {
            let closes = |card: &&Card| (day * DAY..(day + 1) * DAY).any(|at| !open(card, at));
            assert!(restaurants().filter(closes).count() >= 3, "on day {day} in UTC");
        }
    }
}

#[test]
fn a_picture_or_text_that_is_no_small_file_is_refused_and_not_waited_for() {
    let trial = Trial::new("kinds", RIGHT);
    let cover = trial.0.join("golden-dosa/cover.svg");
    fs::remove_file(&cover).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&cover).status().unwrap().success());
    std::os::unix::fs::symlink("/dev/zero", trial.0.join("terms.md")).unwrap();
    let dish = fs::File::create(trial.0.join("golden-dosa/masala-dosa.svg")).unwrap();
    dish.set_len(1 << 40).unwrap();
    assert_eq!(
        trial.problems(),
        [
            "golden-dosa/cover.svg:1: is no regular file; put one in its place",
            "golden-dosa/masala-dosa.svg:1: has 1099511627776 bytes; it may have 24576",
            "terms.md:1: is no regular file; put one in its place",
        ]
    );
}

/// Lets so many requests through, and fails all that follow, as if the load had been killed.
#[derive(Debug)]
struct Killed(AtomicI64);

impl Intercept for Killed {
    fn name(&self) -> &'static str {
        "Killed"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        match self.0.fetch_sub(1, Ordering::Relaxed) > 0 {
            true => Ok(()),
            false => Err("killed".into()),
        }
    }
}

/// A table of a catalog in memory.
struct Shelf {
    endpoint: String,
    _runtime: tokio::runtime::Runtime,
}

impl Shelf {
    fn new() -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let endpoint = runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let endpoint = format!("http://{}", listener.local_addr().unwrap());
            let database = dynoxide::Database::memory().unwrap();
            tokio::spawn(dynoxide::server::serve_with_shutdown(
                listener,
                database,
                std::future::pending(),
            ));
            endpoint
        });
        let shelf = Self { endpoint, _runtime: runtime };
        let key = |name: &str, kind| {
            let key = KeySchemaElement::builder().attribute_name(name).key_type(kind);
            let attribute = AttributeDefinition::builder().attribute_name(name);
            let attribute = attribute.attribute_type(ScalarAttributeType::S);
            (key.build().unwrap(), attribute.build().unwrap())
        };
        let (id, id_type) = key("restaurant_id", KeyType::Hash);
        let (item, item_type) = key("item", KeyType::Range);
        let create = shelf.client(i64::MAX).create_table().table_name("catalog");
        let create = create.set_key_schema(Some(vec![id, item]));
        let create = create.set_attribute_definitions(Some(vec![id_type, item_type]));
        let create = create.billing_mode(BillingMode::PayPerRequest);
        shelf.wait(create.send()).unwrap();
        shelf
    }

    fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self._runtime.block_on(future)
    }

    fn client(&self, requests: i64) -> Client {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&self.endpoint)
            .region(Region::new("eu-west-2"))
            .credentials_provider(Credentials::new("a", "a", None, None, "test"))
            .retry_config(RetryConfig::disabled())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .interceptor(Killed(AtomicI64::new(requests)));
        Client::from_conf(config.build())
    }

    fn load(&self, catalog: &Catalog, requests: i64) -> Result<load::Loaded> {
        self.wait(load::load(&self.client(requests), "catalog", catalog))
    }

    /// Everything in it, as text.
    fn holds(&self) -> BTreeSet<String> {
        let scan = self.client(i64::MAX).scan().table_name("catalog").send();
        let items = self.wait(scan).unwrap().items.unwrap_or_default();
        let sorted = items.into_iter().map(BTreeMap::from_iter);
        sorted.map(|item| format!("{item:?}")).collect()
    }
}

/// A load may be killed after any of its requests, and the next may be of the catalog of before.
#[test]
fn a_load_that_was_killed_is_completed_by_the_next_one_whatever_that_loads() {
    let before = read(&Trial::new("before", RIGHT).0).unwrap().unwrap();
    let dearer = RIGHT.replace("7.90", "8.90").replace("masala-dosa", "ghee-dosa");
    let trial = Trial::new("dearer", &dearer);
    fs::rename(
        trial.0.join("golden-dosa/masala-dosa.svg"),
        trial.0.join("golden-dosa/ghee-dosa.svg"),
    )
    .unwrap();
    let dearer = read(&trial.0).unwrap().unwrap();
    let empty = Catalog::default();
    let shelf = Shelf::new();
    for (begins, killed) in [(&before, &dearer), (&empty, &before), (&before, &empty)] {
        for requests in 0.. {
            shelf.load(begins, i64::MAX).unwrap();
            let expected = shelf.holds();
            let is_whole = shelf.load(killed, requests).is_ok();
            shelf.load(begins, i64::MAX).unwrap();
            assert_eq!(shelf.holds(), expected, "killed after {requests} requests");
            if is_whole {
                assert!(requests > 5);
                break;
            }
        }
    }
    assert_eq!(shelf.load(&before, i64::MAX).unwrap().unchanged, 1);
}
