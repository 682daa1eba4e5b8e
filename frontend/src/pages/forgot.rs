use leptos::prelude::*;
use leptos_router::components::A;

use super::sign_in::next;
use crate::{
    browser,
    components::{AuthField, AuthForm, DemoInbox, Dynamic, Filled, ResendCode, set_title, work},
    paths,
    session::Session,
    text::sign_in as texts,
};

/// Sets a new password: first a code is sent, then it is entered with the password.
#[component]
pub fn ForgotPage() -> impl IntoView {
    set_title(texts::FORGOT_TITLE);
    let sent_to = RwSignal::new(None::<String>);
    let next = next();
    let back = paths::with_next(paths::SIGN_IN, &next);
    let confirm = paths::with_next(paths::CONFIRM, &next);
    let step = move || match sent_to.get() {
        None => view! { <AskForCode sent_to /> }.into_any(),
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
fn AskForCode(sent_to: RwSignal<Option<String>>) -> impl IntoView {
    let session = expect_context::<Session>();
    let send = move |Filled { email, .. }: Filled| async move {
        session.forgot(&email).await?;
        sent_to.set(Some(email));
        browser::focus_soon("#code");
        Ok(None)
    };
    view! {
        <AuthForm
            title=texts::FORGOT_TITLE
            lead=texts::FORGOT_LEAD
            button=texts::SEND_CODE
            fields=&[AuthField::Email]
            send
        />
    }
}

#[component]
fn SetPassword(email: String, next: String) -> impl IntoView {
    let session = expect_context::<Session>();
    let lead = texts::reset_sent(&email);
    let address = email.clone();
    let send = move |Filled { code, new_password, .. }: Filled| {
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
