use leptos::prelude::*;

use crate::{
    browser,
    components::{AuthField, AuthForm, DemoInbox, Dialog, Dynamic, FormValues, ResendCode, work},
    session::{EmailChange, PasswordChange, Session},
    state::notices::Notices,
    text::{self, account as texts, sign_in},
};

/// Changes the address one signs in with, by the present password and a code that is sent to the new
/// address.
#[component]
pub fn ChangeEmail() -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <button type="button" class="button second" on:click=move |_| open.set(true)>
            {texts::CHANGE_EMAIL}
        </button>
        <Dynamic view=move || open.get().then(|| view! { <EmailDialog open /> }) />
    }
}

#[component]
fn EmailDialog(open: RwSignal<bool>) -> impl IntoView {
    let (session, notices) = (expect_context::<Session>(), expect_context::<Notices>());
    let sent = RwSignal::new(None::<EmailChange>);
    let ask = move |FormValues { email, password, .. }: FormValues| async move {
        sent.set(Some(session.change_email(&email, &password).await?));
        browser::focus_soon("#code");
        Ok(None)
    };
    let verify = move |change: EmailChange| {
        move |FormValues { code, .. }: FormValues| {
            let change = change.clone();
            async move {
                session.verify_email(&change, &code).await?;
                open.set(false);
                notices.notify(texts::EMAIL_CHANGED);
                Ok(None)
            }
        }
    };
    let step = move || match sent.get() {
        None => view! {
            <AuthForm
                title=texts::CHANGE_EMAIL
                lead=""
                button=sign_in::SEND_CODE
                fields=&[AuthField::NewEmail, AuthField::Password]
                in_dialog=true
                send=ask
            />
        }
        .into_any(),
        Some(change) => {
            let lead = sign_in::code_sent(&change.email);
            let again = change.clone();
            let resend = work(move || {
                let change = again.clone();
                async move { session.resend_email_code(&change).await }
            });
            view! {
                <AuthForm
                    title=texts::CHANGE_EMAIL
                    lead
                    button=sign_in::CONFIRM
                    fields=&[AuthField::Code]
                    in_dialog=true
                    send=verify(change)
                />
                <div class="auth-other">
                    <ResendCode send=resend />
                    <DemoInbox />
                </div>
            }
            .into_any()
        }
    };
    view! { <Dialog label=texts::CHANGE_EMAIL on_close=move |()| open.set(false)><Dynamic view=step /></Dialog> }
}

/// Changes the password, by the present one, and signs out everywhere else.
#[component]
pub fn ChangePassword() -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <button type="button" class="button second" on:click=move |_| open.set(true)>
            {texts::CHANGE_PASSWORD}
        </button>
        <Dynamic view=move || open.get().then(|| view! { <PasswordDialog open /> }) />
    }
}

#[component]
fn PasswordDialog(open: RwSignal<bool>) -> impl IntoView {
    let (session, notices) = (expect_context::<Session>(), expect_context::<Notices>());
    let send = move |FormValues { password, new_password, .. }: FormValues| async move {
        let notice = match session.change_password(&password, &new_password).await? {
            PasswordChange::Done => texts::PASSWORD_CHANGED,
            PasswordChange::OthersSignedIn => texts::PASSWORD_CHANGED_HERE,
            PasswordChange::SignedOut => texts::PASSWORD_CHANGED_SIGN_IN,
        };
        // The dialog is gone if this signed out.
        open.try_set(false);
        notices.notify(notice);
        Ok(None)
    };
    view! {
        <Dialog label=texts::CHANGE_PASSWORD on_close=move |()| open.set(false)>
            <AuthForm
                title=texts::CHANGE_PASSWORD
                lead=""
                button=text::SAVE
                fields=&[AuthField::Password, AuthField::NewPassword]
                in_dialog=true
                send
            />
        </Dialog>
    }
}
