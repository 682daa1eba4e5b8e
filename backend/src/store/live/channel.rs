//! Channels: what is pushed to whom.

use std::fmt;

use shared::{RestaurantId, UserId};

/// The orders whose events are pushed to a connection. In the table, a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Channel {
    /// Those that somebody has placed.
    User(UserId),
    /// Those that a restaurant cooks.
    Restaurant(RestaurantId),
}

impl Channel {
    /// How many connections it has at most: the newest; the others end.
    #[must_use]
    pub const fn max_connections(&self) -> usize {
        match self {
            Self::User(_) => 20,
            Self::Restaurant(_) => 50,
        }
    }
}

/// `user#{id}` or `restaurant#{id}`.
impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(user) => write!(f, "user#{user}"),
            Self::Restaurant(restaurant) => write!(f, "restaurant#{restaurant}"),
        }
    }
}
