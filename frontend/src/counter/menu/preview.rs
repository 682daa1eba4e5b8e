use std::sync::Arc;

use leptos::prelude::*;
use shared::menu::{Dish, Restaurant, Section};

use super::{super::store::Store, editor::Editor};
use crate::components::{DishCard, DishDialog, Dynamic};

/// A menu as customers would see it, with the very components that they see.
#[component]
pub(super) fn Preview(
    editor: Editor,
    sections: Vec<Section>,
    /// What the menu is called.
    heading: &'static str,
    /// What it is.
    hint: &'static str,
) -> impl IntoView {
    let store = expect_context::<Store>();
    let restaurant = untrack(|| store.with_menu(Clone::clone));
    let restaurant = restaurant
        .map(|restaurant| Arc::new(Restaurant { sections: sections.clone(), ..restaurant }));
    let open = RwSignal::new(None::<Dish>);
    let dialog = move || {
        let (dish, restaurant) = (open.get()?, restaurant.clone()?);
        let close = move || open.set(None);
        Some(view! {
            <DishDialog
                restaurant
                dish
                line=None
                on_add=move |_| close()
                on_close=move |()| close()
            />
        })
    };
    let id = editor.restaurant.get_value();
    let currency = editor.currency();
    let section = |Section { name, dishes, .. }: Section| {
        let dishes = dishes.into_iter().map(|dish| {
            let (restaurant, shown) = (id.clone(), dish.clone());
            view! {
                <li>
                    <DishCard
                        restaurant
                        dish
                        currency
                        on_open=move |()| open.set(Some(shown.clone()))
                    />
                </li>
            }
            .into_any()
        });
        view! {
            <section class="menu-section">
                <h2>{name}</h2>
                <ul class="dishes">{dishes.collect_view()}</ul>
            </section>
        }
        .into_any()
    };
    let sections = sections.into_iter().map(section).collect_view();
    view! {
        <h2 id="preview" tabindex="-1">
            {heading}
        </h2>
        <p class="hint-box">{hint}</p>
        {sections}
        <Dynamic view=dialog />
    }
}
