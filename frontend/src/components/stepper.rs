use leptos::prelude::*;

use crate::{
    drawn::{Draw, Drawn, Reading, live, press},
    text,
};

/// A count with buttons for one less and one more.
#[component]
pub fn Stepper(
    /// Of what, for a screen reader.
    label: String,
    /// The count.
    count: Reading<u8>,
    /// The least it goes down to.
    least: u8,
    /// Takes the new count.
    set: Callback<u8>,
) -> Drawn {
    let (shown, lowest, highest) = (count.clone(), count.clone(), count.clone());
    let (less, more, name, icon) = (count.clone(), count.clone(), count.clone(), count);
    let last = move |count: u8| count <= 1 && least == 0;
    let named = move || if last(name()) { text::REMOVE } else { text::ONE_LESS }.to_owned();
    let icon = move || if last(icon()) { "icon bin" } else { "icon minus" }.to_owned();
    let less = press(move || set.run(untrack(|| less()).saturating_sub(1)));
    let more = press(move || set.run(untrack(|| more()).saturating_add(1)));
    view! {
        <div class="stepper" role="group" aria-label=label>
            <button
                type="button"
                aria-label=live(named)
                disabled=live(move || lowest() <= least)
                on:click=less
            >
                <span class=live(icon)></span>
            </button>
            <output>{live(move || shown().to_string())}</output>
            <button
                type="button"
                aria-label=text::ONE_MORE
                disabled=live(move || highest() >= 99)
                on:click=more
            >
                <span class="icon plus"></span>
            </button>
        </div>
    }
    .draw()
}
