use std::sync::Arc;

use leptos::prelude::*;
use shared::menu::Card;
use web_sys::Event;

use crate::{
    browser,
    components::{Button, Chip, Empty, RestaurantCard, Select, Skeleton, fetched, set_title},
    drawn::{Draw, Drawn, live, reading},
    finding::{self, DIETS, Sort, Wish},
    signal::derived,
    store::{Store, use_store},
    text,
};

/// The first page: every restaurant, or those that were looked for.
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
    // Sorting draws the list anew; what is left out of it is only hidden, so nothing flickers.
    let sort = derived(move || wish(store).sort);
    let shown = move |cards| list(store, cards, sort.get());
    view! {
        <div class="page">
            <div class="hero">
                <h1>{text::HOME_HEADING}</h1>
                <p>{text::HOME_LEAD}</p>
                {search(store)}
                {live::<Drawn>(demo)}
            </div>
            <div class="filters" role="group" aria-label=text::FILTERS>
                {filters(store)}
            </div>
            {live(move || fetched(store.restaurants(), skeleton, retry, shown))}
        </div>
    }
    .draw()
}

/// What the address asks for. Reactive.
fn wish(store: Store) -> Wish {
    let query = store.router.query();
    Wish::read(|name| browser::query_of(&query, name))
}

fn edit(store: Store, edit: impl FnOnce(&mut Wish)) {
    let mut wish = untrack(|| wish(store));
    edit(&mut wish);
    store.router.set_query(&wish.query());
}

fn search(store: Store) -> Drawn {
    let typed: Box<dyn FnMut(Event)> =
        Box::new(move |event| edit(store, |wish| wish.words = event_target_value(&event)));
    view! {
        <div class="search" role="search">
            <span class="icon glass" aria-hidden="true"></span>
            <input
                type="search"
                id="search"
                name="q"
                autocomplete="off"
                enterkeyhint="search"
                aria-label=text::SEARCH
                placeholder=text::SEARCH
                prop:value=live(move || wish(store).words)
                on:input=typed
            />
        </div>
    }
    .draw()
}

fn filters(store: Store) -> Drawn {
    let open = view! {
        <Chip
            text=text::OPEN_NOW
            pressed=reading(move || wish(store).open)
            act=Callback::new(move |()| edit(store, |wish| wish.open = !wish.open))
        />
    };
    let diets = DIETS.into_iter().filter_map(|(diet, _)| {
        let pressed = reading(move || wish(store).diet == Some(diet));
        let act = Callback::new(move |()| {
            edit(store, |wish| wish.diet = Some(diet).filter(|diet| wish.diet != Some(*diet)));
        });
        Some(view! { <Chip text=text::diet(diet)? pressed act /> }.draw())
    });
    let sorted = Callback::new(move |name: String| {
        edit(store, |wish| wish.sort = Sort::named(&name));
    });
    let named = |(sort, name): (Sort, &str)| (name.to_owned(), text::sort(sort).to_owned());
    let sorts = Sort::ALL.into_iter().map(named).collect();
    view! {
        <div class="chips">
            {open.draw()} {diets.collect::<Vec<_>>()}
            <Select
                label=text::SORT
                options=sorts
                value=reading(move || wish(store).sort.name().to_owned())
                chosen=sorted
            />
            {live(move || cuisines(store))}
        </div>
    }
    .draw()
}

fn cuisines(store: Store) -> Drawn {
    let Some(Ok(cards)) = store.restaurants() else { return Drawn::nothing() };
    let all = (String::new(), text::ALL_CUISINES.to_owned());
    let named = finding::cuisines(&cards).into_iter().map(|name| (name.clone(), name));
    let options = std::iter::once(all).chain(named).collect();
    let value = reading(move || wish(store).cuisine.unwrap_or_default());
    let chosen = Callback::new(move |name: String| {
        edit(store, |wish| wish.cuisine = Some(name).filter(|name| !name.is_empty()));
    });
    view! { <Select label=text::CUISINE options value chosen /> }.draw()
}

fn skeleton() -> Drawn {
    view! { <Skeleton shape="bone-restaurant" count=6 within="restaurants" /> }.draw()
}

/// What was found: for each card, in its place, the dishes that were looked for, if it will do.
type Found = Vec<Option<String>>;

fn list(store: Store, cards: Arc<Vec<Card>>, sort: Sort) -> Drawn {
    if cards.is_empty() {
        return view! { <Empty heading=text::NO_RESTAURANTS hint=text::NO_RESTAURANTS_HINT /> }
            .draw();
    }
    let sorted = Wish { sort, ..Wish::default() };
    let sorted: Vec<Card> = sorted
        .find(&cards, |_| true, browser::plain)
        .into_iter()
        .map(|found| found.card.clone())
        .collect();
    let rows = sorted.clone();
    let found = derived(move || find(store, &sorted));
    let rows = rows.into_iter().enumerate().map(|(number, card)| {
        let shown = move || found.with(|found| found[number].is_some());
        let class = move || if shown() { "" } else { "left-out" }.to_owned();
        let dishes = reading(move || found.with(|found| found[number].clone().unwrap_or_default()));
        view! { <li class=live(class)><RestaurantCard card dishes early=number < 4 /></li> }.draw()
    });
    let count = move || found.with(|found| found.iter().flatten().count());
    view! {
        <div>
            <p class="said" role="status">{live(move || text::restaurants(count()))}</p>
            <ul class="restaurants">{rows.collect::<Vec<_>>()}</ul>
            {live(move || nothing_found(store, count()))}
        </div>
    }
    .draw()
}

fn find(store: Store, cards: &[Card]) -> Found {
    store.minute.track();
    let open = |card: &Card| text::doors(card) == text::Doors::Open;
    let found = wish(store).find(cards, open, browser::plain);
    let dishes_of = |card: &Card| {
        let found = found.iter().find(|found| found.card.restaurant_id == card.restaurant_id);
        found.map(|found| text::serves(&found.dishes))
    };
    cards.iter().map(dishes_of).collect()
}

fn nothing_found(store: Store, count: usize) -> Drawn {
    if count > 0 {
        return Drawn::nothing();
    }
    let act = Callback::new(move |()| {
        edit(store, |wish| *wish = Wish { sort: wish.sort, ..Wish::default() });
    });
    let way_on = view! { <Button class="button" text=text::SHOW_ALL act /> }.draw();
    view! { <Empty heading=text::NOTHING_FOUND hint=text::NOTHING_FOUND_HINT way_on /> }.draw()
}
