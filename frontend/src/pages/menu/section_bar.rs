use std::sync::Arc;

use leptos::{ev, prelude::*};
use leptos_router::hooks::use_location;
use shared::menu::{Diet, Restaurant};

use crate::{browser, model::search::suits, startup, text::menu as texts};

/// How far from the window's top, in CSS pixels, the section begins that is being read.
const READ_FROM: f64 = 180.0;

/// Links to the menu's sections; the one that is being read is marked.
#[component]
pub fn SectionBar(
    /// Whose menu it is.
    restaurant: Arc<Restaurant>,
    /// The diet whose dishes alone are shown, if one is chosen.
    diet: RwSignal<Option<Diet>>,
) -> impl IntoView {
    let ids: Vec<String> =
        restaurant.sections.iter().map(|section| section.section_id.to_string()).collect();
    let current = section_in_view(ids);
    let links = restaurant.sections.iter().cloned().enumerate().map(|(number, section)| {
        let dishes = section.dishes;
        let hidden = move || !dishes.iter().any(|dish| suits(&dish.diet, diet.get()));
        view! {
            <a
                hidden=hidden
                href=format!("#{}", section.section_id)
                aria-current=move || (current.get() == number).to_string()
            >
                {section.name}
            </a>
        }
        .into_any()
    });
    view! { <nav class="sections" aria-label=texts::CATEGORIES>{links.collect_view()}</nav> }
}

/// The place of the section that the top of the page shows. One that a link was followed to counts
/// as long as it is visible: near the page's end it cannot come to the top.
fn section_in_view(ids: Vec<String>) -> RwSignal<usize> {
    let current = RwSignal::new(0);
    let hash = use_location().hash;
    let top_of = |id: &String| {
        let element = document().get_element_by_id(id)?;
        Some(element.get_bounding_client_rect().top())
    };
    let look = move || {
        let Some(hash) = hash.try_get_untracked() else { return };
        let height = document().document_element().map_or(0, |page| page.client_height());
        let at_end = document().document_element().is_some_and(|page| {
            page.scroll_height() - page.scroll_top() - page.client_height() < 2
        });
        let followed = ids.iter().position(|id| Some(id.as_str()) == hash.strip_prefix('#'));
        let followed = followed.filter(|number| {
            let top = ids.get(*number).and_then(top_of);
            at_end && top.is_some_and(|top| (0.0..f64::from(height)).contains(&top))
        });
        let read = ids.iter().rposition(|id| top_of(id).is_some_and(|top| top < READ_FROM));
        let last = ids.len().saturating_sub(1);
        let now = followed.or(at_end.then_some(last)).or(read).unwrap_or_default();
        if current.try_get_untracked().is_some_and(|before| before != now) {
            current.set(now);
        }
    };
    if !browser::PRERENDERING {
        let is_shown = startup::is_over();
        let look_at_first = look.clone();
        Effect::new(move || {
            if is_shown.get() {
                look_at_first();
            }
        });
        let listener = window_event_listener(ev::scroll, move |_| look());
        on_cleanup(move || listener.remove());
    }
    current
}
