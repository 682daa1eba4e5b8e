use leptos::prelude::*;
use shared::{Currency, RestaurantId, menu::Dish};

use crate::{
    components::DietMarks,
    drawn::{Draw, Drawn, live, press},
    store::use_store,
    text,
};

/// A dish on the menu: opens its dialog, or is added at once if nothing has to be chosen.
#[component]
pub fn DishCard(
    /// Whose dish it is.
    restaurant: RestaurantId,
    /// The dish.
    dish: Dish,
    /// The currency of its price.
    currency: Currency,
    /// Opens the dish's dialog.
    open: Callback<Dish>,
    /// Adds one of it as it is.
    add: Callback<Dish>,
) -> Drawn {
    let store = use_store();
    let dish_id = dish.dish_id.clone();
    let count = move || store.with_cart(|cart| cart.count_of(&restaurant, &dish_id));
    let counted = count.clone();
    let class =
        move || if counted() > 0 { "round dish-add has" } else { "round dish-add" }.to_owned();
    let act = if dish.options.is_empty() { add } else { open };
    let (opened, added) = (dish.clone(), dish.clone());
    let sold_out =
        dish.sold_out.then(|| view! { <span class="tag">{text::SOLD_OUT}</span> }.draw());
    view! {
        <article class=if dish.sold_out { "dish sold-out" } else { "dish" }>
            <div class="dish-about">
                <h3>
                    <button
                        type="button"
                        class="cover"
                        on:click=press(move || open.run(opened.clone()))
                    >
                        {dish.name.clone()}
                    </button>
                </h3>
                <p class="dish-description">{dish.description}</p>
                <DietMarks diet=dish.diet />
                <p class="dish-price">
                    <span class="price">{text::money(dish.price, currency)}</span>
                    {sold_out}
                </p>
            </div>
            <div class="dish-picture">
                <img src=dish.art alt="" width="320" height="240" loading="lazy" decoding="async" />
                <button
                    type="button"
                    class=live(class)
                    on:click=press(move || act.run(added.clone()))
                >
                    <span class="icon plus"></span>
                    <span class="said">{text::add_one(&dish.name)}</span>
                    <span class="dish-count">{live(move || count().to_string())}</span>
                </button>
            </div>
        </article>
    }
    .draw()
}
