use leptos::prelude::*;

use web_sys::Event;

use super::placing::Placing;
use crate::{
    browser,
    components::{Area, Chip, Wiring, address_fields},
    details::Field,
    drawn::{Draw, Drawn, follow, live, reading},
    signal::Signal,
    store::Store,
    text,
};

/// Where the order goes. Each field is checked as it is left, and keeps what is typed.
pub(super) fn fields(store: Store, placing: Placing) -> Drawn {
    let note = wire(store, placing, Field::Note);
    follow(move || {
        if store.session.signed_in() {
            browser::spawn(fill_in_a_blank_form(store));
        }
    });
    view! {
        <section class="panel stack">
            <h2>{text::WHERE_TO}</h2>
            {live(move || kept(store))}
            {address_fields(|field| wire(store, placing, field))}
            {live(move || keep(store, placing))}
            <Area id="note" label=text::NOTE hint=text::NOTE_HINT wiring=note />
        </section>
    }
    .draw()
}

/// Fetches the kept addresses; the first one is what a customer most likely wants.
async fn fill_in_a_blank_form(store: Store) {
    store.fetch_addresses().await;
    let Some(Ok(kept)) = untrack(|| store.addresses()) else { return };
    if let Some(first) = kept.first().filter(|_| store.details().is_blank()) {
        store.edit_details(|details| details.fill(&first.address));
    }
}

/// The kept addresses, to be taken with one press. Reactive.
fn kept(store: Store) -> Drawn {
    let kept = match store.addresses() {
        Some(Ok(kept)) if store.session.signed_in() && !kept.is_empty() => kept,
        _ => return Drawn::nothing(),
    };
    let chips = kept.iter().map(|kept| {
        let (address, shown) = (kept.address.clone(), kept.address.clone());
        let pressed = reading(move || store.with_details(|typed| typed.is(&shown)));
        let act = Callback::new(move |()| store.edit_details(|details| details.fill(&address)));
        view! { <Chip text=text::short_address(kept) pressed act /> }.draw()
    });
    view! {
        <div class="chips" role="group" aria-label=text::KEPT_ADDRESSES>
            {chips.collect::<Vec<_>>()}
        </div>
    }
    .draw()
}

/// Whether the address is to be kept; only an account can keep one. Reactive.
fn keep(store: Store, placing: Placing) -> Drawn {
    if !store.session.signed_in() {
        return Drawn::nothing();
    }
    let toggle: Box<dyn FnMut(Event)> =
        Box::new(move |_| placing.keep.update(|keep| *keep = !*keep));
    view! {
        <label class="option">
            <input type="checkbox" prop:checked=live(move || placing.keep.get()) on:change=toggle />
            <span>{text::KEEP_ADDRESS}</span>
        </label>
    }
    .draw()
}

fn wire(store: Store, placing: Placing, field: Field) -> Wiring {
    let left = Signal::new(false);
    let wrong = move || store.with_details(|typed| typed.error(field));
    let error = move || match placing.refused(field) {
        Some(refused) => Some(refused),
        None if left.get() || placing.checked() => {
            wrong().map(|error| text::problems::field(&error))
        }
        None => None,
    };
    Wiring {
        value: reading(move || store.with_details(|typed| typed.get(field).to_owned())),
        set: Callback::new(move |text| {
            store.edit_details(|typed| typed.set(field, text));
            placing.forgive(field);
        }),
        left: Callback::new(move |()| left.set(true)),
        error: reading(error),
    }
}
