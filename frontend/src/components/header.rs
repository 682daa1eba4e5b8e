use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_location};

use crate::{store::use_store, text};

/// The top of every page: the mark, one's orders, one's account.
#[component]
pub fn Header() -> AnyView {
    let store = use_store();
    let session = store.session;
    let signed_in = Memo::new(move |_| session.signed_in());
    let location = use_location();
    let sign_in = move || {
        // Read for its sake: the way back depends on where one is.
        location.pathname.track();
        crate::pages::sign_in_path()
    };
    let under_way = Memo::new(move |_| store.any_under_way());
    view! {
        <header class="top">
            <a class="skip" href="#main">{text::SKIP}</a>
            <A href="/" attr:class="brand">
                <span class="brand-mark" aria-hidden="true"></span>
                <span>{text::TIFFIN}</span>
            </A>
            <nav aria-label=text::NAVIGATION>
                <A href="/orders" attr:class="nav-link">
                    <span class="icon bag" class:news=move || under_way.get() aria-hidden="true"></span>
                    <span>{text::ORDERS}</span>
                </A>
                {move || match signed_in.get() {
                    true => view! {
                        <button type="button" class="nav-link" on:click=move |_| store.sign_out()>
                            <span class="icon out" aria-hidden="true"></span>
                            <span>{text::SIGN_OUT}</span>
                        </button>
                    }
                    .into_any(),
                    false => view! {
                        <A href=sign_in attr:class="nav-link">
                            <span class="icon person" aria-hidden="true"></span>
                            <span>{text::SIGN_IN}</span>
                        </A>
                    }
                    .into_any(),
                }}
            </nav>
        </header>
    }
    .into_any()
}
