use futures_util::FutureExt;
use leptos::prelude::*;
use leptos::wasm_split::SplitLoaderError;
use shared::api::PageName;

use super::{
    account::AccountPage, checkout::CheckoutPage, confirm::ConfirmPage, forgot::ForgotPage,
    legal::LegalPage, order::OrderPage, orders::OrdersPage, sign_in::SignInPage,
    sign_up::SignUpPage,
};
use crate::{
    browser,
    components::{Fetched, Skeleton},
    http::{self, ApiError, Request},
    session,
    state::cart::CartStore,
};

/// A page that nobody needs at first. All of them are one WebAssembly file in a release, which is
/// loaded when the first of them is shown: a first visit is a quarter smaller without them.
#[derive(Debug, Clone, Copy)]
pub enum LaterPage {
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

/// Shows a page that is loaded by now.
type Render = fn(LaterPage) -> AnyView;

/// Milliseconds that the file may take to load.
const TIMEOUT: u32 = 10_000;

/// Shows one of the later pages, once it is loaded; a skeleton until then.
#[component]
pub fn Later(
    /// Which.
    page: LaterPage,
) -> impl IntoView {
    // Without a skeleton in between if it has been loaded.
    if let Some(Ok(render)) = later_pages().now_or_never() {
        return render(page);
    }
    let skeleton = || {
        view! {
            <div class="page narrow">
                <Skeleton shape="bone-line" count=6 within="stack" />
            </div>
        }
    };
    let loaded = LocalResource::new(load);
    view! { <Fetched resource=loaded skeleton children=move |render: Render| render(page) /> }
        .into_any()
}

/// Loads the later pages while the customer still chooses, once a basket leads to them.
pub fn load_when_needed() {
    let cart = expect_context::<CartStore>();
    Effect::new(move || {
        if !cart.is_empty() {
            leptos::task::spawn_local(async { drop(load().await) });
        }
    });
}

/// Loads the later pages; those that are loaded are not loaded again.
async fn load() -> Result<Render, ApiError> {
    if let Some(Ok(render)) = browser::timeout(TIMEOUT, later_pages()).await {
        return Ok(render);
    }
    // Trying again helps if the server does not answer, a newer page if it has no such file.
    http::send(Request { fresh: true, ..Request::get(session::CONFIG) }).await?;
    Err(ApiError::Outdated)
}

/// Loads the file, if the release is split: `backend/ops/src/site/split.rs`.
#[cfg(feature = "split")]
#[leptos::wasm_split::wasm_split(later, wasm_split_path = leptos::wasm_split, fallible)]
fn later_pages() -> Result<Render, SplitLoaderError> {
    Ok(render)
}

/// They are part of the program in development.
#[cfg(not(feature = "split"))]
async fn later_pages() -> Result<Render, SplitLoaderError> {
    Ok(render)
}

fn render(page: LaterPage) -> AnyView {
    match page {
        LaterPage::Checkout => CheckoutPage().into_any(),
        LaterPage::Orders => OrdersPage().into_any(),
        LaterPage::Order => OrderPage().into_any(),
        LaterPage::SignUp => SignUpPage().into_any(),
        LaterPage::Confirm => ConfirmPage().into_any(),
        LaterPage::SignIn => SignInPage().into_any(),
        LaterPage::Forgot => ForgotPage().into_any(),
        LaterPage::Account => AccountPage().into_any(),
        LaterPage::Legal(name) => view! { <LegalPage name /> }.into_any(),
    }
}
