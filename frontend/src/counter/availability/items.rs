//! The dishes and choices of a menu, with the buttons that take them off it or put them back.

use leptos::prelude::*;
use shared::{
    DishId,
    availability::{AvailabilityChange, MenuItem, SoldOut},
    cart::ChosenOption,
    menu::Dish,
    price::{BillLine, BillOption},
};

use super::{Change, keep_focus};
use crate::{
    components::{Dynamic, KeyedRows},
    counter::{store::Store, text},
};

/// The menu, with what has run out.
#[component]
pub fn MenuList() -> impl IntoView {
    let store = expect_context::<Store>();
    // The menu as it was when this was opened: rows stay where they are.
    let dishes: Vec<Dish> = untrack(|| {
        let of = |section: &shared::menu::Section| section.dishes.clone();
        store.with_menu(|menu| menu.sections.iter().flat_map(of).collect()).unwrap_or_default()
    });
    let listed = dishes.clone();
    // A choice that has run out leaves the public menu, and so does what a new menu does not have. What is put
    // back stays in the list, to be taken off again.
    let gone = RwSignal::new(Vec::<SoldOut>::new());
    Effect::new(move || {
        let sold_out = store.availability().sold_out.into_iter();
        let is_new = |one: &SoldOut| {
            !is_listed(&one.item, &listed)
                && gone.with_untracked(|gone| gone.iter().all(|it| it.item != one.item))
        };
        let new: Vec<SoldOut> = sold_out.filter(is_new).collect();
        if !new.is_empty() {
            gone.update(|gone| gone.extend(new));
        }
    });
    let gone = Signal::derive(move || {
        let row = |SoldOut { item, name, .. }: SoldOut| {
            let name = if name.is_empty() { item.dish_id.to_string() } else { name };
            let (key, row) =
                (item_id(&item), move || view! { <ItemRow item=item.clone() name=name.clone() /> });
            (key, ViewFn::from(move || view! { <li>{row()}</li> }))
        };
        gone.get().into_iter().map(row).collect::<Vec<_>>()
    });
    let rows = dishes.into_iter().map(|dish| view! { <DishRow dish /> }.into_any());
    view! {
        <section class="choice-section">
            <h3>{text::SOLD_OUT}</h3>
            <p>{text::SOLD_OUT_HINT}</p>
            <ul class="menu-list">
                <KeyedRows rows=gone />
                {rows.collect_view()}
            </ul>
        </section>
    }
}

/// Whether these dishes have it.
fn is_listed(item: &MenuItem, dishes: &[Dish]) -> bool {
    let Some(dish) = dishes.iter().find(|dish| dish.dish_id == item.dish_id) else { return false };
    item.choice.as_ref().is_none_or(|choice| {
        let groups = dish.options.iter().filter(|group| group.group_id == choice.group_id);
        groups.flat_map(|group| &group.choices).any(|one| one.choice_id == choice.choice_id)
    })
}

#[component]
fn DishRow(dish: Dish) -> impl IntoView {
    let store = expect_context::<Store>();
    let dish_id = dish.dish_id.clone();
    let choices = dish.options.into_iter().flat_map(|group| {
        let group_id = group.group_id;
        group.choices.into_iter().map(move |one| {
            let choice = ChosenOption { group_id: group_id.clone(), choice_id: one.choice_id };
            (one.name, choice)
        })
    });
    // Closed only if nothing in it has run out.
    let of_dish = dish_id.clone();
    let is_open = untrack(|| store.availability())
        .sold_out
        .into_iter()
        .any(|one| one.item.dish_id == of_dish && one.item.choice.is_some());
    let choices: Vec<_> = choices
        .map(|(name, choice)| {
            let item = MenuItem { dish_id: dish_id.clone(), choice: Some(choice) };
            view! { <ItemRow item name=format!("{}, {name}", dish.name) /> }.into_any()
        })
        .collect();
    view! {
        <li>
            <ItemRow item=dish_item(dish_id) name=dish.name />
            {(!choices.is_empty())
                .then(|| {
                    view! {
                        <details open=is_open>
                            <summary>{text::CHOICES}</summary>
                            {choices}
                        </details>
                    }
                })}
        </li>
    }
}

/// The dishes and choices of an order, each once, with the buttons that take them off the menu.
#[component]
pub fn SoldOutLines(lines: Vec<BillLine>) -> impl IntoView {
    let items = lines.into_iter().flat_map(|line| {
        let BillLine { dish_id, name, options, .. } = line;
        let (dish, of) = (dish_id.clone(), name.clone());
        let choices = options.into_iter().map(move |option| {
            let BillOption { group_id, choice_id, name, .. } = option;
            let choice = Some(ChosenOption { group_id, choice_id });
            (MenuItem { dish_id: dish.clone(), choice }, format!("{of}, {name}"))
        });
        std::iter::once((dish_item(dish_id), name)).chain(choices)
    });
    let mut rows: Vec<(MenuItem, String)> = Vec::new();
    for (item, name) in items {
        if !rows.iter().any(|(known, _)| *known == item) {
            rows.push((item, name));
        }
    }
    let rows = rows.into_iter().map(|(item, name)| {
        view! {
            <li>
                <ItemRow item name />
            </li>
        }
        .into_any()
    });
    view! { <ul class="menu-list">{rows.collect_view()}</ul> }
}

/// The id of an item's row.
fn item_id(item: &MenuItem) -> String {
    let choice = item.choice.as_ref().map(|it| format!("-{}-{}", it.group_id, it.choice_id));
    format!("item-{}{}", item.dish_id, choice.unwrap_or_default())
}

const fn dish_item(dish_id: DishId) -> MenuItem {
    MenuItem { dish_id, choice: None }
}

/// Something on the menu, with the buttons that take it off or put it back.
#[component]
fn ItemRow(item: MenuItem, name: String) -> impl IntoView {
    let store = expect_context::<Store>();
    let asking = RwSignal::new(false);
    let wanted = item.clone();
    let until = Memo::new(move |_| {
        let sold_out = store.availability().sold_out;
        sold_out.into_iter().find(|one| one.item == wanted).map(|one| one.until)
    });
    let id = item_id(&item);
    // The item's state has changed: no duration is asked for any more.
    Effect::watch(move || until.get(), move |_, _, _| asking.set(false), false);
    let shows = Memo::new(move |_| (until.get().is_some(), asking.get()));
    keep_focus(shows, format!("#{id}"));
    let shown = name.clone();
    let buttons = move || match (until.get(), asking.get()) {
        (Some(until), _) => {
            let change = AvailabilityChange::SellAgain { item: item.clone() };
            let label = text::named(text::BACK_ON, &shown);
            view! {
                <span class="sold-out" prop:textContent=move || text::until(until, store.now())></span>
                <Change text=text::BACK_ON label change />
            }
            .into_any()
        }
        (None, false) => {
            let label = text::named(text::SOLD_OUT, &shown);
            view! {
                <button
                    type="button"
                    class="button second"
                    aria-label=label
                    on:click=move |_| asking.set(true)
                >
                    {text::SOLD_OUT}
                </button>
            }
            .into_any()
        }
        (None, true) => {
            let durations = text::SOLD_OUTS.map(|(lasts, text)| {
                let change = AvailabilityChange::SellOut { item: item.clone(), lasts };
                view! { <Change text label=text::named(text, &shown) change /> }
            });
            view! {
                {durations.collect_view()}
                <button type="button" class="quiet" on:click=move |_| asking.set(false)>
                    {crate::text::CANCEL}
                </button>
            }
            .into_any()
        }
    };
    view! {
        <div class="item-row" id=id>
            <span class="item-name">{name}</span>
            <Dynamic view=buttons />
        </div>
    }
}
