use leptos::prelude::*;
use serde::Deserialize;
use shared::{
    Timestamp,
    api::{Problem, ProblemType},
};

use crate::{
    browser,
    components::{Ask, Hint, Link},
    drawn::{Draw, Drawn, live, press},
    json,
    router::Place,
    server,
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

/// Deletes the account: asks first, since it cannot be taken back.
#[component]
pub fn DeleteAccount() -> Drawn {
    let store = use_store();
    let asking = Signal::new(false);
    let working = Signal::new(false);
    let refusal = Signal::new(None::<Refusal>);
    let begun = Signal::new(false);
    browser::spawn(async move {
        let account = server::account(store.session, None).await;
        let account = account.ok().and_then(|account| json::read::<Closed>(&account).ok());
        begun.try_set(account.is_some_and(|account| account.closed_at.is_some()));
    });
    let close = Callback::new(move |()| asking.set(false));
    let act = Callback::new(move |()| {
        working.set(true);
        browser::spawn(async move {
            let refused = delete(store).await.err();
            working.try_set(false);
            refusal.try_set(refused);
        });
    });
    let lead = move || match begun.get() {
        true => text::DELETE_BEGUN.to_owned(),
        false => text::DELETE_HINT.to_owned(),
    };
    let question = move || match asking.get() {
        false => Drawn::nothing(),
        true => {
            let (title, hint) = (text::DELETE_TITLE, text::DELETE_HINT.to_owned());
            view! { <Ask title hint class="button danger" yes=text::DELETE_YES act close /> }.draw()
        }
    };
    view! {
        <section class="panel">
            <h2>{text::DELETE_ACCOUNT}</h2>
            <p class="panel-lead">{live(lead)}</p>
            {live(move || refused(refusal.get()))}
            <button
                type="button"
                class="button second"
                disabled=live(move || working.get())
                on:click=press(move || asking.set(true))
            >
                {text::DELETE_ACCOUNT}
            </button>
            {live(question)}
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

fn refused(refusal: Option<Refusal>) -> Drawn {
    let Some(refusal) = refusal else { return Drawn::nothing() };
    let orders = match &refusal {
        Refusal::Problem(Problem { kind: ProblemType::OrderUnderWay, orders, .. }) => {
            orders.clone()
        }
        _ => Vec::new(),
    };
    let links = orders.into_iter().map(|id| {
        let to = Place::Order(id).path();
        view! { <li><Link to class="quiet" text=text::order_number(id) /></li> }.draw()
    });
    view! {
        <div>
            <Hint text=text::problems::refusal(&refusal) />
            <ul class="actions">{links.collect::<Vec<_>>()}</ul>
        </div>
    }
    .draw()
}
