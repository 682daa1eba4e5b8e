//! The table of orders: one item an order, one conditional write a transition.

mod batch;
mod board;
mod cursor;
mod dishes;
mod expression;
mod history;
mod item;
mod list;
mod placement;
mod plan;
mod restaurant;
mod table;
mod transition;
mod update;

pub use cursor::Cursor;
pub use history::{HistoryEntry, Reveal};
pub use item::{Courier, Item, SHARDS};
pub use list::{MAX_DUE, Page};
pub use placement::Placement;
pub use plan::{Answer, Plan, REPUBLISH_AFTER, Schedule, Stage};
pub use table::{Orders, Written};
pub use transition::{Cause, Change, Times, Transition};
