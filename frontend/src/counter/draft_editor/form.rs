use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{
    super::{
        head::OfficeNav, not_found::NotFound, of_restaurant::OfRestaurant, store::Store, text,
    },
    Editor, EditorDraft,
};
use crate::{
    components::{Alert, Confirm, Dynamic, Fetched, Skeleton, set_title},
    session::Session,
};

/// The page of an editor.
pub(in crate::counter) fn draft_page<D: EditorDraft>() -> AnyView {
    view! { <OfRestaurant needs=D::NEEDS page=|_| { office::<D>() } /> }.into_any()
}

fn office<D: EditorDraft>() -> AnyView {
    let (session, store) = (expect_context::<Session>(), expect_context::<Store>());
    set_title(D::TEXTS.title);
    let restaurant = store.restaurant().filter(|_| store.may(D::NEEDS));
    let Some(restaurant) = restaurant else {
        return view! { <NotFound /> }.into_any();
    };
    let of = restaurant.clone();
    let current = LocalResource::new(move || {
        let restaurant = of.clone();
        async move { D::fetch(session, &restaurant).await }
    });
    let skeleton = || view! { <Skeleton shape="skeleton-line" count=7 within="stack" /> };
    view! {
        <div class="page narrow stack">
            <OfficeNav />
            <h1>{D::TEXTS.title}</h1>
            <Fetched resource=current skeleton let:current>
                {form(Editor::<D>::new(&restaurant, current))}
            </Fetched>
        </div>
    }
    .into_any()
}

fn form<D: EditorDraft>(editor: Editor<D>) -> AnyView {
    // One handler for all fields and one for all buttons, which say by their ids what they are.
    let target = |event: &ev::Event| event.target().and_then(|it| it.dyn_into::<Element>().ok());
    let type_in = move |event: ev::Event| {
        if let Some(field) = target(&event) {
            editor.type_in(&field.id(), event_target_value(&event));
        }
    };
    let press = move |event: ev::MouseEvent| {
        let button = target(&event).filter(|it| it.tag_name() == "BUTTON");
        if let Some(id) = button.map(|it| it.id()).filter(|id| !id.is_empty()) {
            editor.press(&id);
        }
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        editor.save();
    };
    let asking = RwSignal::new(false);
    let conflict = move || editor.conflict.get().then(|| conflict(editor, asking));
    let question = move || {
        asking.get().then(|| {
            view! {
                <Confirm
                    title=text::DISCARD_TITLE
                    hint=text::DISCARD_DRAFT_HINT
                    yes=text::DISCARD
                    no=crate::text::CANCEL
                    danger=true
                    on_yes=move |()| editor.discard()
                    on_close=move |()| asking.set(false)
                />
            }
        })
    };
    view! {
        <Dynamic view=conflict />
        <form class="stack" novalidate on:input=type_in on:click=press on:submit=submit>
            {D::fields(editor)}
            {save(editor, asking)}
        </form>
        <Dynamic view=question />
    }
    .into_any()
}

/// Whether there is something to be saved, and the buttons for that; `asking` is whether it is asked before what is
/// typed is lost.
fn save<D: EditorDraft>(editor: Editor<D>, asking: RwSignal<bool>) -> AnyView {
    let status = move || match (editor.saved.get(), editor.is_changed()) {
        (true, _) => D::TEXTS.saved,
        (false, true) if !editor.kept.get() => text::UNSAVED_NOT_KEPT,
        (false, true) => text::UNSAVED,
        (false, false) => "",
    };
    let discard = move || {
        editor.is_changed().then(|| {
            view! {
                <button type="button" class="button second" on:click=move |_| asking.set(true)>
                    {text::DISCARD}
                </button>
            }
        })
    };
    let failed = move || editor.failure.get().map(|text| view! { <Alert text /> });
    view! {
        <div class="hours-save">
            <p role="status" prop:textContent=status></p>
            <Dynamic view=failed />
            <div class="actions">
                <button
                    type="submit"
                    class="button"
                    id=D::SAVE_ID
                    aria-disabled=move || editor.sending.get().to_string()
                >
                    {D::TEXTS.save}
                </button>
                <Dynamic view=discard />
            </div>
        </div>
    }
    .into_any()
}

/// What somebody else has saved meanwhile, and the choice between that and what is typed.
fn conflict<D: EditorDraft>(editor: Editor<D>, asking: RwSignal<bool>) -> AnyView {
    let lines = editor.current.with_untracked(D::lines);
    let lines = lines.into_iter().map(|line| view! { <li>{line}</li> }.into_any());
    view! {
        <section class="panel" role="alert">
            <h2>{D::TEXTS.changed}</h2>
            <p>{D::TEXTS.changed_hint}</p>
            <ul class="menu-list">{lines.collect_view()}</ul>
            <div class="actions">
                <button
                    type="button"
                    class="button"
                    id="use-theirs"
                    on:click=move |_| asking.set(true)
                >
                    {text::USE_THEIRS}
                </button>
                <button type="button" class="button second" on:click=move |_| editor.keep()>
                    {text::KEEP_MINE}
                </button>
            </div>
        </section>
    }
    .into_any()
}

/// A field with what is wrong with it, or is to be known of it. `control` is a type of HTML's `input`, or `decimal`.
pub(in crate::counter) fn field<D: EditorDraft>(
    editor: Editor<D>,
    id: String,
    label: String,
    control: &'static str,
    value: String,
) -> AnyView {
    let (of, hint) = (id.clone(), format!("{id}-hint"));
    let error = Signal::derive(move || {
        editor.errors.with(|errors| {
            errors.iter().find(|(wrong, _)| *wrong == of).map(|(_, why)| why.clone())
        })
    });
    let of = id.clone();
    let usual = move || editor.draft.with(|draft| draft.hint(&of)).to_owned();
    let below = move || error.get().unwrap_or_else(&usual);
    let (kind, mode) = match control {
        "decimal" => ("text", Some(control)),
        _ => (control, None),
    };
    view! {
        <div class="field" class:wrong=move || error.get().is_some()>
            <label for=id.clone()>{label}</label>
            <input
                id=id
                type=kind
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
