use leptos::prelude::*;

use crate::{
    drawn::{Draw, Drawn, live},
    live::machine::Touch,
    store::use_store,
    text,
};

/// How the page is in touch with what happens: always shown while it listens.
#[component]
pub fn TouchBadge() -> Drawn {
    let store = use_store();
    let named = move || match store.touch.get() {
        Touch::Off => ("touch off", ""),
        Touch::Live => ("touch live", text::TOUCH_LIVE),
        Touch::Reconnecting => ("touch reconnecting", text::TOUCH_RECONNECTING),
        Touch::CatchingUp => ("touch catching-up", text::TOUCH_CATCHING_UP),
    };
    view! {
        <p class=live(move || named().0.to_owned()) role="status">
            <span class="touch-dot" aria-hidden="true"></span>
            {live(move || named().1.to_owned())}
        </p>
    }
    .draw()
}
