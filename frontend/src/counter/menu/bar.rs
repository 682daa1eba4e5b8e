use leptos::prelude::*;

use super::{super::text, Asked, editor::Editor, previews::Previewed};
use crate::components::{Alert, Dynamic};

/// What stays in sight while a menu is edited: whether it is published, what is wrong, and the buttons.
#[component]
pub(super) fn Bar(editor: Editor, asked: WriteSignal<Option<Asked>>) -> impl IntoView {
    let is_changed = Memo::new(move |_| editor.is_changed());
    let status = move || editor.status(is_changed.get());
    view! {
        <div class="hours-save">
            <Dynamic view=move || removed(editor) />
            <p role="status" prop:textContent=status></p>
            <Dynamic view=move || refused(editor) />
            <Dynamic view=move || failed(editor) />
            <div class="actions">
                {publish_button(editor, asked, is_changed)}
                {preview_button(editor)}
                <Dynamic view=move || discard_button(asked, is_changed) />
            </div>
        </div>
    }
}

/// What was removed last, and can be put back. Reactive.
fn removed(editor: Editor) -> Option<AnyView> {
    let name = editor.removed.with(|removed| Some(removed.last()?.name().to_owned()))?;
    let removed = view! {
        <div class="item-row">
            <span class="item-name" role="status">{text::part_removed(&name)}</span>
            <button type="button" class="button second" on:click=move |_| editor.undo()>
                {text::UNDO_REMOVE}
            </button>
        </div>
    };
    Some(removed.into_any())
}

/// The pictures that were refused of dishes that are closed. Reactive.
fn refused(editor: Editor) -> impl IntoView {
    let refused = editor
        .refused()
        .into_iter()
        .map(|(dish, why)| view! { <Alert text=text::picture_error_of(&dish, why) /> }.into_any());
    refused.collect_view()
}

/// Why it is not published. Reactive.
fn failed(editor: Editor) -> Option<AnyView> {
    let text = editor.failure.get().or_else(|| {
        let is_wrong = editor.errors.with(|errors| !errors.is_empty());
        is_wrong.then(|| text::MISTAKES.to_owned())
    })?;
    Some(view! { <Alert text /> }.into_any())
}

fn publish_button(
    editor: Editor,
    asked: WriteSignal<Option<Asked>>,
    is_changed: Memo<bool>,
) -> AnyView {
    let cannot_publish = move || editor.sending.get() || editor.is_uploading() || !is_changed.get();
    let publish = move |_| {
        if editor.check() && !editor.sending.get_untracked() && untrack(|| is_changed.get()) {
            asked.set(Some(Asked::Publish));
        }
    };
    view! {
        <button
            type="button"
            class="button"
            id="publish"
            aria-disabled=move || cannot_publish().to_string()
            on:click=publish
        >
            {text::PUBLISH}
        </button>
    }
    .into_any()
}

fn preview_button(editor: Editor) -> AnyView {
    let is_previewing = move || editor.previewed.get().is_some();
    let label = move || if is_previewing() { text::EDIT } else { text::PREVIEW };
    let look = move |_| match untrack(is_previewing) {
        true => editor.previewed.close(),
        false => editor.previewed.open(Previewed::Draft),
    };
    view! { <button type="button" class="button second" on:click=look prop:textContent=label></button> }
        .into_any()
}

/// The button that discards what is changed, if something is. Reactive.
fn discard_button(
    asked: WriteSignal<Option<Asked>>,
    is_changed: Memo<bool>,
) -> Option<impl IntoView> {
    is_changed.get().then(|| {
        view! {
            <button
                type="button"
                class="button second"
                on:click=move |_| asked.set(Some(Asked::Discard))
            >
                {text::DISCARD_MENU}
            </button>
        }
    })
}
