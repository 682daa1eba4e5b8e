use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_navigate};

use super::sign_in::{AuthForm, EmailField, FormState, PasswordField};
use crate::{
    components::set_title,
    pages::{next, with_next},
    store::use_store,
    text,
};

/// Makes an account; a code that is sent to its address confirms it on the next page.
#[component]
pub fn SignUp() -> AnyView {
    let store = use_store();
    set_title(text::CREATE_ACCOUNT);
    let (email, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let state = FormState::default();
    let navigate = StoredValue::new_local(use_navigate());
    let next = next();
    let onward = next.clone();
    let submit = Callback::new(move |()| {
        let (address, password) =
            (email.get_untracked().trim().to_owned(), password.get_untracked());
        let onward = super::confirm::path(&address, &onward);
        state.run(async move {
            store.session.sign_up(&address, &password).await?;
            navigate.try_with_value(|navigate| navigate(&onward, Default::default()));
            Ok(())
        });
    });
    view! {
        <AuthForm
            title=text::SIGN_UP_TITLE
            lead=text::SIGN_UP_LEAD
            state
            submit
            button=text::CREATE_ACCOUNT
        >
            <EmailField email state />
            <PasswordField password state autocomplete="new-password" hint=text::PASSWORD_HINT />
        </AuthForm>
        <p class="auth-other">
            <A href=with_next("/sign-in", &next) attr:class="quiet">{text::HAVE_ACCOUNT}</A>
        </p>
    }
    .into_any()
}
