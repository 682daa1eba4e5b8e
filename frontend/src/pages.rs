//! One page a file; which address shows which is in [`crate::app`].

#![expect(unreachable_pub, reason = "the component macro repeats a `pub` where none can reach it")]

mod account;
mod checkout;
mod confirm;
mod forgot;
mod home;
mod legal;
mod menu;
mod not_found;
mod order;
mod orders;
mod sign_in;
mod sign_up;

pub use self::{
    account::AccountPage, checkout::CheckoutPage, confirm::ConfirmPage, forgot::ForgotPage,
    home::HomePage, legal::LegalPage, menu::MenuPage, not_found::NotFoundPage, order::OrderPage,
    orders::OrdersPage, sign_in::SignInPage, sign_up::SignUpPage,
};
