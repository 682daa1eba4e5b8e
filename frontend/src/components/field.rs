use leptos::prelude::*;
use web_sys::{Event, FocusEvent};

use crate::drawn::{Draw, Drawn, Reading, live};

/// What a control shows, and tells.
#[derive(Clone)]
pub struct Wiring {
    /// The text.
    pub value: Reading<String>,
    /// Takes the text as it is typed.
    pub set: Callback<String>,
    /// The field was left.
    pub left: Callback<()>,
    /// What is wrong with it.
    pub error: Reading<Option<String>>,
}

impl Wiring {
    fn typed(&self) -> Box<dyn FnMut(Event)> {
        let set = self.set;
        Box::new(move |event| set.run(event_target_value(&event)))
    }

    fn was_left(&self) -> Box<dyn FnMut(FocusEvent)> {
        let left = self.left;
        Box::new(move |_| left.run(()))
    }

    fn invalid(&self) -> impl Fn() -> String + Send + Sync + 'static {
        let error = self.error.clone();
        move || error().is_some().to_string()
    }
}

/// A labelled line of text with its error beside it.
#[component]
pub fn Input(
    /// The id of the control, unique on the page.
    id: &'static str,
    /// What is asked for.
    label: &'static str,
    /// `text`, `email`, `tel`, `password`.
    kind: &'static str,
    /// What the browser may fill in (HTML's `autocomplete`).
    autocomplete: &'static str,
    /// What helps to fill it in.
    hint: &'static str,
    /// What it shows and tells.
    wiring: Wiring,
) -> Drawn {
    let mode = match (kind, autocomplete) {
        ("password", _) => "text",
        (_, "one-time-code") => "numeric",
        (kind, _) => kind,
    };
    let value = wiring.value.clone();
    let control = view! {
        <input
            id=id
            name=id
            type=kind
            inputmode=mode
            autocomplete=autocomplete
            aria-describedby=format!("{id}-hint")
            aria-invalid=live(wiring.invalid())
            prop:value=live(move || value())
            on:input=wiring.typed()
            on:blur=wiring.was_left()
        />
    };
    labelled(id, label, hint, wiring.error, control.draw())
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
    /// What it shows and tells.
    wiring: Wiring,
) -> Drawn {
    let value = wiring.value.clone();
    let control = view! {
        <textarea
            id=id
            name=id
            rows="3"
            aria-describedby=format!("{id}-hint")
            aria-invalid=live(wiring.invalid())
            prop:value=live(move || value())
            on:input=wiring.typed()
            on:blur=wiring.was_left()
        ></textarea>
    };
    labelled(id, label, hint, wiring.error, control.draw())
}

fn labelled(
    id: &'static str,
    label: &'static str,
    hint: &'static str,
    error: Reading<Option<String>>,
    control: Drawn,
) -> Drawn {
    let wrong = error.clone();
    let class = move || if wrong().is_some() { "field wrong" } else { "field" }.to_owned();
    view! {
        <div class=live(class)>
            <label for=id>{label}</label>
            {control}
            <p class="field-hint" id=format!("{id}-hint") aria-live="polite">
                {live(move || error().unwrap_or_else(|| hint.to_owned()))}
            </p>
        </div>
    }
    .draw()
}
