//! The lazily loaded pages: one WebAssembly chunk in a release (`backend/ops/src/site/split.rs`).
//!
//! Leptos' own `#[lazy]` and `LazyRoute` expand to a `#[wasm_split]` that panics when the chunk cannot
//! be loaded, which aborts the program. With `fallible` it is an error that the page shows.

use std::{
    future::{Future, pending},
    pin::Pin,
    sync::OnceLock,
};

use futures_util::FutureExt;
use leptos::{prelude::*, task::spawn_local, wasm_split::SplitLoaderError};
use shared::api::PageName;

use super::{
    account::AccountPage, checkout::CheckoutPage, confirm::ConfirmPage, forgot::ForgotPage,
    legal::LegalPage, order::OrderPage, orders::OrdersPage, sign_in::SignInPage,
    sign_up::SignUpPage,
};
use crate::{
    browser,
    components::{Fetched, Skeleton, set_title},
    http::{self, ApiError, Request},
    session,
    state::cart::CartStore,
    text,
};

/// A page in the lazily loaded chunk. Without them, a first visit loads a quarter less WebAssembly.
#[derive(Debug, Clone, Copy)]
pub enum LazyPage {
    /// `/checkout`.
    Checkout,
    /// `/orders`.
    Orders,
    /// `/orders/:id`.
    Order,
    /// `/sign-up`.
    SignUp,
    /// `/confirm`.
    Confirm,
    /// `/sign-in`.
    SignIn,
    /// `/forgot`.
    Forgot,
    /// `/account`.
    Account,
    /// `/privacy` and `/terms`.
    Legal(PageName),
}

/// Renders a page of the loaded chunk.
pub type RenderPage = fn(LazyPage) -> AnyView;

/// Loads the chunk. A chunk is split off a program, so the program has the function that does:
/// `frontend/src/main.rs`.
pub type LoadChunk = fn() -> Pin<Box<dyn Future<Output = Result<RenderPage, SplitLoaderError>>>>;

static CHUNK: OnceLock<LoadChunk> = OnceLock::new();

/// Says how the chunk is loaded; once, before a page is shown.
pub fn is_loaded_by(load: LoadChunk) {
    let _ = CHUNK.set(load);
}

async fn lazy_pages() -> Result<RenderPage, SplitLoaderError> {
    match CHUNK.get() {
        Some(load) => load().await,
        // Prerendered pages are none of these.
        None => pending().await,
    }
}

/// Milliseconds until a chunk that has not arrived is an error.
const TIMEOUT: u32 = 10_000;

/// Shows a lazy page; a skeleton until its chunk is loaded.
#[component]
pub fn Lazy(
    /// The page.
    page: LazyPage,
) -> impl IntoView {
    // Already loaded: no skeleton, no flicker.
    if let Some(Ok(render)) = lazy_pages().now_or_never() {
        return render(page);
    }
    set_title(text::LOADING);
    let skeleton = || {
        view! {
            <div class="page narrow">
                <Skeleton shape="skeleton-line" count=6 within="stack" />
            </div>
        }
    };
    let loaded = LocalResource::new(load);
    view! { <Fetched resource=loaded skeleton children=move |render: RenderPage| render(page) /> }
        .into_any()
}

/// Preloads the lazy pages as soon as the basket is not empty.
pub fn preload() {
    let cart = expect_context::<CartStore>();
    let needed = Memo::new(move |_| !cart.is_empty());
    Effect::new(move || {
        if needed.get() {
            spawn_local(async { drop(lazy_pages().await) });
        }
    });
}

/// Loads the lazy pages; a load in progress or done is not repeated.
///
/// # Errors
/// No answer, if it takes longer than [`TIMEOUT`] or the site cannot be reached; unavailable;
/// outdated, if the site answers but no longer has the file.
async fn load() -> Result<RenderPage, ApiError> {
    match browser::timeout(TIMEOUT, lazy_pages()).await {
        Some(Ok(render)) => Ok(render),
        None => Err(ApiError::NoAnswer), // a retry waits for the same request
        Some(Err(_)) => {
            let config = Request { fresh: true, ..Request::get(session::CONFIG) };
            http::send(config).await?.into_body()?;
            Err(ApiError::Outdated)
        }
    }
}

/// Renders a page of the chunk. Only the chunk may refer to this function: what refers to it has all of these
/// pages in it.
#[must_use]
pub fn render(page: LazyPage) -> AnyView {
    match page {
        LazyPage::Checkout => CheckoutPage().into_any(),
        LazyPage::Orders => OrdersPage().into_any(),
        LazyPage::Order => OrderPage().into_any(),
        LazyPage::SignUp => SignUpPage().into_any(),
        LazyPage::Confirm => ConfirmPage().into_any(),
        LazyPage::SignIn => SignInPage().into_any(),
        LazyPage::Forgot => ForgotPage().into_any(),
        LazyPage::Account => AccountPage().into_any(),
        LazyPage::Legal(name) => view! { <LegalPage name /> }.into_any(),
    }
}
