//! One page a file; which address shows which is in [`crate::app`].

#![expect(unreachable_pub, reason = "the component macro repeats a `pub` where none can reach it")]

mod account;
mod checkout;
mod confirm;
mod forgot;
mod home;
pub mod lazy;
mod legal;
mod menu;
mod not_found;
mod order;
mod orders;
mod sign_in;
mod sign_up;

pub use self::{
    home::HomePage,
    lazy::{LazyPage, preload},
    menu::MenuPage,
    not_found::NotFoundPage,
};
