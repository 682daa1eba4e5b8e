use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    menu::{Choice, Dish, OptionGroup, Restaurant},
    order::{OrderLine, Quantity},
    price,
};

use crate::{
    choices::Choices,
    components::{Dialog, DietMarks, Stepper},
    text,
};

/// A dish in full: what it is, what it contains, what to choose, how many.
#[component]
pub fn DishDialog(
    /// Whose dish it is.
    restaurant: Arc<Restaurant>,
    /// The dish.
    dish: Dish,
    /// Takes the finished line.
    add: Callback<OrderLine>,
    /// It was closed.
    close: Callback<()>,
) -> AnyView {
    let choices = RwSignal::new(Choices::usual(&dish));
    let count = RwSignal::new(1_u8);
    let line = {
        let dish_id = dish.dish_id.clone();
        Memo::new(move |_| OrderLine {
            dish_id: dish_id.clone(),
            quantity: Quantity::try_from(count.get()).unwrap_or(Quantity::ONE),
            options: choices.with(|choices| choices.chosen().to_vec()),
        })
    };
    let currency = restaurant.card.currency;
    let price = {
        let restaurant = restaurant.clone();
        Memo::new(move |_| {
            let bill = price::bill(&restaurant, &[line.get()]).ok()?;
            Some(text::money(bill.subtotal, currency))
        })
    };
    let groups = dish.options.iter().map(|group| {
        let (dish, group) = (dish.clone(), group.clone());
        view! { <Group restaurant=restaurant.clone() dish group choices /> }
    });
    let groups = groups.collect::<Vec<_>>();
    let allergens = dish.allergens.iter().copied().filter_map(text::allergen);
    let allergens = allergens.collect::<Vec<_>>().join(", ");
    let contains = (!allergens.is_empty())
        .then(|| view! { <p class="allergens"><b>{text::CONTAINS}</b> " " {allergens}</p> });
    view! {
        <Dialog label=dish.name.clone() class="dish-dialog" close>
            <img src=dish.art.clone() alt="" width="320" height="240" />
            <div class="dish-full">
                <h2>{dish.name.clone()}</h2>
                <p>{dish.description.clone()}</p>
                <DietMarks diet=dish.diet.clone() />
                {contains}
                {groups}
            </div>
            <div class="dialog-foot">
                <Stepper
                    label=text::quantity_of(&dish.name)
                    count=count
                    least=1
                    set=Callback::new(move |wanted| count.set(wanted))
                />
                <button
                    type="button"
                    class="button wide"
                    disabled=move || dish.sold_out || price.with(Option::is_none)
                    on:click=move |_| add.run(line.get_untracked())
                >
                    {move || match (dish.sold_out, price.get()) {
                        (false, Some(price)) => text::add_for(count.get(), &price),
                        _ => text::SOLD_OUT.to_owned(),
                    }}
                </button>
            </div>
        </Dialog>
    }
    .into_any()
}

#[component]
fn Group(
    restaurant: Arc<Restaurant>,
    dish: Dish,
    group: OptionGroup,
    choices: RwSignal<Choices>,
) -> AnyView {
    let currency = restaurant.card.currency;
    let required =
        (group.at_least > 0).then(|| view! { <span class="tag">{text::REQUIRED}</span> });
    let rows = group.choices.iter().map(|choice| {
        let price = text::money(choice.price, currency);
        let price = text::on_top(&price, choice.price.minor() == 0);
        row(dish.clone(), group.clone(), choice.clone(), price, choices)
    });
    let rows = rows.collect::<Vec<_>>();
    view! {
        <fieldset class="options">
            <legend>
                {group.name.clone()} <small>{text::how_many(&group)}</small> {required}
            </legend>
            {rows}
        </fieldset>
    }
    .into_any()
}

fn row(
    dish: Dish,
    group: OptionGroup,
    choice: Choice,
    price: String,
    choices: RwSignal<Choices>,
) -> AnyView {
    let either_or = group.at_least == 1 && group.at_most == 1;
    let kind = if either_or { "radio" } else { "checkbox" };
    let name = group.group_id.to_string();
    let (group_id, choice_id) = (group.group_id.clone(), choice.choice_id.clone());
    let made = Memo::new(move |_| choices.with(|choices| choices.has(&group_id, &choice_id)));
    let counted = group.clone();
    let full = Memo::new(move |_| {
        counted.at_most > 1 && choices.with(|choices| choices.is_full(&counted)) && !made.get()
    });
    let toggle = move |_| choices.update(|made| made.toggle(&dish, &group, &choice.choice_id));
    view! {
        <label class="option">
            <input
                type=kind
                name=name
                prop:checked=made
                disabled=full
                on:change=toggle
            />
            <span>{choice.name}</span>
            <span class="price">{price}</span>
        </label>
    }
    .into_any()
}
