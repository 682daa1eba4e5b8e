use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_location};

use super::If;
use crate::{paths, session::Session, state::orders::Orders, text};

/// The top of every page.
#[component]
pub fn Header() -> impl IntoView {
    let (session, orders) = (expect_context::<Session>(), expect_context::<Orders>());
    let location = use_location();
    let in_progress = move || match orders.in_progress() {
        0 => String::new(),
        count => count.to_string(),
    };
    // The way back depends on where one is.
    let sign_in = move || {
        let (path, search) = (location.pathname.get(), location.search.get());
        let next = if paths::is_auth_page(&path) {
            paths::safe_next(location.query.with(|query| query.get("next")))
        } else {
            paths::with_search(&path, &search)
        };
        paths::with_next(paths::SIGN_IN, &next)
    };
    view! {
        <header class="top">
            // External to the router, which would scroll there and leave the focus.
            <a class="skip" href="#main" rel="external">{text::SKIP}</a>
            <A href=paths::HOME exact=true attr:class="brand">
                <span class="brand-mark" aria-hidden="true"></span>
                <span>{text::TIFFIN}</span>
            </A>
            <nav aria-label=text::MAIN_NAVIGATION>
                <A href=paths::ORDERS exact=true attr:class="nav-link">
                    <span class="icon bag" aria-hidden="true"></span>
                    <span>{text::ORDERS}</span>
                    <span class="badge" prop:textContent=in_progress></span>
                </A>
                <If
                    when=move || session.signed_in()
                    fallback=move || {
                        view! {
                            <A href=sign_in attr:class="nav-link">
                                <span class="icon person" aria-hidden="true"></span>
                                <span>{text::SIGN_IN}</span>
                            </A>
                        }
                    }
                >
                    <A href=paths::ACCOUNT attr:class="nav-link">
                        <span class="icon person" aria-hidden="true"></span>
                        <span>{text::ACCOUNT}</span>
                    </A>
                </If>
            </nav>
        </header>
    }
}
