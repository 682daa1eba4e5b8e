use leptos::prelude::*;
use shared::Timestamp;

use crate::{browser, store::use_store, text};

/// The time left until a point of the server's clock, counted down by that clock.
#[component]
pub fn Countdown(
    /// What is counted down to.
    to: Timestamp,
    /// What stands before it.
    label: &'static str,
    /// What is said instead once it has passed.
    over: &'static str,
) -> AnyView {
    let store = use_store();
    let left =
        move || store.server_time().map(|now| (to.millis_since(now) + 999).div_euclid(1_000));
    let seconds = RwSignal::new(left());
    let timer = browser::every(500, move || seconds.set(left()));
    on_cleanup(move || browser::stop(timer));
    let shown = Memo::new(move |_| seconds.get());
    view! {
        <p class="countdown">
            {move || match shown.get() {
                // The server has not told its time yet; the device's would not do.
                None => ().into_any(),
                Some(seconds) if seconds <= 0 => over.into_any(),
                Some(seconds) => {
                    let time = text::countdown(seconds);
                    view! { {label} " " <b role="timer">{time}</b> }.into_any()
                }
            }}
        </p>
    }
    .into_any()
}
