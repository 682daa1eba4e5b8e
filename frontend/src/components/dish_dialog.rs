use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    Amount,
    menu::{Choice, Dish, OptionGroup, Restaurant},
    order::{OrderLine, Quantity},
    price,
    text::{LineNote, TextError},
};

use super::{Control, Dialog, DietMarks, Field, Stepper};
use crate::{
    model::{choices::Choices, delivery},
    state::clock::Clock,
    text::{
        self,
        format::money,
        hours::{Opening, opening_of, opens_button},
        menu as texts,
    },
};

/// A dish in full: what it is, what it contains, what to choose, how many.
#[component]
pub fn DishDialog(
    /// Whose dish it is.
    restaurant: Arc<Restaurant>,
    /// The dish.
    dish: Dish,
    /// The line of the cart that is changed, if it is not a new one.
    line: Option<OrderLine>,
    /// Takes the finished line.
    #[prop(into)]
    on_add: Callback<OrderLine>,
    /// It was closed.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let clock = expect_context::<Clock>();
    let choices = RwSignal::new(match &line {
        Some(line) => Choices::of(&dish, &line.options),
        None => Choices::usual(&dish),
    });
    let count = RwSignal::new(line.as_ref().map_or(1, |line| line.quantity.get()));
    let note_before = line.as_ref().and_then(|line| line.note.as_ref()).map(ToString::to_string);
    let note = RwSignal::new(note_before.clone().unwrap_or_default());
    let is_new = line.is_none();
    let currency = restaurant.card.currency;
    let groups = dish.options.iter().map(|group| {
        view! { <Group dish=dish.clone() group=group.clone() currency choices /> }
    });
    let groups = groups.collect_view();
    let dish_id = dish.dish_id.clone();
    let line = move || OrderLine {
        dish_id: dish_id.clone(),
        quantity: Quantity::try_from(count.get()).unwrap_or(Quantity::ONE),
        options: choices.with(|choices| choices.chosen().to_vec()),
        note: note.with(|note| note.parse().ok()),
    };
    let finished = line.clone();
    let opening = move |restaurant: &Restaurant| {
        clock.track();
        opening_of(&restaurant.card)
    };
    let of = restaurant.clone();
    let sold_out = dish.sold_out;
    let label =
        move || match (opening(&restaurant), price::bill(&restaurant, &[line()], Amount::ZERO)) {
            (Opening::Closed(opens), _) => opens_button(opens, &restaurant.card.hours),
            (Opening::Open, Ok(bill)) => texts::add_for(&money(bill.subtotal, currency), is_new),
            (Opening::Open, Err(_)) => texts::SOLD_OUT.to_owned(),
        };
    let disabled = Signal::derive(move || {
        sold_out || opening(&of) != Opening::Open || note_error(note).is_some()
    });
    let allergens = match texts::contains(&dish.allergens) {
        none if none.is_empty() => texts::NO_ALLERGENS.to_owned(),
        some => some,
    };
    let hint = Signal::derive(move || {
        let used = note.with(|note| note.chars().count());
        if used == 0 { String::new() } else { text::checkout::characters(used, 140) }
    });
    let picture = (!dish.art.is_empty())
        .then(|| view! { <img src=dish.art alt="" width="320" height="240" /> });
    view! {
        <Dialog label=dish.name.clone() class="dialog dish-dialog" on_close>
            <div>
                {picture}
                <div class="dish-full">
                    <h2>{dish.name.clone()}</h2>
                    <p>{dish.description}</p>
                    <DietMarks diet=dish.diet />
                    <p class="allergens">{allergens}</p>
                    {groups}
                    <Field
                        id="line-note"
                        label=texts::LINE_NOTE
                        control=Control::Area
                        hint
                        value=note_before.unwrap_or_default()
                        error=Signal::derive(move || note_error(note))
                        on_input=Callback::new(move |text| note.set(text))
                    />
                </div>
                <div class="dialog-foot">
                    <Stepper
                        of=dish.name
                        count
                        least=1
                        set=move |wanted| count.set(wanted)
                    />
                    <button
                        type="button"
                        class="button wide"
                        aria-disabled=move || disabled.get().to_string()
                        on:click=move |_| {
                            if !disabled.get_untracked() {
                                on_add.run(untrack(&finished));
                            }
                        }
                        prop:textContent=label
                    ></button>
                </div>
            </div>
        </Dialog>
    }
}

/// The choices of one group.
#[component]
fn Group(
    dish: Dish,
    group: OptionGroup,
    currency: shared::Currency,
    choices: RwSignal<Choices>,
) -> impl IntoView {
    let required =
        (group.at_least > 0).then(|| view! { <span class="tag">{texts::REQUIRED}</span> });
    let rows = group.choices.iter().map(|choice| {
        let (dish, group, choice) = (dish.clone(), group.clone(), choice.clone());
        view! { <Row dish group choice currency choices /> }
    });
    let rows = rows.collect_view();
    view! {
        <fieldset class="options">
            <legend>
                {text::isolated(&group.name)}
                " "
                <small>{texts::how_many(&group)}</small>
                " "
                {required}
            </legend>
            {rows}
        </fieldset>
    }
}

/// One choice.
#[component]
fn Row(
    dish: Dish,
    group: OptionGroup,
    choice: Choice,
    currency: shared::Currency,
    choices: RwSignal<Choices>,
) -> impl IntoView {
    let kind = if group.at_least == 1 && group.at_most == 1 { "radio" } else { "checkbox" };
    let (group_id, choice_id) = (group.group_id.clone(), choice.choice_id.clone());
    let name = group.group_id.to_string();
    let chosen = Memo::new(move |_| choices.with(|choices| choices.has(&group_id, &choice_id)));
    let counted = group.clone();
    let full = move || {
        let full = choices.with(|choices| choices.is_full(&counted));
        counted.at_most > 1 && full && !chosen.get()
    };
    let price = texts::extra_price(&money(choice.price, currency), choice.price.is_zero());
    let choice_id = choice.choice_id;
    view! {
        <label class="option">
            <input
                type=kind
                name=name
                prop:checked=move || chosen.get()
                disabled=full
                on:change=move |_| {
                    choices.update(|choices| choices.toggle(&dish, &group, &choice_id));
                }
            />
            <span>{choice.name}</span>
            <span class="price">{price}</span>
        </label>
    }
}

/// What is wrong with the note; leaving it out is right. Reactive.
fn note_error(note: RwSignal<String>) -> Option<String> {
    let error = note.with(|note| note.parse::<LineNote>().err());
    let error = error.filter(|error| *error != TextError::Empty)?;
    Some(text::errors::field(delivery::Field::Note, &error))
}
