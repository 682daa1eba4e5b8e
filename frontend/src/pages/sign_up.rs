use leptos::prelude::*;
use leptos_router::components::A;

use super::sign_in::{go_on_if_signed_in, next};
use crate::{
    components::{AuthField, AuthForm, FormValues, set_title},
    paths,
    session::Session,
    text::{self, sign_in as texts},
};

/// Makes an account; a code that is sent to its address confirms it on the next page.
#[component]
pub fn SignUpPage() -> impl IntoView {
    let session = expect_context::<Session>();
    set_title(text::CREATE_ACCOUNT);
    let next = next();
    go_on_if_signed_in(session, &next);
    let sign_in = paths::with_next(paths::SIGN_IN, &next);
    let send = move |FormValues { email, new_password, .. }: FormValues| {
        let next = next.clone();
        async move {
            session.sign_up(&email, &new_password).await?;
            Ok(Some(paths::with_query(paths::CONFIRM, &[("email", &email), ("next", &next)])))
        }
    };
    view! {
        <div>
            <AuthForm
                title=texts::SIGN_UP_TITLE
                lead=texts::SIGN_UP_LEAD
                button=text::CREATE_ACCOUNT
                fields=&[AuthField::Email, AuthField::NewPassword]
                send
            />
            <div class="auth-other">
                <A href=sign_in attr:class="quiet">{texts::HAVE_ACCOUNT}</A>
            </div>
        </div>
    }
}
