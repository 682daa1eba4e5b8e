use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    components::{Empty, set_title},
    paths, text,
};

/// The page of an address that names nothing.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    set_title(text::NOT_FOUND);
    view! {
        <div class="page">
            <h1 class="visually-hidden">{text::NOT_FOUND}</h1>
            <Empty heading=text::NOT_FOUND hint=text::NOT_FOUND_HINT>
                <A href=paths::HOME attr:class="button">{text::BROWSE}</A>
            </Empty>
        </div>
    }
}
