//! A restaurant's local time: the only module that knows the IANA time zones.
//!
//! The zones are bundled with the program, each parsed when it is first asked for and kept by
//! `jiff`, so that a cold start pays for none.

pub(super) mod day;

use jiff::{
    ZonedDateTime,
    civil::{self, DateTime},
    tz::{TimeZone, TimeZoneDatabase},
};
use shared::{
    Timestamp,
    hours::{Date, LocalTime},
};

use crate::runtime::error::Error;

/// The local time at `at` in the zone of that IANA name.
///
/// # Errors
/// [`Error::Dependency`] if there is no such zone, which is the catalog's fault, or if `at` is not in the
/// years 1970 to 9999.
pub(super) fn local(at: Timestamp, zone: &str) -> Result<LocalTime, Error> {
    let clock = clock(at, &time_zone(zone)?)?;
    let minute = i16::from(clock.hour()) * 60 + i16::from(clock.minute());
    Ok(LocalTime { date: date(clock.date())?, minute: minute.unsigned_abs() })
}

/// The moment after `at` at which a clock in that zone shows `wanted`, which is not past. If daylight saving
/// time skips it, the moment that is as long after midnight.
///
/// # Errors
/// As [`local`].
pub(super) fn next(at: Timestamp, zone: &str, wanted: LocalTime) -> Result<Timestamp, Error> {
    let (hour, minute) = ((wanted.minute / 60) as i8, (wanted.minute % 60) as i8);
    let then = civil_date(wanted.date)?.at(hour, minute, 0, 0);
    let then = time_zone(zone)?.to_ambiguous_zoned_datetime(then);
    let millis = |then: ZonedDateTime| Timestamp::from_millis(then.timestamp().as_millisecond());
    // In the hour that autumn repeats, the first of both may be past.
    match millis(then.clone().compatible().map_err(unread)?) {
        first if first > at => Ok(first),
        _ => then.later().map(millis).map_err(unread),
    }
}

/// The next moment after `at` at which a clock in that zone shows so many minutes after midnight.
///
/// # Errors
/// As [`local`].
pub(super) fn next_at(at: Timestamp, zone: &str, minute: u16) -> Result<Timestamp, Error> {
    let now = local(at, zone)?;
    let is_past = minute <= now.minute;
    next(at, zone, LocalTime { date: now.date.plus_days(u32::from(is_past)), minute })
}

fn time_zone(name: &str) -> Result<TimeZone, Error> {
    TimeZoneDatabase::bundled().get(name).map_err(unread)
}

fn moment(at: Timestamp) -> Result<jiff::Timestamp, Error> {
    jiff::Timestamp::from_millisecond(at.millis()).map_err(unread)
}

fn clock(at: Timestamp, zone: &TimeZone) -> Result<DateTime, Error> {
    Ok(zone.to_datetime(moment(at)?))
}

fn date(day: civil::Date) -> Result<Date, Error> {
    let part = |part: i8| u32::from(part.unsigned_abs());
    let date = Date::of(u32::from(day.year().unsigned_abs()), part(day.month()), part(day.day()));
    let cause = || format!("{day} is not in the years 1970 to 9999");
    date.ok_or_else(|| Error::Dependency { operation: READING, cause: cause() })
}

fn civil_date(date: Date) -> Result<civil::Date, Error> {
    let days = jiff::Span::new().try_days(date.days_after_1970()).map_err(unread)?;
    civil::date(1970, 1, 1).checked_add(days).map_err(unread)
}

const READING: &str = "reading a restaurant's clock";

fn unread(error: jiff::Error) -> Error {
    Error::dependency(READING, error)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use shared::hours::{DAY, Weekday};

    use super::*;

    /// What the clock of `zone` shows at an RFC 3339 time.
    fn shown(at: &str, zone: &str) -> LocalTime {
        let at: jiff::Timestamp = at.parse().unwrap();
        local(Timestamp::from_millis(at.as_millisecond()), zone).unwrap()
    }

    fn time(date: &str, hour: u16, minute: u16) -> LocalTime {
        LocalTime { date: date.parse().unwrap(), minute: hour * 60 + minute }
    }

    /// One minute to the next, as the clock shows them.
    fn tick(before: &str, after: &str, zone: &str) -> (LocalTime, LocalTime) {
        (shown(before, zone), shown(after, zone))
    }

    #[test]
    fn midnight_is_the_restaurants_own() {
        let before = (time("2026-11-23", 23, 59), time("2026-11-24", 0, 0));
        assert_eq!(tick("2026-11-23T23:59:59Z", "2026-11-24T00:00:00Z", "Europe/London"), before);
        assert_eq!(tick("2026-11-23T18:29:59Z", "2026-11-23T18:30:00Z", "Asia/Kolkata"), before);
        let new_york = shown("2026-11-23T01:00:00Z", "America/New_York");
        assert_eq!(new_york, time("2026-11-22", 20, 0));
        assert_eq!(new_york.date.weekday(), Weekday::Sunday);
    }

    #[test]
    fn in_spring_the_clock_jumps_over_an_hour() {
        assert_eq!(
            tick("2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "Europe/London"),
            (time("2026-03-29", 0, 59), time("2026-03-29", 2, 0))
        );
        assert_eq!(
            tick("2026-03-08T06:59:59Z", "2026-03-08T07:00:00Z", "America/New_York"),
            (time("2026-03-08", 1, 59), time("2026-03-08", 3, 0))
        );
    }

    #[test]
    fn in_autumn_the_clock_shows_an_hour_twice() {
        assert_eq!(
            tick("2026-10-25T00:59:59Z", "2026-10-25T01:00:00Z", "Europe/London"),
            (time("2026-10-25", 1, 59), time("2026-10-25", 1, 0))
        );
        assert_eq!(
            tick("2026-11-01T05:59:59Z", "2026-11-01T06:00:00Z", "America/New_York"),
            (time("2026-11-01", 1, 59), time("2026-11-01", 1, 0))
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
            (time("2026-11-27", 22, 0), "2026-11-27T22:00:00Z"),
            (time("2026-11-28", 1, 0), "2026-11-28T01:00:00Z"),
            (time("2026-12-25", 17, 30), "2026-12-25T17:30:00Z"),
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
        for beyond in [i64::MAX, -10_000_000_000] {
            assert!(local(Timestamp::from_millis(beyond), "Europe/London").is_err(), "{beyond}");
        }
    }

    proptest! {
        /// However often the zone's clock jumps, a day and a minute are all it ever shows, and a
        /// minute later it shows the next minute, or has jumped by a whole hour.
        #[test]
        fn a_clock_goes_on_by_a_minute_or_jumps_by_an_hour(
            minute in 24 * 60_i64..100 * 365 * 24 * 60,
            zone in prop::sample::select(vec!["Europe/London", "America/New_York", "Asia/Kolkata"]),
        ) {
            let at = Timestamp::from_millis(minute * 60_000);
            let minutes = |shown: LocalTime| {
                i64::from(shown.date.days_after_1970()) * i64::from(DAY) + i64::from(shown.minute)
            };
            let (now, next) = (local(at, zone).unwrap(), local(at.plus_seconds(60), zone).unwrap());
            prop_assert!(now.minute < DAY);
            let went = minutes(next) - minutes(now);
            prop_assert!([1, 61, -59].contains(&went), "{now:?} then {next:?}");
        }

        /// The calendar of the wire is `jiff`'s.
        #[test]
        fn a_date_is_the_same_day_in_both_calendars(days in 0_u32..2_932_897) {
            let ours = Date::after_1970(days);
            let theirs = civil_date(ours).unwrap();
            prop_assert_eq!(theirs.to_string(), ours.to_string());
            prop_assert_eq!(date(theirs).unwrap(), ours);
            let weekday = theirs.weekday().to_monday_zero_offset();
            prop_assert_eq!(i32::from(weekday), ours.weekday() as i32);
        }
    }
}
