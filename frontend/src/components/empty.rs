use leptos::prelude::*;

use crate::drawn::{Draw, Drawn};

/// Nothing to show: says so, and what to do next.
#[component]
pub fn Empty(
    /// What there is none of.
    heading: &'static str,
    /// What to do.
    #[prop(into)]
    hint: String,
    /// The way on, if there is one.
    #[prop(optional)]
    way_on: Option<Drawn>,
) -> Drawn {
    view! {
        <section class="empty">
            <span class="empty-mark" aria-hidden="true"></span>
            <h2>{heading}</h2>
            <p>{hint}</p>
            {way_on}
        </section>
    }
    .draw()
}

/// A sentence that wants attention.
#[component]
pub fn Hint(
    /// The sentence.
    #[prop(into)]
    text: String,
) -> Drawn {
    view! { <p class="hint-box" role="alert">{text}</p> }.draw()
}
