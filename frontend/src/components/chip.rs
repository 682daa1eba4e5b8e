use leptos::prelude::*;

/// A button that is pressed or not.
#[component]
pub fn Chip(
    /// What it says.
    #[prop(into)]
    text: String,
    /// Whether it is pressed.
    #[prop(into)]
    pressed: Signal<bool>,
    /// What pressing it does.
    #[prop(into)]
    on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="chip"
            aria-pressed=move || pressed.get().to_string()
            on:click=move |_| on_press.run(())
        >
            {text}
        </button>
    }
}

/// A choice of one among a few.
#[component]
pub fn Select(
    /// What is chosen.
    label: &'static str,
    /// Each option's value and text.
    options: Vec<(String, String)>,
    /// The value that is chosen.
    #[prop(into)]
    value: Signal<String>,
    /// Takes the value that was chosen.
    #[prop(into)]
    on_choose: Callback<String>,
) -> impl IntoView {
    let options = options.into_iter().map(|(own, text)| {
        let option = own.clone();
        // Set on each option: the whole has none yet when it is made.
        let selected = move || value.with(|value| *value == option);
        view! { <option value=own prop:selected=selected>{text}</option> }.into_any()
    });
    let choose = move |event| {
        on_choose.try_run(event_target_value(&event));
    };
    view! {
        <label class="select">
            <span>{label}</span>
            <select on:change=choose>
                {options.collect_view()}
            </select>
        </label>
    }
}
