//! The table of people: a customer's saved addresses, whether the account is closed, and where somebody is
//! staff.
//!
//! A closed account accepts nothing more, so whatever a customer writes goes through
//! [`People::while_open`]: one transaction that checks the account and writes, or does neither.

mod closing;
mod members;
mod row;
mod table;
mod transaction;

pub use row::SavedAddress;
pub use table::{People, Person};
pub use transaction::{WhileOpen, account_closed};
