use leptos::{ev, prelude::*, task::spawn_local};
use shared::api::{MenuVersion, MenuVersions};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{
    super::{api, text},
    editor::Editor,
};
use crate::{
    components::{Alert, Confirm, Dynamic},
    text::{format::date_and_time, menu},
};

/// The list of what was published before.
#[derive(Clone, Copy)]
struct Published {
    editor: Editor,
    known: RwSignal<Option<MenuVersions>>,
    failure: RwSignal<Option<String>>,
    loading: RwSignal<bool>,
    /// Whether something was published while it was fetched.
    is_due: StoredValue<bool>,
}

impl Published {
    fn new(editor: Editor) -> Self {
        Self {
            editor,
            known: RwSignal::default(),
            failure: RwSignal::default(),
            loading: RwSignal::new(false),
            is_due: StoredValue::new(false),
        }
    }

    /// Fetches the newest menus, or those before a version.
    fn fetch(self, before: Option<u32>) {
        if self.loading.get_untracked() {
            if before.is_none() {
                self.is_due.set_value(true);
            }
            return;
        }
        self.loading.set(true);
        spawn_local(async move {
            self.fetch_now(before).await;
            while self.is_due.try_update_value(std::mem::take) == Some(true) {
                self.fetch_now(None).await;
            }
            self.loading.try_set(false);
        });
    }

    async fn fetch_now(self, before: Option<u32>) {
        let Some(restaurant) = self.editor.restaurant.try_get_value() else { return };
        let answer = api::menu_versions(self.editor.session, &restaurant, before).await;
        if self.known.is_disposed() {
            return; // the page was left
        }
        self.failure.set(answer.as_ref().err().map(text::menu_error));
        if let Ok(MenuVersions { versions, more }) = answer {
            let shown = self.known.get_untracked().filter(|_| before.is_some());
            let mut shown = shown.map(|it| it.versions).unwrap_or_default();
            shown.extend(versions);
            self.known.set(Some(MenuVersions { versions: shown, more }));
        }
    }
}

/// What was published before, any of which can be brought back.
#[component]
pub(super) fn Versions(editor: Editor) -> impl IntoView {
    let (session, restaurant) = (editor.session, editor.restaurant);
    let published = Published::new(editor);
    let Published { known, failure, .. } = published;
    // Again when something was published, as long as it is open.
    let is_open = RwSignal::new(false);
    Effect::watch(
        move || (is_open.get(), editor.current.with(|current| current.version)),
        move |(is_open, _), _, _| {
            if *is_open {
                published.fetch(None);
            }
        },
        false,
    );
    let toggled = move |event: ev::Event| {
        let details = event.target().and_then(|it| it.dyn_into::<Element>().ok());
        is_open.set(details.is_some_and(|it| it.has_attribute("open")));
    };
    let failed = move || failure.get().map(|text| view! { <Alert text /> });
    // What is to be brought back once the loss of changes is agreed to.
    let wanted = RwSignal::new(None::<u32>);
    let bring_back = Callback::new(move |version: u32| {
        let restaurant = restaurant.get_value();
        failure.set(None);
        spawn_local(async move {
            match api::menu_version(session, &restaurant, version).await {
                Ok(menu) => editor.replace(&menu.sections, text::BROUGHT_BACK),
                Err(error) => drop(failure.try_set(Some(text::menu_error(&error)))),
            }
        });
    });
    let ask = Callback::new(move |version: u32| match editor.has_something() {
        true => wanted.set(Some(version)),
        false => bring_back.run(version),
    });
    let question = move || {
        let version = wanted.get()?;
        Some(view! {
            <Confirm
                title=text::REPLACE_TITLE
                hint=text::REPLACE_HINT
                yes=text::REPLACE
                no=crate::text::CANCEL
                danger=true
                on_yes=move |()| bring_back.run(version)
                on_close=move |()| wanted.set(None)
            />
        })
    };
    let rows = move || {
        let current = editor.current.with(|current| current.version);
        let MenuVersions { versions, more } = known.get()?;
        let oldest = versions.last().map(|it| it.version);
        let rows = versions.into_iter().map(|it| row(it, current, ask));
        let older = more.then(|| {
            view! {
                <button type="button" class="button second" on:click=move |_| published.fetch(oldest)>
                    {text::OLDER}
                </button>
            }
        });
        Some(view! {
            <ul class="menu-list">{rows.collect_view()}</ul>
            {older}
        })
    };
    view! {
        <details class="panel menu-more" on:toggle=toggled>
            <summary>{text::VERSIONS}</summary>
            <Dynamic view=failed />
            <Dynamic view=rows />
            <Dynamic view=question />
        </details>
    }
}

fn row(
    MenuVersion { version, published_at, published_by, dishes }: MenuVersion,
    current: u32,
    bring_back: Callback<u32>,
) -> AnyView {
    let by = published_by.as_ref().map(AsRef::as_ref);
    let name = match published_at {
        Some(at) => text::version(&date_and_time(at), by),
        None => text::FIRST_MENU.to_owned(),
    };
    let button = match version == current {
        true => view! { <span class="tag">{text::CURRENT_MENU}</span> }.into_any(),
        false => view! {
            <button
                type="button"
                class="button second"
                aria-label=text::named(text::BRING_BACK, &name)
                on:click=move |_| bring_back.run(version)
            >
                {text::BRING_BACK}
            </button>
        }
        .into_any(),
    };
    view! {
        <li class="item-row">
            <span class="item-name">{name}</span>
            <span>{menu::dishes(usize::try_from(dishes).unwrap_or_default())}</span>
            {button}
        </li>
    }
    .into_any()
}
