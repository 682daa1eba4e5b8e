//! What a request for figures asks for: a day, some days, or an order's code.

use std::str::FromStr;

use shared::{
    OrderId,
    api::{FoundOrders, Problem, Report, TODAY},
    hours::Date,
};

use super::super::request::{Request, invalid};

/// Some days, one after another; no later than today and at most [`Report::MAX_DAYS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Period {
    pub(super) from: Date,
    pub(super) to: Date,
}

impl Period {
    /// That of the query, `from` and `to`.
    ///
    /// # Errors
    /// `invalid-field`, which names `from` or `to`.
    pub(super) fn of(request: &Request, today: Date) -> Result<Self, Problem> {
        let date = |name: &str| {
            let text = request.query(name).unwrap_or_default();
            text.parse().map_err(|error| invalid(name, &error))
        };
        let (from, to) = (date("from")?, not_after("to", date("to")?, today)?);
        let period = Self { from, to };
        if from > to {
            return Err(invalid("from", &format!("must not be after “to”, which is {to}")));
        }
        match period.days() {
            1..=Report::MAX_DAYS => Ok(period),
            days => {
                let most = Report::MAX_DAYS;
                let what = format!("must be 1 to {most} days with “to”, and is {days}");
                Err(invalid("from", &what))
            }
        }
    }

    /// How many days it has.
    pub(super) const fn days(self) -> u32 {
        self.to.days_after_1970() - self.from.days_after_1970() + 1
    }

    /// Each of its days.
    pub(super) fn dates(self) -> impl Iterator<Item = Date> {
        (0..self.days()).map(move |days| self.from.plus_days(days))
    }
}

/// The day of the path.
///
/// # Errors
/// `invalid-field` if it is no date, or later than today.
pub(super) fn date(request: &Request, today: Date) -> Result<Date, Problem> {
    match request.path::<String>("date").as_deref() {
        Some(TODAY) => Ok(today),
        _ => not_after("date", request.chosen("date")?, today),
    }
}

fn not_after(field: &str, date: Date, today: Date) -> Result<Date, Problem> {
    match date <= today {
        true => Ok(date),
        false => Err(invalid(field, &format!("must be today, which is {today}, or before"))),
    }
}

/// A part of an order's code, as somebody has read or typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Code(String);

/// A text is no part of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be {} to 6 digits of an order's code, such as E1D92A", FoundOrders::FEWEST_DIGITS)]
pub(super) struct CodeError;

impl FromStr for Code {
    type Err = CodeError;

    /// With or without the mark `#`, in either case.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let digits = text.trim().trim_start_matches('#');
        let is_code = (FoundOrders::FEWEST_DIGITS..=6).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_code { Ok(Self(digits.to_ascii_uppercase())) } else { Err(CodeError) }
    }
}

impl Code {
    /// Whether it is a part of this order's code.
    pub(super) fn is_of(&self, order_id: OrderId) -> bool {
        order_id.code().contains(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_write_it() {
        let id: OrderId = "0ff5e0c8-7c95-49be-ac84-771d47e1d92a".parse().unwrap();
        let is_of = |text: &str| text.parse::<Code>().map(|code| code.is_of(id));
        for text in ["E1D92A", "#e1d92a", " #E1D9 ", "92a"] {
            assert_eq!(is_of(text), Ok(true), "{text}");
        }
        assert_eq!(is_of("E1D92B"), Ok(false));
        for text in ["", "#", "2a", "E1D92A0", "E1D 92", "Ｅ1Ｄ92"] {
            assert_eq!(is_of(text), Err(CodeError), "{text}");
        }
    }
}
