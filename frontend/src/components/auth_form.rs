use std::pin::Pin;

use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{
    NavigateOptions,
    components::A,
    hooks::{use_navigate, use_query_map},
};

use super::{Alert, Control, Dynamic, Field, Values, action_button::Work, focus_first_error};
use crate::{
    browser, paths,
    session::{AuthError, Session},
    state::notices::Notices,
    text::{self, account, errors, sign_in as texts},
};

/// A field of a form about signing in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each name says it")]
pub enum AuthField {
    Email,
    NewEmail,
    Password,
    NewPassword,
    Code,
}

/// What was filled in; empty where the form has no such field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormValues {
    /// The email address, without the space around it.
    pub email: String,
    /// The password as it was typed.
    pub password: String,
    /// The new password as it was typed.
    pub new_password: String,
    /// The code without spaces and dashes.
    pub code: String,
}

/// A form's errors: the field an error is about, or `None` for the whole form, and what it is.
type Errors = RwSignal<Vec<(Option<AuthField>, FormError)>>;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FormError {
    /// What this sentence says.
    Sentence(&'static str),
    /// There is an account already: signing in is the way on.
    HasAccount,
}

impl FormError {
    fn text(self) -> &'static str {
        match self {
            Self::Sentence(text) => text,
            Self::HasAccount => errors::auth(&AuthError::Exists),
        }
    }
}

/// Where to go on to; `None` to stay.
type Answer = Result<Option<String>, AuthError>;

/// What is sent, of one type for all forms.
type Sending = Pin<Box<dyn Future<Output = Answer>>>;

/// What a form sends.
pub struct SendForm(Box<dyn Fn(FormValues) -> Sending>);

impl<F, A> From<F> for SendForm
where
    F: Fn(FormValues) -> A + 'static,
    A: Future<Output = Answer> + 'static,
{
    fn from(send: F) -> Self {
        Self(Box::new(move |filled| Box::pin(send(filled))))
    }
}

impl AuthField {
    const fn id(self) -> &'static str {
        match self {
            Self::Email | Self::NewEmail => "email",
            Self::Password => "password",
            Self::NewPassword => "new-password",
            Self::Code => "code",
        }
    }

    /// What is wrong with what was filled in, before it is sent. An existing password is only not
    /// to be empty.
    fn check(self, filled: &FormValues) -> Option<&'static str> {
        match self {
            Self::Email | Self::NewEmail => check_email(&filled.email),
            Self::Password => filled.password.is_empty().then_some(texts::ENTER_PASSWORD),
            Self::NewPassword => check_new_password(&filled.new_password),
            Self::Code => filled.code.is_empty().then_some(texts::ENTER_CODE),
        }
    }
}

/// A form of one button: fields, what is wrong with them, and what it waits for.
#[component]
pub fn AuthForm(
    /// Its heading.
    title: &'static str,
    /// What it is about; may be empty.
    #[prop(into)]
    lead: String,
    /// Its button.
    button: &'static str,
    /// Its fields, in order.
    fields: &'static [AuthField],
    /// The email address it begins with.
    #[prop(optional)]
    email: String,
    /// Whether it stands in a dialog over a page with a heading of its own.
    #[prop(optional)]
    in_dialog: bool,
    /// Whether the browser's Back leads back to it from the next page.
    #[prop(optional)]
    stays_in_history: bool,
    /// Sends what was filled in.
    #[prop(into)]
    send: SendForm,
) -> impl IntoView {
    let errors: Errors = RwSignal::new(Vec::new());
    let send = Action::new_local(move |filled: &FormValues| (send.0)(filled.clone()));
    let pending = send.pending();
    let navigate = use_navigate();
    // Belongs to this form: whoever has left it meanwhile is not taken anywhere.
    Effect::new(move || match send.value().get() {
        Some(Ok(Some(path))) if paths::is_of_counter(&path) => browser::leave_for(&path),
        Some(Ok(Some(path))) => {
            let replace = !stays_in_history;
            navigate(&path, NavigateOptions { replace, ..Default::default() });
        }
        Some(Ok(None)) | None => {}
        Some(Err(error)) => show(errors, fields, &error),
    });
    let submit = move |event: SubmitEvent| {
        let values = Values::of(&event);
        let filled = FormValues {
            email: values.text("email"),
            password: values.password("password"),
            new_password: values.password("new-password"),
            code: values.code("code"),
        };
        if pending.get_untracked() {
            return;
        }
        let wrong = fields
            .iter()
            .filter_map(|field| Some((Some(*field), FormError::Sentence(field.check(&filled)?))));
        errors.set(wrong.collect());
        if errors.with_untracked(Vec::is_empty) {
            send.dispatch_local(filled);
        } else {
            focus_first_error();
        }
    };
    let views = fields.iter().map(|field| {
        let value = if *field == AuthField::Email { email.clone() } else { String::new() };
        // Who has no password yet does not ask which one is meant.
        let is_first = fields.contains(&AuthField::Email);
        view! { <FieldOf field=*field is_first value errors /> }
    });
    let label = move || if pending.get() { text::WORKING } else { button };
    let error = move || error_of(errors, None).map(|error| view! { <Alert text=error.text() /> });
    let (class, heading) = match in_dialog {
        true => ("ask", view! { <h2>{title}</h2> }.into_any()),
        false => ("page auth panel stack", view! { <h1>{title}</h1> }.into_any()),
    };
    view! {
        <form class=class novalidate on:submit=submit>
            {heading}
            <p class="lead">{lead}</p>
            {views.collect_view()}
            <Dynamic view=error />
            <button
                type="submit"
                class="button wide"
                aria-disabled=move || pending.get().to_string()
                prop:textContent=label
            ></button>
        </form>
    }
}

#[component]
fn FieldOf(field: AuthField, is_first: bool, value: String, errors: Errors) -> impl IntoView {
    use AuthField as F;
    let (label, control, autocomplete, hint) = match field {
        F::Email => (texts::EMAIL, Control::Email, "username", ""),
        F::NewEmail => (account::NEW_EMAIL, Control::Email, "email", ""),
        F::Password => {
            let label = if is_first { texts::PASSWORD } else { account::PRESENT_PASSWORD };
            (label, Control::Password, "current-password", "")
        }
        F::NewPassword => {
            let label = if is_first { texts::PASSWORD } else { texts::NEW_PASSWORD };
            (label, Control::Password, "new-password", texts::PASSWORD_HINT)
        }
        F::Code => (texts::CODE, Control::Code, "one-time-code", ""),
    };
    let about = Memo::new(move |_| error_of(errors, Some(field)));
    let error = Signal::derive(move || about.get().map(|error| error.text().to_owned()));
    let next = use_query_map().with_untracked(|query| query.get("next"));
    let next_step = move || {
        about.get().filter(|error| *error == FormError::HasAccount)?;
        let email = browser::input_text(field.id());
        let query = [("email", email.as_str()), ("next", &paths::safe_next(next.clone()))];
        let sign_in = paths::with_query(paths::SIGN_IN, &query);
        Some(view! { " " <A href=sign_in>{text::SIGN_IN}</A> })
    };
    let on_input = Callback::new(move |_| {
        errors.update(|errors| errors.retain(|(about, _)| *about != Some(field)));
    });
    view! {
        <Field
            id=field.id()
            label
            control
            autocomplete
            hint=hint.to_owned()
            value
            error
            next_step
            on_input
        />
    }
}

fn error_of(errors: Errors, of: Option<AuthField>) -> Option<FormError> {
    errors.with(|errors| errors.iter().find(|(about, _)| *about == of).map(|(_, error)| *error))
}

/// Shows an error at the first field of this form that it may be about, or above its button.
fn show(errors: Errors, fields: &[AuthField], error: &AuthError) {
    use AuthField as F;
    let candidates: &[F] = match error {
        AuthError::Exists | AuthError::InvalidEmail => &[F::NewEmail, F::Email],
        AuthError::WeakPassword | AuthError::InvalidPassword => &[F::NewPassword, F::Password],
        AuthError::NotAuthorized => &[F::Password],
        AuthError::WrongCode | AuthError::ExpiredCode => &[F::Code],
        _ => &[],
    };
    let about = candidates.iter().find(|field| fields.contains(field)).copied();
    let error = match error {
        // Only the password can be wrong where the address is not asked for.
        AuthError::NotAuthorized if !fields.contains(&F::Email) => {
            FormError::Sentence(texts::WRONG_PASSWORD)
        }
        AuthError::Exists if fields.contains(&F::NewEmail) => {
            FormError::Sentence(account::EMAIL_TAKEN)
        }
        AuthError::Exists => FormError::HasAccount,
        error => FormError::Sentence(errors::auth(error)),
    };
    errors.set(vec![(about, error)]);
    if about.is_some() {
        focus_first_error();
    }
}

/// What is wrong with an email address, before it is sent.
pub fn check_email(email: &str) -> Option<&'static str> {
    let valid = email.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
    });
    match email {
        "" => Some(texts::ENTER_EMAIL),
        _ if valid && !email.contains(char::is_whitespace) => None,
        _ => Some(texts::INVALID_EMAIL),
    }
}

/// Cognito's own rule, and the pool's (backend/template.yaml).
fn check_new_password(password: &str) -> Option<&'static str> {
    match password {
        "" => Some(texts::ENTER_PASSWORD),
        _ if password.chars().count() < 8 => Some(texts::WEAK_PASSWORD),
        _ if password.chars().count() > 256 => Some(texts::LONG_PASSWORD),
        _ if password.trim() != password => Some(texts::PASSWORD_SPACES),
        _ => None,
    }
}

/// Has a code sent again, and says so.
#[component]
pub fn ResendCode(
    /// Has it sent.
    send: Work,
) -> impl IntoView {
    let notices = expect_context::<Notices>();
    let pending = send.pending();
    Effect::new(move || match send.value().get() {
        Some(Ok(())) => notices.notify(texts::RESENT),
        Some(Err(error)) => notices.notify(errors::auth(&error)),
        None => {}
    });
    let press = move |_| {
        if !pending.get_untracked() {
            send.dispatch_local(());
        }
    };
    view! {
        <button
            type="button"
            class="quiet"
            aria-disabled=move || pending.get().to_string()
            on:click=press
        >
            {texts::RESEND}
        </button>
    }
}

/// The link to where codes can be read, on a laptop without a mail server.
#[component]
pub fn DemoInbox() -> impl IntoView {
    let session = expect_context::<Session>();
    let link = move || {
        let inbox = session.known_config()?.mailbox?;
        Some(view! {
            <a class="quiet" href=inbox target="_blank" rel="noopener">
                {texts::OPEN_INBOX}
            </a>
        })
    };
    view! { <Dynamic view=link /> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_address_is_checked_before_it_is_sent() {
        for good in ["a@b.co", "käthe@bücher.example", "a+b@c.d.e"] {
            assert_eq!(check_email(good), None, "{good}");
        }
        for bad in ["", "a", "a@b", "@b.co", "a@.co", "a@b.", "a b@c.de"] {
            assert!(check_email(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn a_new_password_is_checked_and_an_old_one_only_not_empty() {
        let filled = |password: &str| FormValues {
            password: password.to_owned(),
            new_password: password.to_owned(),
            ..FormValues::default()
        };
        for (password, old, new) in [
            ("", false, false),
            ("short", true, false),
            (" spaces around ", true, false),
            ("long enough", true, true),
        ] {
            assert_eq!(AuthField::Password.check(&filled(password)).is_none(), old, "{password}");
            assert_eq!(
                AuthField::NewPassword.check(&filled(password)).is_none(),
                new,
                "{password}"
            );
        }
    }
}
