use leptos::prelude::*;

use crate::{
    components::{Input, Wiring},
    details::Field,
    drawn::{Draw, Drawn},
    text,
};

/// The fields of an address, as the browser knows how to fill them in.
pub fn address_fields(wire: impl Fn(Field) -> Wiring) -> Vec<Drawn> {
    let input = |id, label, kind, autocomplete, hint, field| {
        let wiring = wire(field);
        view! { <Input id label kind autocomplete hint wiring /> }.draw()
    };
    let pair = view! {
        <div class="pair">
            {input("postcode", text::POSTCODE, "text", "postal-code", "", Field::Postcode)}
            {input("city", text::CITY, "text", "address-level2", "", Field::City)}
        </div>
    };
    vec![
        input("name", text::NAME, "text", "name", "", Field::Name),
        input("street", text::STREET, "text", "street-address", "", Field::Street),
        pair.draw(),
        input("phone", text::PHONE, "tel", "tel", text::PHONE_HINT, Field::Phone),
    ]
}
