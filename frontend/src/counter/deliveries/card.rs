use leptos::prelude::*;
use shared::{OrderId, address::DeliveryAddress};

use super::{actions::DeliveryActions, from::From, map::MapLink};
use crate::{
    components::Dynamic,
    counter::{
        store::Store,
        taps::{Card, Stage},
        text,
    },
    text::{
        format::{money, when},
        order::number,
    },
};

/// A delivery: what is to be done about it, where it goes, and what is to be collected.
#[component]
pub fn DeliveryCard(
    /// The order.
    id: OrderId,
) -> impl IntoView {
    let store = expect_context::<Store>();
    let card = store.card(id);
    let Some(Card { delivery: first, .. }) = card.get_untracked() else { return ().into_any() };
    let stage = Memo::new(move |_| card.with(|it| it.as_ref().map(|it| it.stage)));
    let due_at = Memo::new(move |_| {
        card.with(|it| match it.as_ref()?.stage {
            Stage::Claimed => it.as_ref()?.delivery.ready_at,
            _ => it.as_ref()?.delivery.expected_at,
        })
    });
    let time = Memo::new(move |_| due_at.get().map(when).unwrap_or_default());
    let due = Memo::new(move |_| {
        let of = |it: &Card| time.with(|time| text::delivery_due(&it.delivery, time, store.now()));
        card.with(|it| it.as_ref().map(of))
    });
    let due_class = move || match due.with(|due| due.as_ref().is_some_and(|due| due.is_late)) {
        true => "due late",
        false => "due",
    };
    let due_text = move || due.get().map(|due| due.text).unwrap_or_default();
    let state = move || {
        card.with(|it| it.as_ref().map(|it| text::stage(&it.delivery, it.stage)))
            .unwrap_or_default()
    };
    let address =
        Memo::new(move |_| card.with(|it| it.as_ref().and_then(|it| it.delivery.address.clone())));
    let place = move || match address.get() {
        Some(address) => view! { <Place id address /> }.into_any(),
        None => view! { <p>{text::ADDRESS_GONE}</p> }.into_any(),
    };
    let is_pending =
        Memo::new(move |_| card.with(|it| it.as_ref().is_some_and(|it| it.is_pending)));
    let pending = move || {
        is_pending.get().then(|| {
            let text = if store.is_cut_off() { text::KEPT } else { text::SENDING };
            view! { <p class="delivery-kept">{text}</p> }
        })
    };
    let heading = format!("delivery-{id}");
    let labelled = heading.clone();
    let amount = money(first.to_collect, first.currency);
    let tip = text::tip(&first).map(|tip| view! { <p>{tip}</p> });
    let note =
        first.note.map(|note| view! { <p class="ticket-note">{note.as_ref().to_owned()}</p> });
    view! {
        <article class="ticket delivery" aria-labelledby=labelled>
            <div class="ticket-head">
                <h3 id=heading tabindex="-1">{number(id)}</h3>
                <p class=due_class prop:textContent=due_text></p>
            </div>
            <From id />
            <p class="delivery-state" prop:textContent=state></p>
            <Dynamic view=place />
            {note}
            <p class="delivery-amount">{text::to_collect(&amount)}</p>
            {tip}
            <Dynamic view=pending />
            <DeliveryActions id card stage />
        </article>
    }
    .into_any()
}

/// Where an order goes: a link to the map of the device, the door, and whom to call.
#[component]
fn Place(id: OrderId, address: DeliveryAddress) -> impl IntoView {
    let place = text::map_query(&address);
    let unit =
        address.unit.map(|unit| view! { <p class="delivery-unit">{unit.as_ref().to_owned()}</p> });
    let phone = address.phone.map(|phone| {
        let number = phone.as_ref().to_owned();
        let label = text::of_order(&number, id);
        view! {
            <a class="button second" href=phone.uri() aria-label=label>
                {number}
            </a>
        }
    });
    view! {
        <div class="delivery-where">
            <p class="delivery-name">{address.name.as_ref().to_owned()}</p>
            <MapLink class="delivery-place" text=place.clone() place />
            {unit}
            {phone}
        </div>
    }
}
