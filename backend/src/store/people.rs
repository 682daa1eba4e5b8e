//! The table of people: a customer's saved addresses, whether the account is closed, where somebody is staff,
//! and who is staff of a restaurant or invited.
//!
//! A closed account accepts nothing more, so whatever a customer writes goes through
//! [`People::while_open`], or checks in its own transaction that the account is open: the transaction does
//! both, or neither.

mod closing;
mod invitations;
mod members;
mod row;
mod shifts;
mod staff;
mod table;
mod transaction;

pub use invitations::{Accepted, Invited, NotAccepted};
pub use members::NotChanged;
pub use row::{Colleague, Joined, SavedAddress, ShiftTimes};
pub use staff::Staff;
pub use table::{People, Person};
pub use transaction::{WhileOpen, account_closed};
