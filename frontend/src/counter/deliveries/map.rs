use leptos::prelude::*;

use crate::counter::text as texts;

/// A link to a place in the map of the device.
#[component]
pub fn MapLink(
    /// The link's class.
    class: &'static str,
    /// The link's text.
    text: String,
    /// The address of the place.
    place: String,
) -> impl IntoView {
    let agent = window().navigator().user_agent().unwrap_or_default();
    let encoded = String::from(js_sys::encode_uri_component(&place));
    let map = texts::map_link(&agent, &encoded);
    // A map in the browser takes a tab of its own; an app needs none.
    let target = map.starts_with("https:").then_some("_blank");
    view! {
        <a class=class href=map target=target rel="noreferrer">
            {text}
        </a>
    }
}
