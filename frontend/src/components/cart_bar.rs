use leptos::prelude::*;

use crate::{
    cart::Cart,
    components::{Priced, priced},
    drawn::{Draw, Drawn, live},
    router::Place,
    store::use_store,
    text,
};

/// The cart at the bottom of the page, while something is in it; not where it is on the page
/// already, or something else is to be finished first.
#[component]
pub fn CartBar() -> Drawn {
    let store = use_store();
    let class = move || {
        let place = store.router.place();
        let hidden = place == Place::Checkout || place.is_on_the_way();
        match hidden || store.with_cart(Cart::is_empty) {
            true => "cart-bar hidden".to_owned(),
            false => "cart-bar".to_owned(),
        }
    };
    let count = move || text::dishes(store.with_cart(Cart::count));
    let total = move || priced(store).as_ref().map(Priced::total).unwrap_or_default();
    view! {
        <aside class=live(class) aria-label=text::YOUR_CART>
            <a href="/checkout" class="button wide">
                <span class="cart-bar-count">{live(count)}</span>
                <span>{text::VIEW_CART}</span>
                <span class="price">{live(total)}</span>
            </a>
        </aside>
    }
    .draw()
}
