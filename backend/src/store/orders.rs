//! The table of orders: one item an order, one conditional write a transition.

mod cursor;
mod dishes;
mod expression;
mod item;
mod list;
mod placement;
mod plan;
mod table;
mod transition;
mod update;

pub use cursor::Cursor;
pub use item::{Item, SHARDS};
pub use list::Page;
pub use placement::Placement;
pub use plan::{Answer, Plan, REPUBLISH_AFTER, Schedule, Stage};
pub use table::{Orders, Written};
pub use transition::{Cause, Move, Transition};
