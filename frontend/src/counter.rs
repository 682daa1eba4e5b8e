//! The counter: where the staff of a restaurant take its orders, on a tablet beside the stove.
//!
//! Read in this order: `app` with the routes; the pages `sign_in`, `restaurants`, `board_page`, `deliveries` and
//! `join`, and the [`office`] with `day`, `order_page`, `people`, `hours`, `delivery_areas` and `menu`, most of
//! them `of_restaurant` with a `head`; a `ticket` with its `actions`, some of which `choose` or `undo`, the `shift`
//! with its alarm, the `availability` of what is sold, the `draft_editor` of what is kept in versions, the `drafts`
//! on the device, the `amount`s that are typed, and their `text`; then what they share: the `store` with the
//! tickets, the plain logic of the `board`, the `alarm`, a `choice` of reasons, and of a courier's `round`,
//! `workplaces` and `taps`; then the `sound` and the `api`.

#![expect(unreachable_pub, reason = "the component macro repeats a `pub` where none can reach it")]

mod app;
mod board_page;
mod day;
mod deliveries;
mod delivery_areas;
mod drafts;
mod head;
mod hours;
mod join;
mod menu;
mod not_found;
mod of_restaurant;
pub mod office;
mod order_page;
mod people;
mod restaurants;
mod sign_in;

mod actions;
mod availability;
mod choose;
mod draft_editor;
mod shift;
mod ticket;
mod undo;

mod text;

mod alarm;
mod amount;
mod board;
mod choice;
mod round;
mod shift_report;
mod store;
mod taps;
mod workplaces;

mod api;
mod sound;

use self::office::{MenuEditorPage, OfficePage};
use crate::{browser, lazy::LoadChunk};

/// Shows the counter in the document that loaded this program, which loads the office's pages and the editor of a
/// menu by these functions.
pub fn mount(load_office: LoadChunk<OfficePage>, load_menu: LoadChunk<MenuEditorPage>) {
    office::CHUNK.is_loaded_by(load_office);
    office::MENU_CHUNK.is_loaded_by(load_menu);
    std::panic::set_hook(Box::new(|panic| {
        browser::report(&panic.to_string());
        browser::show_trouble(text::BROKEN);
    }));
    if let Some(root) = browser::find("#app") {
        leptos::mount::mount_to(root, app::App).forget();
    }
}
