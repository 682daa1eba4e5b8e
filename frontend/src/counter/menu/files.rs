use leptos::{ev, prelude::*, task::spawn_local};
use shared::{
    api::{FileMistake, MAX_MENU_BODY_BYTES},
    menu::Section,
};
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use super::{
    super::{api, text},
    editor::Editor,
    pictures::chosen_file,
};
use crate::{
    browser,
    components::{Alert, Confirm, Dynamic},
};

/// The menu as a file: downloading it, and opening one.
#[component]
pub(super) fn Files(editor: Editor) -> impl IntoView {
    let (session, restaurant) = (editor.session, editor.restaurant);
    let failure = RwSignal::new(None::<String>);
    let mistakes = RwSignal::new(Vec::<FileMistake>::new());
    let download = move |_| {
        let restaurant = restaurant.get_value();
        spawn_local(async move {
            let answer = api::menu_file(session, &restaurant).await;
            failure.set(answer.as_ref().err().map(text::menu_error));
            if let Ok(file) = answer {
                let name = text::menu_file_name(&restaurant);
                browser::save_file(&name, "application/toml", &file);
            }
        });
    };
    // The menu of a file once the loss of changes is agreed to.
    let wanted = RwSignal::new(None::<Vec<Section>>);
    let open = move |event: ev::Event| {
        let Some(file) = chosen_file(&event) else { return };
        mistakes.set(Vec::new());
        failure.set(None);
        if file.size() > MAX_MENU_BODY_BYTES as f64 {
            return failure.set(Some(text::FILE_TOO_LARGE.to_owned()));
        }
        let restaurant = restaurant.get_value();
        spawn_local(async move {
            let Some(text) = text_of(&file).await else {
                return failure.set(Some(text::FILE_UNREADABLE.to_owned()));
            };
            let answer = api::read_menu_file(session, &restaurant, text).await;
            match answer {
                _ if wanted.is_disposed() => {} // the page was left: nobody waits for it
                Ok(Ok(sections)) if editor.has_something() => wanted.set(Some(sections)),
                Ok(Ok(sections)) => editor.replace(&sections, text::OPENED_FILE),
                Ok(Err(wrong)) => mistakes.set(wrong),
                Err(error) => failure.set(Some(text::file_error(&error))),
            }
        });
    };
    let failed = move || failure.get().map(|text| view! { <Alert text /> });
    let wrong = move || {
        let mistakes = mistakes.get();
        let lines = mistakes.iter().map(|FileMistake { line, text: what }| {
            view! { <li>{text::file_mistake(*line, what)}</li> }.into_any()
        });
        (!mistakes.is_empty()).then(|| {
            view! {
                <div role="alert">
                    <p>{text::FILE_WRONG}</p>
                    <ul class="menu-list">{lines.collect_view()}</ul>
                </div>
            }
        })
    };
    let question = move || {
        let sections = wanted.get()?;
        Some(view! {
            <Confirm
                title=text::REPLACE_TITLE
                hint=text::REPLACE_HINT
                yes=text::REPLACE
                no=crate::text::CANCEL
                danger=true
                on_yes=move |()| editor.replace(&sections, text::OPENED_FILE)
                on_close=move |()| wanted.set(None)
            />
        })
    };
    view! {
        <details class="panel menu-more">
            <summary>{text::FILES}</summary>
            <p>{text::FILES_HINT}</p>
            <Dynamic view=failed />
            <Dynamic view=wrong />
            <div class="actions">
                <button type="button" class="button second" on:click=download>
                    {text::DOWNLOAD}
                </button>
                <label class="button second menu-file">
                    {text::OPEN_FILE}
                    <input
                        type="file"
                        class="visually-hidden"
                        id="menu-file"
                        accept=".toml,application/toml"
                        on:change=open
                    />
                </label>
            </div>
            <Dynamic view=question />
        </details>
    }
}

/// What a file says; nothing if it cannot be read, as one that was removed since it was chosen.
async fn text_of(file: &File) -> Option<String> {
    JsFuture::from(file.text()).await.ok()?.as_string()
}
