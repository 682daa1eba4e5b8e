//! Local days: which it is, and from when to when it lasts, which is 23, 24 or 25 hours.

use std::ops::Range;

use shared::{Timestamp, hours::Date};

use super::{civil_date, moment, time_zone, unread};
use crate::runtime::error::Error;

/// The day that it is at `at` in the zone of that IANA name.
///
/// # Errors
/// As [`super::local`].
pub(in crate::api) fn date(at: Timestamp, zone: &str) -> Result<Date, Error> {
    super::local(at, zone).map(|local| local.date)
}

/// From the first moment of a day to that of the next, in the zone of that IANA name; empty for a day that
/// the zone has left out.
///
/// # Errors
/// [`Error::Dependency`] if there is no such zone, or for the calendar's last day.
pub(in crate::api) fn day(date: Date, zone: &str) -> Result<Range<Timestamp>, Error> {
    let zone = time_zone(zone)?;
    let begins = |date| {
        let day = civil_date(date)?.to_zoned_datetime(zone.clone()).map_err(unread)?;
        let first = day.start_of_day().map_err(unread)?;
        Ok::<_, Error>(Timestamp::from_millis(first.timestamp().as_millisecond()))
    };
    Ok(begins(date)?..begins(date.plus_days(1))?)
}

/// A moment as a clock in that zone shows it, with its offset (ISO 8601): `2026-11-27T18:45:03+05:30`.
///
/// # Errors
/// As [`date`].
pub(in crate::api) fn iso(at: Timestamp, zone: &str) -> Result<String, Error> {
    let shown = moment(at)?.to_zoned_datetime(time_zone(zone)?);
    Ok(shown.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        let at: jiff::Timestamp = text.parse().unwrap();
        Timestamp::from_millis(at.as_millisecond())
    }

    fn on(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_has_as_many_hours_as_its_clock_shows() {
        for (zone, date, begins, hours) in [
            ("Europe/London", "2026-11-27", "2026-11-27T00:00:00Z", 24),
            ("Europe/London", "2026-03-29", "2026-03-29T00:00:00Z", 23),
            ("Europe/London", "2026-10-25", "2026-10-24T23:00:00Z", 25),
            ("America/New_York", "2026-03-08", "2026-03-08T05:00:00Z", 23),
            ("America/New_York", "2026-11-01", "2026-11-01T04:00:00Z", 25),
            ("Asia/Kolkata", "2026-11-27", "2026-11-26T18:30:00Z", 24),
            // Midnight itself is left out: the day begins at one o'clock.
            ("America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z", 23),
            // So is a whole day, when Samoa went to the other side of the date line.
            ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", 0),
        ] {
            let lasts = day(on(date), zone).unwrap();
            let hour = 3_600_000;
            assert_eq!(lasts.start, at(begins), "{zone} {date}");
            assert_eq!(lasts.end.millis_since(lasts.start), hours * hour, "{zone} {date}");
        }
    }

    #[test]
    fn a_moment_is_shown_with_the_offset_that_holds_then() {
        let london = |text| iso(at(text), "Europe/London").unwrap();
        assert_eq!(london("2026-10-25T00:30:00Z"), "2026-10-25T01:30:00+01:00");
        assert_eq!(london("2026-10-25T01:30:00.9Z"), "2026-10-25T01:30:00+00:00");
        let kolkata = iso(at("2026-11-27T13:15:03Z"), "Asia/Kolkata").unwrap();
        assert_eq!(kolkata, "2026-11-27T18:45:03+05:30");
        assert!(iso(at("2026-11-27T13:15:03Z"), "Europe/Atlantis").is_err());
    }

    #[test]
    fn a_day_that_no_calendar_has_is_an_error() {
        assert!(day(on("9999-12-31"), "Europe/London").is_err());
        assert!(day(on("2026-11-27"), "Europe/Atlantis").is_err());
        assert!(date(at("1969-12-31T12:00:00Z"), "Europe/London").is_err());
    }

    proptest! {
        /// Every moment is in the day that its clock shows, and in no other.
        #[test]
        fn days_follow_each_other_without_a_gap(
            minute in 24 * 60_i64..100 * 365 * 24 * 60,
            zone in prop::sample::select(vec![
                "Europe/London", "America/New_York", "America/Santiago", "Asia/Kolkata", "Pacific/Apia",
            ]),
        ) {
            let now = Timestamp::from_millis(minute * 60_000);
            let today = date(now, zone).unwrap();
            let lasts = day(today, zone).unwrap();
            prop_assert!(lasts.contains(&now), "{lasts:?}");
            prop_assert_eq!(day(today.plus_days(1), zone).unwrap().start, lasts.end);
        }
    }
}
