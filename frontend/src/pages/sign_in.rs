use leptos::{prelude::*, task::spawn_local};
use leptos_router::{components::A, hooks::use_navigate};

use crate::{
    components::{Input, set_title},
    pages::{next, with_next},
    session::Refusal,
    store::use_store,
    text,
};

/// Signs in, and goes back to where one was.
#[component]
pub fn SignIn() -> AnyView {
    let store = use_store();
    set_title(text::SIGN_IN);
    let (email, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let state = FormState::default();
    let navigate = StoredValue::new_local(use_navigate());
    let next = next();
    let onward = next.clone();
    let submit = Callback::new(move |()| {
        let (address, password) =
            (email.get_untracked().trim().to_owned(), password.get_untracked());
        let onward = onward.clone();
        state.run(async move {
            let signed_in = store.session.sign_in(&address, &password).await;
            let onward = match &signed_in {
                Ok(()) => onward,
                Err(Refusal::NotConfirmed) => super::confirm::path(&address, &onward),
                Err(_) => return signed_in,
            };
            navigate.try_with_value(|navigate| navigate(&onward, Default::default()));
            Ok(())
        });
    });
    view! {
        <AuthForm title=text::SIGN_IN_TITLE lead="" state submit button=text::SIGN_IN>
            <EmailField email state />
            <PasswordField password state autocomplete="current-password" hint="" />
        </AuthForm>
        <p class="auth-other">
            <A href=with_next("/sign-up", &next) attr:class="quiet">{text::NO_ACCOUNT}</A>
        </p>
    }
    .into_any()
}

/// What a form of these pages is doing.
#[derive(Clone, Copy, Default)]
pub(super) struct FormState {
    /// Whether an answer is being waited for.
    working: RwSignal<bool>,
    /// Why it did not work.
    refusal: RwSignal<Option<Refusal>>,
}

impl FormState {
    /// Does it, shows that it is being done, and then what came of it.
    pub(super) fn run(self, work: impl Future<Output = Result<(), Refusal>> + 'static) {
        if self.working.get_untracked() {
            return;
        }
        self.working.set(true);
        self.refusal.set(None);
        spawn_local(async move {
            let refusal = work.await.err();
            self.working.try_set(false);
            self.refusal.try_set(refusal);
        });
    }

    fn about(self, these: &'static [Refusal]) -> Signal<Option<String>> {
        Signal::derive(move || {
            let refusal = self.refusal.get().filter(|refusal| these.contains(refusal));
            refusal.as_ref().map(text::problems::refusal)
        })
    }
}

const OF_EMAIL: &[Refusal] = &[Refusal::Exists, Refusal::Invalid];
const OF_PASSWORD: &[Refusal] = &[Refusal::WeakPassword, Refusal::NotAuthorized];
const OF_CODE: &[Refusal] = &[Refusal::WrongCode, Refusal::OldCode];

/// A form of one button, with what went wrong above it.
#[component]
pub(super) fn AuthForm(
    title: &'static str,
    #[prop(into)] lead: String,
    state: FormState,
    submit: Callback<()>,
    button: &'static str,
    children: Children,
) -> AnyView {
    let other = move || {
        let placed = |refusal: &Refusal| {
            [OF_EMAIL, OF_PASSWORD, OF_CODE].iter().any(|these| these.contains(refusal))
        };
        let refusal = state.refusal.get().filter(|refusal| !placed(refusal))?;
        Some(view! { <p class="hint-box" role="alert">{text::problems::refusal(&refusal)}</p> })
    };
    view! {
        <form
            class="page auth panel stack"
            on:submit=move |event| {
                event.prevent_default();
                submit.run(());
            }
        >
            <h1>{title}</h1>
            {(!lead.is_empty()).then(|| view! { <p>{lead}</p> })}
            {children()}
            {other}
            <button type="submit" class="button wide" disabled=state.working>
                {move || if state.working.get() { text::WORKING } else { button }}
            </button>
        </form>
    }
    .into_any()
}

/// The email address.
#[component]
pub(super) fn EmailField(email: RwSignal<String>, state: FormState) -> AnyView {
    view! {
        <Input
            id="email"
            label=text::EMAIL
            kind="email"
            autocomplete="username"
            value=email
            set=Callback::new(move |text| email.set(text))
            left=Callback::new(|()| ())
            error=state.about(OF_EMAIL)
        />
    }
    .into_any()
}

/// The password.
#[component]
pub(super) fn PasswordField(
    password: RwSignal<String>,
    state: FormState,
    autocomplete: &'static str,
    hint: &'static str,
) -> AnyView {
    view! {
        <Input
            id="password"
            label=text::PASSWORD
            kind="password"
            autocomplete
            hint
            value=password
            set=Callback::new(move |text| password.set(text))
            left=Callback::new(|()| ())
            error=state.about(OF_PASSWORD)
        />
    }
    .into_any()
}

/// The code that was sent.
#[component]
pub(super) fn CodeField(code: RwSignal<String>, state: FormState) -> AnyView {
    view! {
        <Input
            id="code"
            label=text::CODE
            autocomplete="one-time-code"
            value=code
            set=Callback::new(move |text| code.set(text))
            left=Callback::new(|()| ())
            error=state.about(OF_CODE)
        />
    }
    .into_any()
}
