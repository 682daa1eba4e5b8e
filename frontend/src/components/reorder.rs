use std::sync::Arc;

use leptos::prelude::*;
use shared::{OrderId, api::ProblemType, menu::Restaurant, order::OrderLine};

use crate::{
    cart::{self, Cart},
    components::{Ask, Doing, work},
    drawn::{Draw, Drawn, live},
    router::Place,
    signal::Signal,
    store::{Store, use_store},
    text,
};

/// What an order of then can be today.
#[derive(Clone)]
struct Again {
    restaurant: Arc<Restaurant>,
    lines: Vec<OrderLine>,
    /// What is no longer sold as it was.
    gone: Vec<String>,
}

/// Puts what was ordered into the cart again, at the prices of today.
#[component]
pub fn Reorder(
    /// The order of then.
    id: OrderId,
) -> Drawn {
    let store = use_store();
    let asking = Signal::new(None::<Again>);
    let work = work(move || async move {
        let (restaurant, bill) = match store.menu_of_order(id).await {
            Err(problem) if problem.kind == ProblemType::NotFound => {
                store.notify(text::RESTAURANT_GONE_HINT);
                return Ok(());
            }
            other => other?,
        };
        let (lines, gone) = cart::again(&restaurant, &bill);
        ask_or_fill(store, asking, Again { restaurant, lines, gone });
        Ok(())
    });
    view! {
        <div class="reorder">
            <Doing text=text::REORDER work />
            {live(move || question(store, asking))}
        </div>
    }
    .draw()
}

fn ask_or_fill(store: Store, asking: Signal<Option<Again>>, again: Again) {
    if again.lines.is_empty() {
        store.notify(text::NOTHING_SOLD_ANY_MORE);
    } else if untrack(|| store.with_cart(Cart::is_empty)) {
        fill(store, again);
    } else {
        asking.try_set(Some(again));
    }
}

fn question(store: Store, asking: Signal<Option<Again>>) -> Drawn {
    let Some(again) = asking.get() else { return Drawn::nothing() };
    let hint = text::reorder_instead(&again.restaurant.card.name);
    let act = Callback::new(move |()| fill(store, again.clone()));
    let close = Callback::new(move |()| asking.set(None));
    let (title, yes) = (text::START_OVER_TITLE, text::START_OVER);
    view! { <Ask title hint class="button" yes act close /> }.draw()
}

fn fill(store: Store, again: Again) {
    let Again { restaurant, lines, gone } = again;
    store.edit_cart(|cart| cart.start_over(&restaurant.card.restaurant_id, lines));
    if !gone.is_empty() {
        store.notify(text::not_sold_any_more(&gone));
    }
    // Whoever has gone on to something else meanwhile stays there.
    if matches!(untrack(|| store.router.place()), Place::Orders | Place::Order(_)) {
        store.router.go("/checkout");
    }
}
