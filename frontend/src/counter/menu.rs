//! The editor of a menu.

mod bar;
mod changes;
mod draft;
mod editor;
mod fields;
mod files;
mod mistakes;
mod pictures;
mod preview;
mod previews;
mod versions;

use leptos::{ev, prelude::*};
use shared::staff::Action;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

use self::{
    bar::Bar,
    editor::Editor,
    fields::{SectionFields, add},
    files::Files,
    preview::Preview,
    previews::Previewed,
    versions::Versions,
};
use super::{
    api, head::OfficeNav, not_found::NotFound, of_restaurant::OfRestaurant, store::Store, text,
};
use crate::{
    components::{Confirm, Dynamic, Fetched, KeyedRows, Skeleton, set_title},
    session::Session,
};

/// The menu of a restaurant: a draft of it that can be looked at and published, earlier menus, and files.
#[component]
pub fn MenuPage() -> impl IntoView {
    view! { <OfRestaurant needs=Action::EditMenu page=|_| view! { <Office /> }.into_any() /> }
}

#[component]
fn Office() -> impl IntoView {
    let (session, store) = (expect_context::<Session>(), expect_context::<Store>());
    set_title(text::MENU);
    let restaurant = store.restaurant().filter(|_| store.may(Action::EditMenu));
    let Some(restaurant) = restaurant else {
        return view! { <NotFound /> }.into_any();
    };
    let of = restaurant.clone();
    let menu = LocalResource::new(move || {
        let restaurant = of.clone();
        async move { api::menu(session, &restaurant).await }
    });
    let skeleton = || view! { <Skeleton shape="skeleton-restaurant" count=3 within="stack" /> };
    view! {
        <div class="page narrow stack">
            <OfficeNav />
            <h1>{text::MENU}</h1>
            <Fetched resource=menu skeleton let:menu>
                <Form editor=Editor::new(&restaurant, menu) />
            </Fetched>
        </div>
    }
    .into_any()
}

/// What is asked before it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Publish,
    Discard,
    UseTheirs,
}

#[component]
fn Form(editor: Editor) -> impl IntoView {
    let asked = RwSignal::new(None::<Asked>);
    let conflict = move || {
        editor.conflict.get().then(|| view! { <Conflict editor asked=asked.write_only() /> })
    };
    let parts = move || match editor.previewed.get() {
        Some(previewed) => preview(editor, previewed),
        None => view! { <Parts editor /> }.into_any(),
    };
    view! {
        <Dynamic view=conflict />
        <Dynamic view=parts />
        <Bar editor asked=asked.write_only() />
        <Versions editor />
        <Files editor />
        <Dynamic view=move || question(editor, asked) />
    }
}

/// The question that is open, if one is. Reactive.
fn question(editor: Editor, asked: RwSignal<Option<Asked>>) -> Option<AnyView> {
    let on_close = move |()| asked.set(None);
    let texts = match asked.get()? {
        Asked::Publish => {
            return Some(view! { <PublishDialog editor on_close /> }.into_any());
        }
        Asked::Discard => (text::DISCARD_TITLE, text::DISCARD_HINT, text::DISCARD_MENU),
        Asked::UseTheirs => (text::USE_THEIRS_TITLE, text::USE_THEIRS_HINT, text::USE_THEIR_MENU),
    };
    Some(discard_dialog(editor, texts, on_close))
}

/// Asks before what is typed is lost.
fn discard_dialog(
    editor: Editor,
    (title, hint, yes): (&'static str, &'static str, &'static str),
    on_close: impl Fn(()) + Send + Sync + 'static,
) -> AnyView {
    view! {
        <Confirm
            title
            hint
            yes
            no=crate::text::CANCEL
            danger=true
            on_yes=move |()| editor.discard()
            on_close
        />
    }
    .into_any()
}

/// A menu in the place of the fields. Reactive.
fn preview(editor: Editor, previewed: Previewed) -> AnyView {
    let (sections, heading, hint) = match previewed {
        Previewed::Draft => {
            // Another tab may change it.
            editor.shape.track();
            (untrack(|| editor.sections()), text::PREVIEW, text::PREVIEW_HINT)
        }
        Previewed::Published => {
            let theirs = editor.current.with(|current| current.sections.clone());
            (theirs, text::THEIR_MENU, text::THEIR_MENU_HINT)
        }
    };
    view! { <Preview editor sections heading hint /> }.into_any()
}

/// The fields of the menu.
#[component]
fn Parts(editor: Editor) -> impl IntoView {
    // One handler for all fields and one for all buttons, which say by their ids what they are.
    let type_in = move |event: ev::Event| {
        let field = event.target().and_then(|it| it.dyn_into::<Element>().ok());
        let Some(field) = field.filter(|it| !it.id().is_empty()) else { return };
        let typed = match field.dyn_ref::<HtmlInputElement>() {
            Some(file) if file.type_() == "file" => return,
            Some(tick) if tick.type_() == "checkbox" => {
                if tick.checked() {
                    "1".to_owned()
                } else {
                    String::new()
                }
            }
            _ => event_target_value(&event),
        };
        editor.type_in(&field.id(), typed);
    };
    let press = move |event: ev::MouseEvent| {
        let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
        // An icon within a button may be what was pressed.
        let button = target.and_then(|it| it.closest("button").ok().flatten());
        if let Some(button) = button.filter(|it| !it.id().is_empty()) {
            editor.press(&button.id());
        }
    };
    let rows = Signal::derive(move || {
        editor.shape.track();
        let numbers = editor.draft.with_untracked(|draft| {
            let sections = draft.sections.iter();
            sections.map(|section| (section.number, section.shape)).collect::<Vec<_>>()
        });
        let row = |(number, shape): (u32, u32)| {
            let key = format!("{number}-{shape}");
            (key, ViewFn::from(move || view! { <SectionFields editor number /> }))
        };
        numbers.into_iter().map(row).collect::<Vec<_>>()
    });
    view! {
        <div class="stack" on:input=type_in on:click=press>
            <KeyedRows rows />
            {add(editor, "section", 0, text::ADD_SECTION)}
        </div>
    }
}

/// What will be different for customers.
#[component]
fn ChangeList(
    /// In lines of text.
    changes: Vec<String>,
) -> impl IntoView {
    let lines = changes.into_iter().map(|line| view! { <li>{line}</li> }.into_any());
    view! { <ul class="menu-list">{lines.collect_view()}</ul> }
}

#[component]
fn PublishDialog(editor: Editor, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    use crate::components::Dialog;
    let publish = move |_| {
        editor.publish();
        on_close.run(());
    };
    view! {
        <Dialog label=text::PUBLISH_TITLE on_close>
            <div class="ask">
                <h2>{text::PUBLISH_TITLE}</h2>
                <p>{text::PUBLISH_HINT}</p>
                <ChangeList changes=editor.changes() />
                <div class="actions">
                    <button type="button" class="button" on:click=publish>
                        {text::PUBLISH}
                    </button>
                    <button type="button" class="button second" on:click=move |_| on_close.run(())>
                        {crate::text::CANCEL}
                    </button>
                </div>
            </div>
        </Dialog>
    }
}

/// What somebody else has published meanwhile, and the choice between that and the draft.
#[component]
fn Conflict(editor: Editor, asked: WriteSignal<Option<Asked>>) -> impl IntoView {
    let is_seen = move || editor.previewed.get() == Some(Previewed::Published);
    let look = move |_| match untrack(is_seen) {
        true => editor.previewed.close(),
        false => editor.previewed.open(Previewed::Published),
    };
    let look_label = move || if is_seen() { text::EDIT } else { text::SEE_THEIR_MENU };
    view! {
        <section class="panel">
            <div role="alert">
                <h2>{text::MENU_CHANGED}</h2>
                <p>{text::MENU_CHANGED_HINT}</p>
                <ChangeList changes=editor.changes() />
            </div>
            <div class="actions">
                <button
                    type="button"
                    class="button second"
                    on:click=look
                    prop:textContent=look_label
                ></button>
                <button
                    type="button"
                    class="button"
                    id="use-theirs"
                    on:click=move |_| asked.set(Some(Asked::UseTheirs))
                >
                    {text::USE_THEIR_MENU}
                </button>
                <button type="button" class="button second" on:click=move |_| editor.keep()>
                    {text::KEEP_MY_MENU}
                </button>
            </div>
        </section>
    }
}
