use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use serde::Deserialize;
use shared::{Timestamp, api::ProblemType};

use crate::{
    api, browser,
    components::{ActionButton, Question, work},
    paths,
    session::{AuthError, Session},
    state::notices::Notices,
    text::account as texts,
};

/// What the page reads of the account's data.
#[derive(Deserialize)]
struct Closed {
    #[serde(default)]
    closed_at: Option<Timestamp>,
}

/// Deletes the account: says what that means, and asks first, since it cannot be undone.
#[component]
pub fn DeleteAccount() -> impl IntoView {
    let (session, notices) = (expect_context::<Session>(), expect_context::<Notices>());
    let navigate = use_navigate();
    let lead = RwSignal::new(texts::DELETE_HINT);
    leptos::task::spawn_local(async move {
        let closed = match api::account(session, None).await {
            Ok(account) => browser::parse_json(&account)
                .is_some_and(|account: Closed| account.closed_at.is_some()),
            // A session of before the deletion reads nothing any more.
            Err(error) => error.kind() == Some(ProblemType::AccountClosed),
        };
        if closed {
            lead.set(texts::DELETE_INTERRUPTED);
        }
    });
    let question = Question {
        title: texts::DELETE_TITLE,
        hint: texts::DELETE_HINT,
        yes: texts::DELETE,
        no: texts::KEEP_ACCOUNT,
    };
    // What the shop stores, then the account one signs in with; whatever interrupts it, asking
    // again completes it.
    let work = work(move || {
        let navigate = navigate.clone();
        async move {
            api::delete_account(session).await?;
            match session.delete().await {
                // It is gone already.
                Ok(()) | Err(AuthError::NotAuthorized) => {}
                Err(error) => return Err(error),
            }
            session.sign_out();
            notices.notify(texts::DELETED);
            navigate(paths::HOME, Default::default());
            Ok(())
        }
    });
    view! {
        <section class="panel">
            <h2>{texts::DELETE}</h2>
            <p class="panel-lead" prop:textContent=move || lead.get()></p>
            <ActionButton text=texts::DELETE work question />
        </section>
    }
}
