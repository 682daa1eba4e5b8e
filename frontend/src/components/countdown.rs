use std::time::Duration;

use leptos::prelude::*;
use shared::Timestamp;

use crate::{server_clock, text};

/// The time a restaurant has left to confirm, by the server's clock.
#[component]
pub fn Countdown(
    /// Until when it has to.
    until: Timestamp,
) -> impl IntoView {
    let read = move || match server_clock::now() {
        Some(now) => {
            text::order::time_to_confirm((until.millis_since(now) + 999).div_euclid(1_000))
        }
        None => text::order::confirm_by(&text::format::when(until)),
    };
    let left = RwSignal::new(read());
    let timer = set_interval_with_handle(
        move || {
            let now = read();
            if left.try_with_untracked(|left| *left != now).unwrap_or_default() {
                left.set(now);
            }
        },
        Duration::from_millis(500),
    );
    on_cleanup(move || {
        if let Ok(timer) = timer {
            timer.clear();
        }
    });
    view! { <p class="countdown" role="timer" prop:textContent=move || left.get()></p> }
}
