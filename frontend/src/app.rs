//! The frame around every page, and which address shows which page.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    components::{FlatRoutes, Route, Router},
    path,
};
use shared::api::PageName;

use crate::{
    browser,
    components::{CartBar, FocusPage, Footer, Header, NoticeBar},
    lazy::Lazy,
    live,
    model::order_list::Progress,
    pages::{self, HomePage, LazyPage, MenuPage, NotFoundPage},
    session::Session,
    startup::Part,
    state::{self, notices::Notices, orders::Orders},
};

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    state::provide();
    let notices = expect_context::<Notices>();
    view! {
        <Part>
            <Shop />
        </Part>
        <p
            class="visually-hidden"
            aria-live="polite"
            prop:textContent=move || notices.announcement.get()
        ></p>
    }
}

#[component]
fn Shop() -> impl IntoView {
    state::provide_shop();
    view! {
        <Part>
            <Pages />
        </Part>
    }
}

#[component]
fn Pages() -> impl IntoView {
    view! {
        <Router>
            <Part>
                <Header />
            </Part>
            <main id="main" tabindex="-1">
                <Part>
                    <FlatRoutes fallback=NotFoundPage>
                        <Route path=path!("/") view=HomePage />
                        <Route path=path!("/r/:id") view=MenuPage />
                        <Route path=path!("/checkout") view=lazy(LazyPage::Checkout) />
                        <Route path=path!("/orders") view=lazy(LazyPage::Orders) />
                        <Route path=path!("/orders/:id") view=lazy(LazyPage::Order) />
                        <Route path=path!("/sign-up") view=lazy(LazyPage::SignUp) />
                        <Route path=path!("/confirm") view=lazy(LazyPage::Confirm) />
                        <Route path=path!("/sign-in") view=lazy(LazyPage::SignIn) />
                        <Route path=path!("/forgot") view=lazy(LazyPage::Forgot) />
                        <Route path=path!("/account") view=lazy(LazyPage::Account) />
                        <Route path=path!("/privacy") view=lazy(LazyPage::Legal(PageName::Privacy)) />
                        <Route path=path!("/terms") view=lazy(LazyPage::Legal(PageName::Terms)) />
                    </FlatRoutes>
                </Part>
            </main>
            <Part>
                <Footer />
                <NoticeBar />
                <CartBar />
                <Background />
            </Part>
            <FocusPage />
        </Router>
    }
}

/// The view of a route whose page is loaded lazily.
const fn lazy(page: LazyPage) -> impl Fn() -> AnyView + Send + Sync + Copy {
    move || view! { <Lazy chunk=&pages::lazy::CHUNK page /> }.into_any()
}

/// What goes on behind every page: the WebSocket, the lazy pages once the basket is not empty, and the
/// first requests, which are for the site's configuration and the newest orders of whoever is signed in.
#[component]
fn Background() -> impl IntoView {
    if browser::PRERENDERING {
        return;
    }
    live::connect();
    pages::preload();
    let (session, orders) = (expect_context::<Session>(), expect_context::<Orders>());
    spawn_local(async move { drop(session.config().await) });
    Effect::new(move || {
        if session.signed_in() {
            spawn_local(async move { drop(orders.fetch_list(&Progress::None).await) });
        }
    });
}
