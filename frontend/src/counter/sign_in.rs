use leptos::prelude::*;

use super::{join::keep_token, text};
use crate::{
    browser,
    components::{AuthField, AuthForm, FormValues, set_title},
    paths,
    session::{AuthError, Session},
    text::sign_in as texts,
};

/// In place of every page until somebody is signed in: the same account as in the shop.
#[component]
pub fn SignIn() -> impl IntoView {
    let session = expect_context::<Session>();
    set_title(text::TITLE);
    let send = move |FormValues { email, password, .. }: FormValues| async move {
        match session.sign_in(&email, &password).await {
            Err(AuthError::NotConfirmed) => {
                let here = window().location().pathname().unwrap_or_default();
                let query = [("email", email.as_str()), ("next", &here)];
                browser::leave_for(&paths::with_query(paths::CONFIRM, &query));
                Ok(None)
            }
            other => other.map(|()| None),
        }
    };
    // Both are pages of the shop, which is another program, and lead back here.
    keep_token();
    let here = window().location().pathname().unwrap_or_default();
    let (forgot, sign_up) =
        (paths::with_next(paths::FORGOT, &here), paths::with_next(paths::SIGN_UP, &here));
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
            <div class="auth-other">
                <a class="quiet" href=forgot rel="external">
                    {texts::FORGOT}
                </a>
                <a class="quiet" href=sign_up rel="external">
                    {texts::NO_ACCOUNT}
                </a>
            </div>
        </div>
    }
}
