//! Closures, `Show` and `For` as components, each compiled once: with `erase_components`, the page is
//! 10 kB of Brotli smaller than with those directly, of a budget of 255.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::browser;

/// A part of a page that changes with what it reads: the same as a closure among the children, but
/// one type for all of them, which is compiled once.
#[component]
pub fn Dynamic(
    /// What is shown now.
    #[prop(into)]
    view: ViewFn,
) -> impl IntoView {
    move || view.run()
}

/// Leptos' `Show`, compiled once.
#[component]
pub fn If(
    /// Whether the children are shown.
    #[prop(into)]
    when: Signal<bool>,
    /// What is shown otherwise.
    #[prop(optional, into)]
    fallback: ViewFn,
    /// What is shown then.
    children: ChildrenFn,
) -> impl IntoView {
    view! {
        <Show when=move || when.get() fallback>
            {children()}
        </Show>
    }
}

/// Leptos' `For`, compiled once: a row stays as long as its key is there. Signals that belong to a
/// row are made in what shows it.
#[component]
pub fn KeyedRows(
    /// Each row's key and what shows it.
    #[prop(into)]
    rows: Signal<Vec<(String, ViewFn)>>,
) -> impl IntoView {
    view! { <For each=move || rows.get() key=|(key, _)| key.clone() children=|(_, row)| row.run() /> }
}

/// Gives each new page the focus: a keyboard would otherwise go on from the link that led here.
#[component]
pub fn FocusPage() -> impl IntoView {
    let pathname = use_location().pathname;
    Effect::watch(move || pathname.get(), move |_, _, _| browser::focus("#main"), false);
}
