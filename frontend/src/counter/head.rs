//! The head of a restaurant's pages: its name, how old what the page shows is, and what leads elsewhere.

use leptos::prelude::*;
use leptos_router::components::A;
use shared::Timestamp;

use super::{store::Store, text};
use crate::text::format::when;

/// The name of the restaurant that is open, or that all are.
pub fn restaurant_name(store: Store) -> Signal<String> {
    Signal::derive(move || {
        let of_all = || if store.shows_all() { text::ALL_RESTAURANTS } else { text::TITLE };
        store.with_menu(|menu| menu.card.name.clone()).unwrap_or_else(|| of_all().to_owned())
    })
}

/// The restaurant's name, how old what the page shows is, and what leads elsewhere.
#[component]
pub fn Head(
    /// Whether one works in several restaurants.
    several: bool,
    /// Whether what the page shows may be out of date.
    #[prop(into)]
    is_stale: Signal<bool>,
    /// When it was fetched last.
    #[prop(into)]
    fetched_at: Signal<Option<Timestamp>>,
    /// What leads to the restaurant's other pages.
    children: Children,
) -> impl IntoView {
    let store = expect_context::<Store>();
    view! {
        <header class="board-head">
            <h1>{restaurant_name(store)}</h1>
            <Freshness is_stale fetched_at />
            <nav class="actions">
                {children()}
                {several.then(|| view! { <A href=text::SWITCH_PATH attr:class="quiet">{text::SWITCH}</A> })}
                <button type="button" class="quiet" on:click=move |_| store.sign_out()>
                    {text::SIGN_OUT}
                </button>
            </nav>
        </header>
    }
}

#[component]
fn Freshness(is_stale: Signal<bool>, fetched_at: Signal<Option<Timestamp>>) -> impl IntoView {
    let since = move || fetched_at.get().map(when);
    let class = move || match is_stale.get() {
        true => "connection reconnecting",
        false => "connection live",
    };
    let label = move || match (is_stale.get(), since()) {
        (false, None) => crate::text::LOADING.to_owned(),
        (true, None) => text::NOT_LOADED.to_owned(),
        (false, Some(_)) => crate::text::LIVE.to_owned(),
        (true, Some(since)) => text::offline_since(&since),
    };
    view! {
        <p class=class role="status">
            <span class="connection-dot" aria-hidden="true"></span>
            <span prop:textContent=label></span>
        </p>
    }
}
