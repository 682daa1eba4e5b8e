use leptos::prelude::*;
use leptos_router::components::A;

use crate::{paths, session::Session, text};

/// The end of every page.
#[component]
pub fn Footer() -> impl IntoView {
    let session = expect_context::<Session>();
    let demo = move || {
        let demo = session.known_config().is_some_and(|config| config.demo_pace);
        if demo { text::DEMO_PACE } else { "" }
    };
    view! {
        <footer class="foot">
            <nav aria-label=text::LEGAL>
                <A href=paths::PRIVACY attr:class="quiet">{text::PRIVACY}</A>
                <A href=paths::TERMS attr:class="quiet">{text::TERMS}</A>
            </nav>
            // Not in the prerendered HTML, which does not know the configuration.
            <p prop:textContent=demo></p>
        </footer>
    }
}
