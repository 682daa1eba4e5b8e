use leptos::prelude::*;
use shared::menu::{Card, Diet};

use crate::{
    state::clock::Clock,
    text::{home, hours, isolated},
};

/// Whom a dish suits, in words; how spicy it is looks different, since it is no diet.
#[component]
pub fn DietMarks(
    /// The marks.
    diet: Vec<Diet>,
) -> impl IntoView {
    let marks = diet.into_iter().filter_map(|diet| {
        let class = if diet == Diet::Spicy { "spicy" } else { "" };
        home::diet(diet).map(|name| view! { <li class=class>{name}</li> }.into_any())
    });
    view! { <ul class="marks">{marks.collect_view()}</ul> }
}

/// What one wants to know of a restaurant at a glance.
#[component]
pub fn DeliveryFacts(
    /// The restaurant.
    card: Card,
    /// Whether all of it, or the most important.
    #[prop(optional)]
    all: bool,
) -> impl IntoView {
    let minimum = home::minimum_order(&card).filter(|_| all);
    view! {
        <ul class="facts">
            <li><span class="icon clock" aria-hidden="true"></span>{home::duration(&card)}</li>
            <li><span class="icon bike" aria-hidden="true"></span>{home::delivery_fee(&card)}</li>
            {minimum.map(|minimum| view! { <li>{minimum}</li> })}
        </ul>
    }
}

/// Whether a restaurant is open, and until when.
#[component]
pub fn HoursLine(
    /// The restaurant.
    card: Card,
) -> impl IntoView {
    let clock = expect_context::<Clock>();
    let hours = move || {
        clock.track();
        hours::hours(&card)
    };
    view! { <p class="restaurant-hours" prop:textContent=hours></p> }
}

/// What a restaurant cooks, how expensive it is, and where it is.
#[component]
pub fn CuisineLine(
    /// The restaurant.
    card: Card,
) -> impl IntoView {
    let city = (!card.city.is_empty()).then(|| format!(" · {}", isolated(&card.city)));
    view! {
        <p class="restaurant-kind">
            {card.cuisines.join(", ")} " · "
            <span class="visually-hidden">{home::price_level_spoken(&card)}</span>
            <span aria-hidden="true">{home::price_level(&card)}</span>
            {city}
        </p>
    }
}
