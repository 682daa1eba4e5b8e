use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    components::{Empty, set_title},
    text,
};

/// The page of an address that names nothing.
#[component]
pub fn NotFound() -> AnyView {
    set_title(text::NOT_FOUND);
    let way_on = view! { <A href="/" attr:class="button">{text::ALL_RESTAURANTS}</A> }.into_any();
    let hint = text::NOT_FOUND_HINT.to_owned();
    view! { <div class="page"><Empty heading=text::NOT_FOUND hint way_on=Some(way_on) /></div> }
        .into_any()
}
