mod address;
mod placing;

use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_navigate};
use shared::Amount;

use self::{
    address::AddressFields,
    placing::{Outcomes, Placing},
};
use crate::{
    cart::Cart,
    components::{CartPanel, Empty, priced, set_title},
    store::{Store, use_store},
    text,
};

/// The checkout: the cart once more, where it goes, and the button that orders it.
#[component]
pub fn Checkout() -> AnyView {
    let store = use_store();
    set_title(text::CHECKOUT);
    let navigate = use_navigate();
    let placing = Placing::new(store, move |order| {
        navigate(&crate::pages::order_path(order), Default::default());
    });
    placing.settle();
    let empty = Memo::new(move |_| store.with_cart(Cart::is_empty));
    view! {
        <div class="page">
            <h1>{text::CHECKOUT}</h1>
            <Show when=move || !empty.get() fallback=nothing>
                <div class="checkout-columns">
                    <form
                        class="stack"
                        novalidate
                        on:submit=move |submit| {
                            submit.prevent_default();
                            placing.place(total(store));
                        }
                    >
                        <AddressFields placing />
                        <section class="panel">
                            <h2>{text::PAYMENT}</h2>
                            <p>{text::PAY_ON_DELIVERY}</p>
                        </section>
                        <Outcomes placing />
                        <PlaceButton placing />
                    </form>
                    <aside class="panel checkout-cart" aria-label=text::YOUR_CART>
                        <h2>{text::YOUR_CART}</h2>
                        <CartPanel />
                        <AddMore />
                    </aside>
                </div>
            </Show>
        </div>
    }
    .into_any()
}

/// What the cart costs, if its prices are known.
fn total(store: Store) -> Option<Amount> {
    untrack(|| priced(store)).map(|priced| priced.bill.total)
}

fn nothing() -> AnyView {
    let way_on = view! { <A href="/" attr:class="button">{text::FIND_FOOD}</A> }.into_any();
    let hint = text::CART_EMPTY_HINT.to_owned();
    view! { <Empty heading=text::CART_EMPTY hint way_on=Some(way_on) /> }.into_any()
}

/// The button that orders; for those who are not signed in, the way to do that first.
#[component]
fn PlaceButton(placing: Placing) -> AnyView {
    let store = use_store();
    let bill = Memo::new(move |_| priced(store));
    let ready =
        move || bill.with(|bill| bill.as_ref().is_some_and(|bill| bill.missing().is_none()));
    let signed_in = Memo::new(move |_| store.session.signed_in());
    let label = move || match (placing.working(), bill.get()) {
        (true, _) => text::PLACING.to_owned(),
        (false, Some(priced)) => {
            text::place_for(&text::money(priced.bill.total, priced.bill.currency))
        }
        (false, None) => text::PLACE_ORDER.to_owned(),
    };
    view! {
        {move || match signed_in.get() {
            true => view! {
                <button
                    type="submit"
                    class="button wide place"
                    disabled=move || placing.working() || !ready()
                >
                    {label}
                </button>
            }
            .into_any(),
            false => sign_in_first(),
        }}
    }
    .into_any()
}

fn sign_in_first() -> AnyView {
    view! {
        <section class="panel sign-in-first">
            <h2>{text::SIGN_IN_TO_ORDER}</h2>
            <p>{text::SIGN_IN_TO_ORDER_HINT}</p>
            <div class="actions">
                <A href="/sign-in?next=/checkout" attr:class="button">{text::SIGN_IN}</A>
                <A href="/sign-up?next=/checkout" attr:class="button second">{text::CREATE_ACCOUNT}</A>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn AddMore() -> AnyView {
    let store = use_store();
    let href = Memo::new(move |_| {
        let id = store.with_cart(|cart| cart.restaurant_id.clone());
        id.map_or_else(|| "/".to_owned(), |id| crate::pages::restaurant_path(&id))
    });
    view! { <A href=move || href.get() attr:class="quiet">{text::ADD_MORE}</A> }.into_any()
}
