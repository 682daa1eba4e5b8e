//! The counter: where the staff of a restaurant take its orders, on a tablet beside the stove.
//!
//! Read in this order: `app` with the routes; the pages `sign_in`, `restaurants`, `board_page`, `day`,
//! `order_page`, `people` and `join`, four of them `of_restaurant`; a `ticket` with its `actions`, the `shift` with its alarm, the `availability` of what is sold, and
//! their `text`; then what they share: the `store` with the tickets, the plain logic of the `board`,
//! the `alarm` and a `choice` of reasons; then the `sound` and the `api`.

#![expect(unreachable_pub, reason = "the component macro repeats a `pub` where none can reach it")]

mod app;
mod board_page;
mod day;
mod join;
mod not_found;
mod of_restaurant;
mod order_page;
mod people;
mod restaurants;
mod sign_in;

mod actions;
mod availability;
mod shift;
mod ticket;

mod text;

mod alarm;
mod board;
mod choice;
mod store;

mod api;
mod sound;

use crate::browser;

/// Shows the counter in the document that loaded this program.
pub fn mount() {
    std::panic::set_hook(Box::new(|panic| {
        browser::report(&panic.to_string());
        browser::show_trouble(text::BROKEN);
    }));
    if let Some(root) = browser::find("#app") {
        leptos::mount::mount_to(root, app::App).forget();
    }
}
