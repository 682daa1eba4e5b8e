//! The frame of the counter, and which address shows which page.

use leptos::prelude::*;
use leptos_router::{
    components::{FlatRoutes, Route, Router},
    path,
};

use super::{
    board_page::BoardPage, join::JoinPage, not_found::NotFound, people::PeoplePage,
    restaurants::RestaurantsPage, shift::Shift, sign_in::SignIn, store::Store,
};
use crate::{
    browser,
    components::If,
    session::Session,
    state::{clock::Clock, connection::Connection, notices::Notices},
};

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let (session, notices, connection) = (Session::resume(), Notices::new(), Connection::listen());
    let store = Store::new(session, notices, connection);
    provide_context(session);
    provide_context(notices);
    provide_context(connection);
    provide_context(Clock::start());
    provide_context(store);
    provide_context(Shift::resume(store, connection));
    Effect::watch(move || connection.resumed(), move |_, _, _| session.reload(), false);
    view! {
        <Router>
            <main id="main" tabindex="-1">
                <If when=move || session.signed_in() fallback=|| view! { <SignIn /> }>
                    <FlatRoutes fallback=NotFound>
                        <Route path=path!("/counter") view=RestaurantsPage />
                        <Route path=path!("/counter/join") view=JoinPage />
                        <Route path=path!("/counter/:restaurant") view=BoardPage />
                        <Route path=path!("/counter/:restaurant/people") view=PeoplePage />
                    </FlatRoutes>
                </If>
            </main>
            <Sentences />
        </Router>
        <p
            class="visually-hidden"
            aria-live="polite"
            prop:textContent=move || notices.announcement.get()
        ></p>
    }
}

/// Sentences over the page: what was refused, and a newer version.
#[component]
fn Sentences() -> impl IntoView {
    let (notices, connection) = (expect_context::<Notices>(), expect_context::<Connection>());
    let notice = move || {
        let text = notices.notice.get()?.text;
        let dismiss = move |_| {
            notices.notice.set(None);
            browser::focus("#main");
        };
        Some(view! { <Sentence text button=crate::text::DISMISS on_press=dismiss /> })
    };
    let outdated = move || {
        let reload = |()| browser::reload();
        let text = crate::text::NEW_VERSION.to_owned();
        let is_outdated = connection.outdated.get();
        is_outdated.then(|| view! { <Sentence text button=crate::text::RELOAD on_press=reload /> })
    };
    view! { <div class="notices" role="status">{notice} {outdated}</div> }
}

#[component]
fn Sentence(
    text: String,
    button: &'static str,
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <p class="notice">
            <span>{text}</span>
            <button type="button" class="quiet" on:click=move |_| on_press.run(())>
                {button}
            </button>
        </p>
    }
}
