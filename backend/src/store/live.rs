//! The table of live connections: WebSockets, tickets for them, ended sessions, and counters.

mod connections;
mod limits;
mod sessions;
mod table;
mod tickets;

pub use connections::{Connection, MAX_CONNECTIONS};
pub use limits::{Action, Limits, OverLimit, PerMinute};
pub use table::Live;
pub use tickets::{Holder, TICKET_SECONDS, Ticket};
