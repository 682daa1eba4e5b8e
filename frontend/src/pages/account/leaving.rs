use leptos::prelude::*;
use serde::Deserialize;
use shared::Timestamp;

use crate::{
    browser,
    components::{Doing, Question, work},
    drawn::{Draw, Drawn, live},
    json, server,
    session::Refusal,
    signal::Signal,
    store::{Store, use_store},
    text,
};

/// What the page reads of all that is kept.
#[derive(Deserialize)]
struct Closed {
    #[serde(default)]
    closed_at: Option<Timestamp>,
}

/// Deletes the account: says what that means, and asks first, since it cannot be taken back.
#[component]
pub fn DeleteAccount() -> Drawn {
    let store = use_store();
    let lead = Signal::new(text::DELETE_HINT);
    browser::spawn(async move {
        let account = server::account(store.session, None).await.ok();
        let account = account.and_then(|account| json::read::<Closed>(&account).ok());
        if account.is_some_and(|account| account.closed_at.is_some()) {
            lead.try_set(text::DELETE_BEGUN);
        }
    });
    let (title, hint, yes) = (text::DELETE_TITLE, text::DELETE_HINT, text::DELETE_YES);
    let work = work(move || delete(store));
    view! {
        <section class="panel">
            <h2>{text::DELETE_ACCOUNT}</h2>
            <p class="panel-lead">{live(move || lead.get().to_owned())}</p>
            <Doing text=text::DELETE_ACCOUNT work question=Question { title, hint, yes } />
        </section>
    }
    .draw()
}

/// Deletes what the shop keeps, then the account one signs in with; whatever interrupts it, asking
/// again completes it.
async fn delete(store: Store) -> Result<(), Refusal> {
    server::delete_account(store.session).await?;
    match store.session.delete().await {
        // It is gone already.
        Ok(()) | Err(Refusal::NotAuthorized) => {}
        refused => return refused,
    }
    store.sign_out();
    store.notify(text::DELETED);
    store.router.go("/");
    Ok(())
}
