use leptos::prelude::*;
use shared::{Currency, RestaurantId, menu::Dish};

use crate::{components::DietMarks, store::use_store, text};

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
) -> AnyView {
    let store = use_store();
    let (dish_id, sold_out) = (dish.dish_id.clone(), dish.sold_out);
    let count = Memo::new(move |_| store.with_cart(|cart| cart.count_of(&restaurant, &dish_id)));
    let plain = dish.options.is_empty();
    let (opened, added) = (dish.clone(), dish.clone());
    let quick = move |_| if plain { add.run(added.clone()) } else { open.run(added.clone()) };
    view! {
        <article class="dish" class:sold-out=sold_out>
            <div class="dish-about">
                <h3>
                    <button type="button" class="cover" on:click=move |_| open.run(opened.clone())>
                        {dish.name.clone()}
                    </button>
                </h3>
                <p class="dish-description">{dish.description.clone()}</p>
                <DietMarks diet=dish.diet.clone() />
                <p class="dish-price">
                    <span class="price">{text::money(dish.price, currency)}</span>
                    {sold_out.then(|| view! { <span class="tag">{text::SOLD_OUT}</span> })}
                </p>
            </div>
            <div class="dish-picture">
                <img src=dish.art.clone() alt="" width="320" height="240" loading="lazy" decoding="async" />
                <button
                    type="button"
                    class="round dish-add"
                    class:has=move || { count.get() > 0 }
                    disabled=sold_out
                    aria-label=text::add_one(&dish.name)
                    on:click=quick
                >
                    {move || match count.get() {
                        0 => view! { <span class="icon plus"></span> }.into_any(),
                        count => count.into_any(),
                    }}
                </button>
            </div>
        </article>
    }
    .into_any()
}
