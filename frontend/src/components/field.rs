use leptos::prelude::*;

/// A labelled line of text with its error beside it.
#[component]
pub fn Input(
    /// The id of the control, unique on the page.
    id: &'static str,
    /// What is asked for.
    label: &'static str,
    /// `text`, `email`, `tel`, `password`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in (HTML's `autocomplete`).
    autocomplete: &'static str,
    /// What helps to fill it in.
    #[prop(optional)]
    hint: &'static str,
    /// The text.
    #[prop(into)]
    value: Signal<String>,
    /// Takes the text as it is typed.
    set: Callback<String>,
    /// The field was left.
    left: Callback<()>,
    /// What is wrong with it.
    #[prop(into)]
    error: Signal<Option<String>>,
) -> AnyView {
    let mode = match (kind, autocomplete) {
        ("email", _) => "email",
        ("tel", _) => "tel",
        (_, "one-time-code") => "numeric",
        _ => "text",
    };
    let control = view! {
        <input
            id=id
            name=id
            type=kind
            inputmode=mode
            autocomplete=autocomplete
            aria-describedby=format!("{id}-hint")
            aria-invalid=move || error.with(Option::is_some).then_some("true")
            prop:value=value
            on:input=move |event| set.run(event_target_value(&event))
            on:blur=move |_| left.run(())
        />
    };
    labelled(id, label, hint, error, control.into_any())
}

/// A labelled text of several lines with its error beside it.
#[component]
pub fn Area(
    /// The id of the control, unique on the page.
    id: &'static str,
    /// What is asked for.
    label: &'static str,
    /// What helps to fill it in.
    hint: &'static str,
    /// The text.
    #[prop(into)]
    value: Signal<String>,
    /// Takes the text as it is typed.
    set: Callback<String>,
    /// The field was left.
    left: Callback<()>,
    /// What is wrong with it.
    #[prop(into)]
    error: Signal<Option<String>>,
) -> AnyView {
    let control = view! {
        <textarea
            id=id
            name=id
            rows="3"
            aria-describedby=format!("{id}-hint")
            aria-invalid=move || error.with(Option::is_some).then_some("true")
            prop:value=value
            on:input=move |event| set.run(event_target_value(&event))
            on:blur=move |_| left.run(())
        ></textarea>
    };
    labelled(id, label, hint, error, control.into_any())
}

fn labelled(
    id: &'static str,
    label: &'static str,
    hint: &'static str,
    error: Signal<Option<String>>,
    control: AnyView,
) -> AnyView {
    view! {
        <div class="field" class:wrong=move || error.with(Option::is_some)>
            <label for=id>{label}</label>
            {control}
            <p class="field-hint" id=format!("{id}-hint") aria-live="polite">
                {move || error.get().unwrap_or_else(|| hint.to_owned())}
            </p>
        </div>
    }
    .into_any()
}
