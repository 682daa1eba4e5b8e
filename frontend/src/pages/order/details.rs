use leptos::prelude::*;
use leptos_router::components::A;
use shared::order::Basket;

use crate::{components::BillView, text};

/// What was ordered, from whom, for where.
#[component]
pub fn OrderDetails(
    /// All of it, at the prices of then.
    basket: Basket,
) -> AnyView {
    let address = &basket.address;
    let lines = [&*address.name.to_string(), address.street.as_ref()]
        .map(str::to_owned)
        .into_iter()
        .chain([format!("{} {}", address.postcode, address.city)])
        .chain(address.phone.as_ref().map(ToString::to_string));
    let lines = lines.map(|line| view! { <span>{line}</span> }).collect::<Vec<_>>();
    let note = basket.note.as_ref().map(|note| {
        view! { <h2>{text::YOUR_NOTE}</h2> <p class="note">{note.to_string()}</p> }
    });
    view! {
        <section class="panel">
            <div class="panel-head">
                <h2>{text::WHAT_YOU_ORDERED}</h2>
                <A href=crate::pages::restaurant_path(&basket.restaurant_id) attr:class="quiet">
                    {text::ORDER_AGAIN_THERE}
                </A>
            </div>
            <p class="cart-from">{text::from_restaurant(&basket.restaurant_name)}</p>
            <BillView bill=basket.bill.clone() dishes=true />
        </section>
        <section class="panel">
            <h2>{text::BROUGHT_TO}</h2>
            <address>{lines}</address>
            {note}
        </section>
    }
    .into_any()
}
