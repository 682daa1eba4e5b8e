use leptos::prelude::*;
use shared::order::Basket;

use crate::{
    components::{BillView, Link},
    drawn::{Draw, Drawn},
    router::Place,
    text,
};

/// What was ordered, from whom, for where.
#[component]
pub fn OrderDetails(
    /// All of it, at the prices of then.
    basket: Basket,
) -> Drawn {
    let to = Place::Menu(basket.restaurant_id).path();
    let lines = basket.address.iter().flat_map(text::address);
    let lines = lines.map(|line| view! { <span>{line}</span> }.draw()).collect::<Vec<_>>();
    let note = basket.note.map(|note| {
        view! { <div><h2>{text::YOUR_NOTE}</h2> <p class="note">{note.to_string()}</p></div> }
            .draw()
    });
    view! {
        <div class="stack">
            <section class="panel">
                <div class="panel-head">
                    <h2>{text::WHAT_YOU_ORDERED}</h2>
                    <Link to class="quiet" text=text::ORDER_AGAIN_THERE />
                </div>
                <p class="cart-from">{text::from_restaurant(&basket.restaurant_name)}</p>
                <BillView bill=basket.bill dishes=true />
            </section>
            <section class="panel">
                <h2>{text::BROUGHT_TO}</h2>
                <address>{lines}</address>
                {note}
            </section>
        </div>
    }
    .draw()
}
