use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_location};

use crate::{components::cart_panel::priced, store::use_store, text};

/// Where the cart is on the page already, or something else is to be finished first.
const WITHOUT: [&str; 4] = ["/checkout", "/sign-in", "/sign-up", "/confirm"];

/// The cart at the bottom of the page, while something is in it.
#[component]
pub fn CartBar() -> AnyView {
    let store = use_store();
    let path = use_location().pathname;
    let count = Memo::new(move |_| store.with_cart(crate::cart::Cart::count));
    let total = Memo::new(move |_| {
        priced(store).map(|priced| text::money(priced.bill.total, priced.bill.currency))
    });
    let elsewhere = move || path.with(|path| !WITHOUT.contains(&path.as_str()));
    let shown = Memo::new(move |_| count.get() > 0 && elsewhere());
    view! {
        <Show when=move || shown.get()>
            <aside class="cart-bar" aria-label=text::YOUR_CART>
                <A href="/checkout" attr:class="button wide">
                    <span class="cart-bar-count">{move || text::dishes(count.get())}</span>
                    <span>{text::VIEW_CART}</span>
                    <span class="price">{move || total.get()}</span>
                </A>
            </aside>
        </Show>
    }
    .into_any()
}
