use shared::hours::{DAY, Date, LocalTime};
use shared::menu::Card;

use super::*;

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
    let minute = minute + ahead;
    // The first Monday of 1970 was the 5th of January.
    let date = Date::after_1970(4).plus_days(u32::from(minute / DAY));
    LocalTime { date, minute: minute % DAY }
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
