use crate::{browser::document, drawn::follow, text};

/// Names the browser's tab for as long as the page is shown.
pub fn set_title(page: &str) {
    document().set_title(&text::title(page));
}

/// Names the browser's tab, and again whenever the name changes.
pub fn titled(page: impl Fn() -> String + 'static) {
    follow(move || set_title(&page()));
}
