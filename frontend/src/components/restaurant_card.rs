use leptos::prelude::*;
use leptos_router::components::A;
use shared::menu::{Card, CardDish};

use super::{CuisineLine, DeliveryFacts, Dynamic, HoursLine};
use crate::{
    paths,
    state::clock::Clock,
    text::{
        and_more, home,
        hours::{Opening, opening_of},
        isolated,
    },
};

/// The most dishes that a card names.
const DISHES: usize = 3;

/// A restaurant in the list; the whole of it leads to the menu, a dish that was found to the dish.
#[component]
pub fn RestaurantCard(
    /// The restaurant.
    card: Card,
    /// Its dishes that were looked for.
    #[prop(into)]
    dishes: Signal<Vec<CardDish>>,
    /// Whether it is among the first, whose pictures should come early.
    early: bool,
) -> impl IntoView {
    let clock = expect_context::<Clock>();
    let hours = card.clone();
    let closed = move || {
        clock.track();
        opening_of(&hours) != Opening::Open
    };
    let (id, name) = (card.restaurant_id.clone(), card.name.clone());
    let found = move || dishes.with(|dishes| (!dishes.is_empty()).then(|| links(&id, dishes)));
    view! {
        <article class="restaurant" class:closed=closed>
            <img
                src=card.art.clone()
                alt=""
                width="320"
                height="240"
                loading=if early { "eager" } else { "lazy" }
                fetchpriority=if early { "high" } else { "auto" }
                decoding="async"
            />
            <div class="restaurant-about">
                <h2>
                    <A href=paths::menu(&card.restaurant_id) attr:class="cover">
                        {name}
                    </A>
                </h2>
                <CuisineLine card=card.clone() />
                <p class="restaurant-description">{card.description.clone()}</p>
                <DeliveryFacts card=card.clone() />
                <HoursLine card />
                <Dynamic view=found />
            </div>
        </article>
    }
}

fn links(id: &shared::RestaurantId, dishes: &[CardDish]) -> AnyView {
    let named = dishes.iter().take(DISHES).enumerate().map(|(number, dish)| {
        let href = match &dish.dish_id {
            Some(dish) => paths::dish(id, dish),
            None => paths::menu(id),
        };
        let (comma, name) = ((number > 0).then_some(", "), isolated(&dish.name));
        view! { {comma} <A href>{name}</A> }.into_any()
    });
    let (label, named) = (home::matching(dishes), named.collect_view());
    let more = dishes.len().saturating_sub(DISHES);
    view! {
        <p class="restaurant-dishes">
            {label} {named}
            {(more > 0).then(move || and_more(more))}
        </p>
    }
    .into_any()
}
