use std::pin::Pin;

use leptos::prelude::*;
use leptos_router::components::A;

use super::{Alert, Confirm, Dynamic};
use crate::{http::ApiError, paths, session::AuthError, state::connection::Connection, text};

/// Something that takes a while, and may be refused.
pub type Work = Action<(), Result<(), AuthError>>;

/// An action of a button.
pub fn work<F: Future<Output = Result<(), AuthError>> + 'static>(
    run: impl Fn() -> F + 'static,
) -> Work {
    // One type of future for all of them.
    Action::new_local(move |()| -> Pin<Box<dyn Future<Output = _>>> { Box::pin(run()) })
}

/// A question before something that cannot be undone.
#[derive(Clone, Copy)]
pub struct Question {
    /// The question.
    pub title: &'static str,
    /// What a yes means.
    pub hint: &'static str,
    /// The button that says yes.
    pub yes: &'static str,
    /// The button that says no.
    pub no: &'static str,
}

/// A button for what takes a while: it cannot be pressed meanwhile, and an error stands beside it.
#[component]
pub fn ActionButton(
    /// What the button says.
    text: &'static str,
    /// Its name for a screen reader, if others say the same.
    #[prop(optional_no_strip)]
    label: Option<String>,
    /// What it does.
    work: Work,
    /// What is asked first.
    #[prop(optional)]
    question: Option<Question>,
    /// Whether the question is open; pass a signal to read it outside.
    #[prop(default = RwSignal::new(false))]
    asking: RwSignal<bool>,
) -> impl IntoView {
    let pending = work.pending();
    let press = move |_| match question {
        Some(_) => asking.set(true),
        None => drop(work.dispatch_local(())),
    };
    // Online again: an error for want of an answer says nothing any more.
    let connection = expect_context::<Connection>();
    Effect::watch(
        move || connection.resumed(),
        move |_, _, _| {
            let failed = work.value().with_untracked(|value| match value {
                Some(Err(AuthError::Api(error))) => error.is_transient(),
                _ => false,
            });
            if failed {
                work.clear();
            }
        },
        false,
    );
    let confirm = move || {
        let Question { title, hint, yes, no } = question.filter(|_| asking.get())?;
        let on_yes = move |()| drop(work.dispatch_local(()));
        let on_close = move |()| asking.set(false);
        Some(view! { <Confirm title hint yes no danger=true on_yes on_close /> })
    };
    let failed = move || {
        let error = work.value().get()?.err()?;
        Some(view! { <Refused error /> })
    };
    view! {
        <div class="action-button">
            <button
                type="button"
                class="button second"
                aria-label=label
                aria-disabled=move || pending.get().to_string()
                on:click=move |click| {
                    if !pending.get_untracked() {
                        press(click);
                    }
                }
            >
                {text}
            </button>
            <Dynamic view=failed />
            <Dynamic view=confirm />
        </div>
    }
}

/// Why it did not work, with the orders in its way.
#[component]
fn Refused(error: AuthError) -> impl IntoView {
    let orders = match &error {
        AuthError::Api(ApiError::Problem(problem)) => problem.orders.to_vec(),
        _ => Vec::new(),
    };
    let links = orders.into_iter().map(|id| {
        view! { <A href=paths::order(id) attr:class="quiet">{text::order::name(id)}</A> }.into_any()
    });
    view! {
        <div>
            <Alert text=text::errors::auth(&error) />
            <div class="actions">{links.collect_view()}</div>
        </div>
    }
}
