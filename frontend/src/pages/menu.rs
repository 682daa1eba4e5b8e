use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    RestaurantId,
    menu::{Card, Dish, Restaurant, Section},
    order::{OrderLine, Quantity},
};

use crate::{
    browser,
    cart::{Added, Cart},
    components::{
        Ask, CartPanel, DishCard, DishDialog, Facts, Link, Skeleton, fetched, kind, open_class,
        opening, set_title, untitled,
    },
    drawn::{Draw, Drawn, live},
    server::Age,
    signal::{Signal, derived},
    store::{Store, use_store},
    text,
};

/// A restaurant with its menu.
#[component]
pub fn Menu(
    /// The restaurant.
    id: RestaurantId,
) -> Drawn {
    let store = use_store();
    set_title(text::MENU);
    store.load_menu(id.clone(), Age::Kept);
    let again = id.clone();
    let retry = Callback::new(move |()| store.load_menu(again.clone(), Age::Kept));
    // Another menu's arrival is none of this page's: a dish that is open would be closed.
    let of = id.clone();
    let own = derived(move || match store.menu(&of) {
        None => 0,
        Some(Err(_)) => 1,
        Some(Ok(menu)) => Arc::as_ptr(&menu).addr(),
    });
    view! {
        <div class="page">
            {live(move || {
                own.track();
                untrack(|| content(store, &id, retry))
            })}
        </div>
    }
    .draw()
}

fn content(store: Store, id: &RestaurantId, retry: Callback<()>) -> Drawn {
    match store.menu(id) {
        Some(Ok(restaurant)) => shown(restaurant),
        other => untitled(text::MENU, fetched(other, skeleton, retry, |_| Drawn::nothing())),
    }
}

fn skeleton() -> Drawn {
    view! {
        <div>
            <div class="bone bone-banner"></div>
            <Skeleton shape="bone-dish" count=6 within="dishes" />
        </div>
    }
    .draw()
}

/// What is in front of the menu.
#[derive(Clone)]
enum Open {
    Nothing,
    /// A dish in full.
    Dish(Box<Dish>),
    /// The question whether this line may begin a new cart.
    StartOver(OrderLine),
}

fn shown(restaurant: Arc<Restaurant>) -> Drawn {
    set_title(&restaurant.card.name);
    let store = use_store();
    let opened = Signal::new(Open::Nothing);
    let open = Callback::new(move |dish| opened.set(Open::Dish(Box::new(dish))));
    let add = adder(store, restaurant.clone(), opened);
    let sections = restaurant.sections.iter();
    let sections = sections.map(|section| menu_section(&restaurant, section.clone(), open, add));
    let sections = sections.collect::<Vec<_>>();
    let ids: Vec<String> =
        restaurant.sections.iter().map(|section| section.section_id.to_string()).collect();
    let current = browser::in_view(ids);
    let links = restaurant.sections.iter().enumerate().map(|(number, section)| {
        let is_current = move || (current.get() == number).to_string();
        view! {
            <a href=format!("#{}", section.section_id) aria-current=live(is_current)>
                {section.name.clone()}
            </a>
        }
        .draw()
    });
    let links = links.collect::<Vec<_>>();
    let class = open_class(&restaurant.card, "menu");
    let banner = banner(&restaurant);
    let in_front = move || front(store, &restaurant, opened, add);
    view! {
        <div class=class>
            <a href="/" class="back">
                <span class="icon chevron" aria-hidden="true"></span>
                {text::ALL_RESTAURANTS}
            </a>
            {banner}
            <div class="menu-columns">
                <div>
                    <nav class="sections" aria-label=text::MENU_SECTIONS>{links}</nav>
                    {sections}
                </div>
                <aside class="menu-cart panel" aria-label=text::YOUR_CART>
                    <h2>{text::YOUR_CART}</h2>
                    <CartPanel />
                    {live(move || checkout_link(store))}
                </aside>
            </div>
            {live(in_front)}
        </div>
    }
    .draw()
}

fn front(
    store: Store,
    restaurant: &Arc<Restaurant>,
    opened: Signal<Open>,
    add: Callback<OrderLine>,
) -> Drawn {
    let close = Callback::new(move |()| opened.set(Open::Nothing));
    match opened.get() {
        Open::Nothing => Drawn::nothing(),
        Open::Dish(dish) => {
            view! { <DishDialog restaurant=restaurant.clone() dish=*dish add close /> }.draw()
        }
        Open::StartOver(line) => start_over(store, restaurant, line, close),
    }
}

/// Adds a line to the cart, or asks first if the cart is another restaurant's.
fn adder(store: Store, restaurant: Arc<Restaurant>, opened: Signal<Open>) -> Callback<OrderLine> {
    Callback::new(move |line: OrderLine| {
        opened.set(Open::Nothing);
        let id = &restaurant.card.restaurant_id;
        match store.edit_cart(|cart| cart.add(id, line.clone())) {
            Added::Yes => {
                if let Some(dish) = restaurant.dish(&line.dish_id) {
                    store.say(text::added(&dish.name));
                }
            }
            Added::OtherRestaurant => opened.set(Open::StartOver(line)),
            Added::Full => store.notify(text::CART_FULL),
        }
    })
}

fn banner(restaurant: &Restaurant) -> Drawn {
    let card = &restaurant.card;
    view! {
        <header class="banner">
            <img src=card.art.clone() alt="" width="320" height="240" />
            <div class="banner-about">
                <h1>{card.name.clone()}</h1>
                {kind(card)}
                <p>{card.description.clone()}</p>
                <Facts card=card.clone() all=true />
                <details class="week">
                    <summary>{opening(card.clone())}</summary>
                    <table>
                        <caption>{text::hours::week_name(&card.hours)}</caption>
                        <tbody>{week(card)}</tbody>
                    </table>
                </details>
                <p class="restaurant-hours">{restaurant.address.clone()}</p>
            </div>
        </header>
    }
    .draw()
}

fn week(card: &Card) -> Vec<Drawn> {
    let rows = text::hours::week(&card.hours).into_iter();
    rows.map(|(day, hours)| view! { <tr><th scope="row">{day}</th><td>{hours}</td></tr> }.draw())
        .collect()
}

fn menu_section(
    restaurant: &Restaurant,
    section: Section,
    open: Callback<Dish>,
    add: Callback<OrderLine>,
) -> Drawn {
    let id = &restaurant.card.restaurant_id;
    let currency = restaurant.card.currency;
    let one = Callback::new(move |dish: Dish| {
        add.run(OrderLine {
            dish_id: dish.dish_id,
            quantity: Quantity::ONE,
            options: vec![],
            note: None,
        });
    });
    let dishes = section.dishes.into_iter().map(|dish| {
        view! { <li><DishCard restaurant=id.clone() dish currency open add=one /></li> }.draw()
    });
    let dishes = dishes.collect::<Vec<_>>();
    view! {
        <section class="menu-section" id=section.section_id.to_string()>
            <h2>{section.name}</h2>
            <ul class="dishes">{dishes}</ul>
        </section>
    }
    .draw()
}

fn checkout_link(store: Store) -> Drawn {
    match store.with_cart(Cart::is_empty) {
        true => Drawn::nothing(),
        false => {
            view! { <Link to="/checkout" class="button wide" text=text::GO_TO_CHECKOUT /> }.draw()
        }
    }
}

/// Asks before dishes of another restaurant leave the cart.
fn start_over(
    store: Store,
    restaurant: &Arc<Restaurant>,
    line: OrderLine,
    close: Callback<()>,
) -> Drawn {
    let old = store.cart().restaurant_id.map(|old| match untrack(|| store.menu(&old)) {
        Some(Ok(restaurant)) => restaurant.card.name.clone(),
        _ => old.to_string(),
    });
    let hint = text::start_over(&old.unwrap_or_default(), &restaurant.card.name);
    let id = restaurant.card.restaurant_id.clone();
    let act = Callback::new(move |()| {
        store.edit_cart(|cart| cart.start_over(&id, vec![line.clone()]));
    });
    let (title, yes) = (text::START_OVER_TITLE, text::START_OVER);
    view! { <Ask title hint class="button" yes act close /> }.draw()
}
