use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    components::A,
    hooks::{use_navigate, use_query_map},
};

use crate::{
    browser,
    components::{AuthField, AuthForm, FormValues, set_title},
    paths,
    session::{AuthError, Session},
    text::{self, sign_in as texts},
};

/// Signs in, and goes back to where one was.
#[component]
pub fn SignInPage() -> impl IntoView {
    let session = expect_context::<Session>();
    set_title(text::SIGN_IN);
    let next = next();
    go_on_if_signed_in(session, &next);
    let sign_up = paths::with_next(paths::SIGN_UP, &next);
    let forgot = paths::with_next(paths::FORGOT, &next);
    let confirm = paths::with_next(paths::CONFIRM, &next);
    let confirmed = use_query_map().with_untracked(|query| query.get("confirmed"));
    let lead = confirmed.map(|_| texts::CONFIRMED).unwrap_or_default();
    let send = move |FormValues { email, password, .. }: FormValues| {
        let next = next.clone();
        async move {
            match session.sign_in(&email, &password).await {
                Ok(()) => Ok(Some(next)),
                Err(AuthError::NotConfirmed) => {
                    let query = [("email", email.as_str()), ("next", &next)];
                    Ok(Some(paths::with_query(paths::CONFIRM, &query)))
                }
                Err(error) => Err(error),
            }
        }
    };
    view! {
        <div>
            <AuthForm
                title=texts::SIGN_IN_TITLE
                lead
                button=text::SIGN_IN
                fields=&[AuthField::Email, AuthField::Password]
                email=known_email()
                send
            />
            <div class="auth-other">
                <A href=forgot attr:class="quiet">{texts::FORGOT}</A>
                <A href=sign_up attr:class="quiet">{texts::NO_ACCOUNT}</A>
                <A href=confirm attr:class="quiet">{texts::NOT_CONFIRMED_YET}</A>
            </div>
        </div>
    }
}

/// Goes on at once where someone is signed in already.
pub(super) fn go_on_if_signed_in(session: Session, next: &str) {
    let (navigate, next) = (use_navigate(), next.to_owned());
    Effect::new(move || {
        if !session.signed_in_now() {
            return;
        }
        if paths::is_of_counter(&next) {
            browser::leave_for(&next);
        } else {
            navigate(&next, NavigateOptions { replace: true, ..Default::default() });
        }
    });
}

/// Where the page goes on to when it is done.
pub(super) fn next() -> String {
    paths::safe_next(use_query_map().with_untracked(|query| query.get("next")))
}

/// The email address that the page's address names; empty if it names none.
pub(super) fn known_email() -> String {
    use_query_map().with_untracked(|query| query.get("email")).unwrap_or_default()
}
