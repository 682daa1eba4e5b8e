//! The shop's lazily loaded pages.

use leptos::prelude::*;
use shared::api::PageName;

use super::{
    account::AccountPage, checkout::CheckoutPage, confirm::ConfirmPage, forgot::ForgotPage,
    legal::LegalPage, order::OrderPage, orders::OrdersPage, sign_in::SignInPage,
    sign_up::SignUpPage,
};
use crate::{lazy::Chunk, state::cart::CartStore};

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

/// The chunk with these pages.
pub static CHUNK: Chunk<LazyPage> = Chunk::new();

/// Preloads the lazy pages as soon as the basket is not empty.
pub fn preload() {
    let cart = expect_context::<CartStore>();
    let needed = Memo::new(move |_| !cart.is_empty());
    Effect::new(move || {
        if needed.get() {
            CHUNK.preload();
        }
    });
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
