use leptos::prelude::*;

use crate::{
    drawn::{Draw, Drawn, live},
    router::{self, Place},
    store::{Store, use_store},
    text,
};

/// The top of every page: the mark, one's orders, one's account.
#[component]
pub fn Header() -> Drawn {
    let store = use_store();
    let under_way = move || match store.count_under_way() {
        0 => String::new(),
        count => count.to_string(),
    };
    let on_orders = move || current(store.router.place() == Place::Orders).to_owned();
    view! {
        <header class="top">
            <a class="skip" href="#main">{text::SKIP}</a>
            <a href="/" class="brand">
                <span class="brand-mark" aria-hidden="true"></span>
                <span>{text::TIFFIN}</span>
            </a>
            <nav aria-label=text::NAVIGATION>
                <a href="/orders" class="nav-link" aria-current=live(on_orders)>
                    <span class="icon bag" aria-hidden="true"></span>
                    <span>{text::ORDERS}</span>
                    <span class="badge">{live(under_way)}</span>
                </a>
                {live(move || account(store))}
            </nav>
        </header>
    }
    .draw()
}

const fn current(is_current: bool) -> &'static str {
    if is_current { "page" } else { "false" }
}

fn account(store: Store) -> Drawn {
    // The way back depends on where one is.
    let place = store.router.place();
    match store.session.signed_in() {
        true => view! {
            <a href="/account" class="nav-link" aria-current=current(place == Place::Account)>
                <span class="icon person" aria-hidden="true"></span>
                <span>{text::ACCOUNT}</span>
            </a>
        }
        .draw(),
        false => view! {
            <a href=router::sign_in_address() class="nav-link">
                <span class="icon person" aria-hidden="true"></span>
                <span>{text::SIGN_IN}</span>
            </a>
        }
        .draw(),
    }
}
