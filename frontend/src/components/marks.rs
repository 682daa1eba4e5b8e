use leptos::prelude::*;
use shared::menu::{Card, Diet};

use crate::text;

/// Whom a dish suits, in words.
#[component]
pub fn DietMarks(
    /// The marks.
    diet: Vec<Diet>,
) -> AnyView {
    let marks = diet.into_iter().filter_map(text::diet);
    let marks = marks.map(|name| view! { <li>{name}</li> }).collect::<Vec<_>>();
    match marks.is_empty() {
        true => ().into_any(),
        false => view! { <ul class="marks">{marks}</ul> }.into_any(),
    }
}

/// What one wants to know of a restaurant at a glance.
#[component]
pub fn Facts(
    /// The restaurant.
    card: Card,
    /// Whether all of it, or the most important.
    #[prop(optional)]
    all: bool,
) -> AnyView {
    view! {
        <ul class="facts">
            <li><span class="icon clock" aria-hidden="true"></span>{text::takes(&card)}</li>
            <li><span class="icon bike" aria-hidden="true"></span>{text::delivery_fee(&card)}</li>
            {text::minimum(&card).filter(|_| all).map(|minimum| view! { <li>{minimum}</li> })}
        </ul>
    }
    .into_any()
}
