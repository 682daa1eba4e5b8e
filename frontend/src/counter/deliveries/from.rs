use leptos::prelude::*;
use shared::OrderId;

use super::map::MapLink;
use crate::{
    components::Dynamic,
    counter::{store::Store, text},
};

/// The restaurant of an order, if the page shows those of several, and where it is until the order is picked up.
#[component]
pub fn From(
    /// The order.
    id: OrderId,
) -> impl IntoView {
    let store = expect_context::<Store>();
    let name = Memo::new(move |_| store.place_name(id));
    let place = Memo::new(move |_| store.pickup(id));
    let pickup = move || {
        place.get().map(|place| {
            let text = text::pick_up_at(&place);
            view! { <MapLink class="delivery-pickup" text place /> }
        })
    };
    let restaurant = move || name.get().unwrap_or_default();
    view! {
        <p
            class="delivery-from"
            hidden=move || name.with(Option::is_none)
            prop:textContent=restaurant
        ></p>
        <Dynamic view=pickup />
    }
}
