use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement};

use super::Dynamic;
use crate::{browser, text};

/// How a field is edited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Control {
    /// A line of text.
    #[default]
    Text,
    /// An email address.
    Email,
    /// A phone number.
    Phone,
    /// Digits of a code.
    Code,
    /// A password, which can be shown.
    Password,
    /// Several lines of text.
    Area,
}

/// A labelled field of a form with its error beside it.
///
/// The browser owns its text: `value` is what it begins with, and nothing rewrites it while it is
/// typed in. A form reads its fields when it is submitted ([`Values::of`]).
#[component]
pub fn Field(
    /// The id of the control, unique on the page, and its name in the form.
    id: &'static str,
    /// What is asked for.
    label: &'static str,
    /// How it is edited.
    #[prop(optional)]
    control: Control,
    /// What the browser may fill in (HTML's `autocomplete`).
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: Signal<String>,
    /// What it begins with.
    #[prop(optional, into)]
    value: String,
    /// What is wrong with it.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// What follows an error: the way on.
    #[prop(optional, into)]
    next_step: ViewFn,
    /// Takes the text as it is typed or filled in.
    #[prop(optional, into)]
    on_input: Option<Callback<String>>,
    /// Takes the text when the field is left.
    #[prop(optional, into)]
    on_leave: Option<Callback<String>>,
) -> impl IntoView {
    // An event may come when the component is gone: removing a focused field fires `blur`.
    let typed = move |event: ev::Event| {
        if let Some(on_input) = on_input {
            on_input.try_run(event_target_value(&event));
        }
    };
    let left = move |event: ev::FocusEvent| {
        if let Some(on_leave) = on_leave {
            on_leave.try_run(event_target_value(&event));
        }
    };
    let invalid = move || error.with(Option::is_some).to_string();
    let described = format!("{id}-hint");
    let (kind, mode) = match control {
        Control::Text | Control::Area => ("text", "text"),
        Control::Email => ("email", "email"),
        Control::Phone => ("tel", "tel"),
        Control::Code => ("text", "numeric"),
        Control::Password => ("password", "text"),
    };
    let shown = RwSignal::new(false);
    let kind = move || if shown.get() { "text" } else { kind };
    // Leptos may reuse the element of another field, on this page or the one before, with what was
    // typed in it.
    let beginning = value.clone();
    Effect::new(move || browser::set_text(id, &beginning));
    let input = match control {
        Control::Area => view! {
            <textarea
                id=id
                name=id
                rows="3"
                aria-describedby=described.clone()
                aria-invalid=invalid
                on:input=typed
                on:change=typed
                on:blur=left
            >
                {value}
            </textarea>
        }
        .into_any(),
        _ => view! {
            <input
                id=id
                name=id
                type=kind
                inputmode=mode
                autocomplete=autocomplete
                value=value
                aria-describedby=described.clone()
                aria-invalid=invalid
                on:input=typed
                on:change=typed
                on:blur=left
            />
        }
        .into_any(),
    };
    let below = move || error.get().unwrap_or_else(|| hint.get());
    view! {
        <div class="field" class:wrong=move || error.with(Option::is_some)>
            <label for=id>{label}</label>
            {input}
            {(control == Control::Password).then(|| view! { <ShowPassword of=id shown /> })}
            <p class="field-hint" id=described aria-live="polite">
                <span prop:textContent=below></span>
                <Dynamic view=next_step />
            </p>
        </div>
    }
}

/// Shows and hides what is typed in a password field.
#[component]
fn ShowPassword(
    /// The id of the field.
    of: &'static str,
    /// Whether it is shown.
    shown: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="reveal"
            aria-label=text::sign_in::SHOW_PASSWORD
            aria-pressed=move || shown.get().to_string()
            aria-controls=of
            on:click=move |_| shown.update(|shown| *shown = !*shown)
        >
            <span class="icon eye" aria-hidden="true"></span>
        </button>
    }
}

/// What is in the fields of a form that was submitted.
pub struct Values(Option<FormData>);

impl Values {
    /// The values of the form whose event this is; the browser does not send it.
    #[must_use]
    pub fn of(event: &ev::SubmitEvent) -> Self {
        event.prevent_default();
        let form = event.current_target().or_else(|| event.target());
        let form = form.and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
        Self(form.and_then(|form| FormData::new_with_form(&form).ok()))
    }

    /// A field's text in Unicode's form NFC, without the space around it.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        browser::composed(self.raw(name).trim())
    }

    /// A password as it was typed, in Unicode's form NFC.
    #[must_use]
    pub fn password(&self, name: &str) -> String {
        browser::composed(&self.raw(name))
    }

    /// A code without the spaces and dashes that people copy with it.
    #[must_use]
    pub fn code(&self, name: &str) -> String {
        self.raw(name).chars().filter(|c| c.is_alphanumeric()).collect()
    }

    /// Whether the form has this field.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.as_ref().is_some_and(|form| form.has(name))
    }

    fn raw(&self, name: &str) -> String {
        self.0.as_ref().and_then(|form| form.get(name).as_string()).unwrap_or_default()
    }
}

/// Gives the focus to the first field with an error, once the page shows it.
pub fn focus_first_error() {
    browser::focus_soon("[aria-invalid=true]");
}
