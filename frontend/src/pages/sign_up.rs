use leptos::prelude::*;

use super::sign_in::{FormState, form, typed};
use crate::{
    components::{Link, set_title},
    drawn::{Draw, Drawn},
    router::{self, Place},
    signal::Signal,
    store::use_store,
    text,
};

/// Makes an account; a code that is sent to its address confirms it on the next page.
#[component]
pub fn SignUp() -> Drawn {
    let store = use_store();
    set_title(text::CREATE_ACCOUNT);
    let (email, password) = (Signal::new(String::new()), Signal::new(String::new()));
    let state = FormState::default();
    let next = router::next();
    let other = router::with_next(&Place::SignIn, &next);
    let submit = Callback::new(move |()| {
        let (address, password) = (typed(email), password.get_untracked());
        let onward = super::confirm::address(&address, &next);
        state.run(Box::pin(async move {
            store.session.sign_up(&address, &password).await?;
            store.router.go(&onward);
            Ok(())
        }));
    });
    let fields = vec![
        state.email_field(email),
        state.password_field(password, "new-password", text::PASSWORD_HINT),
    ];
    let other = vec![view! { <Link to=other class="quiet" text=text::HAVE_ACCOUNT /> }.draw()];
    let (title, lead) = (text::SIGN_UP_TITLE, text::SIGN_UP_LEAD.to_owned());
    form(title, lead, text::CREATE_ACCOUNT, state, submit, fields, other)
}
