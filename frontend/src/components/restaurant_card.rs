use leptos::prelude::*;
use leptos_router::components::A;
use shared::menu::Card;

use crate::{components::Facts, text};

/// A restaurant in the list; the whole of it leads to the menu.
#[component]
pub fn RestaurantCard(
    /// The restaurant.
    card: Card,
    /// Whether it is among the first, whose pictures should come early.
    early: bool,
) -> AnyView {
    let href = crate::pages::restaurant_path(&card.restaurant_id);
    let cuisines = card.cuisines.join(", ");
    let (level, level_said) = (text::price_level(&card), text::price_level_said(&card));
    let (hours, name) = (text::hours(&card), card.name.clone());
    let loading = if early { "eager" } else { "lazy" };
    view! {
        <article class="restaurant">
            <img src=card.art.clone() alt="" width="320" height="240" loading=loading decoding="async" />
            <div class="restaurant-about">
                <h2><A href=href attr:class="cover">{name}</A></h2>
                <p class="restaurant-kind">
                    {cuisines} " · "
                    <span aria-label=level_said>{level}</span>
                </p>
                <p class="restaurant-description">{card.description.clone()}</p>
                <Facts card=card />
                <p class="restaurant-hours">{hours}</p>
            </div>
        </article>
    }
    .into_any()
}
