//! When a restaurant is open: spans of local days, and what a local clock says of them.
//!
//! Nothing here knows a time zone. Whoever asks has the restaurant's local time already, the
//! browser from `Intl`, a function from the IANA database, so a change of daylight saving time is
//! just a local clock that jumps.

mod date;

use serde::{Deserialize, Serialize};

pub use self::date::{Date, DateError};

/// Minutes of a day.
pub const DAY: u16 = 24 * 60;
/// Minutes of a week.
const WEEK: u16 = 7 * DAY;

/// When a restaurant is open, in its own time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningHours {
    /// The IANA name of the restaurant's time zone: `Europe/London`.
    pub time_zone: String,
    /// The spans of a week, Monday first; around the clock is seven spans from 0 to 1440.
    pub spans: Vec<Span>,
}

/// A span of one day in which the restaurant is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The local day on which it begins.
    pub day: Weekday,
    /// Minutes after that day's midnight at which it begins, 0 to 1439.
    pub opens: u16,
    /// Minutes after the same midnight at which it ends, after `opens`; over 1440 is past midnight.
    pub closes: u16,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each name says it")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// All of them, Monday first.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// Its English name: `Monday`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Monday => "Monday",
            Self::Tuesday => "Tuesday",
            Self::Wednesday => "Wednesday",
            Self::Thursday => "Thursday",
            Self::Friday => "Friday",
            Self::Saturday => "Saturday",
            Self::Sunday => "Sunday",
        }
    }

    /// How many days after Monday it is: 0 to 6.
    #[must_use]
    pub const fn after_monday(self) -> u16 {
        self as u16
    }
}

/// What a clock on the restaurant's wall shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalTime {
    /// The day of the week.
    pub day: Weekday,
    /// Minutes after midnight, 0 to 1439.
    pub minute: u16,
}

impl LocalTime {
    /// Minutes after the midnight that began Monday.
    const fn of_week(self) -> u16 {
        (self.day.after_monday() * DAY + self.minute) % WEEK
    }

    const fn at(minute_of_week: u16) -> Self {
        let of_week = minute_of_week % WEEK;
        let day = Weekday::ALL[(of_week / DAY) as usize];
        Self { day, minute: of_week % DAY }
    }
}

impl Span {
    const fn begins(self) -> u16 {
        LocalTime { day: self.day, minute: self.opens }.of_week()
    }

    /// How long it lasts, in minutes.
    const fn lasts(self) -> u16 {
        self.closes.saturating_sub(self.opens)
    }
}

impl OpeningHours {
    /// Whether the restaurant is open when its clock shows `local`; the minute at which it closes
    /// is not open any more.
    #[must_use]
    pub fn open_at(&self, local: LocalTime) -> bool {
        let now = local.of_week();
        self.spans.iter().any(|span| minutes_since(span.begins(), now) < span.lasts())
    }

    /// When a restaurant that is closed at `local` opens next; `None` if it never does.
    #[must_use]
    pub fn opens_after(&self, local: LocalTime) -> Option<LocalTime> {
        let now = local.of_week();
        let lasting = self.spans.iter().filter(|span| span.lasts() > 0);
        let wait = lasting.map(|span| minutes_since(now, span.begins())).min()?;
        Some(LocalTime::at(now + wait))
    }

    /// When a restaurant that is open at `local` closes; `None` if it is closed, or never closes.
    #[must_use]
    pub fn closes_after(&self, local: LocalTime) -> Option<LocalTime> {
        let now = local.of_week();
        let mut open_for = 0;
        // A span may begin within another, or where another ends: then they are one.
        while open_for < WEEK {
            let at = LocalTime::at(now + open_for).of_week();
            let left = |span: &Span| {
                let since = minutes_since(span.begins(), at);
                span.lasts().checked_sub(since).filter(|left| *left > 0)
            };
            match self.spans.iter().filter_map(left).max() {
                Some(left) => open_for += left,
                None if open_for == 0 => return None,
                None => return Some(LocalTime::at(now + open_for)),
            }
        }
        None
    }
}

/// Minutes from `earlier` to `later`, going around the week.
const fn minutes_since(earlier: u16, later: u16) -> u16 {
    (later + WEEK - earlier) % WEEK
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(day: Weekday, hour: u16, minute: u16) -> LocalTime {
        LocalTime { day, minute: hour * 60 + minute }
    }

    fn hours(spans: &[(Weekday, u16, u16)]) -> OpeningHours {
        let spans = spans.iter().map(|&(day, opens, closes)| Span {
            day,
            opens: opens * 60,
            closes: closes * 60,
        });
        OpeningHours { time_zone: "Europe/London".to_owned(), spans: spans.collect() }
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
        assert_eq!(hours.opens_after(at(Tuesday, 0, 0)), Some(at(Monday, 11, 0)), "a week on");
    }

    #[test]
    fn a_night_goes_on_past_midnight_and_past_the_end_of_the_week() {
        use Weekday::{Friday, Monday, Saturday, Sunday};
        let hours = hours(&[(Friday, 18, 26), (Sunday, 20, 25)]);
        assert!(hours.open_at(at(Saturday, 1, 59)) && !hours.open_at(at(Saturday, 2, 0)));
        assert!(hours.open_at(at(Monday, 0, 30)) && !hours.open_at(at(Monday, 1, 0)));
        assert_eq!(hours.closes_after(at(Sunday, 23, 0)), Some(at(Monday, 1, 0)));
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

    fn any_hours() -> impl Strategy<Value = OpeningHours> {
        let span = (0_usize..7, 0..DAY, 1..=DAY).prop_map(|(day, opens, lasts)| Span {
            day: Weekday::ALL[day],
            opens,
            closes: opens + lasts,
        });
        proptest::collection::vec(span, 0..6)
            .prop_map(|spans| OpeningHours { time_zone: "Europe/London".to_owned(), spans })
    }

    proptest! {
        /// Walking the week minute by minute finds the same doors opening and closing.
        #[test]
        fn what_comes_next_is_what_a_walk_through_the_week_finds(
            hours in any_hours(),
            start in 0..WEEK,
        ) {
            let now = LocalTime::at(start);
            let open = hours.open_at(now);
            let change = (1..=WEEK).map(|ahead| LocalTime::at((start + ahead) % WEEK))
                .find(|later| hours.open_at(*later) != open);
            match open {
                true => prop_assert_eq!(hours.closes_after(now), change),
                false => prop_assert_eq!(hours.opens_after(now), change),
            }
        }
    }
}
