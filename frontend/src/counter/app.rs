//! The frame of the counter, and which address shows which page.

use leptos::prelude::*;
use leptos_router::{
    components::{FlatRoutes, Route, Router},
    path,
};

use super::{
    board_page::BoardPage,
    deliveries::{AllDeliveriesPage, DeliveriesPage},
    join::JoinPage,
    not_found::NotFound,
    office::{self, MenuEditorPage, OfficePage},
    restaurants::RestaurantsPage,
    shift::{Shift, ShiftBar},
    sign_in::SignIn,
    store::Store,
    text::ERRORS,
};
use crate::{
    browser,
    components::{Dynamic, FocusPage, sentence},
    lazy::Lazy,
    session::Session,
    state::{clock::Clock, connection::Connection, notices::Notices},
    text,
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
    provide_context(ERRORS);
    provide_context(store);
    provide_context(Shift::resume(store, session, connection));
    Effect::watch(move || connection.resumed(), move |_, _, _| session.reload(), false);
    // Anew for each account: another tab can sign in with another one.
    let account = Memo::new(move |_| (session.signed_in(), session.ended()));
    let page = move || match account.get() {
        (true, _) => view! { <Pages /> }.into_any(),
        (false, _) => view! { <SignIn /> }.into_any(),
    };
    view! {
        <Router>
            <main id="main" tabindex="-1">
                <Dynamic view=page />
            </main>
            <CounterNotices />
            <FocusPage />
        </Router>
        <p
            class="visually-hidden"
            aria-live="polite"
            prop:textContent=move || notices.announcement.get()
        ></p>
    }
}

#[component]
fn Pages() -> impl IntoView {
    view! {
        <ShiftBar />
        <FlatRoutes fallback=NotFound>
            <Route path=path!("/counter") view=RestaurantsPage />
            <Route path=path!("/counter/join") view=JoinPage />
            <Route path=path!("/counter/deliveries") view=AllDeliveriesPage />
            <Route path=path!("/counter/:restaurant") view=BoardPage />
            <Route path=path!("/counter/:restaurant/deliveries") view=DeliveriesPage />
            <Route path=path!("/counter/:restaurant/people") view=office(OfficePage::People) />
            <Route path=path!("/counter/:restaurant/hours") view=office(OfficePage::Hours) />
            <Route path=path!("/counter/:restaurant/delivery") view=office(OfficePage::Delivery) />
            <Route path=path!("/counter/:restaurant/menu") view=menu_editor />
            <Route path=path!("/counter/:restaurant/day") view=office(OfficePage::Day) />
            <Route path=path!("/counter/:restaurant/orders/:order") view=office(OfficePage::Order) />
        </FlatRoutes>
    }
}

/// The view of a route whose page is loaded lazily.
const fn office(page: OfficePage) -> impl Fn() -> AnyView + Send + Sync + Copy {
    move || view! { <Lazy chunk=&office::CHUNK page /> }.into_any()
}

fn menu_editor() -> impl IntoView {
    view! { <Lazy chunk=&office::MENU_CHUNK page=MenuEditorPage /> }
}

/// Notices over the page: what was refused, and a newer version.
#[component]
fn CounterNotices() -> impl IntoView {
    let (notices, connection) = (expect_context::<Notices>(), expect_context::<Connection>());
    let notice = move || {
        let text = notices.notice.get()?.text;
        let dismiss = move || {
            notices.notice.set(None);
            browser::focus("#main");
        };
        Some(sentence(text, text::DISMISS, dismiss))
    };
    let outdated = move || {
        let outdated = connection.outdated.get();
        outdated.then(|| sentence(text::NEW_VERSION.to_owned(), text::RELOAD, browser::reload))
    };
    view! {
        <div class="notices" role="status">
            <Dynamic view=notice />
            <Dynamic view=outdated />
        </div>
    }
}
