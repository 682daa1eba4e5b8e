use leptos::{prelude::*, task::spawn_local};
use shared::{order::OrderLine, price::BillLine};

use super::{BillView, DishDialog, Dynamic, Empty, ErrorView, Skeleton, Stepper};
use crate::{
    browser,
    model::cart::{Added, Cart},
    state::{
        cart::{CartStore, PricedCart},
        notices::Notices,
    },
    text::{
        cart as texts,
        format::{money, round_money},
        hours::Opening,
    },
};

/// What is in the basket, to be changed, and what it costs.
#[component]
pub fn CartPanel(
    /// Whether this is the checkout, where a changed price has to be agreed to.
    #[prop(optional)]
    at_checkout: bool,
) -> impl IntoView {
    let cart = expect_context::<CartStore>();
    let notices = expect_context::<Notices>();
    cart.keep_quoted(at_checkout);
    let editing = RwSignal::new(None::<usize>);
    let priced = Memo::new(move |_| cart.priced());
    let content = move || {
        if browser::PRERENDERING {
            return ().into_any(); // it may not be empty
        }
        if cart.is_empty() {
            return view! { <Empty heading=texts::EMPTY hint=texts::EMPTY_HINT /> }.into_any();
        }
        match (priced.get(), cart.menu()) {
            (Some(priced), _) => view! { <CartContents priced editing at_checkout /> }.into_any(),
            (None, Some(Err(error))) => {
                view! { <ErrorView error retry=move |()| cart.fetch_menu() /> }.into_any()
            }
            (None, _) => {
                view! { <Skeleton shape="skeleton-line" count=4 within="stack" /> }.into_any()
            }
        }
    };
    let dialog = move || {
        let number = editing.get()?;
        let priced = priced.get_untracked()?;
        let line = cart.now().lines.get(number)?.clone();
        let dish = priced.restaurant.dish(&line.dish_id)?.clone();
        let before = line.clone();
        let on_add = move |line: OrderLine| {
            editing.set(None);
            let added = cart.edit_line(&before, |cart, place| cart.replace(place, line));
            if added == Some(Added::Full) {
                notices.notify(texts::FULL);
            }
        };
        let on_close = move |()| editing.set(None);
        let (restaurant, line) = (priced.restaurant, Some(line));
        Some(view! { <DishDialog restaurant dish line on_add on_close /> })
    };
    view! { <div class="cart"><Dynamic view=content /> <Dynamic view=dialog /></div> }
}

#[component]
fn CartContents(
    priced: PricedCart,
    editing: RwSignal<Option<usize>>,
    /// Where what is missing stands beside the button.
    at_checkout: bool,
) -> impl IntoView {
    focus_restored_line(expect_context());
    let currency = priced.bill.currency;
    let card = &priced.restaurant.card;
    let missing = priced.missing().map(|missing| {
        let minimum = round_money(card.minimum_order, currency);
        texts::below_minimum(&money(missing, currency), &minimum)
    });
    let closed = match priced.opening {
        Opening::Open => None,
        Opening::Closed(opens) => Some(texts::closed(card, opens)),
    };
    let undelivered = priced.out_of_reach.is_some();
    let out_of_reach = priced.out_of_reach.filter(|_| !at_checkout);
    let out_of_reach = out_of_reach.map(|postcode| texts::not_delivered(card, &postcode));
    let hint = move |hint: String| view! { <p class="hint-box" prop:textContent=hint></p> };
    let lines = priced.bill.lines.iter().enumerate().map(|(number, line)| {
        let price = money(line.total, currency);
        view! { <Line number line=line.clone() price editing /> }
    });
    view! {
        <div class="cart">
            <p class="cart-from" prop:textContent=texts::from_restaurant(&card.name)></p>
            <ul class="cart-lines">{lines.collect_view()}</ul>
            {closed.map(hint)}
            {out_of_reach.map(hint)}
            {missing.filter(|_| !at_checkout).map(hint)}
            <BillView
                bill=priced.bill
                dishes=false
                from=priced.depends_on_postcode
                undelivered
            />
        </div>
    }
}

#[component]
fn Line(
    number: usize,
    line: BillLine,
    price: String,
    editing: RwSignal<Option<usize>>,
) -> impl IntoView {
    let cart = expect_context::<CartStore>();
    let count = line.quantity.get();
    let name = line.name.clone();
    let ordered = cart.now().lines.get(number).cloned();
    let set = move |count| {
        let Some(ordered) = &ordered else { return };
        if count == 0 {
            cart.remove_line(ordered, &name);
            focus_after_removing(cart, number);
        } else {
            cart.edit_line(ordered, |cart, place| cart.set_quantity(place, count));
        }
    };
    view! {
        <li>
            <div class="cart-dish">
                <button
                    type="button"
                    aria-label=texts::edit(&line.name)
                    on:click=move |_| editing.set(Some(number))
                    prop:textContent=line.name.clone()
                ></button>
                <small prop:textContent=texts::options(&line.options)></small>
                <small
                    class="note"
                    prop:textContent=line.note.map(|note| note.to_string()).unwrap_or_default()
                ></small>
                <span class="price" prop:textContent=price></span>
            </div>
            <Stepper of=line.name count=count least=0 set />
        </li>
    }
}

/// The line that takes the removed one's place has the focus next, or the one before it.
fn focus_after_removing(cart: CartStore, number: usize) {
    let selector = match cart.now() {
        cart if Cart::is_empty(&cart) => "#main",
        cart if number >= cart.lines.len() => ".cart-lines li:last-child .cart-dish button",
        _ => "",
    };
    if !selector.is_empty() {
        browser::focus_soon(selector);
    }
}

/// A line that was put back has the focus, as soon as it is shown.
fn focus_restored_line(cart: CartStore) {
    spawn_local(async move {
        browser::sleep(0).await;
        if let Some(place) = cart.take_restored() {
            let number = place + 1;
            browser::focus(&format!(".cart-lines li:nth-child({number}) .cart-dish button"));
        }
    });
}
