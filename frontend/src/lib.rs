//! The shop: what a customer sees, from the restaurants to "Delivered"; and the [`counter`], where the
//! staff of a restaurant take its orders, a program of its own that is made of the same parts.
//!
//! Read in this order: [`startup`], [`app`] with the routes, the [`pages`] and the [`components`] they are made
//! of ([`mod@lazy`] loads some of them later), and their [`text`]; then what several pages share ([`state`]) and the plain logic behind it
//! ([`model`]); then the outside world: the [`api`], the WebSocket ([`live`]), the [`session`],
//! [`http`], [`storage`], [`locks`], the [`server_clock`] and the [`browser`] itself.
//!
//! A future, a timer and an event handler may outlive the component that began it. So what they
//! read after an `await`, or when a field is removed, belongs to [`state`], whose signals are never
//! disposed, or is read with `try_get`; writing a disposed signal does nothing.

pub mod app;
pub mod paths;
pub mod startup;

pub mod components;
pub mod lazy;
pub mod pages;

pub mod text;

pub mod model;
pub mod state;

pub mod counter;

pub mod live;

pub mod api;
pub mod session;

pub mod http;
pub mod locks;
pub mod server_clock;
pub mod storage;

pub mod browser;
#[cfg(feature = "ssr")]
pub mod prerender;

/// Shows the page in the document that loaded this program, which loads the lazy pages by this function.
pub fn mount(load: lazy::LoadChunk<pages::lazy::LazyPage>) {
    pages::lazy::CHUNK.is_loaded_by(load);
    std::panic::set_hook(Box::new(|panic| {
        browser::report(&panic.to_string());
        browser::show_trouble(text::BROKEN);
    }));
    startup::mount(app::App);
}
