use leptos::prelude::*;
use shared::{
    Timestamp,
    api::{Delivery, Shift, ShiftRequest},
};

use crate::{
    browser,
    components::{Alert, Confirm, Dynamic, If},
    counter::{
        sound,
        store::Store,
        taps::Taps,
        text,
        workplaces::{Workplace, Workplaces},
    },
    http::ApiError,
    text::{format::when, order::number},
};

/// What is shown of the shift.
#[derive(Clone, PartialEq)]
struct ShiftStatus {
    /// When the first of the shifts ends; `None` off shift.
    until: Option<Timestamp>,
    /// The names of the restaurants where it is on.
    on: String,
    /// The names of those where it is off.
    off: String,
}

impl ShiftStatus {
    /// What the button is called that begins the shift.
    fn start_label(&self) -> String {
        let names = if self.until.is_some() { self.off.as_str() } else { "" };
        text::shift_button(text::START_SHIFT, names)
    }

    /// What the button is called that ends the shift.
    fn end_label(&self) -> String {
        let names = if self.off.is_empty() { "" } else { self.on.as_str() };
        text::shift_button(text::END_SHIFT, names)
    }
}

/// Begins and ends the courier's shift, and shows what was collected and delivered in it.
#[component]
pub fn ShiftSection() -> impl IntoView {
    let store = expect_context::<Store>();
    let until = Memo::new(move |_| store.on_shift_until());
    let is_loaded = Memo::new(move |_| store.with_places(Workplaces::is_loaded));
    store.show_report(false);
    on_cleanup(move || store.show_report(false));
    let is_open = Signal::derive(move || store.shows_report());
    // Also when it has ended by itself.
    Effect::watch(
        move || until.get().is_some(),
        move |is_on, was_on, _| {
            if was_on == Some(&true) && !is_on {
                store.show_report(true);
            }
        },
        false,
    );
    let begin = move |_| {
        sound::unlock(None);
        store.show_report(false);
        store.change_shift(ShiftRequest { on: true });
    };
    // Some of several restaurants may have begun or ended it, and others not. Until all have answered, what was there
    // stays.
    let shown = Memo::new(move |before: Option<&ShiftStatus>| match before {
        Some(before) if store.is_changing_shift() => before.clone(),
        _ => {
            let now = store.now();
            store.with_places(|places| ShiftStatus {
                until: places.on_shift_until(now),
                on: places.names_by_shift(true, now),
                off: places.names_by_shift(false, now),
            })
        }
    });
    let is_on = Memo::new(move |_| shown.with(|it| it.until.is_some()));
    let on = move || shown.with(|it| it.until.map(|it| text::on_shift(&when(it))));
    let off = Memo::new(move |_| {
        shown.with(|it| match it.until {
            Some(_) if it.off.is_empty() => None,
            Some(_) => Some(text::off_shift_at(&it.off)),
            None => Some(text::OFF_SHIFT.to_owned()),
        })
    });
    let start_label = move || shown.with(ShiftStatus::start_label);
    let end_label = Signal::derive(move || shown.with(ShiftStatus::end_label));
    let toggle = move |_| store.show_report(!untrack(|| store.shows_report()));
    let this = move || if until.get().is_some() { text::THIS_SHIFT } else { text::LAST_SHIFT };
    view! {
        <section class="panel courier-shift" aria-labelledby="courier-shift">
            <h2 id="courier-shift" tabindex="-1">{text::COURIER_SHIFT}</h2>
            <If when=is_loaded>
                <If when=is_on>
                    <p prop:textContent=move || on().unwrap_or_default()></p>
                    <EndShift label=end_label />
                </If>
                <If when=move || off.with(Option::is_some)>
                    <p prop:textContent=move || off.get().unwrap_or_default()></p>
                    <button
                        type="button"
                        class="button wide"
                        aria-label=start_label
                        aria-disabled=move || store.is_changing_shift().to_string()
                        on:click=begin
                    >
                        {text::START_SHIFT}
                    </button>
                </If>
                <button
                    type="button"
                    class="quiet"
                    aria-expanded=move || is_open.get().to_string()
                    on:click=toggle
                >
                    {this}
                </button>
                <If when=is_open>
                    <ShiftReport />
                </If>
            </If>
        </section>
    }
}

/// Ends the shift, after a question: a new one begins with nothing collected.
#[component]
fn EndShift(
    /// What the button is called.
    label: Signal<String>,
) -> impl IntoView {
    let store = expect_context::<Store>();
    let asking = RwSignal::new(false);
    let end = Callback::new(move |()| store.change_shift(ShiftRequest { on: false }));
    let dialog = move || {
        asking.get().then(|| {
            // A list that comes while it is open is not to make it anew.
            let (left, unsent) = untrack(|| store.unfinished());
            let hint = text::end_shift_hint(left, unsent);
            let (title, yes, no) = (text::END_SHIFT_TITLE, text::END_SHIFT, crate::text::CANCEL);
            let on_close = move |()| asking.set(false);
            view! { <Confirm title hint yes no on_yes=end on_close /> }
        })
    };
    view! {
        <button
            type="button"
            class="button second"
            aria-label=move || label.get()
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
fn ShiftReport() -> impl IntoView {
    let store = expect_context::<Store>();
    let reports = Memo::new(move |_| {
        store.with_places(|places| {
            let name = |it: &Workplace| places.is_several().then(|| it.name.clone());
            let row =
                |it: &Workplace| (name(it), it.report.shift.clone(), it.report.failure.clone());
            places.iter().map(row).collect::<Vec<_>>()
        })
    });
    let of_place =
        move |(name, shift, failure): (Option<String>, Option<Shift>, Option<ApiError>)| {
            let heading = name.map(|name| view! { <h3>{name}</h3> });
            let failed =
                failure.map(|error| failed(store, text::report_failed(&error, shift.is_some())));
            let is_loading = shift.is_none() && failed.is_none();
            let loading = is_loading.then(|| view! { <p role="status">{crate::text::LOADING}</p> });
            view! {
                {heading}
                {loading}
                {failed}
                {shift.map(totals)}
            }
            .into_any()
        };
    let view = move || reports.get().into_iter().map(of_place).collect_view();
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

/// That a report could not be fetched, until it is: the connection may come back, or somebody tries again.
fn failed(store: Store, text: String) -> AnyView {
    let retry = move |_| {
        store.fetch_report();
        browser::focus_if_lost("#courier-shift".to_owned());
    };
    view! {
        <Alert text />
        <button type="button" class="button second" on:click=retry>
            {crate::text::TRY_AGAIN}
        </button>
    }
    .into_any()
}

/// What was collected in a shift, and what was delivered.
fn totals(Shift { ended, sums, .. }: Shift) -> AnyView {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_where_there_are_two_buttons_each_says_at_which_restaurants() {
        let labels = |until: Option<i64>, on: &str, off: &str| {
            let until = until.map(Timestamp::from_millis);
            let shown = ShiftStatus { until, on: on.to_owned(), off: off.to_owned() };
            (shown.start_label(), shown.end_label())
        };
        assert_eq!(labels(None, "", "Dosa, Raat").0, "Start shift: Courier shift");
        assert_eq!(labels(Some(1), "Dosa, Raat", "").1, "End shift: Courier shift");
        let both = ("Start shift: Raat".to_owned(), "End shift: Dosa".to_owned());
        assert_eq!(labels(Some(1), "Dosa", "Raat"), both);
    }
}
