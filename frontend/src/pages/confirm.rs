use leptos::prelude::*;

use super::sign_in::{FormState, form, typed};
use crate::{
    browser,
    components::{Button, set_title},
    drawn::{Draw, Drawn, live},
    router::{self, Place},
    session::Refusal,
    signal::Signal,
    store::{Store, use_store},
    text,
};

/// The page that confirms `email`, and then goes on to `next`.
pub(super) fn address(email: &str, next: &str) -> String {
    let (email, next) = (browser::encoded(email), browser::encoded(next));
    format!("{}?email={email}&next={next}", Place::Confirm.path())
}

/// Confirms an account by the code that was sent to its address.
#[component]
pub fn Confirm() -> Drawn {
    let store = use_store();
    set_title(text::CONFIRM);
    let known = browser::query("email");
    let email = Signal::new(known.clone().unwrap_or_default());
    let code = Signal::new(String::new());
    let state = FormState::default();
    let next = router::next();
    let submit = Callback::new(move |()| {
        let (address, code, next) = (typed(email), typed(code), next.clone());
        state.run(Box::pin(confirm(store, address, code, next)));
    });
    let resend = Callback::new(move |()| {
        state.run(Box::pin(async move {
            store.session.resend(&typed(email)).await?;
            store.notify(text::RESENT);
            Ok(())
        }));
    });
    let unknown = known.is_none().then(|| state.email_field(email));
    let fields = unknown.into_iter().chain([state.code_field(code)]).collect();
    let other = vec![
        view! { <Button class="quiet" text=text::RESEND act=resend /> }.draw(),
        mailbox(store),
    ];
    let lead = known.as_deref().map(text::code_sent).unwrap_or_default();
    form(text::CONFIRM_TITLE, lead, text::CONFIRM, state, submit, fields, other)
}

async fn confirm(store: Store, email: String, code: String, next: String) -> Result<(), Refusal> {
    match store.session.confirm(&email, &code).await {
        // Confirmed before, in another tab perhaps: signing in is what is left.
        Ok(()) | Err(Refusal::NotAuthorized) => {}
        refused => return refused,
    }
    if untrack(|| store.session.signed_in()) {
        store.router.go(&next);
    } else {
        store.notify(text::CONFIRMED_SIGN_IN);
        store.router.go(&router::with_next(&Place::SignIn, &next));
    }
    Ok(())
}

/// The link to where codes can be read, on a laptop without a mail server.
pub(super) fn mailbox(store: Store) -> Drawn {
    let link = move || {
        let mailbox = store.session.known_config().and_then(|config| config.mailbox);
        let link = mailbox.map(|mailbox| {
            view! {
                <a class="quiet" href=mailbox target="_blank" rel="noopener">{text::OPEN_MAILBOX}</a>
            }
            .draw()
        });
        link.into()
    };
    view! { <span>{live::<Drawn>(link)}</span> }.draw()
}
