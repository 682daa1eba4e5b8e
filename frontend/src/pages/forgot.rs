use leptos::prelude::*;

use super::sign_in::{FormState, form, typed};
use crate::{
    components::{Link, set_title},
    drawn::{Draw, Drawn, live},
    router::{self, Place},
    signal::Signal,
    store::{Store, use_store},
    text,
};

/// Sets a new password: first a code is sent, then it is entered with the password.
#[component]
pub fn Forgot() -> Drawn {
    let store = use_store();
    set_title(text::FORGOT_TITLE);
    let sent = Signal::new(None::<String>);
    let next = router::next();
    let steps = move || match sent.get() {
        None => ask(store, sent),
        Some(email) => set(store, email, next.clone()),
    };
    let back = router::with_next(&Place::SignIn, &router::next());
    view! {
        <div>
            {live(steps)}
            <div class="auth-other"><Link to=back class="quiet" text=text::BACK_TO_SIGN_IN /></div>
        </div>
    }
    .draw()
}

fn ask(store: Store, sent: Signal<Option<String>>) -> Drawn {
    let email = Signal::new(String::new());
    let state = FormState::default();
    let submit = Callback::new(move |()| {
        let address = typed(email);
        state.run(Box::pin(async move {
            store.session.forgot(&address).await?;
            sent.try_set(Some(address));
            Ok(())
        }));
    });
    let fields = vec![state.email_field(email)];
    let (title, lead) = (text::FORGOT_TITLE, text::FORGOT_LEAD.to_owned());
    form(title, lead, text::SEND_CODE, state, submit, fields, Vec::new())
}

fn set(store: Store, email: String, next: String) -> Drawn {
    let (code, password) = (Signal::new(String::new()), Signal::new(String::new()));
    let state = FormState::default();
    let lead = text::reset_sent(&email);
    let submit = Callback::new(move |()| {
        let (code, password) = (typed(code), password.get_untracked());
        let (email, next) = (email.clone(), next.clone());
        state.run(Box::pin(async move {
            store.session.reset(&email, &code, &password).await?;
            store.router.go(&next);
            Ok(())
        }));
    });
    let fields = vec![
        state.code_field(code),
        state.password_field(password, "new-password", text::PASSWORD_HINT),
    ];
    let mailbox = vec![super::confirm::mailbox(store)];
    form(text::RESET_TITLE, lead, text::SET_PASSWORD, state, submit, fields, mailbox)
}
