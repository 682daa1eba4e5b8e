use leptos::prelude::*;
use leptos_router::components::A;
use shared::menu::{Card, CardDish};

use super::{CuisineLine, DeliveryFacts, Dynamic, HoursLine};
use crate::{
    paths,
    state::{clock::Clock, delivery::Delivery},
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
    let mut there = card.clone();
    let delivery = expect_context::<Delivery>();
    // Another postcode makes another card.
    let out_of_reach = untrack(|| {
        (!delivery.apply(&mut there)).then(|| home::not_delivered(&delivery.postcode()))
    });
    let hours = card.clone();
    let is_out_of_reach = out_of_reach.is_some();
    let closed = move || {
        clock.track();
        is_out_of_reach || opening_of(&hours) != Opening::Open
    };
    let (id, name) = (card.restaurant_id.clone(), card.name.clone());
    let found = move || dishes.with(|dishes| (!dishes.is_empty()).then(|| links(&id, dishes)));
    let (art, href) = (card.art.clone(), paths::menu(&card.restaurant_id));
    let open = match out_of_reach {
        Some(text) => view! { <p class="restaurant-hours">{text}</p> }.into_any(),
        None => view! { <HoursLine card=card.clone() /> }.into_any(),
    };
    view! {
        <article class="restaurant" class:closed=closed>
            <img
                src=art
                alt=""
                width="320"
                height="240"
                loading=if early { "eager" } else { "lazy" }
                fetchpriority=if early { "high" } else { "auto" }
                decoding="async"
            />
            <div class="restaurant-about">
                <h2>
                    <A href attr:class="cover">
                        {name}
                    </A>
                </h2>
                <CuisineLine card=card.clone() />
                <p class="restaurant-description">{card.description.clone()}</p>
                <DeliveryFacts card=there />
                {open}
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
