//! The pages of an owner or a manager: the devices of a kitchen and of a courier never load them.

use leptos::prelude::*;

use super::{
    day::DayPage, delivery_areas::DeliveryAreasPage, hours::HoursPage, menu::MenuPage,
    order_page::OrderPage, people::PeoplePage,
};
use crate::lazy::Chunk;

/// A page in the lazily loaded chunk.
#[derive(Debug, Clone, Copy)]
pub enum OfficePage {
    /// `/counter/:restaurant/people`.
    People,
    /// `/counter/:restaurant/hours`.
    Hours,
    /// `/counter/:restaurant/delivery`.
    Delivery,
    /// `/counter/:restaurant/day`.
    Day,
    /// `/counter/:restaurant/orders/:order`.
    Order,
}

/// The chunk with these pages.
pub static CHUNK: Chunk<OfficePage> = Chunk::new();

/// Renders a page of the chunk. Only the chunk may refer to this function: what refers to it has all of these
/// pages in it.
#[must_use]
pub fn render(page: OfficePage) -> AnyView {
    match page {
        OfficePage::People => PeoplePage().into_any(),
        OfficePage::Hours => HoursPage().into_any(),
        OfficePage::Delivery => DeliveryAreasPage().into_any(),
        OfficePage::Day => DayPage().into_any(),
        OfficePage::Order => OrderPage().into_any(),
    }
}

/// The page `/counter/:restaurant/menu`, which is in a chunk of its own: it is as large as all the others, and who
/// looks at the day does not wait for it.
#[derive(Debug, Clone, Copy)]
pub struct MenuEditorPage;

/// The chunk with the editor of a menu.
pub static MENU_CHUNK: Chunk<MenuEditorPage> = Chunk::new();

/// Renders the editor of a menu. Only its chunk may refer to this function.
#[must_use]
pub fn render_menu(MenuEditorPage: MenuEditorPage) -> AnyView {
    MenuPage().into_any()
}
