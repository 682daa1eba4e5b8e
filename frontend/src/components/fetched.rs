use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::components::A;
use shared::api::{Problem, ProblemType};

use crate::{browser, components::Empty, server, store::Fetched, text};

/// Shows what was fetched, its skeleton until then, or what went wrong with a way to try again.
pub fn fetched<T>(
    fetched: Fetched<T>,
    skeleton: fn() -> AnyView,
    retry: Callback<()>,
    show: impl FnOnce(Arc<T>) -> AnyView,
) -> AnyView {
    match fetched {
        None => skeleton(),
        Some(Ok(value)) => show(value),
        Some(Err(problem)) => view! { <ProblemView problem retry /> }.into_any(),
    }
}

/// A problem in place of what could not be fetched.
#[component]
pub fn ProblemView(
    /// What went wrong.
    problem: Problem,
    /// Fetches again.
    retry: Callback<()>,
) -> AnyView {
    let heading = text::problems::heading(&problem);
    let hint = text::problems::hint(&problem);
    let way_on = match problem.kind {
        ProblemType::NotSignedIn | ProblemType::Forbidden => view! { <SignInLink /> }.into_any(),
        _ if server::is_outdated(&problem) => view! {
            <button class="button" on:click=|_| browser::reload()>{text::RELOAD}</button>
        }
        .into_any(),
        ProblemType::NotFound | ProblemType::UnknownRestaurant | ProblemType::OrderNotFound => {
            view! { <A href="/" attr:class="button">{text::ALL_RESTAURANTS}</A> }.into_any()
        }
        _ => view! {
            <button class="button" on:click=move |_| retry.run(())>{text::TRY_AGAIN}</button>
        }
        .into_any(),
    };
    view! { <div role="alert"><Empty heading hint way_on=Some(way_on) /></div> }.into_any()
}

/// The way to sign in and come back here.
#[component]
fn SignInLink() -> impl IntoView {
    view! { <A href=crate::pages::sign_in_path() attr:class="button">{text::SIGN_IN}</A> }
}

/// Grey shapes where something is being loaded: as many of a kind as will likely come.
#[component]
pub fn Skeleton(
    /// The class of one shape.
    shape: &'static str,
    /// How many.
    count: usize,
    /// The class of what holds them.
    within: &'static str,
) -> AnyView {
    let shapes = (0..count).map(|_| view! { <div class=format!("bone {shape}")></div> });
    view! {
        <div class=within aria-busy="true" role="status">
            <span class="said">{text::LOADING}</span>
            {shapes.collect::<Vec<_>>()}
        </div>
    }
    .into_any()
}
