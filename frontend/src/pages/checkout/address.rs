use leptos::prelude::*;

use super::placing::Placing;
use crate::{
    components::{Area, Input, Wiring},
    details::{Details, Field},
    drawn::{Draw, Drawn, reading},
    store::Store,
    text,
};

/// Where the order goes. Each field is checked as it is left, and keeps what is typed.
pub(super) fn fields(store: Store, placing: Placing) -> Drawn {
    let typed = RwSignal::new(store.details());
    let input = move |id, label, kind, autocomplete, hint, field| {
        let wiring = wire(store, placing, typed, field);
        view! { <Input id label kind autocomplete hint wiring /> }.draw()
    };
    let note = wire(store, placing, typed, Field::Note);
    view! {
        <section class="panel stack">
            <h2>{text::WHERE_TO}</h2>
            {input("name", text::NAME, "text", "name", "", Field::Name)}
            {input("street", text::STREET, "text", "street-address", "", Field::Street)}
            <div class="pair">
                {input("postcode", text::POSTCODE, "text", "postal-code", "", Field::Postcode)}
                {input("city", text::CITY, "text", "address-level2", "", Field::City)}
            </div>
            {input("phone", text::PHONE, "tel", "tel", text::PHONE_HINT, Field::Phone)}
            <Area id="note" label=text::NOTE hint=text::NOTE_HINT wiring=note />
        </section>
    }
    .draw()
}

fn wire(store: Store, placing: Placing, typed: RwSignal<Details>, field: Field) -> Wiring {
    let left = RwSignal::new(false);
    let wrong = move || typed.with(|typed| typed.error(field));
    let error = move || match placing.refused(field) {
        Some(refused) => Some(refused),
        None if left.get() || placing.checked() => {
            wrong().map(|error| text::problems::field(&error))
        }
        None => None,
    };
    Wiring {
        value: reading(move || typed.with(|typed| typed.get(field).to_owned())),
        set: Callback::new(move |text| {
            typed.update(|typed| typed.set(field, text));
            placing.forgive(field);
            store.keep_details(typed.get_untracked());
        }),
        left: Callback::new(move |()| left.set(true)),
        error: reading(error),
    }
}
