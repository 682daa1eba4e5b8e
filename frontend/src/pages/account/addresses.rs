use leptos::{ev::SubmitEvent, prelude::*};
use shared::{
    AddressId,
    api::{ListedAddress, Problem},
};

use crate::{
    browser,
    components::{Button, Dialog, Hint, Input, Skeleton, Wiring, address_fields, fetched},
    details::{Details, Field},
    drawn::{Draw, Drawn, live, press, reading},
    signal::Signal,
    store::{Store, use_store},
    text,
};

/// The address that is being edited: its id, and what is typed.
type Editing = Signal<Option<(AddressId, Details)>>;

/// The addresses kept for the account: to be added to, changed and removed.
#[component]
pub fn KeptAddresses() -> Drawn {
    let store = use_store();
    let editing: Editing = Signal::new(None);
    let load = move || browser::spawn(store.fetch_addresses());
    load();
    let retry = Callback::new(move |()| load());
    let list =
        move || fetched(store.addresses(), skeleton, retry, |kept| list(store, editing, &kept));
    let add = Callback::new(move |()| {
        editing.set(Some((browser::new_address_id(), Details::default())));
    });
    view! {
        <section class="panel">
            <h2>{text::KEPT_ADDRESSES}</h2>
            {live(list)}
            <Button class="button second" text=text::ADD_ADDRESS act=add />
            {live(move || dialog(store, editing))}
        </section>
    }
    .draw()
}

fn skeleton() -> Drawn {
    view! { <Skeleton shape="bone-line" count=2 within="stack" /> }.draw()
}

fn list(store: Store, editing: Editing, kept: &[ListedAddress]) -> Drawn {
    if kept.is_empty() {
        return view! { <p class="panel-lead">{text::NO_ADDRESSES}</p> }.draw();
    }
    let rows = kept.iter().cloned().map(|kept| row(store, editing, kept));
    view! { <ul class="kept">{rows.collect::<Vec<_>>()}</ul> }.draw()
}

fn row(store: Store, editing: Editing, kept: ListedAddress) -> Drawn {
    let (id, name) = (kept.address_id, text::short_address(&kept));
    let lines = text::address(&kept.address).join(", ");
    let mut details = Details::default();
    details.fill(&kept.address);
    details.set(Field::Label, kept.label.map(|label| label.to_string()).unwrap_or_default());
    let edit = press(move || editing.set(Some((id, details.clone()))));
    let remove = press(move || {
        browser::spawn(async move {
            if let Err(problem) = store.forget_address(id).await {
                store.notify(text::problems::hint(&problem));
            }
        });
    });
    view! {
        <li>
            <p><b>{name.clone()}</b> <small>{lines}</small></p>
            <button type="button" class="quiet" aria-label=text::edit(&name) on:click=edit>
                {text::EDIT}
            </button>
            <button type="button" class="quiet" aria-label=text::remove(&name) on:click=remove>
                {text::REMOVE}
            </button>
        </li>
    }
    .draw()
}

fn dialog(store: Store, editing: Editing) -> Drawn {
    let Some((id, details)) = editing.get() else { return Drawn::nothing() };
    let close = Callback::new(move |()| editing.set(None));
    let content = form(store, id, details, close);
    view! { <Dialog label=text::ADDRESS class="dialog" close content /> }.draw()
}

fn form(store: Store, id: AddressId, details: Details, close: Callback<()>) -> Drawn {
    let typed = Signal::new(details);
    let checked = Signal::new(false);
    let problem = Signal::new(None::<Problem>);
    let submit: Box<dyn FnMut(SubmitEvent)> = Box::new(move |event| {
        event.prevent_default();
        checked.set(true);
        let Some(address) = typed.with_untracked(Details::to_be_kept) else { return };
        browser::spawn(async move {
            match store.keep_address(id, &address).await {
                Ok(()) => {
                    close.try_run(());
                }
                Err(refused) => problem.try_set(Some(refused)),
            }
        });
    });
    let label = wire(typed, checked, problem, Field::Label);
    let refused = move || {
        let beside = |problem: &Problem| problem.field.as_deref().and_then(Field::at).is_some();
        let problem = problem.get().filter(|problem| !beside(problem));
        let hint = problem.map(|problem| text::problems::hint(&problem));
        hint.map(|text| view! { <Hint text /> }.draw()).into()
    };
    view! {
        <form class="ask" novalidate on:submit=submit>
            <h2>{text::ADDRESS}</h2>
            <Input
                id="label"
                label=text::LABEL
                kind="text"
                autocomplete="off"
                hint=text::LABEL_HINT
                wiring=label
            />
            {address_fields(|field| wire(typed, checked, problem, field))}
            {live::<Drawn>(refused)}
            <button type="submit" class="button wide">{text::KEEP}</button>
        </form>
    }
    .draw()
}

fn wire(
    typed: Signal<Details>,
    checked: Signal<bool>,
    problem: Signal<Option<Problem>>,
    field: Field,
) -> Wiring {
    let left = Signal::new(false);
    let wrong = move || typed.with(|typed| typed.error(field));
    let error = move || {
        let refused =
            problem.get().filter(|problem| problem.field.as_deref() == Some(field.path()));
        let shown = left.get() || checked.get();
        let wrong = wrong().filter(|_| shown).as_ref().map(text::problems::field);
        refused.as_ref().map(text::problems::refused_field).or(wrong)
    };
    Wiring {
        value: reading(move || typed.with(|typed| typed.get(field).to_owned())),
        set: Callback::new(move |text| {
            typed.update(|typed| typed.set(field, text));
            problem.set(None);
        }),
        left: Callback::new(move |()| left.set(true)),
        error: reading(error),
    }
}
