use leptos::prelude::*;
use shared::OrderId;

use crate::counter::store::Store;

/// The restaurant of an order, if the page shows those of several.
#[component]
pub fn From(
    /// The order.
    id: OrderId,
) -> impl IntoView {
    let store = expect_context::<Store>();
    let name = Memo::new(move |_| store.place_name(id));
    let text = move || name.get().unwrap_or_default();
    view! {
        <p
            class="delivery-from"
            hidden=move || name.with(Option::is_none)
            prop:textContent=text
        ></p>
    }
}
