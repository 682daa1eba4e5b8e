use leptos::prelude::*;
use leptos_router::components::A;
use shared::{OrderId, Timestamp, order::Basket};

use super::cancel::CallRestaurant;
use crate::{
    browser,
    components::BillView,
    paths,
    text::{cart, format::date_and_time, order as texts},
};

/// What was ordered, from whom, for where; and whom to call.
#[component]
pub fn Receipt(
    /// The order.
    id: OrderId,
    /// All of it, at the prices of then.
    basket: Basket,
    /// When it was placed.
    placed_at: Timestamp,
) -> impl IntoView {
    let lines = basket.address.iter().flat_map(texts::address);
    let lines = lines.map(|line| view! { <span>{line}</span> }.into_any()).collect_view();
    let note = basket.note.map(|note| {
        view! {
            <div>
                <h2>{texts::NOTE}</h2>
                <p class="note">{note.to_string()}</p>
            </div>
        }
    });
    let help = match basket.restaurant_phone {
        Some(phone) => {
            view! { <CallRestaurant name=basket.restaurant_name.clone() phone /> }.into_any()
        }
        None => view! { <p>{texts::NO_PHONE}</p> }.into_any(),
    };
    view! {
        <div class="stack receipt">
            <section class="panel">
                <div class="panel-head">
                    <h2>{texts::SUMMARY}</h2>
                    <A href=paths::menu(&basket.restaurant_id) attr:class="quiet">
                        {texts::VIEW_MENU}
                    </A>
                </div>
                <p class="cart-from">{cart::from_restaurant(&basket.restaurant_name)}</p>
                <p class="receipt-head">{texts::name(id)} " · " {date_and_time(placed_at)}</p>
                <BillView bill=basket.bill dishes=true />
                <button type="button" class="quiet print" on:click=|_| browser::print()>
                    {texts::PRINT}
                </button>
            </section>
            <section class="panel">
                <h2>{texts::ADDRESS}</h2>
                <address>{lines}</address>
                {note}
            </section>
            <section class="panel help">
                <h2>{texts::HELP}</h2>
                {help}
            </section>
        </div>
    }
}
