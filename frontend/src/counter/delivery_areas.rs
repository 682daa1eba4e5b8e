mod draft;
mod editor;
mod fields;

use leptos::{ev, prelude::*};
use leptos_router::components::A;
use shared::{country::uses_postcodes, staff::Action};
use wasm_bindgen::JsCast;
use web_sys::Element;

use self::{draft::Draft, editor::Editor, fields::area};
use super::{api, not_found::NotFound, of_restaurant::OfRestaurant, store::Store, text};
use crate::{
    components::{Alert, Dynamic, Fetched, KeyedRows, Skeleton, set_title},
    session::Session,
};

/// Where a restaurant delivers, and for how much.
#[component]
pub fn DeliveryAreasPage() -> impl IntoView {
    view! { <OfRestaurant needs=Action::SetDelivery page=|_| view! { <Office /> }.into_any() /> }
}

#[component]
fn Office() -> impl IntoView {
    let (session, store) = (expect_context::<Session>(), expect_context::<Store>());
    set_title(text::AREAS);
    let restaurant = store.restaurant().filter(|_| store.may(Action::SetDelivery));
    let Some(restaurant) = restaurant else {
        return view! { <NotFound /> }.into_any();
    };
    let of = restaurant.clone();
    let delivery = LocalResource::new(move || {
        let restaurant = of.clone();
        async move { api::delivery_areas(session, &restaurant).await }
    });
    let skeleton = || view! { <Skeleton shape="skeleton-line" count=4 within="stack" /> };
    let back = text::board_path(&restaurant);
    view! {
        <div class="page narrow stack">
            <A href=back attr:class="back">{text::BACK_TO_BOARD}</A>
            <h1>{text::AREAS}</h1>
            <Fetched resource=delivery skeleton let:delivery>
                <Form editor=Editor::new(&restaurant, delivery) />
            </Fetched>
        </div>
    }
    .into_any()
}

#[component]
fn Form(editor: Editor) -> impl IntoView {
    // One handler for all fields and one for all buttons, which say by their ids what they are.
    let target = |event: &ev::Event| event.target().and_then(|it| it.dyn_into::<Element>().ok());
    let type_in = move |event: ev::Event| {
        if let Some(field) = target(&event).map(|field| field.id()) {
            let typed = event_target_value(&event);
            editor.errors.update(|errors| errors.retain(|(wrong, _)| *wrong != field));
            editor.edit(|draft| draft.type_in(&field, typed));
        }
    };
    let press = move |event: ev::MouseEvent| {
        if let Some(button) = target(&event).filter(|it| it.tag_name() == "BUTTON") {
            editor.press(&button.id());
        }
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        editor.save();
    };
    let conflict = move || editor.conflict.get().then(|| view! { <Conflict editor /> });
    view! {
        <Dynamic view=conflict />
        <form class="stack" novalidate on:input=type_in on:click=press on:submit=submit>
            <Areas editor />
            <Save editor />
        </form>
    }
}

/// The areas, or that there are none.
#[component]
fn Areas(editor: Editor) -> impl IntoView {
    let hint = move || {
        editor.shape.track();
        match editor.draft.with_untracked(|draft| draft.areas.is_empty()) {
            true => editor.current.with(text::anywhere),
            false => text::AREAS_HINT.to_owned(),
        }
    };
    let rows = Signal::derive(move || {
        let shape = editor.shape.get();
        let count = editor.draft.with_untracked(|draft| draft.areas.len());
        let row = |at| (format!("{shape}-{at}"), ViewFn::from(move || area(editor, at)));
        (0..count).map(row).collect::<Vec<_>>()
    });
    let has_postcodes = editor.current.with_untracked(|current| uses_postcodes(current.country));
    let more = move || {
        editor.shape.track();
        if !has_postcodes {
            return Some(view! { <p>{text::NO_POSTCODES_HERE}</p> }.into_any());
        }
        editor.draft.with_untracked(Draft::has_room).then(|| {
            view! {
                <button type="button" class="button second" id="add-0">
                    {text::ADD_AREA}
                </button>
            }
            .into_any()
        })
    };
    view! {
        <section class="panel">
            <p prop:textContent=hint></p>
            <KeyedRows rows=rows />
            <Dynamic view=more />
        </section>
    }
}

/// Whether there is something to be saved, and the buttons for that.
#[component]
fn Save(editor: Editor) -> impl IntoView {
    let status = move || match (editor.saved.get(), editor.is_changed()) {
        (true, _) => text::AREAS_SAVED,
        (false, true) => text::UNSAVED,
        (false, false) => "",
    };
    let discard = move || {
        editor.is_changed().then(|| {
            view! {
                <button type="button" class="button second" on:click=move |_| editor.discard()>
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
                    id="save-areas"
                    aria-disabled=move || editor.sending.get().to_string()
                >
                    {text::SAVE_AREAS}
                </button>
                <Dynamic view=discard />
            </div>
        </div>
    }
}

/// What somebody else has set meanwhile, and the choice between that and what is typed.
#[component]
fn Conflict(editor: Editor) -> impl IntoView {
    let lines = editor.current.with_untracked(|current| match &*current.areas {
        [] => vec![text::anywhere(current)],
        areas => areas.iter().map(|area| text::area_line(area, current)).collect(),
    });
    let lines = lines.into_iter().map(|line| view! { <li>{line}</li> }.into_any());
    view! {
        <section class="panel" role="alert">
            <h2>{text::AREAS_CHANGED}</h2>
            <p>{text::AREAS_CHANGED_HINT}</p>
            <ul class="menu-list">{lines.collect_view()}</ul>
            <div class="actions">
                <button
                    type="button"
                    class="button"
                    id="use-theirs"
                    on:click=move |_| editor.discard()
                >
                    {text::USE_THEIRS}
                </button>
                <button type="button" class="button second" on:click=move |_| editor.keep()>
                    {text::KEEP_MINE}
                </button>
            </div>
        </section>
    }
}
