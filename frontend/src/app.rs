//! The frame around every page: routes, navigation, what a screen reader is told.

use leptos::{html, prelude::*, task::spawn_local};
use leptos_router::{
    components::{FlatRoutes, Route, Router},
    hooks::use_location,
    path,
};

use crate::{
    components::{CartBar, Header, Notices},
    live,
    orders::Listed,
    pages::{Checkout, Confirm, Home, Menu, NotFound, OrderPage, OrdersPage, SignIn, SignUp},
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
        <Router>
            <Header />
            <Notices />
            <Main />
            <CartBar />
            <p class="said" aria-live="polite" id="said">{store.said}</p>
        </Router>
    }
}

#[component]
fn Main() -> impl IntoView {
    let main = NodeRef::<html::Main>::new();
    let path = use_location().pathname;
    // A new page takes the focus, or a keyboard would go on from the link that led here.
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|before| before != now)
            && let Some(main) = main.get_untracked()
        {
            let _ = main.focus();
        }
        now
    });
    view! {
        <main id="main" tabindex="-1" node_ref=main>
            <FlatRoutes fallback=|| view! { <NotFound /> }>
                <Route path=path!("/") view=Home />
                <Route path=path!("/r/:restaurant_id") view=Menu />
                <Route path=path!("/checkout") view=Checkout />
                <Route path=path!("/orders") view=OrdersPage />
                <Route path=path!("/orders/:id") view=OrderPage />
                <Route path=path!("/sign-up") view=SignUp />
                <Route path=path!("/confirm") view=Confirm />
                <Route path=path!("/sign-in") view=SignIn />
            </FlatRoutes>
        </main>
    }
}

/// What is fetched on every page: the place this runs at, the cart's menu, one's newest orders.
fn begin(store: Store) {
    spawn_local(async move { drop(store.session.config().await) });
    if let Some(restaurant) = store.cart().restaurant_id {
        store.load_menu(restaurant);
    }
    let signed_in = Memo::new(move |_| store.session.signed_in());
    Effect::new(move || {
        if signed_in.get() {
            spawn_local(async move { drop(store.fetch_list(Listed::No).await) });
        }
    });
}
