use leptos::{ev, prelude::*};
use shared::api::PictureRequest;
use wasm_bindgen::JsCast;
use web_sys::{File, HtmlInputElement};

use super::{super::text, editor::Editor, mistakes::below};
use crate::components::{Alert, Dynamic};

/// The picture of a dish, and choosing another.
#[component]
pub(super) fn PictureField(editor: Editor, dish: u32) -> impl IntoView {
    let id = format!("picture-{dish}");
    let is_sending =
        Memo::new(move |_| editor.upload(dish).is_some_and(|upload| upload.failure.is_none()));
    let choose = move |event: ev::Event| {
        if let Some(file) = chosen_file(&event).filter(|_| !is_sending.get_untracked()) {
            editor.upload_picture(dish, file);
        }
    };
    let art = Memo::new(move |_| editor.art(dish));
    let has_one = move || art.with(|art| !art.is_empty());
    let picture =
        move || has_one().then(|| view! { <img src=art.get() alt="" width="160" height="120" /> });
    let remove = move || {
        has_one().then(|| {
            view! {
                <button type="button" class="quiet" id=format!("remove-picture-{dish}")>
                    {text::REMOVE_PICTURE}
                </button>
            }
        })
    };
    let label = move || match (is_sending.get(), has_one()) {
        (true, _) => text::UPLOADING,
        (false, true) => text::REPLACE_PICTURE,
        (false, false) => text::ADD_PICTURE,
    };
    let failed = move || {
        let error = editor.upload(dish)?.failure?;
        Some(view! { <Alert text=text::picture_error(error) /> })
    };
    view! {
        <div class="menu-picture">
            <Dynamic view=picture />
            <div class="actions">
                <label class="button second menu-file">
                    <span prop:textContent=label></span>
                    <input
                        type="file"
                        class="visually-hidden"
                        id=id.clone()
                        accept=PictureRequest::TYPES.join(",")
                        aria-describedby=format!("{id}-hint")
                        on:change=choose
                    />
                </label>
                <Dynamic view=remove />
            </div>
            <Dynamic view=failed />
            {below(editor, id, text::PICTURE_HINT)}
        </div>
    }
}

/// The file that was chosen in the field of an event; the same can be chosen again.
pub(super) fn chosen_file(event: &ev::Event) -> Option<File> {
    let field: HtmlInputElement = event.target()?.dyn_into().ok()?;
    let file = field.files()?.get(0)?;
    field.set_value("");
    Some(file)
}
