use leptos::prelude::*;

use super::sign_in::{known_email, next};
use crate::{
    browser,
    components::{
        AuthField, AuthForm, DemoInbox, FormValues, ResendCode, check_email, set_title, work,
    },
    paths,
    session::{AuthError, Session},
    text::sign_in as texts,
};

/// Confirms an account by the code that was sent to its address.
#[component]
pub fn ConfirmPage() -> impl IntoView {
    let session = expect_context::<Session>();
    set_title(texts::CONFIRM);
    let (next, known) = (next(), known_email());
    let lead = match known.as_str() {
        "" => texts::CONFIRM_LEAD.to_owned(),
        email => texts::code_sent(email),
    };
    let fields: &[AuthField] = match known.as_str() {
        "" => &[AuthField::Email, AuthField::Code],
        _ => &[AuthField::Code],
    };
    let email = known.clone();
    let send = move |filled: FormValues| {
        let (next, email) = (next.clone(), email.clone());
        async move {
            let email = if email.is_empty() { filled.email } else { email };
            match session.confirm(&email, &filled.code).await {
                // Confirmed before, in another tab perhaps: signing in is what is left.
                Ok(()) | Err(AuthError::NotAuthorized) => {}
                Err(error) => return Err(error),
            }
            if session.signed_in_now() {
                return Ok(Some(next));
            }
            let query = [("email", email.as_str()), ("next", &next), ("confirmed", "1")];
            Ok(Some(paths::with_query(paths::SIGN_IN, &query)))
        }
    };
    let resend = work(move || {
        // Where the address is not known, it is what the field says when the button is pressed.
        let email = if known.is_empty() { browser::input_text("email") } else { known.clone() };
        async move {
            match check_email(&email) {
                Some(_) => Err(AuthError::InvalidEmail),
                None => session.resend(&email).await,
            }
        }
    });
    view! {
        <div>
            <AuthForm title=texts::CONFIRM_TITLE lead button=texts::CONFIRM fields send />
            <div class="auth-other">
                <ResendCode send=resend />
                <DemoInbox />
            </div>
        </div>
    }
}
