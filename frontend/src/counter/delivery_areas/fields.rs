use leptos::prelude::*;

use super::{super::text, draft::AreaDraft, editor::Editor};

/// The fields of an area.
pub(super) fn area(editor: Editor, at: usize) -> AnyView {
    let area = editor.draft.with_untracked(|draft| draft.areas.get(at).cloned());
    let AreaDraft { postcodes, fee, minimum } = area.unwrap_or_default();
    let name = format!("{} {}", text::AREA, at + 1);
    let currency = editor.current.with_untracked(|current| current.currency);
    let priced = |label: &str| format!("{label} ({currency})");
    let remove = text::named(text::REMOVE_AREA, &name);
    view! {
        <fieldset class="hours-day">
            <legend>{name}</legend>
            {input(editor, format!("postcodes-{at}"), text::POSTCODES.to_owned(), "text", postcodes)}
            <div class="pair">
                {input(editor, format!("fee-{at}"), priced(text::FEE), "decimal", fee)}
                {input(editor, format!("minimum-{at}"), priced(text::MINIMUM), "decimal", minimum)}
            </div>
            <div class="actions">
                <button type="button" class="quiet" id=format!("drop-{at}") aria-label=remove>
                    {text::REMOVE_AREA}
                </button>
            </div>
        </fieldset>
    }
    .into_any()
}

/// A field with what is wrong with it, or how it is filled in.
fn input(editor: Editor, id: String, label: String, mode: &'static str, value: String) -> AnyView {
    let hint = format!("{id}-hint");
    let usual = if id.starts_with("postcodes") { text::POSTCODES_HINT } else { "" };
    let of = id.clone();
    let error = Signal::derive(move || {
        let found = |errors: &super::draft::Errors| {
            errors.iter().find(|(wrong, _)| *wrong == of).map(|(_, why)| why.clone())
        };
        editor.errors.with(found)
    });
    let below = move || error.get().unwrap_or_else(|| usual.to_owned());
    view! {
        <div class="field" class:wrong=move || error.get().is_some()>
            <label for=id.clone()>{label}</label>
            <input
                id=id
                type="text"
                inputmode=mode
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
