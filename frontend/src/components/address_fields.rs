use leptos::prelude::*;

use super::{Control, Field};
use crate::{
    model::delivery::{DeliveryForm, Field as Name},
    text::{account, checkout},
};

/// The fields of an address, as the browser knows how to fill them in.
#[component]
pub fn AddressFields(
    /// What they begin with.
    form: DeliveryForm,
    /// Whether the address needs a postcode.
    #[prop(into)]
    postcode_needed: Signal<bool>,
    /// What is wrong with each.
    errors: RwSignal<Vec<(Name, String)>>,
    /// Takes what is typed in a field.
    on_input: Callback<(Name, String)>,
    /// A field was left.
    on_leave: Callback<Name>,
) -> impl IntoView {
    let field = move |of: Name, label, control, autocomplete, hint: &'static str| {
        let value = form.get(of).to_owned();
        let error = Signal::derive(move || error_of(errors, of));
        view! {
            <Field
                id=of.id()
                label
                control
                autocomplete
                hint=hint.to_owned()
                value
                error
                on_input=Callback::new(move |text| on_input.run((of, text)))
                on_leave=Callback::new(move |_| on_leave.run(of))
            />
        }
        .into_any()
    };
    let text = Control::Text;
    // The label follows the restaurant's country; the field itself stays.
    let postcode = match postcode_needed.get_untracked() {
        true => checkout::POSTCODE,
        false => checkout::POSTCODE_OPTIONAL,
    };
    view! {
        {field(Name::Name, checkout::NAME, text, "name", "")}
        {field(Name::Street, checkout::STREET, text, "address-line1", "")}
        {field(Name::Unit, checkout::UNIT, text, "address-line2", "")}
        <div class="pair">
            {field(Name::Postcode, postcode, text, "postal-code", "")}
            {field(Name::City, checkout::CITY, text, "address-level2", "")}
        </div>
        {field(Name::Phone, checkout::PHONE, Control::Phone, "tel", checkout::PHONE_HINT)}
    }
}

/// What is wrong with a field, if anything.
pub fn error_of(errors: RwSignal<Vec<(Name, String)>>, of: Name) -> Option<String> {
    errors
        .with(|errors| errors.iter().find(|(field, _)| *field == of).map(|(_, text)| text.clone()))
}

/// Sets or clears what is wrong with a field.
pub fn set_error(errors: RwSignal<Vec<(Name, String)>>, of: Name, error: Option<String>) {
    errors.try_update(|errors| {
        errors.retain(|(field, _)| *field != of);
        errors.extend(error.map(|error| (of, error)));
    });
}

/// The field that names a saved address.
#[component]
pub fn LabelField(
    /// What it begins with.
    value: String,
    /// What is wrong with each field.
    errors: RwSignal<Vec<(Name, String)>>,
) -> impl IntoView {
    let error = Signal::derive(move || error_of(errors, Name::Label));
    view! {
        <Field
            id=Name::Label.id()
            label=account::LABEL
            hint=account::LABEL_HINT.to_owned()
            value
            error
            on_input=Callback::new(move |_| set_error(errors, Name::Label, None))
        />
    }
}
