//! One page a file; which address means which is in [`crate::router`].

#![expect(unreachable_pub, reason = "the component macro repeats a `pub` where none can reach it")]

mod account;
mod checkout;
mod confirm;
mod forgot;
mod home;
mod menu;
mod not_found;
mod order;
mod orders;
mod sign_in;
mod sign_up;

pub use self::{
    account::AccountPage, checkout::Checkout, confirm::Confirm, forgot::Forgot, home::Home,
    menu::Menu, not_found::NotFound, order::OrderPage, orders::OrdersPage, sign_in::SignIn,
    sign_up::SignUp,
};
