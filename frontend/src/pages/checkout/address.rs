use leptos::prelude::*;

use super::placing::Placing;
use crate::{
    components::{Area, Input},
    details::{Details, Field},
    store::use_store,
    text,
};

/// Where the order goes. Each field is checked as it is left, and keeps what is typed.
#[component]
pub fn AddressFields(placing: Placing) -> AnyView {
    let store = use_store();
    let typed = RwSignal::new(store.details());
    let input = move |id, label, kind, autocomplete, hint, field| {
        let Wiring { value, set, left, error } = wire(placing, typed, field);
        view! { <Input id label kind autocomplete hint value set left error /> }.into_any()
    };
    let note = wire(placing, typed, Field::Note);
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
            <Area
                id="note"
                label=text::NOTE
                hint=text::NOTE_HINT
                value=note.value
                set=note.set
                left=note.left
                error=note.error
            />
        </section>
    }
    .into_any()
}

struct Wiring {
    value: Signal<String>,
    set: Callback<String>,
    left: Callback<()>,
    error: Signal<Option<String>>,
}

fn wire(placing: Placing, typed: RwSignal<Details>, field: Field) -> Wiring {
    let store = use_store();
    let left = RwSignal::new(false);
    let error =
        Memo::new(move |_| match (left.get() || placing.checked(), placing.refused(field)) {
            (_, Some(refused)) => Some(refused),
            (true, None) => {
                typed.with(|typed| typed.error(field)).map(|error| text::problems::field(&error))
            }
            (false, None) => None,
        });
    Wiring {
        value: Memo::new(move |_| typed.with(|typed| typed.get(field).to_owned())).into(),
        set: Callback::new(move |text| {
            typed.update(|typed| typed.set(field, text));
            placing.forgive(field);
            store.keep_details(typed.get_untracked());
        }),
        left: Callback::new(move |()| left.set(true)),
        error: error.into(),
    }
}
