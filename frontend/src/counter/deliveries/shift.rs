use leptos::prelude::*;
use shared::api::{Delivery, Shift, ShiftRequest};

use crate::{
    components::{Confirm, Dynamic, If},
    counter::{
        sound,
        store::Store,
        taps::Taps,
        text,
        workplaces::{Workplace, Workplaces},
    },
    text::{format::when, order::number},
};

/// Begins and ends the courier's shift, and shows what was collected and delivered in it.
#[component]
pub fn ShiftSection() -> impl IntoView {
    let store = expect_context::<Store>();
    let until = Memo::new(move |_| store.on_shift_until());
    let is_loaded = Memo::new(move |_| store.with_places(Workplaces::is_loaded));
    let is_open = RwSignal::new(false);
    // Also when it has ended by itself.
    Effect::watch(
        move || until.get().is_some(),
        move |is_on, was_on, _| {
            if was_on == Some(&true) && !is_on {
                is_open.set(true);
                store.fetch_shift();
            }
        },
        false,
    );
    let begin = move |_| {
        sound::unlock(None);
        is_open.set(false);
        store.change_shift(ShiftRequest { on: true });
    };
    let changing = move || store.is_changing_shift().to_string();
    // Some of several restaurants may have begun or ended it, and others not.
    let off = Memo::new(move |_| {
        let now = store.now();
        store.with_places(|places| places.names_with_shift(false, now))
    });
    let view = move || {
        let off = off.get();
        let text = match until.get() {
            Some(_) if off.is_empty() => String::new(),
            Some(_) => text::off_shift_at(&off),
            None => text::OFF_SHIFT.to_owned(),
        };
        let begins = (!text.is_empty()).then(|| {
            view! {
                <p>{text}</p>
                <button
                    type="button"
                    class="button wide"
                    aria-label=text::named(text::START_SHIFT, text::COURIER_SHIFT)
                    aria-disabled=changing
                    on:click=begin
                >
                    {text::START_SHIFT}
                </button>
            }
        });
        let ends = until.get().map(|until| {
            view! {
                <p>{text::on_shift(&when(until))}</p>
                <EndShift />
            }
        });
        view! {
            {ends}
            {begins}
        }
    };
    let toggle = move |_| {
        is_open.update(|is_open| *is_open = !*is_open);
        if is_open.get_untracked() {
            store.fetch_shift();
        }
    };
    let this = move || if until.get().is_some() { text::THIS_SHIFT } else { text::LAST_SHIFT };
    view! {
        <section class="panel courier-shift" aria-labelledby="courier-shift">
            <h2 id="courier-shift" tabindex="-1">{text::COURIER_SHIFT}</h2>
            <If when=is_loaded>
                <Dynamic view=view />
                <button
                    type="button"
                    class="quiet"
                    aria-expanded=move || is_open.get().to_string()
                    on:click=toggle
                >
                    {this}
                </button>
                <If when=is_open>
                    <Report />
                </If>
            </If>
        </section>
    }
}

/// Ends the shift, after a question: a new one begins with nothing collected.
#[component]
fn EndShift() -> impl IntoView {
    let store = expect_context::<Store>();
    let asking = RwSignal::new(false);
    let end = Callback::new(move |()| store.change_shift(ShiftRequest { on: false }));
    let dialog = move || {
        asking.get().then(|| {
            let hint = text::end_shift_hint(store.with_places(|places| places.claimed().len()));
            let (title, yes, no) = (text::END_SHIFT_TITLE, text::END_SHIFT, crate::text::CANCEL);
            let on_close = move |()| asking.set(false);
            view! { <Confirm title hint yes no on_yes=end on_close /> }
        })
    };
    view! {
        <button
            type="button"
            class="button second"
            aria-label=text::named(text::END_SHIFT, text::COURIER_SHIFT)
            aria-disabled=move || store.is_changing_shift().to_string()
            on:click=move |_| asking.set(true)
        >
            {text::END_SHIFT}
        </button>
        <Dynamic view=dialog />
    }
}

/// What was collected in the shift, and what was delivered, for each restaurant.
#[component]
fn Report() -> impl IntoView {
    let store = expect_context::<Store>();
    let shifts = Memo::new(move |_| {
        store.with_places(|places| {
            let name = |it: &Workplace| places.is_several().then(|| it.name.clone());
            places.iter().map(|it| (name(it), it.shift.clone())).collect::<Vec<_>>()
        })
    });
    let of_place = |(name, shift): (Option<String>, Option<Shift>)| {
        let heading = name.map(|name| view! { <h3>{name}</h3> });
        view! {
            {heading}
            {report(shift)}
        }
        .into_any()
    };
    let view = move || shifts.get().into_iter().map(of_place).collect_view();
    let is_unsent = Memo::new(move |_| !store.with_taps(Taps::is_empty));
    view! {
        <div class="shift-report">
            <Dynamic view />
            <If when=is_unsent>
                <p class="delivery-kept">{text::NOT_COUNTED}</p>
            </If>
        </div>
    }
}

/// What was collected in a shift, and what was delivered.
fn report(shift: Option<Shift>) -> AnyView {
    match shift {
        None => view! { <p role="status">{crate::text::LOADING}</p> }.into_any(),
        Some(Shift { ended, sums, .. }) => {
            let none = sums.is_empty().then(|| view! { <p>{text::NOTHING_COLLECTED}</p> });
            let sum = |line: String| view! { <li class="shift-sum">{line}</li> }.into_any();
            let sums = sums.iter().map(text::sum).map(sum).collect_view();
            let row = |delivery: Delivery| {
                let ended = delivery.ended_at.map(when);
                let place = delivery.address.as_ref().map(text::map_query);
                view! {
                    <li class="item-row">
                        <span class="item-name">{number(delivery.order_id)}</span>
                        <span>{text::end(&delivery)}</span>
                        <span>{place}</span>
                        <span>{ended}</span>
                    </li>
                }
                .into_any()
            };
            let ended = ended.into_iter().map(row).collect_view();
            view! {
                {none}
                <ul>{sums}</ul>
                <ul class="menu-list">{ended}</ul>
            }
            .into_any()
        }
    }
}
