use leptos::prelude::*;

use super::{
    super::{
        draft_editor::{Editor, field},
        text,
    },
    draft::{AreaDraft, Draft},
};

/// The fields of an area.
pub(super) fn area(editor: Editor<Draft>, at: usize) -> AnyView {
    let area = editor.draft.with_untracked(|draft| draft.areas.get(at).cloned());
    let AreaDraft { postcodes, fee, minimum } = area.unwrap_or_default();
    let name = format!("{} {}", text::AREA, at + 1);
    let currency = editor.current.with_untracked(|current| current.currency);
    let priced = |label: &str| format!("{label} ({currency})");
    let remove = text::named(text::REMOVE_AREA, &name);
    view! {
        <fieldset class="hours-day">
            <legend>{name}</legend>
            {field(editor, format!("postcodes-{at}"), text::POSTCODES.to_owned(), "text", postcodes)}
            <div class="pair">
                {field(editor, format!("fee-{at}"), priced(text::FEE), "decimal", fee)}
                {field(editor, format!("minimum-{at}"), priced(text::MINIMUM), "decimal", minimum)}
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
