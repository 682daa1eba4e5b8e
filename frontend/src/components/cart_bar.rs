use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_location};

use crate::{
    model::cart::Cart,
    paths,
    state::cart::{CartStore, PricedCart},
    text,
};

/// The basket at the bottom of the page while something is in it; not on pages that show it
/// already, or that have to be finished first.
#[component]
pub fn CartBar() -> impl IntoView {
    let cart = expect_context::<CartStore>();
    let pathname = use_location().pathname;
    let hidden = move || {
        let elsewhere = pathname.with(|path| path == paths::CHECKOUT || paths::is_auth_page(path));
        elsewhere || cart.is_empty()
    };
    let count = move || text::cart::items(cart.with(Cart::count));
    let total = move || cart.priced().as_ref().and_then(PricedCart::total).unwrap_or_default();
    view! {
        <aside class="cart-bar" class:hidden=hidden aria-label=text::cart::BASKET>
            <A href=paths::CHECKOUT attr:class="button wide">
                <span class="cart-bar-count" prop:textContent=count></span>
                <span>{text::cart::VIEW}</span>
                <span class="price" prop:textContent=total></span>
            </A>
        </aside>
    }
}
