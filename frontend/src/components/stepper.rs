use leptos::prelude::*;

use crate::text;

/// The most of a dish that a line can have.
const MOST: u8 = 99;

/// A count with buttons that add and remove one.
#[component]
pub fn Stepper(
    /// Of what.
    of: String,
    /// The count.
    #[prop(into)]
    count: Signal<u8>,
    /// The least it goes down to; below one, the button removes.
    least: u8,
    /// Takes the new count.
    #[prop(into)]
    set: Callback<u8>,
) -> impl IntoView {
    // A button at its limit stays focusable: a keyboard user would lose the place otherwise.
    let change = move |wanted: u8| {
        if (least..=MOST).contains(&wanted) {
            set.run(wanted);
        }
    };
    let is_last = move || least == 0 && count.get() <= 1;
    let label = text::menu::quantity_of(&of);
    let remove = move || match is_last() {
        true => text::cart::remove(&of),
        false => text::menu::REMOVE_ONE.to_owned(),
    };
    view! {
        <div class="stepper" role="group" aria-label=label>
            <button
                type="button"
                aria-label=remove
                aria-disabled=move || (count.get() <= least).to_string()
                on:click=move |_| change(count.get_untracked().saturating_sub(1))
            >
                <span
                    class=move || if is_last() { "icon bin" } else { "icon minus" }
                    aria-hidden="true"
                ></span>
            </button>
            <output prop:textContent=move || count.get().to_string()></output>
            <button
                type="button"
                aria-label=text::menu::ADD_ONE
                aria-disabled={move || (count.get() >= MOST).to_string()}
                on:click=move |_| change(count.get_untracked().saturating_add(1))
            >
                <span class="icon plus" aria-hidden="true"></span>
            </button>
        </div>
    }
}
