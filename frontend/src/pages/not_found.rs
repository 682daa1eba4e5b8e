use leptos::prelude::*;

use crate::{
    components::{Empty, Link, set_title, untitled},
    drawn::{Draw, Drawn},
    text,
};

/// The page of an address that names nothing.
#[component]
pub fn NotFound() -> Drawn {
    set_title(text::NOT_FOUND);
    let way_on = view! { <Link to="/" class="button" text=text::ALL_RESTAURANTS /> }.draw();
    let content = view! { <Empty heading=text::NOT_FOUND hint=text::NOT_FOUND_HINT way_on /> };
    view! { <div class="page">{untitled(text::NOT_FOUND, content.draw())}</div> }.draw()
}
