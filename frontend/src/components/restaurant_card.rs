use leptos::prelude::*;
use shared::menu::Card;

use crate::{
    components::{Facts, Link},
    drawn::{Draw, Drawn, Reading, live},
    router::Place,
    store::use_store,
    text::{self, Doors},
};

/// A restaurant in the list; the whole of it leads to the menu.
#[component]
pub fn RestaurantCard(
    /// The restaurant.
    card: Card,
    /// The dishes of it that were looked for.
    dishes: Reading<String>,
    /// Whether it is among the first, whose pictures should come early.
    early: bool,
) -> Drawn {
    let to = Place::Menu(card.restaurant_id.clone()).path();
    let loading = if early { "eager" } else { "lazy" };
    let hours = card.clone();
    view! {
        <article class=open_class(&card, "restaurant")>
            <img src=card.art.clone() alt="" width="320" height="240" loading=loading decoding="async" />
            <div class="restaurant-about">
                <h2><Link to class="cover" text=card.name.clone() /></h2>
                {kind(&card)}
                <p class="restaurant-description">{card.description.clone()}</p>
                <Facts card=card.clone() />
                {opening(hours)}
                <p class="restaurant-dishes">{live(move || dishes())}</p>
            </div>
        </article>
    }
    .draw()
}

/// A class that tells whether a restaurant is closed. Reactive.
pub fn open_class(card: &Card, class: &'static str) -> crate::drawn::Live<String> {
    let (store, card) = (use_store(), card.clone());
    live(move || {
        store.minute.track();
        match text::doors(&card) {
            Doors::Open => class.to_owned(),
            Doors::Closed(_) => format!("{class} closed"),
        }
    })
}

/// Whether a restaurant is open, and until when. Reactive.
pub fn opening(card: Card) -> Drawn {
    let store = use_store();
    let hours = move || {
        store.minute.track();
        text::hours(&card)
    };
    view! { <p class="restaurant-hours">{live(hours)}</p> }.draw()
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
