//! When a restaurant is open: spans of local days, and what a local calendar and clock say of them.
//!
//! Nothing here knows a time zone. Whoever asks has the restaurant's local date and time already, the
//! browser from `Intl`, a function from the IANA database, so a change of daylight saving time is
//! just a local clock that jumps.
//!
//! A span belongs to the day on which it begins. So what is special on a day takes the place of the spans
//! that begin on it: the night before goes on past midnight as usual, and a night that would have begun on
//! the day has no hours after midnight either.

mod check;
mod date;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use self::{
    check::{HoursError, SpecialNote},
    date::{Date, DateError, Weekday},
};
/// Minutes of a day.
pub const DAY: u16 = 24 * 60;

/// When a restaurant is open, in its own time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningHours {
    /// The IANA name of the restaurant's time zone: `Europe/London`.
    pub time_zone: String,
    /// The spans of a week, Monday first; around the clock is seven spans from 0 to 1440.
    pub spans: Vec<Span>,
    /// The days on which they do not hold, by date; no two of them have a day in common.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<SpecialDays>,
}

/// A span of every such day of the week in which the restaurant is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The local day on which it begins.
    pub day: Weekday,
    /// Minutes after that day's midnight at which it begins, 0 to 1439.
    pub opens: u16,
    /// Minutes after the same midnight at which it ends, after `opens` and a day later at most; over 1440
    /// is past midnight.
    pub closes: u16,
}

/// A span of a day in which the restaurant is open, as in [`Span`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "said at `Span`")]
pub struct Times {
    pub opens: u16,
    pub closes: u16,
}

/// Days on which other hours take the place of the week's, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecialDays {
    /// The first of them.
    pub from: Date,
    /// The last of them; the same if it is one.
    pub to: Date,
    /// The spans of each of them; none if the restaurant is closed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub times: Vec<Times>,
    /// What customers are told of the reason, such as `Christmas`: a [`SpecialNote`], or nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// What the calendar and the clock on the restaurant's wall show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalTime {
    /// The day.
    pub date: Date,
    /// Minutes after its midnight, 0 to 1439.
    pub minute: u16,
}

/// When a restaurant opens next, by its own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningTime {
    /// The day of the week.
    pub day: Weekday,
    /// Minutes after midnight, 0 to 1439.
    pub minute: u16,
    /// The day; absent from an earlier version, for which it was within a week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
}

impl From<LocalTime> for OpeningTime {
    fn from(LocalTime { date, minute }: LocalTime) -> Self {
        Self { day: date.weekday(), minute, date: Some(date) }
    }
}

impl LocalTime {
    /// So many minutes later.
    const fn plus(self, minutes: u16) -> Self {
        let minute = self.minute + minutes;
        Self { date: self.date.plus_days((minute / DAY) as u32), minute: minute % DAY }
    }
}

impl Span {
    /// When it begins and ends.
    #[must_use]
    pub const fn times(&self) -> Times {
        Times { opens: self.opens, closes: self.closes }
    }
}

impl Times {
    /// The most spans that the office takes for a day.
    pub const MAX: usize = 3;

    /// The place of a span that begins before another one of the same day has ended, if there is one.
    #[must_use]
    pub fn overlap(spans: &[Self]) -> Option<usize> {
        (0..spans.len()).rev().find(|place| {
            let mut others = spans.iter().enumerate().filter(|(other, _)| other != place);
            others.any(|(_, other)| (other.opens..other.closes).contains(&spans[*place].opens))
        })
    }
}

impl SpecialDays {
    /// Whether a day is one of them.
    #[must_use]
    pub fn covers(&self, date: Date) -> bool {
        self.from <= date && date <= self.to
    }
}

impl OpeningHours {
    /// For how many days [`OpeningHours::opens_after`] looks ahead.
    const AHEAD: u32 = 366;

    /// Takes over other hours; the time zone stays.
    pub fn set(&mut self, Self { spans, exceptions, .. }: Self) {
        (self.spans, self.exceptions) = (spans, exceptions);
    }

    /// The spans that begin on a day.
    fn of_day(&self, date: Date) -> impl Iterator<Item = Times> {
        let special = self.exceptions.iter().find(|days| days.covers(date));
        let is_usual = special.is_none();
        let weekly = self.spans.iter().filter(move |span| is_usual && span.day == date.weekday());
        special
            .into_iter()
            .flat_map(|days| days.times.iter().copied())
            .chain(weekly.map(Span::times))
    }

    /// For how many minutes the spans that have begun at `local` go on; 0 if all have ended.
    fn minutes_left(&self, LocalTime { date, minute }: LocalTime) -> u16 {
        let begun = self.of_day(date).filter(|times| times.opens <= minute);
        let of_today = begun.map(|times| times.closes.saturating_sub(minute));
        let of_yesterday =
            self.of_day(date.yesterday()).map(|times| times.closes.saturating_sub(minute + DAY));
        of_today.chain(of_yesterday).max().unwrap_or_default()
    }

    /// Whether the restaurant is open when its calendar and clock show `local`; the minute at which it
    /// closes is not open any more.
    #[must_use]
    pub fn open_at(&self, local: LocalTime) -> bool {
        self.minutes_left(local) > 0
    }

    /// When a restaurant that is closed at `local` opens next; `None` if it does not within a year.
    #[must_use]
    pub fn opens_after(&self, local: LocalTime) -> Option<LocalTime> {
        (0..=Self::AHEAD).find_map(|days| {
            let date = local.date.plus_days(days);
            let from = if days == 0 { local.minute } else { 0 };
            let lasting = self.of_day(date).filter(|times| times.opens < times.closes);
            let minute = lasting.map(|times| times.opens).filter(|opens| *opens >= from).min()?;
            Some(LocalTime { date, minute })
        })
    }

    /// When a restaurant that is open at `local` closes; `None` if it is closed, or does not close within
    /// a week.
    #[must_use]
    pub fn closes_after(&self, local: LocalTime) -> Option<LocalTime> {
        let mut at = local;
        // A span may begin within another, or where another ends: then they are one.
        while at.date < local.date.plus_days(7) {
            match self.minutes_left(at) {
                0 => return (at != local).then_some(at),
                left => at = at.plus(left),
            }
        }
        None
    }
}
