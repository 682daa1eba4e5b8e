use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    Amount,
    menu::Restaurant,
    price::{self, Bill, BillLine},
};

use crate::{
    cart::Cart,
    components::{BillView, Empty, Hint, Skeleton, Stepper},
    drawn::{Draw, Drawn, live, reading},
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

    /// What it costs, as a person reads it.
    #[must_use]
    pub fn total(&self) -> String {
        text::money(self.bill.total, self.bill.currency)
    }
}

/// The cart's prices, as soon as its menu is known; `None` too while nothing is in it. Reactive.
#[must_use]
pub fn priced(store: Store) -> Option<Priced> {
    let (id, lines) = store.with_cart(|cart| (cart.restaurant_id.clone(), cart.lines.clone()));
    let restaurant = store.menu(&id?)?.ok()?;
    let bill = price::bill(&restaurant, &lines, Amount::ZERO).ok()?;
    Some(Priced { restaurant, bill })
}

/// What is in the cart, to be changed, and what it costs.
#[component]
pub fn CartPanel() -> Drawn {
    let store = use_store();
    let content = move || match (store.with_cart(Cart::is_empty), priced(store)) {
        (true, _) => view! { <Empty heading=text::CART_EMPTY hint=text::CART_EMPTY_HINT /> }.draw(),
        (false, None) => view! { <Skeleton shape="bone-line" count=4 within="stack" /> }.draw(),
        (false, Some(priced)) => filled(store, priced),
    };
    view! { <div class="cart">{live(content)}</div> }.draw()
}

fn filled(store: Store, priced: Priced) -> Drawn {
    let currency = priced.bill.currency;
    let missing = priced.missing().map(|missing| {
        let missing = text::short_of_minimum(&text::money(missing, currency));
        view! { <Hint text=missing /> }.draw()
    });
    let lines =
        priced.bill.lines.iter().enumerate().map(|(number, line)| {
            cart_line(store, number, line, text::money(line.total, currency))
        });
    view! {
        <div class="cart">
            <p class="cart-from">{text::from_restaurant(&priced.restaurant.card.name)}</p>
            <ul class="cart-lines">{lines.collect::<Vec<_>>()}</ul>
            {missing}
            <BillView bill=priced.bill dishes=false />
        </div>
    }
    .draw()
}

fn cart_line(store: Store, number: usize, line: &BillLine, price: String) -> Drawn {
    let count = line.quantity.get();
    let set = Callback::new(move |count| {
        store.edit_cart(|cart| cart.set_quantity(number, count));
    });
    view! {
        <li>
            <div class="cart-dish">
                <span>{line.name.clone()}</span>
                <small>{text::options(&line.options)}</small>
                <span class="price">{price}</span>
            </div>
            <Stepper label=text::quantity_of(&line.name) count=reading(move || count) least=0 set />
        </li>
    }
    .draw()
}
