use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_location};

use crate::{paths, text};

/// Names the browser's tab; again whenever `page` changes.
pub fn set_title(page: impl Into<Signal<String>>) {
    let page = page.into();
    Effect::new(move || page.with(|page| document().set_title(&text::title(page))));
}

/// Nothing to show: says so, and what to do next.
#[component]
pub fn Empty(
    /// What is missing.
    #[prop(into)]
    heading: String,
    /// What to do.
    hint: &'static str,
    /// A link or a button that does it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <section class="empty">
            <span class="empty-mark" aria-hidden="true"></span>
            <h2>{heading}</h2>
            <p>{hint}</p>
            {children.map(|children| children())}
        </section>
    }
}

/// A sentence that a screen reader reads out at once.
#[component]
pub fn Alert(
    /// The sentence.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! { <p class="hint-box" role="alert">{text}</p> }
}

/// In place of what only a customer who is signed in may see.
#[component]
pub fn SignInFirst(
    /// What it is about.
    heading: &'static str,
    /// What signing in is good for.
    hint: &'static str,
) -> impl IntoView {
    let location = use_location();
    let next = move || {
        let (path, search) = (location.pathname.get(), location.search.get());
        paths::with_next(paths::SIGN_IN, &paths::with_search(&path, &search))
    };
    view! {
        <Empty heading hint>
            <A href=next attr:class="button">{text::SIGN_IN}</A>
        </Empty>
    }
}
