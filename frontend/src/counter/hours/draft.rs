//! The hours as they are typed: every field is a text, and may be wrong.

use serde::{Deserialize, Serialize};
use shared::{
    api::{HoursRequest, RestaurantHours},
    hours::{DAY, Date, OpeningHours, Span, SpecialDays, SpecialNote, Times, Weekday},
};

use crate::{
    counter::{
        draft_editor::{Errors, Typed},
        text,
    },
    text::hours::local_now,
};

/// How many groups are days of the week.
const WEEK: usize = Weekday::ALL.len();

/// The hours of a restaurant as they are typed. Its fields and buttons are called by what they are, the place
/// of their group, and the place of their hours within: `closes-4-0`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Draft {
    /// The version that they change.
    pub(super) version: u32,
    /// The days of the week, Monday first, then what is special.
    pub(super) groups: Vec<Group>,
}

/// The hours of a day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Group {
    /// The first day, if it is special.
    pub(super) from: String,
    /// The last day; empty if it is one.
    pub(super) to: String,
    /// What customers are told of the reason.
    pub(super) note: String,
    /// When it opens and closes, as fields of times have it: `18:30`.
    pub(super) times: Vec<(String, String)>,
}

impl Typed for Draft {
    type Current = RestaurantHours;
    type Request = HoursRequest;

    fn of(RestaurantHours { version, hours }: &RestaurantHours) -> Self {
        let of_day = |day| hours.spans.iter().filter(move |span| span.day == day);
        let weekly = Weekday::ALL.into_iter().map(|day| Group {
            times: of_day(day).map(|span| written(span.times())).collect(),
            ..Group::default()
        });
        let special = hours.exceptions.iter().map(|days| Group {
            from: days.from.to_string(),
            to: if days.to == days.from { String::new() } else { days.to.to_string() },
            note: days.note.clone(),
            times: days.times.iter().copied().map(written).collect(),
        });
        Self { version: *version, groups: weekly.chain(special).collect() }
    }

    fn version(&mut self) -> &mut u32 {
        &mut self.version
    }

    fn type_in(&mut self, field: &str, text: String) {
        if let Some((kind, group, place)) = parts(field)
            && let Some(group) = self.groups.get_mut(group)
        {
            match (kind, group.times.get_mut(place)) {
                ("from", _) => group.from = text,
                ("to", _) => group.to = text,
                ("note", _) => group.note = text,
                ("opens", Some(times)) => times.0 = text,
                ("closes", Some(times)) => times.1 = text,
                _ => {}
            }
        }
    }

    fn press(&mut self, button: &str, _: &RestaurantHours) -> Option<String> {
        let (kind, at, place) = parts(button)?;
        match kind {
            "special" => {
                // Without a date: with today's, saving would close the restaurant at once.
                self.groups.push(Group::default());
                return Some(format!("from-{}-0", self.groups.len() - 1));
            }
            "drop" if at < self.groups.len() => {
                drop(self.groups.remove(at));
                return Some("special-0-0".to_owned());
            }
            _ => {}
        }
        let times = &mut self.groups.get_mut(at)?.times;
        match kind {
            "add" => {
                times.push(Default::default());
                Some(format!("opens-{at}-{}", times.len() - 1))
            }
            "remove" if place < times.len() => {
                drop(times.remove(place));
                Some(format!("add-{at}-0"))
            }
            "copy" => {
                let times = times.clone();
                self.groups.iter_mut().take(WEEK).for_each(|day| day.times.clone_from(&times));
                Some(button.to_owned())
            }
            _ => None,
        }
    }

    /// That hours end on the next day.
    fn hint(&self, field: &str) -> &'static str {
        let times = parts(field)
            .filter(|(kind, ..)| *kind == "closes")
            .and_then(|(_, at, place)| read_times(self.groups.get(at)?.times.get(place)?));
        match times {
            Some(Times { opens, closes }) if closes == opens + DAY => text::ALL_DAY,
            Some(Times { closes, .. }) if closes > DAY => text::CLOSES_NEXT_DAY,
            _ => "",
        }
    }

    fn read(&self, current: &RestaurantHours) -> Result<HoursRequest, Errors> {
        self.read_at(local_now(&current.hours).map(|now| now.date))
    }
}

impl Draft {
    /// Whether a group is of a day of the week: which.
    pub(super) fn weekday(group: usize) -> Option<Weekday> {
        Weekday::ALL.get(group).copied()
    }

    /// Whether there can be another special day.
    pub(super) fn has_room(&self) -> bool {
        self.groups.len() < WEEK + OpeningHours::MAX_EXCEPTIONS
    }

    /// What is to be saved; `today` is the restaurant's.
    ///
    /// # Errors
    /// The fields that are wrong.
    fn read_at(&self, today: Option<Date>) -> Result<HoursRequest, Errors> {
        let mut errors = Errors::new();
        let (mut spans, mut exceptions) = (Vec::new(), Vec::<SpecialDays>::new());
        for (at, group) in self.groups.iter().enumerate() {
            let times = group.read_times(at, &mut errors);
            match Self::weekday(at) {
                Some(day) => {
                    let span = |Times { opens, closes }| Span { day, opens, closes };
                    spans.extend(times.into_iter().map(span));
                }
                None => {
                    let others = &exceptions;
                    if let Some(days) = group.read_days(at, times, others, today, &mut errors) {
                        exceptions.push(days);
                    }
                }
            }
        }
        match errors.is_empty() {
            true => Ok(HoursRequest { version: self.version, spans, exceptions }),
            false => Err(errors),
        }
    }
}

impl Group {
    fn read_times(&self, at: usize, errors: &mut Errors) -> Vec<Times> {
        let mut read = Vec::new();
        for (place, times) in self.times.iter().enumerate() {
            for (kind, text) in [("opens", &times.0), ("closes", &times.1)] {
                if minutes(text).is_none() {
                    errors.push((format!("{kind}-{at}-{place}"), text::TIME_MISSING.to_owned()));
                }
            }
            read.extend(read_times(times));
        }
        if read.len() < self.times.len() {
            return read;
        }
        let wrong = match Times::overlap(&read) {
            _ if read.len() > Times::MAX => Some((Times::MAX, text::TOO_MANY_TIMES)),
            overlap => overlap.map(|place| (place, text::OVERLAP)),
        };
        errors.extend(wrong.map(|(place, why)| (format!("opens-{at}-{place}"), why.to_owned())));
        read
    }

    fn read_days(
        &self,
        at: usize,
        times: Vec<Times>,
        others: &[SpecialDays],
        today: Option<Date>,
        errors: &mut Errors,
    ) -> Option<SpecialDays> {
        let mut wrong = |kind: &str, why: &str| {
            errors.push((format!("{kind}-{at}-0"), why.to_owned()));
        };
        let Ok(from) = self.from.parse::<Date>() else {
            wrong("from", text::DATE_MISSING);
            return None;
        };
        let to = if self.to.is_empty() { Ok(from) } else { self.to.parse() };
        let Some(to) = to.ok().filter(|to| *to >= from) else {
            wrong("to", text::BACKWARDS);
            return None;
        };
        if others.iter().any(|other| other.from <= to && from <= other.to) {
            wrong("from", text::TWICE);
        } else if today.is_some_and(|today| to < today.yesterday()) {
            wrong("from", text::PAST);
        }
        if !self.note.trim().is_empty() && self.note.parse::<SpecialNote>().is_err() {
            wrong("note", text::NOTE_WRONG);
        }
        Some(SpecialDays { from, to, times, note: self.note.trim().to_owned() })
    }
}

/// What a field or button is, the place of its group, and its place there.
fn parts(name: &str) -> Option<(&str, usize, usize)> {
    let mut parts = name.split('-');
    let kind = parts.next()?;
    Some((kind, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn written(Times { opens, closes }: Times) -> (String, String) {
    let text = |minutes: u16| format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60);
    (text(opens), text(closes))
}

/// The times of two fields; they end the next day if not after they begin.
fn read_times((opens, closes): &(String, String)) -> Option<Times> {
    let (opens, closes) = (minutes(opens)?, minutes(closes)?);
    Some(Times { opens, closes: if closes > opens { closes } else { closes + DAY } })
}

fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let minutes = hours.parse::<u16>().ok()? * 60 + minutes.parse::<u16>().ok()?;
    (minutes < DAY).then_some(minutes)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn hours() -> RestaurantHours {
        serde_json::from_value(json!({"version": 4, "hours": {
            "time_zone": "Europe/London",
            "spans": [{"day": "monday", "opens": 660, "closes": 900},
                {"day": "monday", "opens": 1020, "closes": 1560},
                {"day": "sunday", "opens": 0, "closes": 1440}],
            "exceptions": [{"from": "2026-12-24", "to": "2026-12-24",
                    "times": [{"opens": 660, "closes": 900}]},
                {"from": "2026-12-25", "to": "2026-12-26", "note": "Christmas"}]}}))
        .unwrap()
    }

    fn today() -> Option<Date> {
        "2026-11-23".parse().ok()
    }

    /// The draft after something was typed.
    fn typed(fields: &[(&str, &str)]) -> Draft {
        let mut draft = Draft::of(&hours());
        fields.iter().for_each(|(field, text)| draft.type_in(field, (*text).to_owned()));
        draft
    }

    #[test]
    fn what_is_not_changed_is_saved_as_it_was() {
        let RestaurantHours { version, hours: OpeningHours { spans, exceptions, .. } } = hours();
        let expected = HoursRequest { version, spans, exceptions };
        assert_eq!(Draft::of(&hours()).read_at(today()), Ok(expected));
    }

    #[test]
    fn what_is_typed_is_saved() {
        let read =
            typed(&[("closes-0-1", "23:30"), ("to-7-0", "2026-12-24"), ("note-7-0", " Eve ")]);
        let request = read.read_at(today()).unwrap();
        assert_eq!((request.version, request.spans[1].closes), (4, 23 * 60 + 30));
        assert_eq!(request.exceptions[0].note, "Eve");
        assert_eq!(
            typed(&[("opens-9-0", "10:00"), ("opens-0-9", "10:00"), ("x", "y")]),
            typed(&[])
        );
    }

    #[test]
    fn every_mistake_is_named_at_its_field() {
        for (fields, wrong, why) in [
            (&[("opens-0-0", "")][..], "opens-0-0", text::TIME_MISSING),
            (&[("closes-0-0", "24:00")], "closes-0-0", text::TIME_MISSING),
            (&[("closes-0-0", "17:01")], "opens-0-1", text::OVERLAP),
            (&[("from-7-0", "")], "from-7-0", text::DATE_MISSING),
            (&[("to-7-0", "2026-12-23")], "to-7-0", text::BACKWARDS),
            (&[("from-8-0", "2026-12-24")], "from-8-0", text::TWICE),
            (&[("from-7-0", "2026-11-21")], "from-7-0", text::PAST),
            (&[("note-8-0", "\u{7}")], "note-8-0", text::NOTE_WRONG),
        ] {
            let errors = typed(fields).read_at(today()).unwrap_err();
            assert_eq!(errors, [(wrong.to_owned(), why.to_owned())], "{fields:?}");
        }
        assert!(
            typed(&[("from-7-0", "2026-11-22")]).read_at(today()).is_ok(),
            "it may go on today"
        );
    }

    #[test]
    fn buttons_add_remove_and_copy_and_say_where_to_go_on() {
        let mut draft = Draft::of(&hours());
        let mut press = |button: &str| draft.press(button, &hours());
        assert_eq!(press("add-1-0").as_deref(), Some("opens-1-0"));
        assert_eq!(press("remove-1-0").as_deref(), Some("add-1-0"));
        assert_eq!(press("remove-1-0"), None);
        assert_eq!(press("copy-0-0").as_deref(), Some("copy-0-0"));
        assert_eq!(press("special-0-0").as_deref(), Some("from-9-0"));
        assert_eq!(press("drop-8-0").as_deref(), Some("special-0-0"));
        assert_eq!(press("save"), None);
        assert!(draft.groups[..7].iter().all(|day| day.times.len() == 2));
        let errors = draft.read_at(today()).unwrap_err();
        assert_eq!(errors, [("from-8-0".to_owned(), text::DATE_MISSING.to_owned())]);
        draft.type_in("from-8-0", "2026-11-23".to_owned());
        let request = draft.read_at(today()).unwrap();
        let special: Vec<_> = request.exceptions.iter().map(|days| days.from.to_string()).collect();
        assert_eq!(special, ["2026-12-24", "2026-11-23"]);
    }

    #[test]
    fn hours_past_midnight_say_so() {
        let draft = Draft::of(&hours());
        assert_eq!(draft.hint("closes-0-0"), "");
        assert_eq!(
            (draft.hint("closes-0-1"), draft.hint("opens-0-1")),
            (text::CLOSES_NEXT_DAY, "")
        );
        assert_eq!(draft.hint("closes-6-0"), text::ALL_DAY);
        assert_eq!(
            typed(&[("opens-6-0", "18:00")]).hint("closes-6-0"),
            "",
            "midnight is no other day"
        );
    }
}
