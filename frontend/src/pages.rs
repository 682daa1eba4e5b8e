//! One page a file, and the addresses they have.

#![expect(unreachable_pub, reason = "the component macro repeats a `pub` where none can reach it")]

mod checkout;
mod confirm;
mod home;
mod menu;
mod not_found;
mod order;
mod orders;
mod sign_in;
mod sign_up;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared::{OrderId, RestaurantId};

pub use self::{
    checkout::Checkout, confirm::Confirm, home::Home, menu::Menu, not_found::NotFound,
    order::OrderPage, orders::OrdersPage, sign_in::SignIn, sign_up::SignUp,
};
use crate::browser;

/// The page of a restaurant.
#[must_use]
pub fn restaurant_path(id: &RestaurantId) -> String {
    format!("/r/{id}")
}

/// The page of an order.
#[must_use]
pub fn order_path(id: OrderId) -> String {
    format!("/orders/{id}")
}

/// The page to sign in on, and to come back here from.
#[must_use]
pub fn sign_in_path() -> String {
    with_next("/sign-in", &next_from_here())
}

/// An address that leads on to `next`.
fn with_next(path: &str, next: &str) -> String {
    match next {
        "/" => path.to_owned(),
        next => format!("{path}?next={}", browser::encoded(next)),
    }
}

/// Where one is, unless that is on the way to somewhere: then there.
fn next_from_here() -> String {
    let here = browser::here();
    match ["/sign-in", "/sign-up", "/confirm"].iter().any(|page| here.starts_with(page)) {
        true => next(),
        false => here,
    }
}

/// Where the address of this page says to go on to; a page of this site, or the first.
fn next() -> String {
    let next = untrack(|| use_query_map().with(|query| query.get("next")));
    // `//host` and `/\host` would leave the site.
    next.filter(|next| next.starts_with('/') && !next.starts_with("//") && !next.starts_with("/\\"))
        .unwrap_or_else(|| "/".to_owned())
}
