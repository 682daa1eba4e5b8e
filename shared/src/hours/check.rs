//! What hours that somebody sets have to be.

use super::{DAY, Date, OpeningHours, SpecialDays, Times, Weekday};
use crate::text::{Text, TextError};

/// Why some days are special, in a few words.
pub type SpecialNote = Text<60>;

/// Why hours are not accepted, and which: `exceptions[2].to`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "`field` is the same everywhere, and `error` says why")]
pub enum HoursError {
    /// A span does not begin on its day, does not end after that, or lasts longer than a day.
    #[error("must begin from 0 to 1439 and end after that, a day later at most")]
    Times { field: String },
    /// A day has more than [`Times::MAX`] spans.
    #[error("must hold at most {most} for a day", most = Times::MAX)]
    TooManyTimes { field: String },
    /// Two spans of a day have a minute in common.
    #[error("must not overlap others of that day; join them")]
    Overlap { field: String },
    /// Special days end before they begin.
    #[error("must not be before `from`")]
    Backwards { field: String },
    /// A day is covered twice.
    #[error("must not have a day in common with another exception")]
    Twice { field: String },
    /// There are more than [`OpeningHours::MAX_EXCEPTIONS`].
    #[error("must hold at most {most}", most = OpeningHours::MAX_EXCEPTIONS)]
    TooManyExceptions { field: String },
    /// A note is not a [`SpecialNote`].
    #[error("{error}")]
    Note { field: String, error: TextError },
}

impl HoursError {
    /// The field at fault.
    #[must_use]
    pub fn field(&self) -> &str {
        match self {
            Self::Times { field }
            | Self::TooManyTimes { field }
            | Self::Overlap { field }
            | Self::Backwards { field }
            | Self::Twice { field }
            | Self::TooManyExceptions { field }
            | Self::Note { field, .. } => field,
        }
    }
}

impl OpeningHours {
    /// The most exceptions.
    pub const MAX_EXCEPTIONS: usize = 100;

    /// The same hours as they are kept: those exceptions that can change something yet, by date.
    ///
    /// # Errors
    /// [`HoursError`], of the first that is wrong.
    pub fn accepted(mut self, today: Date) -> Result<Self, HoursError> {
        self.check()?;
        for (at, days) in
            self.exceptions.iter_mut().enumerate().filter(|(_, it)| !it.note.is_empty())
        {
            let note = days.note.parse::<SpecialNote>();
            let note = note.map_err(|error| HoursError::Note {
                field: format!("exceptions[{at}].note"),
                error,
            })?;
            days.note = note.into();
        }
        self.drop_past(today);
        self.exceptions.sort_by_key(|SpecialDays { from, .. }| *from);
        Ok(self)
    }

    /// Drops exceptions that can change nothing any more: what began yesterday may end today.
    pub fn drop_past(&mut self, today: Date) {
        self.exceptions.retain(|days| days.to >= today.yesterday());
    }

    fn check(&self) -> Result<(), HoursError> {
        for day in Weekday::ALL {
            let of_day = self.spans.iter().enumerate().filter(|(_, span)| span.day == day);
            let (places, times): (Vec<_>, Vec<_>) =
                of_day.map(|(place, span)| (place, span.times())).unzip();
            check_times(&times, "spans", |at| format!("spans[{}]", places[at]))?;
        }
        if self.exceptions.len() > Self::MAX_EXCEPTIONS {
            return Err(HoursError::TooManyExceptions { field: "exceptions".to_owned() });
        }
        for (at, days) in self.exceptions.iter().enumerate() {
            let field = format!("exceptions[{at}]");
            if days.to < days.from {
                return Err(HoursError::Backwards { field: format!("{field}.to") });
            }
            let meets = |other: &SpecialDays| other.from <= days.to && days.from <= other.to;
            if self.exceptions[..at].iter().any(meets) {
                return Err(HoursError::Twice { field: format!("{field}.from") });
            }
            let times = format!("{field}.times");
            check_times(&days.times, &times, |at| format!("{times}[{at}]"))?;
        }
        Ok(())
    }
}

/// Checks the spans of a day; `place` is the field of each.
fn check_times(
    times: &[Times],
    all: &str,
    place: impl Fn(usize) -> String,
) -> Result<(), HoursError> {
    let fits = |times: &Times| {
        times.opens < DAY && times.opens < times.closes && times.closes - times.opens <= DAY
    };
    if let Some(wrong) = times.iter().position(|times| !fits(times)) {
        return Err(HoursError::Times { field: place(wrong) });
    }
    if times.len() > Times::MAX {
        return Err(HoursError::TooManyTimes { field: all.to_owned() });
    }
    match Times::overlap(times) {
        Some(at) => Err(HoursError::Overlap { field: place(at) }),
        None => Ok(()),
    }
}
