use leptos::prelude::*;
use shared::hours::Times;

use super::{
    super::{
        draft_editor::{self, Editor},
        text,
    },
    draft::{Draft, Group},
};

/// The fields of a day.
pub(super) fn day(editor: Editor<Draft>, at: usize) -> AnyView {
    let group = editor.draft.with_untracked(|draft| draft.groups.get(at).cloned());
    let Group { from, to, note, times } = group.unwrap_or_default();
    let weekday = Draft::weekday(at);
    let name = weekday.map_or(text::SPECIAL_DAY, |day| day.name());
    let button = |kind: &str, place: usize, text: &'static str| {
        let label = text::named(text, name);
        let id = format!("{kind}-{at}-{place}");
        view! { <button type="button" class="quiet" id=id aria-label=label>{text}</button> }
            .into_any()
    };
    let field = |kind: &str, place: usize, label: &str, control, value| {
        let id = format!("{kind}-{at}-{place}");
        draft_editor::field(editor, id, label.to_owned(), control, value)
    };
    let days = weekday.is_none().then(|| {
        view! {
            <div class="pair">
                {field("from", 0, text::FIRST_DAY, "date", from)}
                {field("to", 0, text::LAST_DAY, "date", to)}
            </div>
            {field("note", 0, text::NOTE, "text", note)}
        }
    });
    let closed = times.is_empty().then(|| view! { <p>{text::CLOSED}</p> });
    let more = (times.len() < Times::MAX).then(|| button("add", 0, text::ADD_HOURS));
    let rows = times.into_iter().enumerate().map(|(place, (opens, closes))| {
        view! {
            <div class="hours-row">
                {field("opens", place, text::OPENS, "time", opens)}
                {field("closes", place, text::CLOSES, "time", closes)}
                {button("remove", place, text::REMOVE_HOURS)}
            </div>
        }
        .into_any()
    });
    let last = match weekday {
        Some(_) => button("copy", 0, text::COPY_HOURS),
        None => button("drop", 0, text::REMOVE_SPECIAL_DAY),
    };
    view! {
        <fieldset class="hours-day">
            <legend>{name}</legend>
            {days}
            {closed}
            {rows.collect_view()}
            <div class="actions">{more}{last}</div>
        </fieldset>
    }
    .into_any()
}
