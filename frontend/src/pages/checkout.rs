mod address;
mod placing;

use leptos::{ev::SubmitEvent, prelude::*};
use shared::price::Bill;

use self::placing::Placing;
use crate::{
    cart::Cart,
    components::{CartPanel, Chip, Empty, Link, Priced, priced, set_title},
    drawn::{Draw, Drawn, live, reading},
    router::Place,
    store::{Store, use_store},
    text,
};

/// What one may give the courier on top, in hundredths of what the dishes cost.
const TIPS: [u8; 4] = [0, 5, 10, 15];

/// The checkout: the cart once more, where it goes, and the button that orders it.
#[component]
pub fn Checkout() -> Drawn {
    let store = use_store();
    set_title(text::CHECKOUT);
    let placing = Placing::new(store);
    placing.settle();
    // Both are there, and one is seen: a form that is drawn again would lose what is typed in it.
    let class = move || match store.with_cart(Cart::is_empty) {
        true => "page checkout empty-cart".to_owned(),
        false => "page checkout".to_owned(),
    };
    view! {
        <div class=live(class)><h1>{text::CHECKOUT}</h1> {nothing()} {form(store, placing)}</div>
    }
    .draw()
}

fn nothing() -> Drawn {
    let way_on = view! { <Link to="/" class="button" text=text::FIND_FOOD /> }.draw();
    view! { <Empty heading=text::CART_EMPTY hint=text::CART_EMPTY_HINT way_on /> }.draw()
}

fn form(store: Store, placing: Placing) -> Drawn {
    let submit: Box<dyn FnMut(SubmitEvent)> = Box::new(move |submit| {
        submit.prevent_default();
        placing.place(bill(store));
    });
    view! {
        <div class="checkout-columns">
            <form class="stack" novalidate on:submit=submit>
                {address::fields(store, placing)}
                {tip(store)}
                <section class="panel">
                    <h2>{text::PAYMENT}</h2>
                    <p>{text::PAY_ON_DELIVERY}</p>
                </section>
                <div class="outcomes" aria-live="polite">{live(move || placing.outcome())}</div>
                {live(move || finish(store, placing))}
            </form>
            <aside class="panel checkout-cart" aria-label=text::YOUR_CART>
                <h2>{text::YOUR_CART}</h2>
                <CartPanel />
                {live(move || add_more(store))}
            </aside>
        </div>
    }
    .draw()
}

/// What the cart costs, if its prices are known.
fn bill(store: Store) -> Option<Bill> {
    untrack(|| priced(store)).map(|priced| priced.bill)
}

/// What the courier gets on top.
fn tip(store: Store) -> Drawn {
    let chips = TIPS.map(|percent| {
        let pressed = reading(move || store.with_cart(|cart| cart.tip_percent == percent));
        let act = Callback::new(move |()| store.edit_cart(|cart| cart.set_tip(percent)));
        view! { <Chip text=text::tip(percent) pressed act /> }.draw()
    });
    view! {
        <section class="panel">
            <h2>{text::TIP}</h2>
            <p class="panel-lead">{text::TIP_HINT}</p>
            <div class="chips">{chips.into_iter().collect::<Vec<_>>()}</div>
        </section>
    }
    .draw()
}

/// The button that orders; for those who are not signed in, the way to do that first.
fn finish(store: Store, placing: Placing) -> Drawn {
    if !store.session.signed_in() {
        return sign_in_first();
    }
    let bill = priced(store);
    // A price that has changed is agreed to where that is said.
    let agreed = store.repriced.with(Option::is_none);
    let ready = agreed && bill.as_ref().is_some_and(Priced::can_be_ordered);
    let label = match (placing.working(), &bill) {
        (true, _) => text::PLACING.to_owned(),
        (false, Some(bill)) => text::place_for(&bill.total()),
        (false, None) => text::PLACE_ORDER.to_owned(),
    };
    view! {
        <button type="submit" class="button wide place" disabled=placing.working() || !ready>
            {label}
        </button>
    }
    .draw()
}

fn sign_in_first() -> Drawn {
    view! {
        <section class="panel sign-in-first">
            <h2>{text::SIGN_IN_TO_ORDER}</h2>
            <p>{text::SIGN_IN_TO_ORDER_HINT}</p>
            <div class="actions">
                <Link to="/sign-in?next=/checkout" class="button" text=text::SIGN_IN />
                <Link to="/sign-up?next=/checkout" class="button second" text=text::CREATE_ACCOUNT />
            </div>
        </section>
    }
    .draw()
}

fn add_more(store: Store) -> Drawn {
    let restaurant = store.with_cart(|cart| cart.restaurant_id.clone());
    let to = restaurant.map_or(Place::Home, Place::Menu).path();
    view! { <Link to class="quiet" text=text::ADD_MORE /> }.draw()
}
