use leptos::prelude::*;

use super::editor::Editor;

/// Whether something is wrong with a field.
pub(super) fn is_wrong(editor: Editor, id: String) -> Memo<bool> {
    Memo::new(move |_| editor.errors.with(|errors| errors.iter().any(|(field, _)| *field == id)))
}

/// What is wrong with a field, or helps to fill it in.
pub(super) fn below(editor: Editor, id: String, hint: &'static str) -> AnyView {
    let hint_id = format!("{id}-hint");
    let shown = move || {
        let of = |(field, why): &(String, String)| (*field == id).then(|| why.clone());
        editor.errors.with(|errors| errors.iter().find_map(of)).unwrap_or_else(|| hint.to_owned())
    };
    view! { <p class="field-hint" id=hint_id aria-live="polite" prop:textContent=shown></p> }
        .into_any()
}
