//! Plain logic, tested without a browser.

pub mod cart;
pub mod choices;
pub mod delivery;
pub mod order_list;
pub mod search;
