//! When a restaurant is open, in words: by its own clock, named where that differs from yours.

use shared::{
    Timestamp,
    hours::{DAY, LocalTime, OpeningHours, Span, Weekday},
    menu::{Card, Pause},
};

use super::format::date;
use crate::server_clock;

/// What the hours of a restaurant are called.
pub const OPENING_HOURS: &str = "Opening hours";

/// Whether a restaurant takes orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// It does.
    Open,
    /// It does not, and opens then by its own clock, if ever.
    Closed(Option<LocalTime>),
}

/// Whether a restaurant takes orders now, by the server's clock; a quote has the last word.
#[must_use]
pub fn opening_of(card: &Card) -> Opening {
    if let Some(pause) = pause(card) {
        return Opening::Closed(pause.opens);
    }
    match now_at(&card.hours) {
        Some(now) if !card.hours.open_at(now) => Opening::Closed(card.hours.opens_after(now)),
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
    let Some(now) = now_at(&card.hours) else { return String::new() };
    if card.hours.open_at(now) {
        return match card.hours.closes_after(now) {
            Some(closes) => format!("Open until {}{}", clock(closes.minute), zone(&card.hours)),
            None => "Open 24 hours".to_owned(),
        };
    }
    match card.hours.opens_after(now) {
        Some(time) => format!("Closed · {}", opens(time, &card.hours)),
        None => "Closed".to_owned(),
    }
}

/// That a restaurant takes no orders for a while, if that has not ended.
fn pause(card: &Card) -> Option<Pause> {
    card.pause.filter(|pause| pause.until.holds(server_clock::now_or_device()))
}

/// When a restaurant opens: `opens at 17:00`, `opens Friday at 11:00 (Kolkata time)`.
#[must_use]
pub fn opens(time: LocalTime, hours: &OpeningHours) -> String {
    let today = now_at(hours).is_some_and(|now| now.day == time.day && now.minute < time.minute);
    let day = if today { String::new() } else { format!(" {}", time.day.name()) };
    format!("opens{day} at {}{}", clock(time.minute), zone(hours))
}

/// The same as a button says it: `Opens at 17:00`.
#[must_use]
pub fn opens_button(time: Option<LocalTime>, hours: &OpeningHours) -> String {
    match time {
        Some(time) => opens(time, hours).replacen('o', "O", 1),
        None => "Closed".to_owned(),
    }
}

/// The restaurant's day of the week, for marking it in the table.
#[must_use]
pub fn today(hours: &OpeningHours) -> Option<&'static str> {
    now_at(hours).map(|now| now.day.name())
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
        let spans = hours.spans.iter().filter(|span| span.day == day).map(span);
        let spans = spans.collect::<Vec<_>>().join(", ");
        if spans.is_empty() { "Closed".to_owned() } else { spans }
    };
    Weekday::ALL.map(|day| (day.name(), of(day))).into()
}

fn span(span: &Span) -> String {
    match (span.opens, span.closes) {
        (0, DAY..) => "Open 24 hours".to_owned(),
        (opens, closes) => format!("{}–{}", clock(opens), clock(closes)),
    }
}

/// The name of the restaurant's clock, unless it shows what yours does.
fn zone(hours: &OpeningHours) -> String {
    match now_in(Some(&hours.time_zone)) == now_in(None) {
        true => String::new(),
        false => format!(" ({} time)", city(&hours.time_zone)),
    }
}

/// The city that an IANA time zone is named after.
fn city(time_zone: &str) -> String {
    time_zone.rsplit('/').next().unwrap_or_default().replace('_', " ")
}

fn now_at(hours: &OpeningHours) -> Option<LocalTime> {
    now_in(Some(&hours.time_zone))
}

/// What a clock in a time zone shows, or here.
fn now_in(time_zone: Option<&str>) -> Option<LocalTime> {
    let now = server_clock::now_or_device();
    let clock =
        [("weekday", "long"), ("hour", "2-digit"), ("minute", "2-digit"), ("hourCycle", "h23")];
    let options: Vec<_> =
        clock.into_iter().chain(time_zone.map(|zone| ("timeZone", zone))).collect();
    local_time(&date(Some("en"), &options, now))
}

/// What `Tuesday 13:05` says; browsers differ in what they write between.
fn local_time(written: &str) -> Option<LocalTime> {
    let day = Weekday::ALL.into_iter().find(|day| written.starts_with(day.name()))?;
    let (_, time) = written.rsplit_once(' ')?;
    let (hours, minutes) = time.split_once(':')?;
    let minute = hours.parse::<u16>().ok()? * 60 + minutes.parse::<u16>().ok()?;
    Some(LocalTime { day, minute })
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
        let tuesday = LocalTime { day: Weekday::Tuesday, minute: 785 };
        for written in ["Tuesday 13:05", "Tuesday, 13:05", "Tuesday at 13:05"] {
            assert_eq!(local_time(written), Some(tuesday), "{written}");
        }
        for written in ["Dienstag 13:05", "Tuesday noon", "Tuesday 13:05 Uhr", "Tuesday", ""] {
            assert_eq!(local_time(written), None, "{written}");
        }
    }

    #[test]
    fn a_zone_is_called_by_its_city() {
        assert_eq!(city("America/New_York"), "New York");
        assert_eq!(city("Asia/Kolkata"), "Kolkata");
        assert_eq!(city("UTC"), "UTC");
    }
}
