use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    Amount,
    menu::Restaurant,
    order::OrderLine,
    price::{Bill, BillLine},
};

use crate::{
    cart::{Added, Cart},
    components::{BillView, DishDialog, Empty, Hint, Skeleton, Stepper},
    drawn::{Draw, Drawn, live, press, reading},
    signal::Signal,
    store::{Store, use_store},
    text::{self, Doors},
};

/// The cart with its prices of now.
#[derive(Debug, Clone)]
pub struct Priced {
    /// Where it is cooked.
    pub restaurant: Arc<Restaurant>,
    /// What it costs: as the server says, as soon as it has.
    pub bill: Bill,
    /// Whether it can be cooked now.
    pub doors: Doors,
}

impl Priced {
    /// What is missing to the smallest order the restaurant takes.
    #[must_use]
    pub fn missing(&self) -> Option<Amount> {
        let least = self.restaurant.card.minimum_order.minor();
        let missing = least - self.bill.subtotal.minor();
        (missing > 0).then(|| Amount::new(missing))
    }

    /// Whether it can be ordered: it is enough, and the restaurant is open.
    #[must_use]
    pub fn can_be_ordered(&self) -> bool {
        self.missing().is_none() && self.doors == Doors::Open
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
    let restaurant = store.menu(&store.with_cart(|cart| cart.restaurant_id.clone())?)?.ok()?;
    let bill = match store.quote() {
        Some(quote) => quote.bill,
        None => store.with_cart(|cart| cart.bill(&restaurant)).ok()?,
    };
    store.minute.track();
    let doors = text::doors(&restaurant.card);
    Some(Priced { restaurant, bill, doors })
}

/// What is in the cart, to be changed, and what it costs.
#[component]
pub fn CartPanel() -> Drawn {
    let store = use_store();
    store.keep_quoted();
    let editing = Signal::new(None::<usize>);
    let content = move || match (store.with_cart(Cart::is_empty), priced(store)) {
        (true, _) => view! { <Empty heading=text::CART_EMPTY hint=text::CART_EMPTY_HINT /> }.draw(),
        (false, None) => view! { <Skeleton shape="bone-line" count=4 within="stack" /> }.draw(),
        (false, Some(priced)) => filled(store, priced, editing),
    };
    view! { <div class="cart">{live(content)} {live(move || dialog(store, editing))}</div> }.draw()
}

/// The dialog of the line that is being edited.
fn dialog(store: Store, editing: Signal<Option<usize>>) -> Drawn {
    let shown = editing.get().and_then(|number| {
        let priced = untrack(|| priced(store))?;
        let line = store.cart().lines.get(number)?.clone();
        let dish = priced.restaurant.dish(&line.dish_id)?.clone();
        let add = Callback::new(move |line: OrderLine| {
            editing.set(None);
            if store.edit_cart(|cart| cart.replace(number, line)) == Added::Full {
                store.notify(text::CART_FULL);
            }
        });
        let close = Callback::new(move |()| editing.set(None));
        let restaurant = priced.restaurant;
        Some(view! { <DishDialog restaurant dish line add close /> }.draw())
    });
    shown.into()
}

fn filled(store: Store, priced: Priced, editing: Signal<Option<usize>>) -> Drawn {
    let currency = priced.bill.currency;
    let missing = priced.missing().map(|missing| {
        let missing = text::short_of_minimum(&text::money(missing, currency));
        view! { <Hint text=missing /> }.draw()
    });
    let closed = match priced.doors {
        Doors::Open => None,
        Doors::Closed(opens) => {
            let text = text::closed(&priced.restaurant.card, opens);
            Some(view! { <Hint text /> }.draw())
        }
    };
    let lines = priced.bill.lines.iter().enumerate().map(|(number, line)| {
        cart_line(store, number, line, text::money(line.total, currency), editing)
    });
    view! {
        <div class="cart">
            <p class="cart-from">{text::from_restaurant(&priced.restaurant.card.name)}</p>
            <ul class="cart-lines">{lines.collect::<Vec<_>>()}</ul>
            {closed}
            {missing}
            <BillView bill=priced.bill dishes=false />
        </div>
    }
    .draw()
}

fn cart_line(
    store: Store,
    number: usize,
    line: &BillLine,
    price: String,
    editing: Signal<Option<usize>>,
) -> Drawn {
    let count = line.quantity.get();
    let name = line.name.clone();
    let set = Callback::new(move |count| match count {
        0 => store.remove_line(number, &name),
        count => store.edit_cart(|cart| cart.set_quantity(number, count)),
    });
    let edit = press(move || editing.set(Some(number)));
    view! {
        <li>
            <div class="cart-dish">
                <button type="button" aria-label=text::edit(&line.name) on:click=edit>
                    {line.name.clone()}
                </button>
                <small>{text::options(&line.options)}</small>
                <small class="note">{line.note.as_ref().map(ToString::to_string)}</small>
                <span class="price">{price}</span>
            </div>
            <Stepper label=text::quantity_of(&line.name) count=reading(move || count) least=0 set />
        </li>
    }
    .draw()
}
