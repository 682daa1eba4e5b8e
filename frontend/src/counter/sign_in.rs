use leptos::prelude::*;

use super::text;
use crate::{
    components::{AuthField, AuthForm, FormValues, set_title},
    paths,
    session::Session,
    text::sign_in as texts,
};

/// In place of every page until somebody is signed in: the same account as in the shop.
#[component]
pub fn SignIn() -> impl IntoView {
    let session = expect_context::<Session>();
    set_title(text::TITLE);
    let send = move |FormValues { email, password, .. }: FormValues| async move {
        session.sign_in(&email, &password).await.map(|()| None)
    };
    let lead = move || if session.expired() { crate::text::SESSION_EXPIRED } else { text::LEAD };
    view! {
        <div class="page narrow">
            <AuthForm
                title=text::SIGN_IN_TITLE
                lead=untrack(lead)
                button=crate::text::SIGN_IN
                fields=&[AuthField::Email, AuthField::Password]
                send
            />
            // Pages of the shop, which is another program.
            <div class="auth-other">
                <a class="quiet" href=paths::FORGOT rel="external">
                    {texts::FORGOT}
                </a>
                <a class="quiet" href=paths::SIGN_UP rel="external">
                    {texts::NO_ACCOUNT}
                </a>
            </div>
        </div>
    }
}
