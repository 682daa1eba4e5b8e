use leptos::prelude::*;

/// Nothing to show: says so, and what to do next.
#[component]
pub fn Empty(
    /// What there is none of.
    heading: &'static str,
    /// What to do.
    hint: String,
    /// Where the way on is.
    #[prop(optional_no_strip)]
    way_on: Option<AnyView>,
) -> AnyView {
    view! {
        <section class="empty">
            <span class="empty-mark" aria-hidden="true"></span>
            <h2>{heading}</h2>
            <p>{hint}</p>
            {way_on}
        </section>
    }
    .into_any()
}
