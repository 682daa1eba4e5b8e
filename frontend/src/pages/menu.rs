use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_params_map};
use shared::{
    RestaurantId,
    menu::{Dish, Restaurant, Section},
    order::{OrderLine, Quantity},
};

use crate::{
    cart::Added,
    components::{CartPanel, Dialog, DishCard, DishDialog, Facts, Skeleton, fetched, set_title},
    pages::NotFound,
    store::{Store, use_store},
    text,
};

/// A restaurant with its menu.
#[component]
pub fn Menu() -> AnyView {
    let store = use_store();
    let params = use_params_map();
    let id = Memo::new(move |_| {
        params.with(|params| params.get("restaurant_id")).and_then(|id| id.parse().ok())
    });
    view! {
        {move || match id.get() {
            Some(id) => of(store, id),
            None => view! { <NotFound /> }.into_any(),
        }}
    }
    .into_any()
}

fn of(store: Store, id: RestaurantId) -> AnyView {
    store.load_menu(id.clone());
    let again = id.clone();
    let retry = Callback::new(move |()| store.load_menu(again.clone()));
    let fetch = Memo::new(move |_| store.menu(&id));
    view! { <div class="page">{move || fetched(fetch.get(), skeleton, retry, menu)}</div> }
        .into_any()
}

fn skeleton() -> AnyView {
    view! {
        <div class="bone bone-banner"></div>
        <Skeleton shape="bone-dish" count=6 within="dishes" />
    }
    .into_any()
}

fn menu(restaurant: Arc<Restaurant>) -> AnyView {
    set_title(&restaurant.card.name);
    let opened = RwSignal::new(None::<Dish>);
    let contested = RwSignal::new(None::<OrderLine>);
    let open = Callback::new(move |dish| opened.set(Some(dish)));
    let add = adder(restaurant.clone(), opened, contested);
    let sections = restaurant.sections.iter().map(|section| {
        view! { <MenuSection restaurant=restaurant.clone() section=section.clone() open add /> }
    });
    let sections = sections.collect::<Vec<_>>();
    let dialogs = restaurant.clone();
    view! {
        <Banner restaurant=restaurant.clone() />
        <div class="menu-columns">
            <div>
                <SectionLinks sections=restaurant.sections.clone() />
                {sections}
            </div>
            <aside class="menu-cart panel" aria-label=text::YOUR_CART>
                <h2>{text::YOUR_CART}</h2>
                <CartPanel />
                <CheckoutLink />
            </aside>
        </div>
        {move || opened.get().map(|dish| {
            let close = Callback::new(move |()| opened.set(None));
            view! { <DishDialog restaurant=dialogs.clone() dish add close /> }
        })}
        {move || contested.get().map(|line| {
            view! { <StartOver restaurant=restaurant.clone() line contested /> }
        })}
    }
    .into_any()
}

/// Adds a line to the cart, or asks first if the cart is another restaurant's.
fn adder(
    restaurant: Arc<Restaurant>,
    opened: RwSignal<Option<Dish>>,
    contested: RwSignal<Option<OrderLine>>,
) -> Callback<OrderLine> {
    let store = use_store();
    Callback::new(move |line: OrderLine| {
        opened.set(None);
        let id = &restaurant.card.restaurant_id;
        match store.edit_cart(|cart| cart.add(id, line.clone())) {
            Added::Yes => {
                if let Some(dish) = restaurant.dish(&line.dish_id) {
                    store.say(text::added(&dish.name));
                }
            }
            Added::OtherRestaurant => contested.set(Some(line)),
            Added::Full => store.notice.set(Some(text::CART_FULL.to_owned())),
        }
    })
}

#[component]
fn Banner(restaurant: Arc<Restaurant>) -> AnyView {
    let card = restaurant.card.clone();
    view! {
        <A href="/" attr:class="back">
            <span class="icon chevron" aria-hidden="true"></span>
            {text::ALL_RESTAURANTS}
        </A>
        <header class="banner">
            <img src=card.art.clone() alt="" width="320" height="240" />
            <div class="banner-about">
                <h1>{card.name.clone()}</h1>
                <p class="restaurant-kind">
                    {card.cuisines.join(", ")} " · "
                    <span aria-label=text::price_level_said(&card)>{text::price_level(&card)}</span>
                </p>
                <p>{card.description.clone()}</p>
                <Facts card=card.clone() all=true />
                <p class="restaurant-hours">{text::hours(&card)} " · " {restaurant.address.clone()}</p>
            </div>
        </header>
    }
    .into_any()
}

#[component]
fn SectionLinks(sections: Vec<Section>) -> AnyView {
    let links = sections.into_iter().map(|section| {
        view! { <a href=format!("#{}", section.section_id) rel="external">{section.name}</a> }
    });
    view! { <nav class="sections" aria-label=text::MENU_SECTIONS>{links.collect::<Vec<_>>()}</nav> }
        .into_any()
}

#[component]
fn MenuSection(
    restaurant: Arc<Restaurant>,
    section: Section,
    open: Callback<Dish>,
    add: Callback<OrderLine>,
) -> AnyView {
    let id = &restaurant.card.restaurant_id;
    let currency = restaurant.card.currency;
    let one = Callback::new(move |dish: Dish| {
        add.run(OrderLine { dish_id: dish.dish_id, quantity: Quantity::ONE, options: vec![] });
    });
    let dishes = section.dishes.into_iter().map(|dish| {
        view! { <li><DishCard restaurant=id.clone() dish currency open add=one /></li> }
    });
    view! {
        <section class="menu-section" id=section.section_id.to_string()>
            <h2>{section.name}</h2>
            <ul class="dishes">{dishes.collect::<Vec<_>>()}</ul>
        </section>
    }
    .into_any()
}

#[component]
fn CheckoutLink() -> impl IntoView {
    let store = use_store();
    let empty = Memo::new(move |_| store.with_cart(crate::cart::Cart::is_empty));
    view! {
        <Show when=move || !empty.get()>
            <A href="/checkout" attr:class="button wide">{text::GO_TO_CHECKOUT}</A>
        </Show>
    }
}

/// Asks before dishes of another restaurant leave the cart.
#[component]
fn StartOver(
    restaurant: Arc<Restaurant>,
    line: OrderLine,
    contested: RwSignal<Option<OrderLine>>,
) -> AnyView {
    let store = use_store();
    let old = store.cart().restaurant_id;
    let name = old.as_ref().map(|old| match store.menu(old) {
        Some(Ok(restaurant)) => restaurant.card.name.clone(),
        _ => old.to_string(),
    });
    let sentence = text::start_over(&name.unwrap_or_default(), &restaurant.card.name);
    let close = Callback::new(move |()| contested.set(None));
    let start_over = move |_| {
        let id = &restaurant.card.restaurant_id;
        store.edit_cart(|cart| cart.start_over(id, line.clone()));
        contested.set(None);
    };
    view! {
        <Dialog label=text::START_OVER_TITLE.to_owned() class="ask" close>
            <h2>{text::START_OVER_TITLE}</h2>
            <p>{sentence}</p>
            <div class="actions">
                <button type="button" class="button" on:click=start_over>{text::START_OVER}</button>
                <button type="button" class="button second" on:click=move |_| close.run(())>
                    {text::CANCEL}
                </button>
            </div>
        </Dialog>
    }
    .into_any()
}
