use leptos::{either::EitherOf3, prelude::*};
use leptos_router::components::A;

use super::{Dynamic, Empty, SignInFirst};
use crate::{
    browser,
    http::ApiError,
    paths,
    state::{connection::Connection, fetch::Fetch},
    text,
};

/// Shows what is fetched: a skeleton until then, or an error with a way on. What was there stays
/// while it is fetched again. If a newer answer cannot be fetched, a notice says that what is shown may be
/// out of date.
#[component]
pub fn Fetched<R, F, V>(
    /// What is fetched.
    resource: R,
    /// What is shown meanwhile.
    #[prop(into)]
    skeleton: ViewFn,
    /// What shows it.
    children: F,
) -> impl IntoView
where
    R: Fetch,
    F: Fn(R::Value) -> V + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let content = Box::new(move || {
        let fetched = resource.get()?;
        Some(fetched.map(|value| untrack(|| children(value)).into_any()))
    });
    let retry = Callback::new(move |()| resource.refetch());
    let error = Signal::derive(move || resource.error());
    when_woken(error, retry);
    view! { <Content content skeleton error retry /> }
}

/// `None` while it is fetched.
type FetchedView = Box<dyn Fn() -> Option<Result<AnyView, ApiError>> + Send>;

/// What is the same for every type that is fetched, compiled once.
#[component]
fn Content(
    content: FetchedView,
    skeleton: ViewFn,
    error: Signal<Option<ApiError>>,
    retry: Callback<()>,
) -> impl IntoView {
    let stale = move || {
        error.get().map(|_| {
            view! {
                <p class="stale" role="status">
                    {text::STALE}
                    <button type="button" class="quiet" on:click=move |_| retry.run(())>
                        {text::TRY_AGAIN}
                    </button>
                </p>
            }
        })
    };
    move || match content() {
        None => EitherOf3::A(skeleton.run()),
        Some(Ok(content)) => EitherOf3::B(view! {
            <Dynamic view=stale />
            {content}
        }),
        Some(Err(error)) => EitherOf3::C(view! { <ErrorView error retry /> }),
    }
}

/// Fetches again what failed and may succeed now, when the page is online or visible again. Returns
/// what fetches it again.
pub fn retry_when_woken(resource: impl Fetch) -> Callback<()> {
    let retry = Callback::new(move |()| resource.refetch());
    let error = Signal::derive(move || resource.error());
    when_woken(error, retry);
    retry
}

fn when_woken(error: Signal<Option<ApiError>>, retry: Callback<()>) {
    let connection = expect_context::<Connection>();
    Effect::watch(
        move || connection.resumed(),
        move |_, _, _| {
            if error.get_untracked().is_some_and(|error| error.is_transient()) {
                retry.run(());
            }
        },
        false,
    );
}

/// What a program says of errors, if it is not the shop: a context.
#[derive(Debug, Clone, Copy)]
pub struct ErrorTexts {
    /// What to do about an error, in a sentence.
    pub hint: fn(&ApiError) -> &'static str,
    /// Where it leads from what is not there, and what that link says.
    pub home: (&'static str, &'static str),
}

/// An error in place of what could not be fetched.
#[component]
pub fn ErrorView(
    /// What went wrong.
    error: ApiError,
    /// Fetches again.
    #[prop(into)]
    retry: Callback<()>,
) -> impl IntoView {
    let shop = ErrorTexts { hint: text::errors::hint, home: (paths::HOME, text::BROWSE) };
    let texts = use_context::<ErrorTexts>().unwrap_or(shop);
    let (heading, hint) = (text::errors::heading(&error), (texts.hint)(&error));
    let next_step = if error.is_not_signed_in() {
        return view! { <SignInFirst heading hint /> }.into_any();
    } else if error == ApiError::Outdated {
        view! {
            <button type="button" class="button" on:click=|_| browser::reload()>
                {text::RELOAD}
            </button>
        }
        .into_any()
    } else if error.is_not_found() {
        let (home, name) = texts.home;
        view! { <A href=home attr:class="button">{name}</A> }.into_any()
    } else {
        view! {
            <button type="button" class="button" on:click=move |_| retry.run(())>
                {text::TRY_AGAIN}
            </button>
        }
        .into_any()
    };
    view! {
        <div role="alert">
            <Empty heading hint>
                {next_step}
            </Empty>
        </div>
    }
    .into_any()
}

/// Grey shapes while something is fetched.
#[component]
pub fn Skeleton(
    /// The class of one shape.
    shape: &'static str,
    /// How many will likely come.
    count: usize,
    /// The class of what holds them.
    within: &'static str,
) -> impl IntoView {
    let shapes =
        (0..count).map(|_| view! { <div class=format!("skeleton {shape}")></div> }.into_any());
    view! {
        <div class=within aria-busy="true" role="status">
            <span class="visually-hidden">{text::LOADING}</span>
            {shapes.collect_view()}
        </div>
    }
}
