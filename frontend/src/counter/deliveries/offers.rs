use leptos::prelude::*;
use shared::{OrderId, Status, api::Offer};

use super::from::From;
use crate::{
    components::{If, KeyedRows},
    counter::{store::Store, text},
    text::{
        format::{money, when},
        order::number,
    },
};

/// What waits for a courier, by when it is ready.
#[component]
pub fn Offers() -> impl IntoView {
    let store = expect_context::<Store>();
    let is_on = Memo::new(move |_| store.on_shift_until().is_some());
    let orders = Memo::new(move |_| {
        let now = store.now();
        let id = |offer: &Offer| offer.order_id;
        store.with_places(|places| places.offers(now).into_iter().map(id).collect::<Vec<_>>())
    });
    let rows = Signal::derive(move || {
        let row = |id: OrderId| {
            let show = move || view! { <OfferCard id /> };
            (id.to_string(), ViewFn::from(show))
        };
        orders.get().into_iter().map(row).collect::<Vec<_>>()
    });
    view! {
        <If when=is_on>
            <section class="column" aria-labelledby="deliveries-offers">
                <h2 id="deliveries-offers" tabindex="-1">
                    {text::OFFERS} " "
                    <span class="badge" prop:textContent=move || orders.with(Vec::len).to_string()></span>
                </h2>
                <If when=move || orders.with(Vec::is_empty)>
                    <p class="column-empty">{text::NO_OFFERS}</p>
                </If>
                <KeyedRows rows />
            </section>
        </If>
    }
}

/// An order that waits: when it is ready, roughly where it goes, and what is to be collected.
#[component]
fn OfferCard(id: OrderId) -> impl IntoView {
    let store = expect_context::<Store>();
    let Some(first) = untrack(|| store.offer(id)) else { return ().into_any() };
    let ready_at = Memo::new(move |_| store.offer(id)?.ready_at);
    let time = Memo::new(move |_| ready_at.get().map(when).unwrap_or_default());
    let due = move || {
        let status = store.offer(id).map_or(Status::Accepted, |offer| offer.status);
        time.with(|time| text::ready(status, ready_at.get(), time, store.now()).text)
    };
    let amount = money(first.to_collect, first.currency);
    let blocked = move || store.is_claim_blocked(id);
    let claim = move |_| {
        if !untrack(blocked) {
            store.claim(id);
        }
    };
    view! {
        <article class="ticket" aria-label=crate::text::order::name(id)>
            <div class="ticket-head">
                <h3>{number(id)}</h3>
                <p class="due" prop:textContent=due></p>
            </div>
            <From id />
            <p class="delivery-place">{text::to_district(&first.district)}</p>
            <p>{text::dishes_and_amount(first.dishes, &amount)}</p>
            <div class="ticket-actions">
                <button
                    type="button"
                    class="button"
                    aria-label=text::of_order(text::CLAIM, id)
                    aria-disabled=move || blocked().to_string()
                    on:click=claim
                >
                    {text::CLAIM}
                </button>
            </div>
        </article>
    }
    .into_any()
}
