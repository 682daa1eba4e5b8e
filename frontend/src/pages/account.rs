mod addresses;
mod data;
mod leaving;

use leptos::prelude::*;

use self::{addresses::KeptAddresses, data::Download, leaving::DeleteAccount};
use super::orders::sign_in_first;
use crate::{
    components::{Button, Doing, set_title, work},
    drawn::{Draw, Drawn, live},
    session::Refusal,
    store::{Store, use_store},
    text,
};

/// One's account: who is signed in and where, what is kept, and the way out.
#[component]
pub fn AccountPage() -> Drawn {
    let store = use_store();
    set_title(text::ACCOUNT);
    view! {
        <div class="page narrow">
            <h1>{text::ACCOUNT}</h1>
            {live(move || content(store))}
        </div>
    }
    .draw()
}

fn content(store: Store) -> Drawn {
    match store.session.email() {
        None => sign_in_first(),
        Some(email) => view! {
            <div class="stack">
                {signed_in(store, email)} <KeptAddresses /> <Download /> <DeleteAccount />
            </div>
        }
        .draw(),
    }
}

fn signed_in(store: Store, email: String) -> Drawn {
    let out = Callback::new(move |()| leave(store));
    let everywhere = work(move || async move {
        match store.session.sign_out_everywhere().await {
            // A session that is over already cannot be ended.
            Ok(()) | Err(Refusal::NotAuthorized) => {}
            refused => return refused,
        }
        store.notify(text::SIGNED_OUT_EVERYWHERE);
        leave(store);
        Ok(())
    });
    view! {
        <section class="panel">
            <h2>{text::SIGNED_IN_AS}</h2>
            <p class="panel-lead">{email}</p>
            <div class="actions">
                <Button class="button second" text=text::SIGN_OUT act=out />
                <Doing text=text::SIGN_OUT_EVERYWHERE work=everywhere />
            </div>
        </section>
    }
    .draw()
}

fn leave(store: Store) {
    store.sign_out();
    store.router.go("/");
}
