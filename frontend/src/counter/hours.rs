mod draft;
mod editor;
mod fields;

use leptos::{ev, prelude::*};
use leptos_router::components::A;
use shared::{hours::OpeningHours, staff::Action};
use wasm_bindgen::JsCast;
use web_sys::Element;

use self::{draft::Draft, editor::Editor, fields::day};
use super::{api, not_found::NotFound, of_restaurant::OfRestaurant, store::Store, text};
use crate::{
    components::{Alert, Dynamic, Fetched, KeyedRows, Skeleton, set_title},
    session::Session,
    text::hours::{special_days, week, week_name},
};

/// When a restaurant is open: the hours of a week, and special days.
#[component]
pub fn HoursPage() -> impl IntoView {
    view! { <OfRestaurant needs=Action::SetHours page=|_| view! { <Office /> }.into_any() /> }
}

#[component]
fn Office() -> impl IntoView {
    let (session, store) = (expect_context::<Session>(), expect_context::<Store>());
    set_title(text::HOURS);
    let restaurant = store.restaurant().filter(|_| store.may(Action::SetHours));
    let Some(restaurant) = restaurant else {
        return view! { <NotFound /> }.into_any();
    };
    let of = restaurant.clone();
    let hours = LocalResource::new(move || {
        let restaurant = of.clone();
        async move { api::hours(session, &restaurant).await }
    });
    let skeleton = || view! { <Skeleton shape="skeleton-line" count=7 within="stack" /> };
    let back = text::board_path(&restaurant);
    view! {
        <div class="page narrow stack">
            <A href=back attr:class="back">{text::BACK_TO_BOARD}</A>
            <h1>{text::HOURS}</h1>
            <Fetched resource=hours skeleton let:hours>
                <Form editor=Editor::new(&restaurant, hours) />
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
        if let Some(button) =
            target(&event).filter(|it| it.tag_name() == "BUTTON" && !it.id().is_empty())
        {
            editor.press(&button.id());
        }
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        editor.save();
    };
    let rows = |is_weekly: bool| {
        Signal::derive(move || {
            let shape = editor.shape.get();
            let count = editor.draft.with_untracked(|draft| draft.groups.len());
            let places = (0..count).filter(|at| Draft::weekday(*at).is_some() == is_weekly);
            let row = |at| (format!("{shape}-{at}"), ViewFn::from(move || day(editor, at)));
            places.map(row).collect::<Vec<_>>()
        })
    };
    let has_room = move || {
        editor.shape.track();
        editor.draft.with_untracked(Draft::has_room).then(|| {
            view! {
                <button type="button" class="button second" id="special-0-0">
                    {text::ADD_SPECIAL_DAY}
                </button>
            }
        })
    };
    let title = editor.current.with_untracked(|current| week_name(&current.hours));
    let conflict = move || editor.conflict.get().then(|| view! { <Conflict editor /> });
    let status = move || match (editor.saved.get(), editor.is_changed()) {
        (true, _) => text::SAVED,
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
        <Dynamic view=conflict />
        <form class="stack" novalidate on:input=type_in on:click=press on:submit=submit>
            <section class="panel">
                <h2>{title}</h2>
                <KeyedRows rows=rows(true) />
            </section>
            <section class="panel">
                <h2>{text::SPECIAL_DAYS}</h2>
                <p>{text::NIGHTS}</p>
                <KeyedRows rows=rows(false) />
                <Dynamic view=has_room />
            </section>
            <div class="hours-save">
                <p role="status" prop:textContent=status></p>
                <Dynamic view=failed />
                <div class="actions">
                    <button
                        type="submit"
                        class="button"
                        id="save-hours"
                        aria-disabled=move || editor.sending.get().to_string()
                    >
                        {text::SAVE}
                    </button>
                    <Dynamic view=discard />
                </div>
            </div>
        </form>
    }
}

/// What somebody else has set meanwhile, and the choice between that and what is typed.
#[component]
fn Conflict(editor: Editor) -> impl IntoView {
    let lines = editor.current.with_untracked(|current| lines(&current.hours));
    let lines = lines.into_iter().map(|line| view! { <li>{line}</li> }.into_any());
    view! {
        <section class="panel" role="alert">
            <h2>{text::CHANGED}</h2>
            <p>{text::CHANGED_HINT}</p>
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

/// Hours as lines of text.
fn lines(hours: &OpeningHours) -> Vec<String> {
    let weekly = week(hours).into_iter().map(|(day, times)| format!("{day}: {times}"));
    weekly.chain(hours.exceptions.iter().map(special_days)).collect()
}
