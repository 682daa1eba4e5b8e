use leptos::prelude::*;
use shared::OrderId;

use crate::counter::text;

/// A button that opens a dialog.
#[component]
pub fn Open(
    id: OrderId,
    text: &'static str,
    class: &'static str,
    /// Whether the dialog is open.
    asking: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class=class
            aria-label=text::of_order(text, id)
            on:click=move |_| asking.set(true)
        >
            {text}
        </button>
    }
}
