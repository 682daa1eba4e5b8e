use std::sync::Arc;

use leptos::prelude::*;
use shared::api::{Problem, ProblemType};

use crate::{
    browser,
    components::{Button, Empty, Link},
    drawn::{Draw, Drawn},
    router, server,
    store::Fetched,
    text,
};

/// Shows what was fetched, its skeleton until then, or what went wrong with a way to try again.
pub fn fetched<T>(
    fetched: Fetched<T>,
    skeleton: fn() -> Drawn,
    retry: Callback<()>,
    show: impl FnOnce(Arc<T>) -> Drawn,
) -> Drawn {
    match fetched {
        None => skeleton(),
        Some(Ok(value)) => show(value),
        Some(Err(problem)) => view! { <ProblemView problem retry /> }.draw(),
    }
}

/// A problem in place of what could not be fetched.
#[component]
pub fn ProblemView(
    /// What went wrong.
    problem: Problem,
    /// Fetches again.
    retry: Callback<()>,
) -> Drawn {
    let heading = text::problems::heading(&problem);
    let hint = text::problems::hint(&problem);
    let reload = Callback::new(|()| browser::reload());
    let way_on = match problem.kind {
        ProblemType::NotSignedIn | ProblemType::Forbidden => {
            view! { <Link to=router::sign_in_address() class="button" text=text::SIGN_IN /> }.draw()
        }
        _ if server::is_outdated(&problem) => {
            view! { <Button class="button" text=text::RELOAD act=reload /> }.draw()
        }
        ProblemType::NotFound | ProblemType::UnknownRestaurant | ProblemType::OrderNotFound => {
            view! { <Link to="/" class="button" text=text::ALL_RESTAURANTS /> }.draw()
        }
        _ => view! { <Button class="button" text=text::TRY_AGAIN act=retry /> }.draw(),
    };
    view! { <div role="alert"><Empty heading hint way_on /></div> }.draw()
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
) -> Drawn {
    let shapes = (0..count).map(|_| view! { <div class=format!("bone {shape}")></div> }.draw());
    view! {
        <div class=within aria-busy="true" role="status">
            <span class="said">{text::LOADING}</span>
            {shapes.collect::<Vec<_>>()}
        </div>
    }
    .draw()
}
