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
    /// `/counter/:restaurant/menu`.
    Menu,
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
        OfficePage::Menu => MenuPage().into_any(),
        OfficePage::Day => DayPage().into_any(),
        OfficePage::Order => OrderPage().into_any(),
    }
}
