use leptos::prelude::*;

use super::Dynamic;
use crate::{model::delivery::Field, state::delivery::Delivery, text::home};

/// Where the customer wants it brought: the postcode by which restaurants are shown and orders are priced, which
/// counts when the field is left.
#[component]
pub fn PostcodeField() -> impl IntoView {
    let delivery = expect_context::<Delivery>();
    let field = move || {
        let _ = delivery.filled();
        let value = delivery.form_now().get(Field::Postcode).to_owned();
        view! {
            <div class="deliver-to">
                <label for="deliver-to">{home::DELIVER_TO}</label>
                <input
                    id="deliver-to"
                    autocomplete="postal-code"
                    placeholder=home::YOUR_POSTCODE
                    value=value
                    on:change=move |event| delivery.move_to(event_target_value(&event))
                />
            </div>
        }
    };
    view! { <Dynamic view=field /> }
}
