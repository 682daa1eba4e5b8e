//! When a restaurant is open, in words: by its own clock, named where that differs from yours.

use shared::{
    Timestamp,
    hours::{DAY, Date, LocalTime, OpeningHours, OpeningTime, Span, SpecialDays, Times, Weekday},
    menu::{Card, Pause},
};

use super::{format::date, isolated};
use crate::server_clock;

const CLOSED: &str = "Closed";

/// What the hours of a restaurant are called.
pub const OPENING_HOURS: &str = "Opening hours";

/// Whether a restaurant takes orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// It does.
    Open,
    /// It does not, and opens then by its own clock, if ever.
    Closed(Option<OpeningTime>),
}

/// Whether a restaurant takes orders now, by the server's clock; a quote has the last word.
#[must_use]
pub fn opening_of(card: &Card) -> Opening {
    if let Some(pause) = pause(card) {
        return Opening::Closed(pause.opens);
    }
    match local_now(&card.hours) {
        Some(now) if !card.hours.open_at(now) => {
            Opening::Closed(card.hours.opens_after(now).map(OpeningTime::from))
        }
        _ => Opening::Open,
    }
}

/// Whether a restaurant takes orders now, and when that changes.
#[must_use]
pub fn hours(card: &Card) -> String {
    if let Some(pause) = pause(card) {
        let opens = pause.opens.map(|time| format!(" · {}", opens(time, &card.hours)));
        return format!("Not taking orders{}", opens.unwrap_or_default());
    }
    let Some(now) = local_now(&card.hours) else { return String::new() };
    if card.hours.open_at(now) {
        let closes = card.hours.closes_after(now);
        return match closes.filter(|closes| is_within_a_day(now, *closes)) {
            Some(closes) => format!("Open until {}{}", clock(closes.minute), zone(&card.hours)),
            None => "Open 24 hours".to_owned(),
        };
    }
    match card.hours.opens_after(now) {
        Some(time) => format!("Closed · {}", opens(time.into(), &card.hours)),
        None => "Closed".to_owned(),
    }
}

/// Whether a time is at most 24 hours after another; a later one would be taken for one of today.
fn is_within_a_day(now: LocalTime, later: LocalTime) -> bool {
    let days = later.date.days_after_1970() - now.date.days_after_1970();
    days == 0 || (days == 1 && later.minute <= now.minute)
}

/// That a restaurant takes no orders for a while, if that has not ended.
fn pause(card: &Card) -> Option<Pause> {
    card.pause.filter(|pause| pause.until.holds(server_clock::now_or_device()))
}

/// When a restaurant opens: `opens at 17:00`, `opens Friday at 11:00 (Kolkata time)`, or with the date if that
/// is not within a week: `opens Fri, 4 Dec at 11:00`.
#[must_use]
pub fn opens(time: OpeningTime, hours: &OpeningHours) -> String {
    let days = |date: Date| {
        Some((date, date.days_after_1970().checked_sub(local_now(hours)?.date.days_after_1970())?))
    };
    let day = match time.date.and_then(days) {
        Some((_, 0)) => String::new(),
        Some((date, 7..)) => format!(" {}", day_of(date)),
        _ => format!(" {}", time.day.name()),
    };
    format!("opens{day} at {}{}", clock(time.minute), zone(hours))
}

/// The same as a button says it: `Opens at 17:00`.
#[must_use]
pub fn opens_button(time: Option<OpeningTime>, hours: &OpeningHours) -> String {
    match time {
        Some(time) => opens(time, hours).replacen('o', "O", 1),
        None => "Closed".to_owned(),
    }
}

/// The restaurant's day of the week, for marking it in the table.
#[must_use]
pub fn today(hours: &OpeningHours) -> Option<&'static str> {
    local_now(hours).map(|now| now.date.weekday().name())
}

/// What to call a restaurant's opening hours, its clock named where that differs from yours.
#[must_use]
pub fn week_name(hours: &OpeningHours) -> String {
    format!("{OPENING_HOURS}{}", zone(hours))
}

/// The whole week, a day a row.
#[must_use]
pub fn week(hours: &OpeningHours) -> Vec<(&'static str, String)> {
    let of = |day: Weekday| {
        let spans = hours.spans.iter().filter(|span| span.day == day);
        times(spans.map(Span::times)).unwrap_or_else(|| CLOSED.to_owned())
    };
    Weekday::ALL.map(|day| (day.name(), of(day))).into()
}

/// The spans of a day; `None` if it has none.
fn times(spans: impl Iterator<Item = Times>) -> Option<String> {
    let span = |Times { opens, closes }| match (opens, closes) {
        (0, DAY..) => "Open 24 hours".to_owned(),
        (opens, closes) => format!("{}–{}", clock(opens), clock(closes)),
    };
    let spans: Vec<_> = spans.map(span).collect();
    (!spans.is_empty()).then(|| spans.join(", "))
}

/// What is special on a day from today to a week from now: `Closed on Fri, 25 Dec · Christmas`.
#[must_use]
pub fn special(hours: &OpeningHours) -> String {
    let Some(LocalTime { date: today, .. }) = local_now(hours) else { return String::new() };
    let is_near = |days: &&SpecialDays| today <= days.to && days.from <= today.plus_days(7);
    let near = hours.exceptions.iter().filter(is_near).map(special_days);
    near.collect::<Vec<_>>().join("\n")
}

/// What special days are: `Closed from Sat, 1 Aug to Fri, 14 Aug`, `11:00–15:00 on Thu, 24 Dec`.
#[must_use]
pub fn special_days(days: &SpecialDays) -> String {
    let times = times(days.times.iter().copied()).unwrap_or_else(|| CLOSED.to_owned());
    let when = match days.from == days.to {
        true => format!("on {}", day_of(days.from)),
        false => format!("from {} to {}", day_of(days.from), day_of(days.to)),
    };
    let note =
        if days.note.is_empty() { String::new() } else { format!(" · {}", isolated(&days.note)) };
    format!("{times} {when}{note}")
}

/// A day: `Fri, 25 Dec`.
fn day_of(day: Date) -> String {
    let midnight = Timestamp::default().plus_seconds(i64::from(day.days_after_1970()) * 86_400);
    let options =
        [("weekday", "short"), ("day", "numeric"), ("month", "short"), ("timeZone", "UTC")];
    date(None, &options, midnight)
}

/// The name of the restaurant's clock, unless it shows what yours does.
fn zone(hours: &OpeningHours) -> String {
    other_zone(hours).map(|city| format!(" ({city} time)")).unwrap_or_default()
}

/// The city whose clock the restaurant goes by, unless that shows what yours does.
#[must_use]
pub fn other_zone(hours: &OpeningHours) -> Option<String> {
    let is_same = now_in(Some(&hours.time_zone)) == now_in(None);
    (!is_same).then(|| city(&hours.time_zone))
}

/// The city that an IANA time zone is named after.
fn city(time_zone: &str) -> String {
    time_zone.rsplit('/').next().unwrap_or_default().replace('_', " ")
}

/// What the calendar and the clock of a restaurant show.
#[must_use]
pub fn local_now(hours: &OpeningHours) -> Option<LocalTime> {
    now_in(Some(&hours.time_zone))
}

/// What a clock in a time zone shows, or here.
fn now_in(time_zone: Option<&str>) -> Option<LocalTime> {
    let now = server_clock::now_or_device();
    let clock = [
        ("year", "numeric"),
        ("month", "2-digit"),
        ("day", "2-digit"),
        ("hour", "2-digit"),
        ("minute", "2-digit"),
        ("hourCycle", "h23"),
    ];
    let options: Vec<_> =
        clock.into_iter().chain(time_zone.map(|zone| ("timeZone", zone))).collect();
    local_time(&date(Some("en-US"), &options, now))
}

/// What `11/24/2026, 13:05` says; browsers differ in what they write between.
fn local_time(written: &str) -> Option<LocalTime> {
    let mut numbers =
        written.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok());
    let mut next = || numbers.next();
    let (month, day, year) = (next()?, next()?, next()?);
    let minute = next()? * 60 + next()?;
    Some(LocalTime { date: Date::of(year, month, day)?, minute: minute as u16 })
}

/// Minutes after midnight as the reader writes a time of the day.
fn clock(minutes: u16) -> String {
    if minutes.is_multiple_of(DAY) {
        return "midnight".to_owned();
    }
    let time = Timestamp::default().plus_seconds(i64::from(minutes) * 60);
    date(None, &[("hour", "numeric"), ("minute", "2-digit"), ("timeZone", "UTC")], time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_time_is_read_from_what_intl_writes() {
        let tuesday = LocalTime { date: "2026-11-24".parse().unwrap(), minute: 785 };
        for written in ["11/24/2026, 13:05", "11/24/2026 13:05", "11/24/2026 at 13:05"] {
            assert_eq!(local_time(written), Some(tuesday), "{written}");
        }
        for written in ["24/11/2026, 13:05", "11/24/2026", "11/24/2026, noon", "Tuesday", ""] {
            assert_eq!(local_time(written), None, "{written}");
        }
    }

    #[test]
    fn what_closes_a_day_later_is_not_said_as_if_it_were_today() {
        let at = |date: &str, minute| LocalTime { date: date.parse().unwrap(), minute };
        let now = at("2026-11-27", 600);
        assert!(is_within_a_day(now, at("2026-11-27", 1_380)));
        assert!(is_within_a_day(now, at("2026-11-28", 0)), "midnight");
        assert!(is_within_a_day(now, at("2026-11-28", 600)));
        assert!(!is_within_a_day(now, at("2026-11-28", 601)));
        assert!(!is_within_a_day(now, at("2026-11-29", 0)));
    }

    #[test]
    fn a_zone_is_called_by_its_city() {
        assert_eq!(city("America/New_York"), "New York");
        assert_eq!(city("Asia/Kolkata"), "Kolkata");
        assert_eq!(city("UTC"), "UTC");
    }
}
