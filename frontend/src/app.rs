//! The frame around every page: navigation, the page itself, what a screen reader is told.

use std::cell::Cell;

use leptos::prelude::*;

use crate::{
    browser,
    components::{CartBar, Header, Notices},
    drawn::{Draw, Drawn, follow, live},
    live,
    orders::Listed,
    pages::{
        AccountPage, Checkout, Confirm, Forgot, Home, Menu, NotFound, OrderPage, OrdersPage,
        SignIn, SignUp,
    },
    router::Place,
    server::Age,
    store::Store,
};

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let store = Store::open();
    provide_context(store);
    live::listen(store);
    begin(store);
    view! {
        <Header />
        <Notices />
        <main id="main" tabindex="-1">{live(move || page(store))}</main>
        <CartBar />
        <p class="said" aria-live="polite">{live(move || store.said.get())}</p>
    }
}

fn page(store: Store) -> Drawn {
    let place = store.router.place();
    untrack(|| match place {
        Place::Home => view! { <Home /> }.draw(),
        Place::Menu(id) => view! { <Menu id /> }.draw(),
        Place::Checkout => view! { <Checkout /> }.draw(),
        Place::Orders => view! { <OrdersPage /> }.draw(),
        Place::Order(id) => view! { <OrderPage id /> }.draw(),
        Place::SignUp => view! { <SignUp /> }.draw(),
        Place::Confirm => view! { <Confirm /> }.draw(),
        Place::SignIn => view! { <SignIn /> }.draw(),
        Place::Forgot => view! { <Forgot /> }.draw(),
        Place::Account => view! { <AccountPage /> }.draw(),
        Place::Nowhere => view! { <NotFound /> }.draw(),
    })
}

/// What happens on every page: the place this runs at, the cart's menu and one's newest orders
/// are fetched, and a new page takes the focus.
fn begin(store: Store) {
    browser::spawn(async move { drop(store.session.config().await) });
    if let Some(restaurant) = store.cart().restaurant_id {
        store.load_menu(restaurant, Age::Kept);
    }
    follow(move || {
        if store.session.signed_in() {
            browser::spawn(async move { drop(store.fetch_list(Listed::No).await) });
        }
    });
    let before = Cell::new(None);
    follow(move || {
        let place = store.router.place();
        let moved = before.replace(Some(place.clone())).is_some_and(|before| before != place);
        if moved {
            focus_page();
        }
    });
}

/// A keyboard would otherwise go on from the link that led here.
fn focus_page() {
    browser::focus("#main");
}
