use leptos::prelude::*;

use crate::text;

/// A count with buttons for one less and one more.
#[component]
pub fn Stepper(
    /// Of what, for a screen reader.
    label: String,
    /// The count.
    #[prop(into)]
    count: Signal<u8>,
    /// The least it goes down to.
    least: u8,
    /// Takes the new count.
    set: Callback<u8>,
) -> AnyView {
    let last = move || count.get() <= 1 && least == 0;
    view! {
        <div class="stepper" role="group" aria-label=label>
            <button
                type="button"
                aria-label=move || if last() { text::REMOVE } else { text::ONE_LESS }
                disabled=move || { count.get() <= least }
                on:click=move |_| set.run(count.get_untracked().saturating_sub(1))
            >
                <span
                    class=move || if last() { "icon bin" } else { "icon minus" }
                ></span>
            </button>
            <output aria-live="polite">{count}</output>
            <button
                type="button"
                aria-label=text::ONE_MORE
                disabled=move || { count.get() >= 99 }
                on:click=move |_| set.run(count.get_untracked().saturating_add(1))
            >
                <span class="icon plus"></span>
            </button>
        </div>
    }
    .into_any()
}
