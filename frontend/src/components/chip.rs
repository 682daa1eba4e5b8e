use leptos::prelude::*;
use web_sys::Event;

use crate::drawn::{Draw, Drawn, Reading, live, press};

/// A button that is pressed or not.
#[component]
pub fn Chip(
    /// What it says.
    #[prop(into)]
    text: String,
    /// Whether it is pressed.
    pressed: Reading<bool>,
    /// What pressing it does.
    act: Callback<()>,
) -> Drawn {
    view! {
        <button
            type="button"
            class="chip"
            aria-pressed=live(move || pressed().to_string())
            on:click=press(move || act.run(()))
        >
            {text}
        </button>
    }
    .draw()
}

/// A choice of one among a few.
#[component]
pub fn Select(
    /// What is chosen.
    label: &'static str,
    /// Each option's value, and what it says.
    options: Vec<(String, String)>,
    /// The value of the one that is chosen.
    value: Reading<String>,
    /// Takes the value that was chosen.
    chosen: Callback<String>,
) -> Drawn {
    let options = options.into_iter().map(|(own, text)| {
        let (value, option) = (value.clone(), own.clone());
        // Set on each option: the whole has none yet when it is made.
        let selected = move || value() == option;
        view! { <option value=own prop:selected=live(selected)>{text}</option> }.draw()
    });
    let changed: Box<dyn FnMut(Event)> =
        Box::new(move |event| chosen.run(event_target_value(&event)));
    view! {
        <label class="select chip">
            <span>{label}</span>
            <select on:change=changed>{options.collect::<Vec<_>>()}</select>
        </label>
    }
    .draw()
}
