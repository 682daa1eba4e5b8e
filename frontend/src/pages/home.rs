use std::sync::Arc;

use leptos::prelude::*;
use shared::menu::Card;

use crate::{
    components::{Empty, RestaurantCard, Skeleton, fetched, set_title},
    drawn::{Draw, Drawn, live},
    store::use_store,
    text,
};

/// The first page: every restaurant.
#[component]
pub fn Home() -> Drawn {
    let store = use_store();
    set_title(text::HOME_TITLE);
    store.load_restaurants();
    let retry = Callback::new(move |()| store.load_restaurants());
    let demo = move || {
        let demo = store.session.known_config().is_some_and(|config| config.demo_pace);
        demo.then(|| view! { <p class="demo">{text::DEMO_PACE}</p> }.draw()).into()
    };
    view! {
        <div class="page">
            <div class="hero">
                <h1>{text::HOME_HEADING}</h1>
                <p>{text::HOME_LEAD}</p>
                {live::<Drawn>(demo)}
            </div>
            {live(move || fetched(store.restaurants(), skeleton, retry, list))}
        </div>
    }
    .draw()
}

fn skeleton() -> Drawn {
    view! { <Skeleton shape="bone-restaurant" count=6 within="restaurants" /> }.draw()
}

fn list(cards: Arc<Vec<Card>>) -> Drawn {
    if cards.is_empty() {
        return view! { <Empty heading=text::NO_RESTAURANTS hint=text::NO_RESTAURANTS_HINT /> }
            .draw();
    }
    let cards =
        cards.iter().cloned().enumerate().map(|(number, card)| {
            view! { <li><RestaurantCard card early=number < 4 /></li> }.draw()
        });
    view! { <ul class="restaurants">{cards.collect::<Vec<_>>()}</ul> }.draw()
}
