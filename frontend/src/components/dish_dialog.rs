use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    Amount,
    menu::{Choice, Dish, OptionGroup, Restaurant},
    order::{OrderLine, Quantity},
    price,
    text::{LineNote, TextError},
};
use web_sys::Event;

use crate::{
    choices::Choices,
    components::{Area, Dialog, DietMarks, Stepper, Wiring},
    drawn::{Draw, Drawn, live, press, reading},
    signal::Signal,
    text,
};

/// A dish in full: what it is, what it contains, what to choose, how many.
#[component]
pub fn DishDialog(
    /// Whose dish it is.
    restaurant: Arc<Restaurant>,
    /// The dish.
    dish: Dish,
    /// The line of the cart that is to be changed, if it is not a new one.
    #[prop(optional)]
    line: Option<OrderLine>,
    /// Takes the finished line.
    add: Callback<OrderLine>,
    /// It was closed.
    close: Callback<()>,
) -> Drawn {
    let usual = || Choices::usual(&dish);
    let choices = line.as_ref().map_or_else(usual, |line| Choices::of(&dish, &line.options));
    let choices = Signal::new(choices);
    let count = Signal::new(line.as_ref().map_or(1, |line| line.quantity.get()));
    let said = line.as_ref().and_then(|line| line.note.as_ref()).map(ToString::to_string);
    let note = Signal::new(said.unwrap_or_default());
    let (is_new, open) = (line.is_none(), text::doors(&restaurant.card) == text::Doors::Open);
    let currency = restaurant.card.currency;
    let groups = dish.options.iter().map(|group| {
        let rows = group.choices.iter().map(|choice| {
            let price = text::money(choice.price, currency);
            row(&dish, group, choice, text::on_top(&price, choice.price.minor() == 0), choices)
        });
        fieldset(group, rows.collect())
    });
    let groups = groups.collect::<Vec<_>>();
    let dish_id = dish.dish_id.clone();
    let line = reading(move || OrderLine {
        dish_id: dish_id.clone(),
        quantity: Quantity::try_from(count.get()).unwrap_or(Quantity::ONE),
        options: choices.with(|choices| choices.chosen().to_vec()),
        note: note.with(|note| note.parse().ok()),
    });
    let (ordered, sold_out) = (line.clone(), dish.sold_out);
    let label = reading(move || match price::bill(&restaurant, &[line()], Amount::ZERO) {
        _ if !open => text::CLOSED_NOW.to_owned(),
        Ok(bill) => text::take_for(&text::money(bill.subtotal, currency), is_new),
        Err(_) => text::SOLD_OUT.to_owned(),
    });
    let content = view! {
        <div>
            <img src=dish.art.clone() alt="" width="320" height="240" />
            <div class="dish-full">
                <h2>{dish.name.clone()}</h2>
                <p>{dish.description.clone()}</p>
                <DietMarks diet=dish.diet.clone() />
                <p class="allergens">{text::contains(&dish.allergens)}</p>
                {groups}
                <Area id="line-note" label=text::LINE_NOTE hint="" wiring=note_wiring(note) />
            </div>
            <div class="dialog-foot">
                <Stepper
                    label=text::quantity_of(&dish.name)
                    count=reading(move || count.get())
                    least=1
                    set=Callback::new(move |wanted| count.set(wanted))
                />
                <button
                    type="button"
                    class="button wide"
                    disabled=live(move || sold_out || !open || note_error(note).is_some())
                    on:click=press(move || add.run(untrack(|| ordered())))
                >
                    {live(move || label())}
                </button>
            </div>
        </div>
    };
    view! { <Dialog label=dish.name class="dialog dish-dialog" close content=content.draw() /> }
        .draw()
}

fn fieldset(group: &OptionGroup, rows: Vec<Drawn>) -> Drawn {
    let required =
        (group.at_least > 0).then(|| view! { <span class="tag">{text::REQUIRED}</span> }.draw());
    view! {
        <fieldset class="options">
            <legend>
                {group.name.clone()} <small>{text::how_many(group)}</small> {required}
            </legend>
            {rows}
        </fieldset>
    }
    .draw()
}

fn row(
    dish: &Dish,
    group: &OptionGroup,
    choice: &Choice,
    price: String,
    choices: Signal<Choices>,
) -> Drawn {
    let either_or = group.at_least == 1 && group.at_most == 1;
    let (group_id, choice_id) = (group.group_id.clone(), choice.choice_id.clone());
    let made = reading(move || choices.with(|choices| choices.has(&group_id, &choice_id)));
    let (counted, taken) = (group.clone(), made.clone());
    let full = move || {
        counted.at_most > 1 && choices.with(|choices| choices.is_full(&counted)) && !taken()
    };
    let (dish, group, choice_id) = (dish.clone(), group.clone(), choice.choice_id.clone());
    let name = group.group_id.to_string();
    let toggle: Box<dyn FnMut(Event)> =
        Box::new(move |_| choices.update(|made| made.toggle(&dish, &group, &choice_id)));
    view! {
        <label class="option">
            <input
                type=if either_or { "radio" } else { "checkbox" }
                name=name
                prop:checked=live(move || made())
                disabled=live(full)
                on:change=toggle
            />
            <span>{choice.name.clone()}</span>
            <span class="price">{price}</span>
        </label>
    }
    .draw()
}

/// What is wrong with the note; leaving it out is right.
fn note_error(note: Signal<String>) -> Option<TextError> {
    note.with(|note| note.parse::<LineNote>().err()).filter(|error| *error != TextError::Empty)
}

fn note_wiring(note: Signal<String>) -> Wiring {
    Wiring {
        value: reading(move || note.get()),
        set: Callback::new(move |text| note.set(text)),
        left: Callback::new(|()| ()),
        error: reading(move || note_error(note).as_ref().map(text::problems::field)),
    }
}
