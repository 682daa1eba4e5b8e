use leptos::prelude::*;
use shared::menu::Card;

use crate::{
    components::{Facts, Link},
    drawn::{Draw, Drawn},
    router::Place,
    text,
};

/// A restaurant in the list; the whole of it leads to the menu.
#[component]
pub fn RestaurantCard(
    /// The restaurant.
    card: Card,
    /// Whether it is among the first, whose pictures should come early.
    early: bool,
) -> Drawn {
    let to = Place::Menu(card.restaurant_id.clone()).path();
    let loading = if early { "eager" } else { "lazy" };
    view! {
        <article class="restaurant">
            <img src=card.art.clone() alt="" width="320" height="240" loading=loading decoding="async" />
            <div class="restaurant-about">
                <h2><Link to class="cover" text=card.name.clone() /></h2>
                {kind(&card)}
                <p class="restaurant-description">{card.description.clone()}</p>
                <Facts card=card.clone() />
                <p class="restaurant-hours">{text::hours(&card)}</p>
            </div>
        </article>
    }
    .draw()
}

/// What a restaurant cooks, and how dear it is.
pub fn kind(card: &Card) -> Drawn {
    view! {
        <p class="restaurant-kind">
            {card.cuisines.join(", ")} " · "
            <span aria-label=text::price_level_said(card)>{text::price_level(card)}</span>
        </p>
    }
    .draw()
}
