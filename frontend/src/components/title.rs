use leptos::prelude::*;

use crate::{
    browser,
    drawn::{Draw, Drawn, follow},
    text,
};

/// Names the browser's tab for as long as the page is shown.
pub fn set_title(page: &str) {
    browser::document().set_title(&text::title(page));
}

/// Names the browser's tab, and again whenever the name changes.
pub fn titled(page: impl Fn() -> String + 'static) {
    follow(move || set_title(&page()));
}

/// A page that has nothing yet to take its heading from: it has one all the same, for those who
/// find their way by headings.
pub fn untitled(heading: &'static str, content: Drawn) -> Drawn {
    view! { <div><h1 class="said">{heading}</h1> {content}</div> }.draw()
}
