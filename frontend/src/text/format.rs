//! Money, times and numbers through the browser's `Intl`: no float is ever formatted here.

use shared::{Amount, Currency, Timestamp, hours::Date};

use crate::server_clock;

#[cfg(not(feature = "ssr"))]
mod intl;
#[cfg(not(feature = "ssr"))]
pub(super) use intl::date;
#[cfg(not(feature = "ssr"))]
use intl::{iso, number};

/// Without a browser, what does not depend on the reader's place and time.
#[cfg(feature = "ssr")]
mod prerendered;
#[cfg(feature = "ssr")]
pub(super) use prerendered::date;
#[cfg(feature = "ssr")]
use prerendered::{iso, number};

/// An amount of money in the reader's way of writing it: `£21.50`.
#[must_use]
pub fn money(amount: Amount, currency: Currency) -> String {
    number(amount, currency, &[("style", "currency"), ("currency", currency.code())])
}

/// An amount that is often a whole one: `£8`, `£8.50`.
#[must_use]
pub fn round_money(amount: Amount, currency: Currency) -> String {
    // Where the browser does not know the option, `£8.00`.
    let options = [
        ("style", "currency"),
        ("currency", currency.code()),
        ("trailingZeroDisplay", "stripIfInteger"),
    ];
    number(amount, currency, &options)
}

/// A time of the day, with its date if that is not today: `18:45`, `23 Nov, 18:45`.
#[must_use]
pub fn when(time: Timestamp) -> String {
    let day = [("day", "numeric"), ("month", "short")];
    let today = server_clock::now_or_device();
    let clock = [("hour", "numeric"), ("minute", "2-digit")];
    if date(None, &day, time) == date(None, &day, today) {
        return date(None, &clock, time);
    }
    date(None, &[day[0], day[1], clock[0], clock[1]], time)
}

/// A date with its time: `23 Nov 2026, 18:45`.
#[must_use]
pub fn date_and_time(time: Timestamp) -> String {
    let day = [("day", "numeric"), ("month", "short"), ("year", "numeric")];
    let clock = [("hour", "numeric"), ("minute", "2-digit")];
    date(None, &[day[0], day[1], day[2], clock[0], clock[1]], time)
}

/// A day of the calendar: `Fri, 27 Nov 2026`.
#[must_use]
pub fn calendar_day(day: Date) -> String {
    let options = [
        ("weekday", "short"),
        ("day", "numeric"),
        ("month", "short"),
        ("year", "numeric"),
        // It is a day in no place: here, the day that begins then in UTC.
        ("timeZone", "UTC"),
    ];
    let begins = Timestamp::from_millis(i64::from(day.days_after_1970()) * 86_400_000);
    date(None, &options, begins)
}

/// A time for machines: ISO 8601 in UTC.
#[must_use]
pub fn machine_time(time: Timestamp) -> String {
    iso(time)
}

/// A countdown: `4:05`.
#[must_use]
pub fn countdown(seconds: i64) -> String {
    let seconds = seconds.max(0);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_countdown_ends_at_zero() {
        assert_eq!(countdown(245), "4:05");
        assert_eq!(countdown(3_600), "60:00");
        assert_eq!(countdown(-3), "0:00");
    }
}
