//! A restaurant's local time: the only module that knows the IANA time zones.
//!
//! The zones are bundled with the program, each parsed when it is first asked for and kept by
//! `jiff`, so that a cold start pays for none.

pub(super) mod day;

use jiff::{civil, tz::TimeZoneDatabase};
use shared::{
    Timestamp,
    hours::{LocalTime, Weekday},
};

use crate::runtime::error::Error;

/// The local time at `at` in the zone of that IANA name.
///
/// # Errors
/// [`Error::Dependency`] if there is no such zone, which is the catalog's fault, or if `at` is beyond
/// the year 9999.
pub(super) fn local(at: Timestamp, zone: &str) -> Result<LocalTime, Error> {
    let unread = |error| Error::dependency("reading a restaurant's clock", error);
    let zone = TimeZoneDatabase::bundled().get(zone).map_err(unread)?;
    let at = jiff::Timestamp::from_millisecond(at.millis()).map_err(unread)?;
    let clock = zone.to_datetime(at);
    let minute = i16::from(clock.hour()) * 60 + i16::from(clock.minute());
    Ok(LocalTime { day: day(clock.weekday()), minute: minute.unsigned_abs() })
}

/// The next moment after `at` at which a clock in that zone shows `wanted`. If daylight saving time skips
/// it, the moment that is as long after midnight.
///
/// # Errors
/// As [`local`].
pub(super) fn next(at: Timestamp, zone: &str, wanted: LocalTime) -> Result<Timestamp, Error> {
    let now = local(at, zone)?;
    let days = (7 + wanted.day.after_monday() - now.day.after_monday()) % 7;
    let is_past = days == 0 && wanted.minute <= now.minute;
    on_day(at, zone, if is_past { 7 } else { days }, wanted.minute)
}

/// The next moment after `at` at which a clock in that zone shows so many minutes after midnight.
///
/// # Errors
/// As [`local`].
pub(super) fn next_at(at: Timestamp, zone: &str, minute: u16) -> Result<Timestamp, Error> {
    let is_past = minute <= local(at, zone)?.minute;
    on_day(at, zone, u16::from(is_past), minute)
}

fn on_day(at: Timestamp, zone: &str, days: u16, minute: u16) -> Result<Timestamp, Error> {
    let unread = |error| Error::dependency("reading a restaurant's clock", error);
    let zone = TimeZoneDatabase::bundled().get(zone).map_err(unread)?;
    let today =
        zone.to_datetime(jiff::Timestamp::from_millisecond(at.millis()).map_err(unread)?).date();
    let day = today.checked_add(jiff::Span::new().days(days)).map_err(unread)?;
    let (hour, minute) = ((minute / 60) as i8, (minute % 60) as i8);
    let then = zone.to_ambiguous_zoned_datetime(day.at(hour, minute, 0, 0));
    let millis =
        |then: jiff::ZonedDateTime| Timestamp::from_millis(then.timestamp().as_millisecond());
    // In the hour that autumn repeats, the first of both may be past.
    match millis(then.clone().compatible().map_err(unread)?) {
        first if first > at => Ok(first),
        _ => then.later().map(millis).map_err(unread),
    }
}

const fn day(day: civil::Weekday) -> Weekday {
    match day {
        civil::Weekday::Monday => Weekday::Monday,
        civil::Weekday::Tuesday => Weekday::Tuesday,
        civil::Weekday::Wednesday => Weekday::Wednesday,
        civil::Weekday::Thursday => Weekday::Thursday,
        civil::Weekday::Friday => Weekday::Friday,
        civil::Weekday::Saturday => Weekday::Saturday,
        civil::Weekday::Sunday => Weekday::Sunday,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use shared::hours::DAY;

    use super::*;

    /// What the clock of `zone` shows at an RFC 3339 time.
    fn shown(at: &str, zone: &str) -> LocalTime {
        let at: jiff::Timestamp = at.parse().unwrap();
        local(Timestamp::from_millis(at.as_millisecond()), zone).unwrap()
    }

    fn time(day: Weekday, hour: u16, minute: u16) -> LocalTime {
        LocalTime { day, minute: hour * 60 + minute }
    }

    /// One minute to the next, as the clock shows them.
    fn tick(before: &str, after: &str, zone: &str) -> (LocalTime, LocalTime) {
        (shown(before, zone), shown(after, zone))
    }

    #[test]
    fn midnight_is_the_restaurants_own() {
        use Weekday::{Monday, Sunday, Tuesday};
        let before = (time(Monday, 23, 59), time(Tuesday, 0, 0));
        assert_eq!(tick("2026-11-23T23:59:59Z", "2026-11-24T00:00:00Z", "Europe/London"), before);
        assert_eq!(tick("2026-11-23T18:29:59Z", "2026-11-23T18:30:00Z", "Asia/Kolkata"), before);
        assert_eq!(shown("2026-11-23T01:00:00Z", "America/New_York"), time(Sunday, 20, 0));
    }

    #[test]
    fn in_spring_the_clock_jumps_over_an_hour() {
        use Weekday::Sunday;
        assert_eq!(
            tick("2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "Europe/London"),
            (time(Sunday, 0, 59), time(Sunday, 2, 0))
        );
        assert_eq!(
            tick("2026-03-08T06:59:59Z", "2026-03-08T07:00:00Z", "America/New_York"),
            (time(Sunday, 1, 59), time(Sunday, 3, 0))
        );
    }

    #[test]
    fn in_autumn_the_clock_shows_an_hour_twice() {
        use Weekday::Sunday;
        assert_eq!(
            tick("2026-10-25T00:59:59Z", "2026-10-25T01:00:00Z", "Europe/London"),
            (time(Sunday, 1, 59), time(Sunday, 1, 0))
        );
        assert_eq!(
            tick("2026-11-01T05:59:59Z", "2026-11-01T06:00:00Z", "America/New_York"),
            (time(Sunday, 1, 59), time(Sunday, 1, 0))
        );
    }

    #[test]
    fn the_next_time_that_a_clock_shows_is_in_the_future() {
        let millis = |at: &str| {
            let at: jiff::Timestamp = at.parse().unwrap();
            Timestamp::from_millis(at.as_millisecond())
        };
        let london = "Europe/London";
        let friday = millis("2026-11-27T17:30:00Z");
        for (wanted, expected) in [
            (time(Weekday::Friday, 22, 0), "2026-11-27T22:00:00Z"),
            (time(Weekday::Saturday, 1, 0), "2026-11-28T01:00:00Z"),
            (time(Weekday::Friday, 17, 30), "2026-12-04T17:30:00Z"),
        ] {
            assert_eq!(next(friday, london, wanted).unwrap(), millis(expected), "{wanted:?}");
        }
        assert_eq!(next_at(friday, london, 300).unwrap(), millis("2026-11-28T05:00:00Z"));
        let night = millis("2026-11-27T02:00:00Z");
        assert_eq!(next_at(night, london, 300).unwrap(), millis("2026-11-27T05:00:00Z"));
        // The clock shows 1:00 to 2:00 twice, and it is 1:10 for the second time.
        let autumn = millis("2026-10-25T01:10:00Z");
        assert_eq!(next_at(autumn, london, 90).unwrap(), millis("2026-10-25T01:30:00Z"));
        // The clock jumps from 1:00 to 2:00.
        let spring = millis("2026-03-29T00:30:00Z");
        assert_eq!(next_at(spring, london, 90).unwrap(), millis("2026-03-29T01:30:00Z"));
    }

    #[test]
    fn a_zone_that_is_none_is_an_error() {
        for zone in ["", "Europe/Atlantis", "London", "../etc/passwd", "GMT0BST,M3.5.0,M10.5.0"] {
            assert!(local(Timestamp::from_millis(0), zone).is_err(), "{zone}");
        }
        assert!(local(Timestamp::from_millis(i64::MAX), "Europe/London").is_err());
    }

    proptest! {
        /// However often the zone's clock jumps, a day and a minute are all it ever shows, and a
        /// minute later it shows the next minute, or has jumped by a whole hour.
        #[test]
        fn a_clock_goes_on_by_a_minute_or_jumps_by_an_hour(
            minute in 0_i64..100 * 365 * 24 * 60,
            zone in prop::sample::select(vec!["Europe/London", "America/New_York", "Asia/Kolkata"]),
        ) {
            let at = Timestamp::from_millis(minute * 60_000);
            let week = |shown: LocalTime| i64::from(shown.day.after_monday() * DAY + shown.minute);
            let (now, next) = (local(at, zone).unwrap(), local(at.plus_seconds(60), zone).unwrap());
            prop_assert!(now.minute < DAY);
            let went = (week(next) - week(now)).rem_euclid(7 * i64::from(DAY));
            prop_assert!([1, 61, 7 * i64::from(DAY) - 59].contains(&went), "{now:?} then {next:?}");
        }
    }
}
