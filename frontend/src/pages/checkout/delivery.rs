use std::sync::Arc;

use leptos::prelude::*;
use shared::api::{AddressRecord, ProblemType};

use super::placing::Placing;
use crate::{
    browser,
    components::{
        AddressFields, Chip, Control, Dynamic, Field, error_of, retry_when_woken, set_error,
    },
    http::ApiError,
    model::delivery::{DeliveryForm, Field as Name},
    session::Session,
    state::{addresses::SavedAddresses, cart::CartStore, delivery::Delivery},
    text::{self, checkout as texts, errors},
};

/// The most characters of a note.
const NOTE: usize = 280;

/// Where the order goes. Each field is checked as it is left, and what is typed is kept.
#[component]
pub fn DeliveryPanel(placing: Placing) -> impl IntoView {
    let session = expect_context::<Session>();
    let delivery = expect_context::<Delivery>();
    let list = expect_context::<SavedAddresses>().list();
    retry_when_woken(list);
    let saved = Memo::new(move |_| list.get().and_then(Result::ok).unwrap_or_default());
    // A saved address is what a customer most likely wants.
    Effect::new(move || {
        let mut form = delivery.form_now();
        if form.fill_from(&saved.get()) {
            delivery.fill(|now| *now = form);
        }
    });
    // Said where the postcode is typed, too: the button is far below on a phone.
    let store = expect_context::<CartStore>();
    Effect::new(move || {
        if store.priced().is_some_and(|priced| priced.out_of_reach.is_some()) {
            let error = errors::hint(&ApiError::of(ProblemType::NotDeliveredHere));
            set_error(placing.errors, Name::Postcode, Some(error.to_owned()));
        }
    });
    let chosen = move || {
        let saved = saved.get();
        let complete =
            |saved: &&AddressRecord| !placing.needs_postcode() || saved.address.postcode.is_some();
        delivery.with(|form| {
            saved.iter().find(|saved| form.is(&saved.address)).filter(complete).cloned()
        })
    };
    let collapsed = Memo::new(move |_| chosen().filter(|_| !placing.editing.get()));
    let fields = move || match collapsed.get() {
        Some(saved) => view! { <OneLine saved placing /> }.into_any(),
        None => view! { <Fields placing /> }.into_any(),
    };
    let keep = move || {
        // Only an account can keep one, and not one that it has.
        (session.signed_in() && collapsed.get().is_none()).then(|| {
            view! {
                <label class="option">
                    <input
                        type="checkbox"
                        prop:checked=move || placing.save_address.get()
                        on:change=move |_| placing.save_address.update(|save| *save = !*save)
                    />
                    <span>{texts::SAVE_ADDRESS}</span>
                </label>
            }
        })
    };
    view! {
        <section class="panel stack">
            <h2>{texts::DELIVERY_DETAILS}</h2>
            <Saved saved placing />
            <Dynamic view=fields />
            <Dynamic view=keep />
            <Note placing />
        </section>
    }
}

/// The saved addresses, to be taken with one press.
#[component]
fn Saved(saved: Memo<Arc<Vec<AddressRecord>>>, placing: Placing) -> impl IntoView {
    let delivery = expect_context::<Delivery>();
    let chips = move || {
        let saved = saved.get();
        let chips = saved.iter().map(|saved| {
            let (shown, taken) = (saved.address.clone(), saved.address.clone());
            let pressed = Signal::derive(move || delivery.with(|form| form.is(&shown)));
            let on_press = move |()| {
                delivery.fill(|form| form.fill(&taken));
                placing.editing.set(false);
                placing.errors.set(Vec::new());
            };
            view! { <Chip text=texts::short_address(saved) pressed on_press /> }
        });
        chips.collect_view()
    };
    view! {
        <div
            class="chips"
            role="group"
            aria-label=texts::SAVED_ADDRESSES
            hidden=move || saved.with(|saved| saved.is_empty())
        >
            <Dynamic view=chips />
        </div>
    }
}

/// A saved address that needs no more attention.
#[component]
fn OneLine(saved: AddressRecord, placing: Placing) -> impl IntoView {
    let address = saved.address;
    let mut parts = vec![address.name.to_string(), address.street.to_string()];
    parts.extend(address.unit.map(|unit| unit.to_string()));
    parts.extend(address.postcode.map(|postcode| postcode.to_string()));
    parts.push(address.city.to_string());
    let edit = move |_| {
        placing.editing.set(true);
        browser::focus_soon("#name");
    };
    view! {
        <div class="one-line">
            <p>{text::list(parts.iter().map(String::as_str))}</p>
            <button type="button" class="quiet" on:click=edit>
                {texts::EDIT_ADDRESS}
            </button>
        </div>
    }
}

/// The fields of the address; made anew when something else than typing fills them.
#[component]
fn Fields(placing: Placing) -> impl IntoView {
    let delivery = expect_context::<Delivery>();
    let errors = placing.errors;
    let on_input = Callback::new(move |(field, text): (Name, String)| {
        delivery.type_in(field, text);
        placing.clear_error(field);
    });
    let on_leave = Callback::new(move |field| {
        delivery.settle();
        let error = delivery.form_now().error(field, placing.needs_postcode_now());
        if let Some(error) = error {
            set_error(errors, field, Some(errors::field(field, &error)));
        }
    });
    let postcode_needed = Memo::new(move |_| placing.needs_postcode());
    let fields = move || {
        let _ = (delivery.filled(), postcode_needed.get());
        let form: DeliveryForm = delivery.form_now();
        view! {
            <div class="stack">
                <AddressFields form postcode_needed errors on_input on_leave />
            </div>
        }
    };
    view! { <Dynamic view=fields /> }
}

/// What the restaurant or the courier should know.
#[component]
fn Note(placing: Placing) -> impl IntoView {
    let delivery = expect_context::<Delivery>();
    let error = Signal::derive(move || error_of(placing.errors, Name::Note));
    let on_input = Callback::new(move |text| {
        delivery.type_in(Name::Note, text);
        let error = delivery.form_now().error(Name::Note, true);
        let error = error.map(|error| errors::field(Name::Note, &error));
        set_error(placing.errors, Name::Note, error);
    });
    let hint = Signal::derive(move || {
        let used = delivery.with(|form| form.get(Name::Note).chars().count());
        texts::characters(used, NOTE)
    });
    let field = move || {
        let _ = delivery.filled();
        let value = delivery.form_now().get(Name::Note).to_owned();
        view! {
            <Field
                id=Name::Note.id()
                label=texts::NOTE
                control=Control::Area
                hint
                value
                error
                on_input
            />
        }
    };
    view! { <Dynamic view=field /> }
}
