//! Opening hours: `monday = ["11:00-15:00", "17:00-02:00"]`.

use std::collections::BTreeMap;

use serde::Deserialize;
use shared::hours::{DAY, Span, Weekday};
use shared::menu::file::Reader;
use toml::Spanned;

/// `[hours]`: a day that is not named is closed.
pub(super) type Week = BTreeMap<Weekday, Spanned<Vec<Hours>>>;

/// Minutes after midnight at which it opens, and closes: later than that, so perhaps the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Hours {
    opens: u16,
    closes: u16,
}

/// The spans of a week; mistakes are reported.
pub(super) fn spans(week: &Spanned<Week>, reader: &mut Reader<'_>) -> Vec<Span> {
    let mut spans = Vec::new();
    for (&day, hours) in week.get_ref() {
        let mut sorted = hours.get_ref().clone();
        sorted.sort();
        if sorted.windows(2).any(|pair| matches!(pair, [a, b] if b.opens < a.closes)) {
            reader.report(&hours.span(), "has hours that overlap; join them");
        }
        spans.extend(sorted.iter().map(|&Hours { opens, closes }| Span { day, opens, closes }));
    }
    if spans.is_empty() {
        reader.report(&week.span(), "`hours` must name at least one day on which it is open");
    }
    spans
}

impl TryFrom<String> for Hours {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let span = text.split_once('-').and_then(|(a, b)| Some((minutes(a)?, minutes(b)?)));
        let (opens, closes) =
            span.ok_or_else(|| format!("must be hours such as \"11:00-22:30\", not {text:?}"))?;
        if opens == closes || opens == DAY {
            return Err(format!(
                "must end after it begins, and {text:?} does not; all day is \"00:00-24:00\""
            ));
        }
        Ok(Self { opens, closes: if closes < opens { closes.saturating_add(DAY) } else { closes } })
    }
}

/// Minutes after midnight of `HH:MM`, up to `24:00`.
fn minutes(text: &str) -> Option<u16> {
    let two = |part: &str| match part.as_bytes() {
        [b'0'..=b'9', b'0'..=b'9'] => part.parse::<u16>().ok(),
        _ => None,
    };
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    (minutes < 60).then(|| hours * 60 + minutes).filter(|total| *total <= DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_minutes_and_may_pass_midnight() {
        let refused = ["", "11-22", "11:00", "25:00-26:00", "11:60-12:00", "9:00-17:00"];
        let refused = refused.into_iter().chain(["11:00-11:00", "24:00-01:00", "+1:00-02:00"]);
        for (text, expected) in [
            ("11:00-22:30", Some((660, 1350))),
            ("00:00-24:00", Some((0, 1440))),
            ("17:00-02:00", Some((1020, 1560))),
        ]
        .into_iter()
        .chain(refused.map(|text| (text, None)))
        {
            let hours = Hours::try_from(text.to_owned()).ok();
            assert_eq!(hours.map(|hours| (hours.opens, hours.closes)), expected, "{text}");
        }
    }
}
