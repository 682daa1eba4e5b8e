//! The shop: what a customer sees, from the restaurants to "Delivered".
//!
//! Read in this order: the frame ([`app`]) and the addresses it follows ([`router`]), what is on it
//! ([`pages`], [`components`], all [`drawn`] as one type and following one kind of [`signal`]) and every sentence it says ([`text`]); then what all of it shares ([`store`]): [`finding`] a restaurant,
//! the [`cart`] with the [`choices`] and [`details`] that fill it, and the [`orders`]; then the outside world:
//! [`server`], [`live`], [`session`], the [`json`] they speak, and the [`browser`] itself.
//!
//! Only `server`, `live` and `session` touch the network. What can be decided without a browser
//! is decided in plain structs, which are tested without one.

pub mod app;
pub mod router;

pub mod pages;

pub mod components;
pub mod drawn;
pub mod signal;

pub mod text;

pub mod store;

pub mod finding;

pub mod cart;
pub mod choices;
pub mod details;
pub mod orders;

pub mod live;
pub mod server;
pub mod session;

pub mod browser;
pub mod json;

/// Shows the page in the document that loaded this program.
pub fn mount() {
    std::panic::set_hook(Box::new(|panic| {
        browser::report(&panic.to_string());
        browser::show_trouble(text::BROKEN);
    }));
    browser::remove("boot");
    leptos::mount::mount_to_body(app::App);
}
