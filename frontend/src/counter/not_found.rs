use leptos::prelude::*;

use super::text;
use crate::components::Empty;

/// In place of a page that there is not.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <div class="page narrow">
            <h1>{text::TITLE}</h1>
            <Empty heading=crate::text::NOT_FOUND hint=text::NOT_FOUND_HINT>
                <a class="button" href="/counter">
                    {text::TITLE}
                </a>
            </Empty>
        </div>
    }
}
