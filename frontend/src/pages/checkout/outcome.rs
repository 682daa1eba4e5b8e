use leptos::prelude::*;
use leptos_router::components::A;
use shared::{Amount, OrderId, price::Bill};

use super::placing::{Placing, Stage};
use crate::{
    components::{Alert, Dynamic},
    paths,
    state::cart::CartStore,
    text::{cart, checkout as texts, errors, format::money},
};

/// What came of pressing the button, where it needs an answer of the customer.
#[component]
pub fn Outcome(placing: Placing) -> impl IntoView {
    let store = expect_context::<CartStore>();
    let outcome = move || {
        let alert = |text: &str| Some(view! { <Alert text=text.to_owned() /> }.into_any());
        match placing.stage() {
            Stage::Idle => {
                let (seen, priced) = (store.total_before()?, store.priced()?);
                priced.total()?;
                Some(view! { <PriceChanged seen bill=priced.bill placing /> }.into_any())
            }
            Stage::Sending { again: false } => None,
            Stage::CheckingSent => alert(texts::CHECKING),
            Stage::Sending { again: true } => alert(texts::STILL_TRYING),
            Stage::IdTaken => alert(texts::ID_TAKEN),
            Stage::FieldWrong => alert(texts::CHECK_FIELDS),
            Stage::PriceChanged { seen, bill } => {
                Some(view! { <PriceChanged seen bill=*bill placing /> }.into_any())
            }
            Stage::AlreadyPlaced(id) => Some(view! { <AlreadyPlaced id placing /> }.into_any()),
            Stage::Failed(error) => alert(errors::hint(&error)),
        }
    };
    view! { <Dynamic view=outcome /> }
}

#[component]
fn PriceChanged(seen: Amount, bill: Bill, placing: Placing) -> impl IntoView {
    let money = |amount| money(amount, bill.currency);
    let sentence = cart::price_changed(&money(seen), &money(bill.total));
    let accept = move |_| placing.place(None, Some(bill.clone()));
    view! {
        <section class="hint-box">
            <h2>{texts::PRICE_CHANGED}</h2>
            <p prop:textContent=sentence></p>
            <button type="button" class="button" on:click=accept>
                {texts::ACCEPT_PRICE}
            </button>
        </section>
    }
}

#[component]
fn AlreadyPlaced(id: OrderId, placing: Placing) -> impl IntoView {
    view! {
        <section class="hint-box">
            <h2>{texts::ALREADY_PLACED}</h2>
            <p>{texts::ALREADY_PLACED_HINT}</p>
            <div class="actions">
                <A href=paths::order(id) attr:class="button">{texts::VIEW_ORDER}</A>
                <button
                    type="button"
                    class="button second"
                    on:click=move |_| placing.place_another()
                >
                    {texts::ORDER_AGAIN}
                </button>
            </div>
        </section>
    }
}
