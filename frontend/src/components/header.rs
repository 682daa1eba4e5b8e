use leptos::prelude::*;

use crate::{
    drawn::{Draw, Drawn, live, press},
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
    let current = move || match store.router.place() {
        Place::Orders => "page".to_owned(),
        _ => "false".to_owned(),
    };
    view! {
        <header class="top">
            <a class="skip" href="#main">{text::SKIP}</a>
            <a href="/" class="brand">
                <span class="brand-mark" aria-hidden="true"></span>
                <span>{text::TIFFIN}</span>
            </a>
            <nav aria-label=text::NAVIGATION>
                <a href="/orders" class="nav-link" aria-current=live(current)>
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

fn account(store: Store) -> Drawn {
    // The way back depends on where one is.
    let _ = store.router.place();
    match store.session.signed_in() {
        true => view! {
            <button type="button" class="nav-link" on:click=press(move || store.sign_out())>
                <span class="icon out" aria-hidden="true"></span>
                <span>{text::SIGN_OUT}</span>
            </button>
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
