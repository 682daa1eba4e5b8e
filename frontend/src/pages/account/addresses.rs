use std::sync::Arc;

use leptos::{ev::SubmitEvent, prelude::*};
use shared::{
    AddressId,
    api::{AddressInput, AddressRecord},
};

use crate::{
    browser,
    components::{
        AddressFields, Alert, Confirm, Dialog, Dynamic, Fetched, LabelField, Skeleton, Values,
        focus_first_error, set_error,
    },
    http::ApiError,
    model::delivery::{DeliveryForm, Field},
    state::{addresses::SavedAddresses, notices::Notices},
    text::{self, account as texts, cart, checkout, errors, order},
};

/// The address that is edited: its id, and what its form begins with.
type Editing = RwSignal<Option<(AddressId, DeliveryForm)>>;

/// The account's saved addresses: to be added to, edited and removed.
#[component]
pub fn Addresses() -> impl IntoView {
    let list = expect_context::<SavedAddresses>().list();
    let editing: Editing = RwSignal::new(None);
    let removing = RwSignal::new(None::<AddressId>);
    let skeleton = || view! { <Skeleton shape="skeleton-line" count=2 within="stack" /> };
    let add = move |_| editing.set(Some((browser::new_address_id(), DeliveryForm::default())));
    let dialog = move || editing.get().map(|(id, form)| view! { <EditAddress id form editing /> });
    let question = move || removing.get().map(|id| view! { <RemoveAddress id removing /> });
    view! {
        <section class="panel">
            <h2>{texts::ADDRESSES}</h2>
            <Fetched resource=list skeleton let:saved>
                {rows(saved, editing, removing)}
            </Fetched>
            <button type="button" class="button second" id="add-address" on:click=add>
                {texts::ADD_ADDRESS}
            </button>
            <Dynamic view=dialog />
            <Dynamic view=question />
        </section>
    }
}

fn rows(
    saved: Arc<Vec<AddressRecord>>,
    editing: Editing,
    removing: RwSignal<Option<AddressId>>,
) -> AnyView {
    if saved.is_empty() {
        return view! { <p class="panel-lead">{texts::NO_ADDRESSES}</p> }.into_any();
    }
    let rows = saved.iter().cloned().map(|saved| {
        let (id, name) = (saved.address_id, checkout::short_address(&saved));
        let lines = text::list(order::address(&saved.address).iter().map(String::as_str));
        let mut form = DeliveryForm::default();
        form.fill(&saved.address);
        form.set(Field::Label, saved.label.map(|label| label.to_string()).unwrap_or_default());
        view! {
            <li>
                <p>
                    <b prop:textContent=name.clone()></b>
                    " "
                    <small prop:textContent=lines></small>
                </p>
                <button
                    type="button"
                    class="quiet"
                    aria-label=cart::edit(&name)
                    on:click=move |_| editing.set(Some((id, form.clone())))
                >
                    {texts::EDIT}
                </button>
                <button
                    type="button"
                    class="quiet"
                    aria-label=cart::remove(&name)
                    on:click=move |_| removing.set(Some(id))
                >
                    {cart::REMOVE}
                </button>
            </li>
        }
        .into_any()
    });
    view! { <ul class="saved-addresses">{rows.collect_view()}</ul> }.into_any()
}

#[component]
fn RemoveAddress(id: AddressId, removing: RwSignal<Option<AddressId>>) -> impl IntoView {
    let (addresses, notices) = (expect_context::<SavedAddresses>(), expect_context::<Notices>());
    let on_yes = move |()| {
        leptos::task::spawn_local(async move {
            match addresses.remove(id).await {
                Ok(()) => notices.notify(texts::ADDRESS_REMOVED),
                Err(error) => notices.notify(errors::hint(&error)),
            }
        });
        browser::focus_soon("#add-address");
    };
    let on_close = move |()| removing.set(None);
    let (title, hint) = (texts::REMOVE_TITLE, texts::REMOVE_HINT);
    view! {
        <Confirm title hint yes=cart::REMOVE no=text::CANCEL danger=true on_yes on_close />
    }
}

#[component]
fn EditAddress(id: AddressId, form: DeliveryForm, editing: Editing) -> impl IntoView {
    let addresses = expect_context::<SavedAddresses>();
    let errors = RwSignal::new(Vec::<(Field, String)>::new());
    let save = Action::new_local(move |address: &AddressInput| {
        let address = address.clone();
        async move { addresses.save(id, &address).await }
    });
    let pending = save.pending();
    let failed = RwSignal::new(None::<ApiError>);
    // Belongs to this dialog: one that was opened meanwhile is not closed.
    Effect::new(move || match save.value().get() {
        None => {}
        Some(Ok(())) => editing.set(None),
        Some(Err(error)) => match field_of(&error) {
            Some((field, text)) => {
                set_error(errors, field, Some(text));
                focus_first_error();
            }
            None => failed.set(Some(error)),
        },
    });
    let submit = move |event: SubmitEvent| {
        let values = Values::of(&event);
        let mut filled = DeliveryForm::default();
        let fields = Field::ADDRESS.into_iter().chain([Field::Label]);
        for field in fields.clone() {
            filled.set(field, values.text(field.id()));
        }
        let wrong = fields.filter_map(|field| {
            let error = filled.error(field, false)?;
            Some((field, errors::field(field, &error)))
        });
        errors.set(wrong.collect());
        failed.set(None);
        match filled.to_be_saved() {
            Some(address) if !pending.get_untracked() => drop(save.dispatch_local(address)),
            Some(_) => {}
            None => focus_first_error(),
        }
    };
    let on_input = Callback::new(move |(field, _)| set_error(errors, field, None));
    let on_leave = Callback::new(|_| ());
    let refused = move || failed.get().map(|error| view! { <Alert text=errors::hint(&error) /> });
    let label = form.get(Field::Label).to_owned();
    view! {
        <Dialog label=texts::ADDRESS on_close=move |()| editing.set(None)>
            <form class="ask" novalidate on:submit=submit>
                <h2>{texts::ADDRESS}</h2>
                <LabelField value=label errors />
                <AddressFields form postcode_needed=false errors on_input on_leave />
                <Dynamic view=refused />
                <button
                    type="submit"
                    class="button wide"
                    aria-disabled=move || pending.get().to_string()
                >
                    {text::SAVE}
                </button>
            </form>
        </Dialog>
    }
}

/// The field that the server refuses, and why.
fn field_of(error: &ApiError) -> Option<(Field, String)> {
    let ApiError::Problem(problem) = error else { return None };
    let field = Field::at(problem.field.as_deref()?)?;
    Some((field, errors::refused_field(field, problem)))
}
