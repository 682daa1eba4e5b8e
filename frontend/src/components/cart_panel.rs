use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    Amount,
    menu::Restaurant,
    price::{self, Bill, BillLine},
};

use crate::{
    cart::Cart,
    components::{BillView, Empty, Skeleton, Stepper},
    store::{Store, use_store},
    text,
};

/// The cart with its prices of now.
#[derive(Debug, Clone, PartialEq)]
pub struct Priced {
    /// Where it is cooked.
    pub restaurant: Arc<Restaurant>,
    /// What it costs.
    pub bill: Bill,
}

impl Priced {
    /// What is missing to the smallest order the restaurant takes.
    #[must_use]
    pub fn missing(&self) -> Option<Amount> {
        let least = self.restaurant.card.minimum_order.minor();
        let missing = least - self.bill.subtotal.minor();
        (missing > 0).then(|| Amount::new(missing))
    }
}

/// The cart's prices, as soon as its menu is known; `None` too while nothing is in it. Reactive.
#[must_use]
pub fn priced(store: Store) -> Option<Priced> {
    let (id, lines) = store.with_cart(|cart| (cart.restaurant_id.clone(), cart.lines.clone()));
    let restaurant = store.menu(&id?)?.ok()?;
    let bill = price::bill(&restaurant, &lines).ok()?;
    Some(Priced { restaurant, bill })
}

/// What is in the cart, to be changed, and what it costs.
#[component]
pub fn CartPanel() -> AnyView {
    let store = use_store();
    let bill = Memo::new(move |_| priced(store));
    let empty = Memo::new(move |_| store.with_cart(Cart::is_empty));
    view! {
        <div class="cart">
            {move || match (empty.get(), bill.get()) {
                (true, _) => {
                    let hint = text::CART_EMPTY_HINT.to_owned();
                    view! { <Empty heading=text::CART_EMPTY hint /> }.into_any()
                }
                (false, None) => {
                    view! { <Skeleton shape="bone-line" count=4 within="stack" /> }.into_any()
                }
                (false, Some(priced)) => filled(store, priced),
            }}
        </div>
    }
    .into_any()
}

fn filled(store: Store, priced: Priced) -> AnyView {
    let missing = priced.missing().map(|missing| {
        let missing = text::money(missing, priced.bill.currency);
        view! { <p class="hint-box">{text::short_of_minimum(&missing)}</p> }
    });
    let currency = priced.bill.currency;
    let lines = priced.bill.lines.iter().cloned().enumerate().map(|(number, line)| {
        let price = text::money(line.total, currency);
        view! { <CartLine store number line price /> }
    });
    view! {
        <p class="cart-from">{text::from_restaurant(&priced.restaurant.card.name)}</p>
        <ul class="cart-lines">{lines.collect::<Vec<_>>()}</ul>
        {missing}
        <BillView bill=priced.bill dishes=false />
    }
    .into_any()
}

#[component]
fn CartLine(store: Store, number: usize, line: BillLine, price: String) -> AnyView {
    let options = line.options.iter().map(|option| option.name.as_str());
    let options = options.collect::<Vec<_>>().join(", ");
    let count = line.quantity.get();
    let set = Callback::new(move |count| {
        store.edit_cart(|cart| cart.set_quantity(number, count));
    });
    view! {
        <li>
            <div class="cart-dish">
                <span>{line.name.clone()}</span>
                <small>{options}</small>
                <span class="price">{price}</span>
            </div>
            <Stepper label=text::quantity_of(&line.name) count=count least=0 set />
        </li>
    }
    .into_any()
}
