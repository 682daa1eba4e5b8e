mod addresses;
mod credentials;
mod data;
mod delete;

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use self::{
    addresses::Addresses,
    credentials::{ChangeEmail, ChangePassword},
    data::Download,
    delete::DeleteAccount,
};
use crate::{
    components::{ActionButton, If, SignInFirst, set_title, work},
    paths,
    session::{AuthError, Session},
    state::notices::Notices,
    text::{self, account as texts},
};

/// The account: who is signed in and where, what is stored, and the way out.
#[component]
pub fn AccountPage() -> impl IntoView {
    let session = expect_context::<Session>();
    set_title(text::ACCOUNT);
    view! {
        <div class="page narrow">
            <h1>{text::ACCOUNT}</h1>
            <If
                when=move || session.signed_in()
                fallback=|| {
                    view! { <SignInFirst heading=texts::SIGN_IN_TO_SEE hint=texts::SIGN_IN_HINT /> }
                }
            >
                <div class="stack">
                    <SignedIn />
                    <Addresses />
                    <Download />
                    <DeleteAccount />
                </div>
            </If>
        </div>
    }
}

#[component]
fn SignedIn() -> impl IntoView {
    let (session, notices) = (expect_context::<Session>(), expect_context::<Notices>());
    let navigate = use_navigate();
    let leave = move || {
        session.sign_out();
        navigate(paths::HOME, Default::default());
    };
    let sign_out = leave.clone();
    let everywhere = work(move || {
        let leave = leave.clone();
        async move {
            match session.sign_out_everywhere().await {
                // A session that is over already cannot be ended.
                Ok(()) | Err(AuthError::NotAuthorized) => {}
                Err(error) => return Err(error),
            }
            notices.notify(texts::SIGNED_OUT_EVERYWHERE);
            leave();
            Ok(())
        }
    });
    view! {
        <section class="panel">
            <h2>{texts::SIGNED_IN_AS}</h2>
            <p class="panel-lead email" prop:textContent=move || session.email()></p>
            <div class="actions">
                <ChangeEmail />
                <ChangePassword />
                <button type="button" class="button second" on:click=move |_| sign_out()>
                    {texts::SIGN_OUT}
                </button>
                <ActionButton text=texts::SIGN_OUT_EVERYWHERE work=everywhere />
            </div>
        </section>
    }
}
