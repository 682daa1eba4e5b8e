use leptos::prelude::*;

use crate::{live::machine::ConnectionStatus, state::connection::Connection, text};

/// The state of the live connection, shown while an order is in progress.
#[component]
pub fn StatusBadge(
    /// Whether anything can still change.
    #[prop(into)]
    active: Signal<bool>,
) -> impl IntoView {
    let connection = expect_context::<Connection>();
    let status = move || connection.status.get();
    let class = move || match status() {
        ConnectionStatus::Off => "touch off",
        ConnectionStatus::Live => "touch live",
        ConnectionStatus::Reconnecting | ConnectionStatus::Displaced => "touch reconnecting",
        ConnectionStatus::CatchingUp => "touch catching-up",
    };
    let label = move || match status() {
        ConnectionStatus::Off => "",
        ConnectionStatus::Live => text::LIVE,
        ConnectionStatus::Reconnecting => text::RECONNECTING,
        ConnectionStatus::CatchingUp => text::CATCHING_UP,
        ConnectionStatus::Displaced => text::DISPLACED,
    };
    let hidden = move || !active.get() || status() == ConnectionStatus::Off;
    view! {
        <p class=class role="status" hidden=hidden>
            <span class="touch-dot" aria-hidden="true"></span>
            <span prop:textContent=label></span>
        </p>
    }
}
