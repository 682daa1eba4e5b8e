//! Opening hours: `monday = ["11:00-15:00", "17:00-02:00"]`.

use shared::hours::{Span, Weekday};

use super::fields::{Fields, Read, string};
use super::problem::Diagnostics;

const DAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];
const MINUTES_OF_A_DAY: u16 = 24 * 60;

/// The spans of a week; a day that is not named is closed.
pub(super) fn read(mut fields: Fields<'_>, diagnostics: &Diagnostics) -> Vec<Span> {
    let mut week = Vec::new();
    for (name, day) in DAYS {
        let mut spans = fields.list(name, |value| span(day, string(value)?)).unwrap_or_default();
        spans.sort_by_key(|span| span.opens);
        if spans.windows(2).any(|pair| matches!(pair, [a, b] if b.opens < a.closes)) {
            diagnostics
                .at(&fields.place_of(name), format!("`{name}` has hours that overlap; join them"));
        }
        week.extend(spans);
    }
    if week.is_empty() {
        diagnostics.at(fields.place(), "`hours` must name at least one day on which it is open");
    }
    fields.finish();
    week
}

fn span(day: Weekday, text: &str) -> Read<Span> {
    let must = || format!("must be hours such as \"11:00-22:30\", not {text:?}");
    let (opens, closes) = text.split_once('-').ok_or_else(must)?;
    let (opens, closes) = (minutes(opens).ok_or_else(must)?, minutes(closes).ok_or_else(must)?);
    if opens == closes || opens == MINUTES_OF_A_DAY {
        return Err(format!(
            "must end after it begins, and {text:?} does not; all day is \"00:00-24:00\""
        ));
    }
    // Hours that end before they begin end on the next day.
    let closes = if closes < opens { closes.saturating_add(MINUTES_OF_A_DAY) } else { closes };
    Ok(Span { day, opens, closes })
}

/// Minutes after midnight of `HH:MM`, up to `24:00`.
fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let two = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !two(hours) || !two(minutes) {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (minutes < 60).then(|| hours * 60 + minutes).filter(|total| *total <= MINUTES_OF_A_DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes_of(text: &str) -> Option<(u16, u16)> {
        span(Weekday::Monday, text).ok().map(|span| (span.opens, span.closes))
    }

    #[test]
    fn hours_are_minutes_and_may_pass_midnight() {
        assert_eq!(minutes_of("11:00-22:30"), Some((660, 1350)));
        assert_eq!(minutes_of("00:00-24:00"), Some((0, 1440)));
        assert_eq!(minutes_of("17:00-02:00"), Some((1020, 1560)));
    }

    #[test]
    fn hours_that_are_none_are_refused() {
        for bad in [
            "",
            "11-22",
            "11:00",
            "25:00-26:00",
            "11:60-12:00",
            "9:00-17:00",
            "11:00-11:00",
            "24:00-01:00",
        ] {
            assert_eq!(minutes_of(bad), None, "{bad}");
        }
    }
}
