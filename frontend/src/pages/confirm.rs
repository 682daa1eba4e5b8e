use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::{use_navigate, use_query_map};

use super::sign_in::{AuthForm, CodeField, EmailField, FormState};
use crate::{
    browser,
    components::set_title,
    pages::{next, with_next},
    session::Refusal,
    store::use_store,
    text,
};

/// The page that confirms `email`, and then goes on to `next`.
pub(super) fn path(email: &str, next: &str) -> String {
    let (email, next) = (browser::encoded(email), browser::encoded(next));
    format!("/confirm?email={email}&next={next}")
}

/// Confirms an account by the code that was sent to its address.
#[component]
pub fn Confirm() -> AnyView {
    let store = use_store();
    set_title(text::CONFIRM);
    let known = untrack(|| use_query_map().with(|query| query.get("email")));
    let email = RwSignal::new(known.clone().unwrap_or_default());
    let code = RwSignal::new(String::new());
    let state = FormState::default();
    let navigate = StoredValue::new_local(use_navigate());
    let onward = next();
    let submit = Callback::new(move |()| {
        let (address, code) = (email.get_untracked(), code.get_untracked());
        let onward = onward.clone();
        state.run(async move {
            match store.session.confirm(address.trim(), code.trim()).await {
                // Confirmed before, in another tab perhaps: signing in is what is left.
                Ok(()) | Err(Refusal::NotAuthorized) => {}
                refused => return refused,
            }
            let onward = match untrack(|| store.session.signed_in()) {
                true => onward,
                false => {
                    store.notice.set(Some(text::CONFIRMED_SIGN_IN.to_owned()));
                    with_next("/sign-in", &onward)
                }
            };
            navigate.try_with_value(|navigate| navigate(&onward, Default::default()));
            Ok(())
        });
    });
    let lead = known.as_deref().map(text::code_sent).unwrap_or_default();
    view! {
        <AuthForm title=text::CONFIRM_TITLE lead state submit button=text::CONFIRM>
            {known.is_none().then(|| view! { <EmailField email state /> })}
            <CodeField code state />
        </AuthForm>
        <p class="auth-other"><Resend email state /> <Mailbox /></p>
    }
    .into_any()
}

#[component]
fn Resend(email: RwSignal<String>, state: FormState) -> AnyView {
    let store = use_store();
    let resend = move |_| {
        state.run(async move {
            store.session.resend(email.get_untracked().trim()).await?;
            store.notice.set(Some(text::RESENT.to_owned()));
            Ok(())
        });
    };
    view! { <button type="button" class="quiet" on:click=resend>{text::RESEND}</button> }.into_any()
}

/// The link to where codes can be read, on a laptop without a mail server.
#[component]
fn Mailbox() -> AnyView {
    let store = use_store();
    spawn_local(async move { drop(store.session.config().await) });
    view! {
        {move || {
            store.session.known_config().and_then(|config| config.mailbox).map(|mailbox| view! {
                <a class="quiet" href=mailbox target="_blank" rel="noopener external">
                    {text::OPEN_MAILBOX}
                </a>
            })
        }}
    }
    .into_any()
}
