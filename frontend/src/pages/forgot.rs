use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_query_map};

use super::sign_in::next;
use crate::{
    browser,
    components::{
        AuthField, AuthForm, DemoInbox, Dynamic, FormValues, ResendCode, set_title, work,
    },
    paths,
    session::Session,
    text::sign_in as texts,
};

/// Sets a new password: first a code is sent, then it is entered with the password. The second
/// step has an address of its own, so that the browser's Back leads to the first.
#[component]
pub fn ForgotPage() -> impl IntoView {
    set_title(texts::FORGOT_TITLE);
    let query = use_query_map();
    let sent_to = Memo::new(move |_| query.with(|query| query.get("sent-to")));
    // What the first step begins with when one comes back to it.
    let email = RwSignal::new(sent_to.get_untracked().unwrap_or_default());
    let next = next();
    let back = paths::with_next(paths::SIGN_IN, &next);
    let confirm = paths::with_next(paths::CONFIRM, &next);
    let step = move || match sent_to.get() {
        None => view! { <AskForCode email next=next.clone() /> }.into_any(),
        Some(email) => view! { <SetPassword email next=next.clone() /> }.into_any(),
    };
    view! {
        <div>
            <Dynamic view=step />
            <div class="auth-other">
                <A href=back attr:class="quiet">{texts::BACK}</A>
                <A href=confirm attr:class="quiet">{texts::NOT_CONFIRMED_YET}</A>
            </div>
        </div>
    }
}

#[component]
fn AskForCode(email: RwSignal<String>, next: String) -> impl IntoView {
    let session = expect_context::<Session>();
    let known = email.get_untracked();
    if !known.is_empty() {
        browser::focus_soon("#email");
    }
    let send = move |FormValues { email: typed, .. }: FormValues| {
        let next = next.clone();
        async move {
            session.forgot(&typed).await?;
            email.set(typed.clone());
            Ok(Some(paths::with_query(paths::FORGOT, &[("sent-to", &typed), ("next", &next)])))
        }
    };
    view! {
        <AuthForm
            title=texts::FORGOT_TITLE
            lead=texts::FORGOT_LEAD
            button=texts::SEND_CODE
            fields=&[AuthField::Email]
            email=known
            stays_in_history=true
            send
        />
    }
}

#[component]
fn SetPassword(email: String, next: String) -> impl IntoView {
    let session = expect_context::<Session>();
    browser::focus_soon("#code");
    let lead = texts::reset_sent(&email);
    let address = email.clone();
    let send = move |FormValues { code, new_password, .. }: FormValues| {
        let (email, next) = (email.clone(), next.clone());
        async move {
            session.reset(&email, &code, &new_password).await?;
            Ok(Some(next))
        }
    };
    let resend = work(move || {
        let email = address.clone();
        async move { session.forgot(&email).await }
    });
    view! {
        <AuthForm
            title=texts::RESET_TITLE
            lead
            button=texts::SAVE_PASSWORD
            fields=&[AuthField::Code, AuthField::NewPassword]
            send
        />
        <div class="auth-other">
            <ResendCode send=resend />
            <DemoInbox />
        </div>
    }
}
