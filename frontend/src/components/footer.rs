use leptos::prelude::*;
use leptos_router::components::A;

use crate::{paths, text};

/// The end of every page.
#[component]
pub fn Footer() -> impl IntoView {
    view! {
        <footer class="foot">
            <nav aria-label=text::LEGAL>
                <A href=paths::PRIVACY attr:class="quiet">{text::PRIVACY}</A>
                <A href=paths::TERMS attr:class="quiet">{text::TERMS}</A>
            </nav>
        </footer>
    }
}
