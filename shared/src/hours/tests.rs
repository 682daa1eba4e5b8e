use proptest::prelude::*;
use serde_json::json;

use super::*;

const WEEK: u32 = 7 * DAY as u32;

/// The Monday of the week that most tests are in.
fn monday() -> Date {
    "2026-11-23".parse().unwrap()
}

fn at(day: Weekday, hour: u16, minute: u16) -> LocalTime {
    LocalTime { date: monday().plus_days(day as u32), minute: hour * 60 + minute }
}

fn on(date: &str, hour: u16, minute: u16) -> LocalTime {
    LocalTime { date: date.parse().unwrap(), minute: hour * 60 + minute }
}

fn hours(spans: &[(Weekday, u16, u16)]) -> OpeningHours {
    let spans = spans.iter().map(|&(day, opens, closes)| Span {
        day,
        opens: opens * 60,
        closes: closes * 60,
    });
    OpeningHours {
        time_zone: "Europe/London".to_owned(),
        spans: spans.collect(),
        exceptions: Vec::new(),
    }
}

fn special(from: &str, to: &str, times: &[(u16, u16)]) -> SpecialDays {
    let times =
        times.iter().map(|&(opens, closes)| Times { opens: opens * 60, closes: closes * 60 });
    let (from, to) = (from.parse().unwrap(), to.parse().unwrap());
    SpecialDays { from, to, times: times.collect(), note: String::new() }
}

/// Every evening from 18 to 2 o'clock, and what is special.
fn evenings(exceptions: &[SpecialDays]) -> OpeningHours {
    let exceptions = exceptions.to_vec();
    OpeningHours { exceptions, ..hours(&Weekday::ALL.map(|day| (day, 18, 26))) }
}

#[test]
fn a_lunch_and_a_dinner_have_a_closed_afternoon_between_them() {
    use Weekday::{Monday, Tuesday};
    let hours = hours(&[(Monday, 11, 15), (Monday, 17, 22)]);
    assert!(!hours.open_at(at(Monday, 10, 59)));
    assert!(hours.open_at(at(Monday, 11, 0)) && hours.open_at(at(Monday, 14, 59)));
    assert!(!hours.open_at(at(Monday, 15, 0)), "the minute it closes is not open");
    assert_eq!(hours.opens_after(at(Monday, 15, 0)), Some(at(Monday, 17, 0)));
    assert_eq!(hours.closes_after(at(Monday, 17, 0)), Some(at(Monday, 22, 0)));
    assert_eq!(hours.opens_after(at(Tuesday, 0, 0)), Some(on("2026-11-30", 11, 0)), "a week on");
}

#[test]
fn a_night_goes_on_past_midnight_and_past_the_end_of_the_week() {
    use Weekday::{Friday, Saturday, Sunday};
    let hours = hours(&[(Friday, 18, 26), (Sunday, 20, 25)]);
    assert!(hours.open_at(at(Saturday, 1, 59)) && !hours.open_at(at(Saturday, 2, 0)));
    assert!(hours.open_at(on("2026-11-30", 0, 30)) && !hours.open_at(on("2026-11-30", 1, 0)));
    assert_eq!(hours.closes_after(at(Sunday, 23, 0)), Some(on("2026-11-30", 1, 0)));
}

#[test]
fn spans_that_touch_are_one_and_around_the_clock_never_closes() {
    use Weekday::{Friday, Monday, Saturday};
    let night = hours(&[(Friday, 18, 24), (Saturday, 0, 4)]);
    assert_eq!(night.closes_after(at(Friday, 20, 0)), Some(at(Saturday, 4, 0)));
    let always = hours(&Weekday::ALL.map(|day| (day, 0, 24)));
    assert!(Weekday::ALL.iter().all(|&day| always.open_at(at(day, 0, 0))));
    assert_eq!(always.closes_after(at(Monday, 12, 0)), None);
    assert_eq!(hours(&[]).opens_after(at(Monday, 12, 0)), None);
}

#[test]
fn a_span_that_ends_when_it_begins_opens_nothing() {
    let none = hours(&[(Weekday::Monday, 10, 10)]);
    assert!(!none.open_at(at(Weekday::Monday, 10, 0)));
    assert_eq!(none.opens_after(at(Weekday::Monday, 9, 0)), None);
    assert_eq!(none.closes_after(at(Weekday::Monday, 10, 0)), None);
}

#[test]
fn the_night_before_a_closed_day_goes_on_past_midnight_and_its_own_night_does_not_begin() {
    let christmas = evenings(&[special("2026-12-25", "2026-12-25", &[])]);
    assert_eq!(christmas.closes_after(on("2026-12-24", 20, 0)), Some(on("2026-12-25", 2, 0)));
    assert!(christmas.open_at(on("2026-12-25", 1, 59)));
    for closed in [on("2026-12-25", 2, 0), on("2026-12-25", 18, 0), on("2026-12-26", 1, 0)] {
        assert!(!christmas.open_at(closed), "{closed:?}");
        assert_eq!(christmas.opens_after(closed), Some(on("2026-12-26", 18, 0)));
    }
}

#[test]
fn other_hours_take_the_place_of_the_usual_ones() {
    let eve = evenings(&[special("2026-12-24", "2026-12-24", &[(11, 15), (22, 25)])]);
    assert!(!eve.open_at(on("2026-12-24", 18, 0)), "not as on other Thursdays");
    assert_eq!(eve.opens_after(on("2026-12-24", 2, 0)), Some(on("2026-12-24", 11, 0)));
    assert_eq!(eve.opens_after(on("2026-12-24", 15, 0)), Some(on("2026-12-24", 22, 0)));
    assert_eq!(eve.closes_after(on("2026-12-24", 22, 0)), Some(on("2026-12-25", 1, 0)));
}

#[test]
fn a_holiday_lasts_from_its_first_day_to_its_last() {
    let august = evenings(&[special("2027-08-01", "2027-08-14", &[])]);
    assert!(august.open_at(on("2027-08-01", 1, 0)) && !august.open_at(on("2027-08-01", 18, 0)));
    assert_eq!(august.opens_after(on("2027-08-01", 18, 0)), Some(on("2027-08-15", 18, 0)));
    let always = hours(&Weekday::ALL.map(|day| (day, 0, 24)));
    let always = OpeningHours { exceptions: august.exceptions, ..always };
    assert_eq!(always.closes_after(on("2027-07-30", 9, 0)), Some(on("2027-08-01", 0, 0)));
    assert_eq!(always.closes_after(on("2027-07-20", 9, 0)), None, "not within a week");
    let retired = evenings(&[special("2027-08-01", "9999-12-31", &[])]);
    assert_eq!(retired.opens_after(on("2027-08-02", 9, 0)), None);
    assert_eq!(
        retired.opens_after(on("9999-12-31", 9, 0)),
        Some(on("9999-12-31", 9, 0).plus(33 * 60))
    );
}

#[test]
fn hours_of_an_earlier_version_have_no_exceptions_and_are_written_as_before() {
    let text =
        r#"{"time_zone":"Europe/London","spans":[{"day":"friday","opens":1020,"closes":1500}]}"#;
    let hours: OpeningHours = serde_json::from_str(text).unwrap();
    assert_eq!(
        (hours.exceptions.len(), serde_json::to_string(&hours).unwrap().as_str()),
        (0, text)
    );
    let opens: OpeningTime = serde_json::from_value(json!({"day": "friday", "minute": 1})).unwrap();
    assert_eq!(opens.date, None);
}

#[test]
fn what_is_wrong_is_named_by_its_place() {
    let usual = || evenings(&[special("2026-12-24", "2026-12-26", &[(11, 15)])]);
    assert_eq!(usual().accepted(monday()), Ok(usual()));
    let fields = |change: fn(&mut OpeningHours)| {
        let mut hours = usual();
        change(&mut hours);
        hours.accepted(monday()).map(drop).map_err(|error| error.field().to_owned())
    };
    let at = |field: &str| Err(field.to_owned());
    assert_eq!(fields(|it| it.spans[4].opens = 1_440), at("spans[4]"));
    assert_eq!(fields(|it| it.spans[4].closes = 1_080), at("spans[4]"));
    assert_eq!(fields(|it| it.spans[4].closes = 1_080 + 1_440), Ok(()));
    assert_eq!(fields(|it| it.spans[4].closes = 1_080 + 1_441), at("spans[4]"));
    assert_eq!(fields(|it| it.spans[3].day = Weekday::Friday), at("spans[4]"));
    assert_eq!(fields(|it| it.exceptions[0].times[0].closes = 0), at("exceptions[0].times[0]"));
    let twice =
        |it: &mut OpeningHours| it.exceptions.push(special("2026-12-26", "2027-01-02", &[]));
    assert_eq!(fields(twice), at("exceptions[1].from"));
    let backwards = |it: &mut OpeningHours| it.exceptions[0].to = it.exceptions[0].from.yesterday();
    assert_eq!(fields(backwards), at("exceptions[0].to"));
    let four = |it: &mut OpeningHours| {
        it.exceptions[0] = special("2026-12-24", "2026-12-24", &[(1, 2), (3, 4), (5, 6), (7, 8)]);
    };
    assert_eq!(fields(four), at("exceptions[0].times"));
    let many = |it: &mut OpeningHours| {
        let day = |days| SpecialDays {
            from: monday().plus_days(days),
            to: monday().plus_days(days),
            ..it.exceptions[0].clone()
        };
        it.exceptions = (0..=100).map(day).collect();
    };
    assert_eq!(fields(many), at("exceptions"));
    let long = |it: &mut OpeningHours| it.exceptions[0].note = "x".repeat(61);
    assert_eq!(fields(long), at("exceptions[0].note"));
}

#[test]
fn what_is_past_is_dropped_and_the_rest_is_by_date() {
    let all = ["2026-12-25", "2026-11-22", "2026-11-21", "2026-11-23"];
    let mut hours = evenings(&all.map(|day| special(day, day, &[])));
    hours.exceptions[0].note = " Christmas ".to_owned();
    let accepted = hours.accepted(monday()).unwrap().exceptions;
    let left: Vec<String> = accepted.iter().map(|days| days.from.to_string()).collect();
    // What begins on the 22nd may go on past midnight.
    assert_eq!(left, ["2026-11-22", "2026-11-23", "2026-12-25"]);
    assert_eq!(accepted[2].note, "Christmas");
}

fn any_times() -> impl Strategy<Value = Times> {
    (0..DAY, 1..=DAY).prop_map(|(opens, lasts)| Times { opens, closes: opens + lasts })
}

fn any_hours() -> impl Strategy<Value = OpeningHours> {
    let span = (0_usize..7, any_times()).prop_map(|(day, Times { opens, closes })| Span {
        day: Weekday::ALL[day],
        opens,
        closes,
    });
    let special = (0_u32..12, 0_u32..4, proptest::collection::vec(any_times(), 0..3));
    let special = special.prop_map(|(from, days, times)| SpecialDays {
        from: monday().plus_days(from),
        to: monday().plus_days(from + days),
        times,
        note: String::new(),
    });
    let exceptions = proptest::collection::vec(special, 0..4);
    (proptest::collection::vec(span, 0..6), exceptions).prop_map(|(spans, exceptions)| {
        OpeningHours { time_zone: "Europe/London".to_owned(), spans, exceptions }
    })
}

/// The same by going through every span of every day around it.
fn is_open(hours: &OpeningHours, LocalTime { date, minute }: LocalTime) -> bool {
    let minute_of = |date: Date, minute: u16| {
        u64::from(date.days_after_1970()) * u64::from(DAY) + u64::from(minute)
    };
    let now = minute_of(date, minute);
    let first = date.days_after_1970() - 3;
    (0..7).map(|days| Date::after_1970(first + days)).any(|day| {
        let weekly = hours.spans.iter().filter(|span| span.day == day.weekday()).map(Span::times);
        let special = hours.exceptions.iter().find(|days| (days.from..=days.to).contains(&day));
        let times = special.map_or_else(|| weekly.collect(), |days| days.times.clone());
        times.iter().any(|Times { opens, closes }| {
            (minute_of(day, *opens)..minute_of(day, *closes)).contains(&now)
        })
    })
}

proptest! {
    /// Walking minute by minute finds the same doors opening and closing.
    #[test]
    fn what_comes_next_is_what_a_walk_through_the_days_finds(
        hours in any_hours(),
        start in 0..2 * WEEK,
    ) {
        let at = |minute: u32| LocalTime {
            date: monday().plus_days(minute / u32::from(DAY)),
            minute: (minute % u32::from(DAY)) as u16,
        };
        let now = at(start);
        let open = is_open(&hours, now);
        prop_assert_eq!(hours.open_at(now), open);
        let change = |minutes: u32| {
            (1..=minutes).map(|ahead| at(start + ahead)).find(|later| is_open(&hours, *later) != open)
        };
        match open {
            // As far as it promises to look: to the end of the seventh day, and what begins there.
            true => match hours.closes_after(now) {
                Some(closes) => prop_assert_eq!(Some(closes), change(10 * u32::from(DAY))),
                None => prop_assert_eq!(change(6 * u32::from(DAY)), None),
            },
            false => prop_assert_eq!(hours.opens_after(now), change(4 * WEEK)),
        }
    }
}
