//! Starts everything that a template declares, and stops it again.
pub use crate::settings::{EdgeSettings, Settings, SocketLimits, State};
