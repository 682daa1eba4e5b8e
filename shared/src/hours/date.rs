//! Days of the calendar.
//!
//! No library: all that is needed is to read a date and to count days, and the page, whose size has a
//! budget, would carry the rest of a calendar crate. The functions' tests compare it with `jiff`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A day of the Gregorian calendar in no time zone, from 1970 to 9999; on the wire an ISO 8601 date:
/// `2026-12-25`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    /// Days after 1970-01-01.
    days: u32,
}

/// A text is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a date from 1970 to 9999, such as 2026-12-25")]
pub struct DateError;

impl Date {
    /// The day so many days after 1970-01-01.
    #[must_use]
    pub const fn after_1970(days: u32) -> Self {
        Self { days }
    }

    /// The day of these numbers, January being 1; `None` if the calendar has none.
    #[must_use]
    pub const fn of(year: u32, month: u32, day: u32) -> Option<Self> {
        if year < 1970 || year > 9_999 || month < 1 || month > 12 || day < 1 {
            return None;
        }
        let days = days(year, month, day);
        if days < self::days(year, month + 1, 1) { Some(Self { days }) } else { None }
    }

    /// How many days after 1970-01-01 it is.
    #[must_use]
    pub const fn days_after_1970(self) -> u32 {
        self.days
    }

    /// The day so many days later.
    #[must_use]
    pub const fn plus_days(self, days: u32) -> Self {
        Self { days: self.days + days }
    }

    /// The day before.
    #[must_use]
    pub const fn yesterday(self) -> Self {
        Self { days: self.days.saturating_sub(1) }
    }
}

/// Days from 1970-01-01 to a day (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
/// `days_from_civil`); of month 13, which is January of the next year, too.
const fn days(year: u32, month: u32, day: u32) -> u32 {
    // Years that begin in March: a leap day is their last.
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    365 * year + year / 4 - year / 100 + year / 400 + day_of_year - 719_468
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let number = |from: usize, to: usize| {
            let digits = text.get(from..to).filter(|part| part.bytes().all(|b| b.is_ascii_digit()));
            digits?.parse().ok()
        };
        let hyphens = text.len() == 10 && text.bytes().filter(|byte| *byte == b'-').count() == 2;
        let date = || Self::of(number(0, 4)?, number(5, 7)?, number(8, 10)?);
        hyphens.then(date).flatten().ok_or(DateError)
    }
}

impl TryFrom<String> for Date {
    type Error = DateError;

    fn try_from(text: String) -> Result<Self, DateError> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

impl fmt::Display for Date {
    /// As on the wire (Hinnant's `civil_from_days`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Days of 400 years, which begin in March.
        let (eras, day) = ((self.days + 719_468) / 146_097, (self.days + 719_468) % 146_097);
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day_of_year = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = eras * 400 + year + if month <= 2 { 1 } else { 0 };
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_date_is_written_as_iso_8601_does() {
        for (text, days) in [
            ("1970-01-01", 0),
            ("2000-02-29", 11_016),
            ("2026-12-25", 20_812),
            ("9999-12-31", 2_932_896),
        ] {
            let date: Date = text.parse().unwrap();
            assert_eq!(date.days_after_1970(), days, "{text}");
            assert_eq!(serde_json::to_string(&date).unwrap(), format!("\"{text}\""));
        }
    }

    #[test]
    fn a_day_that_no_calendar_has_is_no_date() {
        for text in [
            "",
            "2026-02-29",
            "2100-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-01-00",
            "2026-04-31",
            "1969-12-31",
            "0000-01-01",
            "2026-1-1",
            "2026-12-25T00:00",
            "20261225",
            "2026/12/25",
            "+026-12-25",
            "２026-12-",
            "12-25-2026",
            "2026-12-2५",
        ] {
            assert_eq!(text.parse::<Date>(), Err(DateError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn days_are_counted_one_by_one(days in 0_u32..2_932_896) {
            let date = Date::after_1970(days);
            prop_assert_eq!(date.to_string().parse::<Date>(), Ok(date));
            let next = date.plus_days(1);
            prop_assert!(next.to_string() > date.to_string() && next.yesterday() == date);
        }
    }
}
