//! The table of live connections: WebSockets, tickets for them, ended sessions, and counters.

mod channel;
mod connections;
mod limits;
mod listening;
mod restaurants;
mod sessions;
mod table;
mod tickets;

pub use channel::Channel;
pub use connections::Connection;
pub use limits::{Action, Limits, OverLimit, PerMinute};
pub use restaurants::Restaurants;
pub use table::Live;
pub use tickets::{Holder, Purpose, Subscriber, TICKET_SECONDS, Ticket};
