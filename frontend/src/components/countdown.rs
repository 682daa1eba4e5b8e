use leptos::prelude::*;
use shared::Timestamp;

use crate::{
    browser,
    drawn::{Draw, Drawn, live},
    signal::Signal,
    store::use_store,
    text,
};

/// The time left until a point of the server's clock, counted down by that clock.
#[component]
pub fn Countdown(
    /// What is counted down to.
    to: Timestamp,
) -> Drawn {
    let store = use_store();
    // The server may not have told its time yet; the device's would not do.
    let read = move || match store.server_time() {
        None => (text::ANSWER_AT.to_owned(), text::when(to)),
        Some(now) => text::answer_within((to.millis_since(now) + 999).div_euclid(1_000)),
    };
    let (words, time) = read();
    let (words, time) = (Signal::new(words), Signal::new(time));
    let timer = browser::every(500, move || {
        let (new_words, new_time) = read();
        if time.with_untracked(|time| *time != new_time) {
            time.set(new_time);
        }
        if words.with_untracked(|words| *words != new_words) {
            words.set(new_words);
        }
    });
    on_cleanup(move || browser::stop(timer));
    view! {
        <p class="countdown">
            {live(move || words.get())} " " <b role="timer">{live(move || time.get())}</b>
        </p>
    }
    .draw()
}
