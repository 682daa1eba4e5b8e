mod open_dish;
mod section_bar;

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_params_map};
use shared::{
    menu::{Card, Diet, Restaurant, Section},
    order::{OrderLine, Quantity},
};

use self::{open_dish::OpenDish, section_bar::SectionBar};
use super::NotFoundPage;
use crate::{
    browser,
    components::{
        CartPanel, Chip, Confirm, CuisineLine, DeliveryFacts, DishCard, DishDialog, Dynamic,
        Fetched, HoursLine, If, PostcodeField, Skeleton, set_title,
    },
    model::{
        cart::Added,
        search::{DIETS, suits},
    },
    paths,
    startup::{self, Part},
    state::{
        cart::CartStore, catalog::Catalog, clock::Clock, delivery::Delivery, fetch::Fetch as _,
        notices::Notices,
    },
    text::{
        self, cart, home,
        hours::{self, Opening, opening_of},
        menu as texts,
    },
};

/// A restaurant with its menu.
#[component]
pub fn MenuPage() -> impl IntoView {
    let catalog = expect_context::<Catalog>();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")?.parse().ok()));
    let menu = catalog.menu(id);
    let loaded = move || menu.get().is_some_and(|menu| menu.is_ok());
    let not_found = Memo::new(move |_| {
        let refused = menu.get().is_some_and(|menu| menu.is_err_and(|error| error.is_not_found()));
        id.get().is_none() || refused
    });
    set_title(Signal::derive(move || match menu.get() {
        Some(Ok(restaurant)) => restaurant.card.name.clone(),
        _ if not_found.get() => text::NOT_FOUND.to_owned(),
        _ => texts::TITLE.to_owned(),
    }));
    let opened = OpenDish::from_address(id);
    let skeleton = || {
        view! {
            <div>
                <div class="skeleton skeleton-banner"></div>
                <Skeleton shape="skeleton-dish" count=6 within="dishes" />
            </div>
        }
    };
    let page = move || {
        view! {
            <div class="page">
                <If when=move || !loaded()>
                    <h1 class="visually-hidden">{texts::TITLE}</h1>
                </If>
                <Part>
                    <Fetched resource=menu skeleton let:restaurant>
                        <Content restaurant opened />
                    </Fetched>
                </Part>
            </div>
        }
    };
    view! {
        <If when=not_found fallback=page>
            <div role="alert">
                <NotFoundPage />
            </div>
        </If>
    }
}

#[component]
fn Content(restaurant: Arc<Restaurant>, opened: OpenDish) -> impl IntoView {
    let (store, notices) = (expect_context::<CartStore>(), expect_context::<Notices>());
    let clock = expect_context::<Clock>();
    // A line that may begin a new basket, if the customer agrees.
    let starting = RwSignal::new(None::<OrderLine>);
    let diet = RwSignal::new(None::<Diet>);
    let id = restaurant.card.restaurant_id.clone();
    let names = restaurant.clone();
    let add = Callback::new(move |line: OrderLine| {
        let outcome = store.edit(|cart| cart.add(&id, line.clone()));
        match outcome {
            Added::Yes => {
                if let Some(dish) = names.dish(&line.dish_id) {
                    notices.announce(texts::added(&dish.name));
                }
            }
            Added::OtherRestaurant => starting.set(Some(line)),
            Added::Full => notices.notify(cart::FULL),
        }
    });
    let card = restaurant.card.clone();
    let closed = move || {
        clock.track();
        opening_of(&card) != Opening::Open
    };
    let sections = restaurant.sections.iter().map(|section| {
        let (restaurant, section) = (restaurant.clone(), section.clone());
        view! {
            <Part>
                <SectionView
                    restaurant
                    section
                    diet
                    opened
                    on_add=add
                />
            </Part>
        }
    });
    let sections = sections.collect_view();
    let of = restaurant.clone();
    let is_shown = startup::is_over();
    let dialog = move || {
        // A modal dialog of a page that is not shown yet would block the one that is.
        let dish = of.dish(&opened.dish.get().filter(|_| is_shown.get())?)?.clone();
        let restaurant = of.clone();
        let closed = StoredValue::new(false);
        // The dialog is removed once the browser has gone back; until then, ignore a second click.
        let close = move || {
            let before = closed.try_update_value(|closed| std::mem::replace(closed, true));
            let is_first = before == Some(false);
            if is_first {
                opened.close();
            }
            is_first
        };
        let on_add = move |line| {
            if close() {
                add.run(line);
            }
        };
        let on_close = move |()| {
            close();
        };
        Some(view! { <DishDialog restaurant dish line=None on_add on_close /> })
    };
    let of = restaurant.clone();
    let question = move || {
        let (restaurant, line) = (of.clone(), starting.get()?);
        Some(view! { <StartNew restaurant line starting /> })
    };
    let checkout = move || {
        (!store.is_empty()).then(|| {
            view! { <A href=paths::CHECKOUT attr:class="button wide">{cart::CHECKOUT}</A> }
        })
    };
    let (banner, bar) = (restaurant.clone(), restaurant.clone());
    view! {
        <div class="menu" class:closed=closed>
            <A href=paths::HOME attr:class="back">
                <span class="icon chevron" aria-hidden="true"></span>
                {texts::ALL_RESTAURANTS}
            </A>
            <Part>
                <Banner restaurant=banner />
            </Part>
            <div class="menu-columns">
                <div>
                    <Part>
                        <SectionBar restaurant=bar diet />
                    </Part>
                    <Part>
                        <DietFilter restaurant diet />
                    </Part>
                    {sections}
                </div>
                <aside class="menu-cart panel" aria-label=cart::BASKET>
                    <h2>{cart::BASKET}</h2>
                    <Part>
                        <CartPanel />
                    </Part>
                    <Dynamic view=checkout />
                </aside>
            </div>
            <Dynamic view=dialog />
            <Dynamic view=question />
        </div>
    }
}

#[component]
fn Banner(restaurant: Arc<Restaurant>) -> impl IntoView {
    let card = restaurant.card.clone();
    // A link may have led here first.
    let postcode = (!card.areas.is_empty()).then(|| view! { <PostcodeField /> });
    let (delivery, of) = (expect_context::<Delivery>(), card.clone());
    let reach = move || {
        let mut card = of.clone();
        match delivery.apply(&mut card) {
            true => view! { <DeliveryFacts card all=true /> }.into_any(),
            false => {
                let text = cart::not_delivered(&card, &delivery.postcode());
                view! { <p class="hint-box">{text}</p> }.into_any()
            }
        }
    };
    let (clock, hours) = (expect_context::<Clock>(), card.hours.clone());
    let special = move || {
        clock.track();
        hours::special(&hours)
    };
    view! {
        <header class="banner">
            <img src=card.art.clone() alt="" width="320" height="240" fetchpriority="high" />
            <div class="banner-about">
                <h1>{card.name.clone()}</h1>
                <CuisineLine card=card.clone() />
                <p>{card.description.clone()}</p>
                <Dynamic view=reach />
                {postcode}
                <details class="week">
                    <summary>
                        {browser::PRERENDERING.then_some(hours::OPENING_HOURS)}
                        <HoursLine card=card.clone() />
                    </summary>
                    <table>
                        <caption>{hours::week_name(&card.hours)}</caption>
                        <tbody>{week(&card)}</tbody>
                    </table>
                </details>
                <p class="special-days" prop:textContent=special></p>
                <p class="restaurant-address">{restaurant.address.clone()}</p>
            </div>
        </header>
    }
}

fn week(card: &Card) -> AnyView {
    let today = hours::today(&card.hours);
    let rows = hours::week(&card.hours).into_iter().map(|(day, hours)| {
        let current = if Some(day) == today { "date" } else { "false" };
        view! { <tr aria-current=current><th scope="row">{day}</th><td>{hours}</td></tr> }
            .into_any()
    });
    rows.collect_view().into_any()
}

/// Chips that leave only the dishes of one diet.
#[component]
fn DietFilter(restaurant: Arc<Restaurant>, diet: RwSignal<Option<Diet>>) -> impl IntoView {
    let count_of = move |wanted: Option<Diet>| {
        let dishes = restaurant.sections.iter().flat_map(|section| &section.dishes);
        dishes.filter(|dish| suits(&dish.diet, wanted)).count()
    };
    let offered: Vec<Diet> =
        DIETS.into_iter().map(|(diet, _)| diet).filter(|diet| count_of(Some(*diet)) > 0).collect();
    let chips = offered.into_iter().filter_map(|of| {
        let pressed = Signal::derive(move || diet.get() == Some(of));
        let on_press = move |()| diet.update(|diet| *diet = (*diet != Some(of)).then_some(of));
        let text = home::diet(of)?;
        Some(view! { <Chip text pressed on_press /> })
    });
    let chips = chips.collect_view();
    let count = move || diet.get().map(|of| texts::dishes(count_of(Some(of)))).unwrap_or_default();
    view! {
        <div class="filters menu-filters" role="group" aria-label=home::FILTERS>
            <div class="chips">{chips}</div>
            <p role="status" prop:textContent=count></p>
        </div>
    }
}

#[component]
fn SectionView(
    restaurant: Arc<Restaurant>,
    section: Section,
    diet: RwSignal<Option<Diet>>,
    opened: OpenDish,
    on_add: Callback<OrderLine>,
) -> impl IntoView {
    let currency = restaurant.card.currency;
    let all = section.dishes.clone();
    let hidden = move || !all.iter().any(|dish| suits(&dish.diet, diet.get()));
    let rows = section.dishes.into_iter().map(|dish| {
        let (id, shown) = (dish.dish_id.clone(), dish.clone());
        let hidden = move || !suits(&shown.diet, diet.get());
        let open_id = id.clone();
        let on_open = move |()| opened.open(&open_id);
        let add = move |()| {
            let (dish_id, options) = (id.clone(), Vec::new());
            on_add.run(OrderLine { dish_id, quantity: Quantity::ONE, options, note: None });
        };
        let restaurant = restaurant.card.restaurant_id.clone();
        view! {
            <li hidden=hidden>
                <DishCard restaurant dish currency on_open on_add=add />
            </li>
        }
        .into_any()
    });
    let rows = rows.collect_view();
    view! {
        <section class="menu-section" id=section.section_id.to_string() hidden=hidden>
            <h2>{section.name}</h2>
            <ul class="dishes">{rows}</ul>
        </section>
    }
}

/// Asks before dishes of another restaurant leave the basket.
#[component]
fn StartNew(
    restaurant: Arc<Restaurant>,
    line: OrderLine,
    starting: RwSignal<Option<OrderLine>>,
) -> impl IntoView {
    let store = expect_context::<CartStore>();
    let old = match untrack(|| store.menu()) {
        Some(Ok(restaurant)) => restaurant.card.name.clone(),
        _ => store.now().restaurant_id.map(|id| id.to_string()).unwrap_or_default(),
    };
    let hint = texts::start_new(&old, &restaurant.card.name);
    let on_yes = move |()| {
        let line = line.clone();
        store.edit(|cart| cart.start_over(&restaurant.card.restaurant_id, vec![line]));
    };
    let on_close = move |()| starting.set(None);
    let (title, yes, no) = (texts::START_NEW_TITLE, texts::START_NEW, texts::KEEP_BASKET);
    view! { <Confirm title hint yes no on_yes on_close /> }
}
