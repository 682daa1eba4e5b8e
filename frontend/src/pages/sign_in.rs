use std::{mem::discriminant, pin::Pin};

use leptos::{ev::SubmitEvent, prelude::*};
use shared::text::TextError;

use crate::{
    browser,
    components::{Hint, Input, Link, Wiring, set_title},
    drawn::{Draw, Drawn, live, reading},
    router::{self, Place},
    session::Refusal,
    signal::Signal,
    store::use_store,
    text,
};

/// Signs in, and goes back to where one was.
#[component]
pub fn SignIn() -> Drawn {
    let store = use_store();
    set_title(text::SIGN_IN);
    let (email, password) = (Signal::new(String::new()), Signal::new(String::new()));
    let state = FormState::default();
    let next = router::next();
    let other = router::with_next(&Place::SignUp, &next);
    let submit = Callback::new(move |()| {
        let (address, password) = (typed(email), password.get_untracked());
        let onward = next.clone();
        state.run(Box::pin(async move {
            let signed_in = store.session.sign_in(&address, &password).await;
            let onward = match &signed_in {
                Ok(()) => onward,
                Err(Refusal::NotConfirmed) => super::confirm::address(&address, &onward),
                Err(_) => return signed_in,
            };
            store.router.go(&onward);
            Ok(())
        }));
    });
    let fields =
        vec![state.email_field(email), state.password_field(password, "current-password", "")];
    let forgot = router::with_next(&Place::Forgot, &router::next());
    let other = vec![
        view! { <Link to=forgot class="quiet" text=text::FORGOT /> }.draw(),
        view! { <Link to=other class="quiet" text=text::NO_ACCOUNT /> }.draw(),
    ];
    form(text::SIGN_IN_TITLE, String::new(), text::SIGN_IN, state, submit, fields, other)
}

/// What is typed in a field, without the spaces around it.
pub(super) fn typed(field: Signal<String>) -> String {
    field.with_untracked(|typed| typed.trim().to_owned())
}

/// What a form of these pages is doing.
#[derive(Clone, Copy, Default)]
pub(super) struct FormState {
    /// Whether an answer is being waited for.
    working: Signal<bool>,
    /// Why it did not work.
    refusal: Signal<Option<Refusal>>,
}

const OF_EMAIL: &[Refusal] = &[Refusal::Exists, Refusal::Invalid];
const OF_PASSWORD: &[Refusal] = &[Refusal::WeakPassword, Refusal::NotAuthorized];
const OF_CODE: &[Refusal] = &[Refusal::WrongCode, Refusal::OldCode];

/// Whether a refusal is of one of these kinds.
fn is_of(kinds: &[Refusal], refusal: &Refusal) -> bool {
    kinds.iter().any(|kind| discriminant(kind) == discriminant(refusal))
}

impl FormState {
    /// Does it, shows that it is being done, and then what came of it.
    pub(super) fn run(self, work: Pin<Box<dyn Future<Output = Result<(), Refusal>>>>) {
        if self.working.get_untracked() {
            return;
        }
        self.working.set(true);
        self.refusal.set(None);
        browser::spawn(async move {
            let refusal = work.await.err();
            self.working.try_set(false);
            self.refusal.try_set(refusal);
        });
    }

    /// The email address.
    pub(super) fn email_field(self, email: Signal<String>) -> Drawn {
        let wiring = self.wire(email, OF_EMAIL);
        let (id, label) = ("email", text::EMAIL);
        view! { <Input id label kind="email" autocomplete="username" hint="" wiring /> }.draw()
    }

    /// The password.
    pub(super) fn password_field(
        self,
        password: Signal<String>,
        autocomplete: &'static str,
        hint: &'static str,
    ) -> Drawn {
        let wiring = self.wire(password, OF_PASSWORD);
        let (id, label) = ("password", text::PASSWORD);
        view! { <Input id label kind="password" autocomplete hint wiring /> }.draw()
    }

    /// The code that was sent.
    pub(super) fn code_field(self, code: Signal<String>) -> Drawn {
        let wiring = self.wire(code, OF_CODE);
        let (id, label) = ("code", text::CODE);
        view! { <Input id label kind="text" autocomplete="one-time-code" hint="" wiring /> }.draw()
    }

    fn wire(self, field: Signal<String>, about: &'static [Refusal]) -> Wiring {
        let left = Signal::new(false);
        let wrong = move || match field.with(|typed| typed.trim().is_empty()) {
            true => Some(text::problems::field(&TextError::Empty)),
            false => None,
        };
        let error = move || {
            let refusal = self.refusal.get().filter(|refusal| is_of(about, refusal));
            let refusal = refusal.as_ref().map(text::problems::refusal);
            refusal.or_else(|| wrong().filter(|_| left.get()))
        };
        Wiring {
            value: reading(move || field.get()),
            set: Callback::new(move |text| field.set(text)),
            left: Callback::new(move |()| left.set(true)),
            error: reading(error),
        }
    }

    /// What went wrong, unless it stands beside a field. Reactive.
    fn other_refusal(self) -> Drawn {
        let beside = |refusal: &Refusal| {
            [OF_EMAIL, OF_PASSWORD, OF_CODE].iter().any(|these| is_of(these, refusal))
        };
        let refusal = self.refusal.get().filter(|refusal| !beside(refusal));
        let sentence = refusal.as_ref().map(text::problems::refusal);
        sentence.map(|text| view! { <Hint text /> }.draw()).into()
    }
}

/// A form of one button, with what went wrong above it and other ways below.
pub(super) fn form(
    title: &'static str,
    lead: String,
    button: &'static str,
    state: FormState,
    submit: Callback<()>,
    fields: Vec<Drawn>,
    other: Vec<Drawn>,
) -> Drawn {
    let submitted: Box<dyn FnMut(SubmitEvent)> = Box::new(move |event| {
        event.prevent_default();
        submit.run(());
    });
    let label = move || if state.working.get() { text::WORKING } else { button }.to_owned();
    view! {
        <div>
            <form class="page auth panel stack" novalidate on:submit=submitted>
                <h1>{title}</h1>
                <p class="lead">{lead}</p>
                {fields}
                {live(move || state.other_refusal())}
                <button type="submit" class="button wide" disabled=live(move || state.working.get())>
                    {live(label)}
                </button>
            </form>
            <div class="auth-other">{other}</div>
        </div>
    }
    .draw()
}
