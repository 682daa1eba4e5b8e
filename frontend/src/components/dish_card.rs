use leptos::prelude::*;
use shared::{Currency, RestaurantId, menu::Dish};

use super::DietMarks;
use crate::{
    state::cart::CartStore,
    text::{format::money, menu as texts},
};

/// A dish on the menu: opens its dialog, or is added at once if nothing has to be chosen. Without a [`CartStore`]
/// it cannot be added: so the office looks at a menu that is not published.
#[component]
pub fn DishCard(
    /// Whose dish it is.
    restaurant: RestaurantId,
    /// The dish.
    dish: Dish,
    /// The currency of its price.
    currency: Currency,
    /// Opens the dish's dialog.
    #[prop(into)]
    on_open: Callback<()>,
    /// Adds one of it as it is.
    #[prop(optional, into)]
    on_add: Option<Callback<()>>,
) -> impl IntoView {
    let cart = use_context::<CartStore>();
    let dish_id = dish.dish_id.clone();
    let count = Memo::new(move |_| {
        cart.map_or(0, |cart| cart.with(|cart| cart.count_of(&restaurant, &dish_id)))
    });
    let plain = dish.options.is_empty();
    let sold_out = dish.sold_out.then(|| view! { <span class="tag">{texts::SOLD_OUT}</span> });
    let allergens = texts::contains(&dish.allergens);
    let allergens =
        (!allergens.is_empty()).then(|| view! { <p class="dish-allergens">{allergens}</p> });
    let picture = (!dish.art.is_empty()).then(|| {
        view! {
            <img src=dish.art alt="" width="320" height="240" loading="lazy" decoding="async" />
        }
    });
    let button = on_add.map(|on_add| {
        view! {
            <button
                type="button"
                class="round dish-add"
                class:has={move || count.get() > 0}
                aria-haspopup=(!plain).then_some("dialog")
                on:click=move |_| if plain { on_add.run(()) } else { on_open.run(()) }
            >
                <span class="icon plus" aria-hidden="true"></span>
                <span class="visually-hidden">{texts::add(&dish.name)}</span>
                <span class="dish-count" prop:textContent=move || count.get().to_string()></span>
            </button>
        }
    });
    view! {
        <article class="dish" class:sold-out=dish.sold_out>
            <div class="dish-about">
                <h3>
                    <button
                        type="button"
                        class="cover"
                        aria-haspopup="dialog"
                        on:click=move |_| on_open.run(())
                    >
                        {dish.name.clone()}
                    </button>
                </h3>
                <p class="dish-description">{dish.description}</p>
                <DietMarks diet=dish.diet />
                {allergens}
                <p class="dish-price">
                    <span class="price">{money(dish.price, currency)}</span>
                    " "
                    {sold_out}
                </p>
            </div>
            <div class="dish-picture">
                {picture}
                {button}
            </div>
        </article>
    }
}
