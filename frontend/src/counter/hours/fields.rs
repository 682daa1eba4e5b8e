use leptos::prelude::*;
use shared::hours::Times;

use super::{
    super::text,
    draft::{Draft, Group},
    editor::Editor,
};

/// The fields of a day.
pub(super) fn day(editor: Editor, at: usize) -> AnyView {
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
    let field = |kind: &str, place: usize, label, control, value| {
        input(editor, format!("{kind}-{at}-{place}"), label, control, value)
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

/// A field with what is wrong with it, or is to be known of it.
fn input(
    editor: Editor,
    id: String,
    label: &'static str,
    control: &'static str,
    value: String,
) -> AnyView {
    let (of, hint) = (id.clone(), format!("{id}-hint"));
    let error = Signal::derive(move || {
        editor
            .errors
            .with(|errors| errors.iter().find(|(wrong, _)| *wrong == of).map(|(_, why)| *why))
    });
    let of = id.clone();
    let below = move || error.get().unwrap_or_else(|| editor.draft.with(|draft| draft.hint(&of)));
    view! {
        <div class="field" class:wrong=move || error.get().is_some()>
            <label for=id.clone()>{label}</label>
            <input
                id=id
                type=control
                autocomplete="off"
                value=value
                aria-describedby=hint.clone()
                aria-invalid=move || error.get().is_some().to_string()
            />
            <p class="field-hint" id=hint aria-live="polite" prop:textContent=below></p>
        </div>
    }
    .into_any()
}
