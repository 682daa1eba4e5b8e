use leptos::prelude::*;
use shared::OrderId;

use super::{
    store::{Store, Waiting},
    text,
};
use crate::browser;

/// Takes back what is not sent yet.
#[component]
pub fn Undo(id: OrderId, waiting: Waiting) -> impl IntoView {
    let store = expect_context::<Store>();
    let (what, at) = (text::waiting(&waiting.command), waiting.sent_at);
    let left = move || {
        let millis = at.millis_since(store.now()).max(0);
        text::undo((millis + 999) / 1_000)
    };
    let undo = move |_| {
        store.undo(id);
        browser::focus_if_lost(format!("#delivery-{id}, #ticket-{id}"));
    };
    view! {
        <p class="waiting-text" role="status">{what}</p>
        <button
            type="button"
            id=format!("undo-{id}")
            class="button"
            aria-label=text::of_order(crate::text::UNDO, id)
            on:click=undo
        >
            {left}
        </button>
    }
}
