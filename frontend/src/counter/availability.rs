//! What is sold and whether orders are taken: bands over the board, and a dialog that changes it.

mod items;

use leptos::prelude::*;
use shared::{availability::AvailabilityChange, staff::Action};

use self::items::MenuList;
pub use self::items::SoldOutLines;
use super::{store::Store, text};
use crate::{
    browser,
    components::{Alert, Dialog, Dynamic},
};

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
                        <Refusal />
                        <PauseChoice />
                        <BusyChoice />
                        <UnattendedChoice />
                        <MenuList />
                    </div>
                </Dialog>
            }
        })
    };
    store.may(Action::SetAvailability).then(|| {
        view! {
            <button
                type="button"
                class="quiet"
                on:click=move |_| {
                    store.refusal().set(None);
                    open.set(true);
                }
            >
                {text::MENU_AND_PAUSE}
            </button>
            <Dynamic view=dialog />
        }
    })
}

/// Why the last change was not made, in the dialog that covers the notices.
#[component]
pub fn Refusal() -> impl IntoView {
    let refusal = expect_context::<Store>().refusal();
    let alert = move || refusal.get().map(|text| view! { <Alert text /> });
    view! { <Dynamic view=alert /> }
}

/// Gives the focus to the first button of a part of the dialog when `state` has changed what is there.
fn keep_focus<T: PartialEq + Clone + Send + Sync + 'static>(state: Memo<T>, part: String) {
    let focus = move |_: &T, _: Option<&T>, _| browser::focus_if_lost(format!("{part} button"));
    Effect::watch(move || state.get(), focus, false);
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
    keep_focus(paused, "#choice-pause".to_owned());
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
        <section class="choice-section" id="choice-pause">
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
    keep_focus(busy, "#choice-busy".to_owned());
    let choice = move || match busy.get() {
        Some(busy) => view! {
            <p prop:textContent=move || text::busy(busy, store.now())></p>
            <Change text=text::NOT_BUSY change=AvailabilityChange::NotBusy class="button" />
        }
        .into_any(),
        None => {
            let buttons = LONGER.map(|minutes| {
                let change = AvailabilityChange::Busy { minutes, lasts_minutes: LONGER_FOR };
                view! { <Change text=text::busier(minutes) change /> }
            });
            view! {
                <p>{text::BUSY_HINT}</p>
                {buttons.collect_view()}
            }
            .into_any()
        }
    };
    view! {
        <section class="choice-section" id="choice-busy">
            <h3>{text::BUSY}</h3>
            <div class="choice-buttons">
                <Dynamic view=choice />
            </div>
        </section>
    }
}

/// Whether no orders are taken while no device shows them.
#[component]
fn UnattendedChoice() -> impl IntoView {
    let store = expect_context::<Store>();
    let pauses = Memo::new(move |_| store.availability().pauses_when_unattended);
    keep_focus(pauses, "#choice-unattended".to_owned());
    let choice = move || match pauses.get() {
        true => view! {
            <p>{text::PAUSES_WHEN_UNATTENDED}</p>
            <Change text=text::TURN_OFF change=AvailabilityChange::TakeWhenUnattended />
        }
        .into_any(),
        false => view! {
            <Change text=text::TURN_ON change=AvailabilityChange::PauseWhenUnattended />
        }
        .into_any(),
    };
    view! {
        <section class="choice-section" id="choice-unattended">
            <h3>{text::UNATTENDED_TITLE}</h3>
            <p>{text::UNATTENDED_HINT}</p>
            <div class="choice-buttons">
                <Dynamic view=choice />
            </div>
        </section>
    }
}
