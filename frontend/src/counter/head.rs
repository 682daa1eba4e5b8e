//! The head of a restaurant's pages: its name, how old what the page shows is, and what leads elsewhere.

use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_location};
use shared::{RestaurantId, Status, Timestamp, api::Ticket, staff::Action};

use super::{store::Store, text};
use crate::{
    components::Dynamic,
    text::{format::when, hours::other_zone},
};

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

/// What leads to the restaurant's other pages, as far as a role goes.
#[component]
pub fn Links() -> impl IntoView {
    let store = expect_context::<Store>();
    let link = |action: Action, path: fn(&RestaurantId) -> String, text: &'static str| {
        let href = store.restaurant().filter(|_| store.may(action)).map(|id| path(&id))?;
        Some(view! { <A href attr:class="quiet">{text}</A> })
    };
    untrack(|| {
        view! {
            {link(Action::Deliver, text::deliveries_path, text::DELIVERIES)}
            {link(Action::ReadFigures, text::today_path, text::TODAY)}
            {link(Action::EditMenu, text::menu_path, text::MENU)}
            {link(Action::SetHours, text::hours_path, text::HOURS)}
            {link(Action::SetDelivery, text::delivery_areas_path, text::AREAS)}
            {link(Action::ReadPeople, text::people_path, text::PEOPLE)}
        }
    })
}

/// How many orders nobody has accepted yet. Reactive.
pub fn new_orders(store: Store) -> usize {
    let is_new = |ticket: &&Ticket| ticket.status == Status::Placed;
    store.with(|board| board.tickets().filter(is_new).count())
}

/// What leads from a page of the office to the orders and the other pages; it says how many orders are new.
#[component]
pub fn OfficeNav() -> impl IntoView {
    let store = expect_context::<Store>();
    let orders = untrack(|| store.restaurant()).map(|id| {
        let name = move || text::orders_link(new_orders(store));
        view! {
            <A href=text::board_path(&id) exact=true attr:class="quiet">
                <span prop:textContent=name></span>
            </A>
        }
    });
    view! {
        <nav class="office-nav" aria-label=text::OFFICE>
            {orders} <Links />
        </nav>
    }
}

/// By which clock the page shows times, where the restaurant's is another one.
#[component]
pub fn ClockHint() -> impl IntoView {
    let store = expect_context::<Store>();
    let hint = move || {
        let city = store.with_menu(|menu| other_zone(&menu.card.hours)).flatten()?;
        Some(view! { <p class="field-hint">{text::clock_hint(&city)}</p> })
    };
    view! { <Dynamic view=hint /> }
}

/// Whether a page of the office is shown, which is not what a tablet beside the stove shows. Reactive.
pub fn in_office() -> Signal<bool> {
    let pathname = use_location().pathname;
    Signal::derive(move || pathname.with(|path| text::is_of_office(path)))
}

#[component]
fn Freshness(is_stale: Signal<bool>, fetched_at: Signal<Option<Timestamp>>) -> impl IntoView {
    let since = move || fetched_at.get().map(when);
    let class = move || match (is_stale.get(), since()) {
        (true, _) => "connection reconnecting",
        (false, None) => "connection",
        (false, Some(_)) => "connection live",
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
