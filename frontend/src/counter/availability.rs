use leptos::prelude::*;
use shared::{
    DishId,
    availability::{AvailabilityChange, MenuItem, SoldOut},
    cart::ChosenOption,
    menu::Dish,
    price::{BillLine, BillOption},
    staff::Action,
};

use super::{store::Store, text};
use crate::components::{Dialog, Dynamic};

/// Minutes by which new orders may take longer.
const LONGER: [u16; 3] = [10, 20, 30];
/// For how many minutes.
const LONGER_FOR: u16 = 60;

/// What the restaurant cannot do now, on every screen, with what ends it.
#[component]
pub fn AvailabilityBands() -> impl IntoView {
    let store = expect_context::<Store>();
    let paused = Memo::new(move |_| {
        let paused = store.availability().paused?;
        Some(text::paused(paused, store.now()))
    });
    let busy = Memo::new(move |_| {
        let busy = store.availability().busy?;
        Some(text::busy(busy, store.now()))
    });
    let sold_out = Memo::new(move |_| match store.availability().sold_out.len() {
        0 => None,
        count => Some(text::sold_out(count)),
    });
    view! {
        <Band text=paused end=Some((text::RESUME, AvailabilityChange::Resume)) />
        <Band text=busy end=Some((text::NOT_BUSY, AvailabilityChange::NotBusy)) />
        <Band text=sold_out end=None />
    }
}

/// A sentence across the board, as long as there is one, with a button that ends what it says.
#[component]
fn Band(
    text: Memo<Option<String>>,
    end: Option<(&'static str, AvailabilityChange)>,
) -> impl IntoView {
    let store = expect_context::<Store>();
    let end = end.filter(|_| store.may(Action::SetAvailability));
    let is_there = Memo::new(move |_| text.with(Option::is_some));
    // Its countdown is no news each second, so it is no live region.
    let band = move || {
        let button =
            end.clone().map(|(text, change)| view! { <Change text change class="quiet" /> });
        is_there.get().then(|| {
            view! {
                <div class="band">
                    <p prop:textContent=move || text.get().unwrap_or_default()></p>
                    {button}
                </div>
            }
        })
    };
    view! { <Dynamic view=band /> }
}

/// Opens what can be changed: a pause, a busy kitchen, what has run out.
#[component]
pub fn AvailabilityButton() -> impl IntoView {
    let store = expect_context::<Store>();
    let open = RwSignal::new(false);
    let dialog = move || {
        open.get().then(|| {
            view! {
                <Dialog label=text::MENU_AND_PAUSE on_close=move |()| open.set(false)>
                    <div class="ask">
                        <h2>{text::MENU_AND_PAUSE}</h2>
                        <PauseChoice />
                        <BusyChoice />
                        <SilenceChoice />
                        <MenuList />
                    </div>
                </Dialog>
            }
        })
    };
    store.may(Action::SetAvailability).then(|| {
        view! {
            <button type="button" class="quiet" on:click=move |_| open.set(true)>
                {text::MENU_AND_PAUSE}
            </button>
            <Dynamic view=dialog />
        }
    })
}

/// A button that sends a change, unless one is being sent.
#[component]
fn Change(
    #[prop(into)] text: String,
    #[prop(optional, into)] label: Option<String>,
    change: AvailabilityChange,
    #[prop(default = "button second")] class: &'static str,
) -> impl IntoView {
    let store = expect_context::<Store>();
    let press = move |_| {
        if !untrack(|| store.is_changing()) {
            store.change(change.clone());
        }
    };
    view! {
        <button
            type="button"
            class=class
            aria-label=label
            aria-disabled=move || store.is_changing().to_string()
            on:click=press
        >
            {text}
        </button>
    }
}

#[component]
fn PauseChoice() -> impl IntoView {
    let store = expect_context::<Store>();
    let paused = Memo::new(move |_| store.availability().paused);
    let choice = move || {
        match paused.get() {
        Some(until) => view! {
            <p prop:textContent=move || text::paused(until, store.now())></p>
            <Change text=text::RESUME change=AvailabilityChange::Resume class="button" />
        }
        .into_any(),
        None => text::PAUSES
            .map(|(lasts, text)| view! { <Change text change=AvailabilityChange::Pause { lasts } /> })
            .collect_view()
            .into_any(),
    }
    };
    view! {
        <section class="choice-section">
            <h3>{text::PAUSE}</h3>
            <div class="choice-buttons">
                <Dynamic view=choice />
            </div>
        </section>
    }
}

#[component]
fn BusyChoice() -> impl IntoView {
    let store = expect_context::<Store>();
    let busy = Memo::new(move |_| store.availability().busy);
    let choice = move || match busy.get() {
        Some(busy) => view! {
            <p prop:textContent=move || text::busy(busy, store.now())></p>
            <Change text=text::NOT_BUSY change=AvailabilityChange::NotBusy class="button" />
        }
        .into_any(),
        None => LONGER
            .map(|minutes| {
                let change = AvailabilityChange::Busy { minutes, lasts_minutes: LONGER_FOR };
                view! { <Change text=text::busier(minutes) change /> }
            })
            .collect_view()
            .into_any(),
    };
    view! {
        <section class="choice-section">
            <h3>{text::BUSY}</h3>
            <p>{text::BUSY_HINT}</p>
            <div class="choice-buttons">
                <Dynamic view=choice />
            </div>
        </section>
    }
}

/// Whether no orders are taken while no device shows them.
#[component]
fn SilenceChoice() -> impl IntoView {
    let store = expect_context::<Store>();
    let pauses = Memo::new(move |_| store.availability().pauses_when_silent);
    let choice = move || match pauses.get() {
        true => view! {
            <p>{text::PAUSES_WHEN_SILENT}</p>
            <Change text=text::TURN_OFF change=AvailabilityChange::TakeWhenSilent />
        }
        .into_any(),
        false => view! {
            <Change text=text::TURN_ON change=AvailabilityChange::PauseWhenSilent />
        }
        .into_any(),
    };
    view! {
        <section class="choice-section">
            <h3>{text::SILENCE_TITLE}</h3>
            <p>{text::SILENCE_HINT}</p>
            <div class="choice-buttons">
                <Dynamic view=choice />
            </div>
        </section>
    }
}

/// The menu, with what has run out.
#[component]
fn MenuList() -> impl IntoView {
    let store = expect_context::<Store>();
    // The menu as it was when this was opened.
    let dishes: Vec<Dish> = untrack(|| {
        let of = |section: &shared::menu::Section| section.dishes.clone();
        store.with_menu(|menu| menu.sections.iter().flat_map(of).collect()).unwrap_or_default()
    });
    let listed = dishes.clone();
    // A choice that has run out leaves the public menu, and so does what a new menu does not have.
    let gone = Memo::new(move |_| {
        let sold_out = store.availability().sold_out.into_iter();
        sold_out.filter(|one| !is_listed(&one.item, &listed)).collect::<Vec<_>>()
    });
    let gone = move || {
        let rows = gone.get().into_iter().map(|SoldOut { item, name, .. }| {
            let name = if name.is_empty() { item.dish_id.to_string() } else { name };
            view! {
                <li>
                    <ItemRow item name />
                </li>
            }
            .into_any()
        });
        rows.collect_view()
    };
    let rows = dishes.into_iter().map(|dish| view! { <DishRow dish /> }.into_any());
    view! {
        <section class="choice-section">
            <h3>{text::SOLD_OUT}</h3>
            <p>{text::SOLD_OUT_HINT}</p>
            <ul class="menu-list">
                <Dynamic view=gone />
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
    let dish_id = dish.dish_id.clone();
    let choices = dish.options.into_iter().flat_map(|group| {
        let group_id = group.group_id;
        group.choices.into_iter().map(move |one| {
            let choice = ChosenOption { group_id: group_id.clone(), choice_id: one.choice_id };
            (one.name, choice)
        })
    });
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
                        <details>
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
    // What was asked is answered.
    Effect::watch(move || until.get(), move |_, _, _| asking.set(false), false);
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
        (None, true) => text::SOLD_OUTS
            .map(|(lasts, text)| {
                let change = AvailabilityChange::SellOut { item: item.clone(), lasts };
                view! { <Change text change /> }
            })
            .collect_view()
            .into_any(),
    };
    view! {
        <div class="item-row">
            <span class="item-name">{name}</span>
            <Dynamic view=buttons />
        </div>
    }
}
