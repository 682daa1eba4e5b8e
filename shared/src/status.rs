//! How far an order has come, and why it ended.

use serde::{Deserialize, Serialize};

/// How far an order has come, named as the event that brought it there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Status {
    /// The customer has ordered; the restaurant has not answered.
    #[serde(rename = "order_placed")]
    Placed,
    /// The restaurant is cooking.
    #[serde(rename = "order_accepted")]
    Accepted,
    /// A courier has it.
    #[serde(rename = "order_picked_up")]
    PickedUp,
    /// The customer has it. Final.
    #[serde(rename = "order_delivered")]
    Delivered,
    /// The restaurant said no. Final.
    #[serde(rename = "order_rejected")]
    Rejected,
    /// The customer, or the deadline, ended it before the restaurant answered. Final.
    #[serde(rename = "order_cancelled")]
    Cancelled,
    /// A status that a later version knows: the order is in progress, and the page offers a reload.
    #[serde(rename = "unknown", other)]
    Unknown,
}

impl Status {
    /// Every status that this version knows, in the order of an order's life.
    pub const ALL: [Self; 6] = [
        Self::Placed,
        Self::Accepted,
        Self::PickedUp,
        Self::Delivered,
        Self::Rejected,
        Self::Cancelled,
    ];

    /// The name on every wire: the event's `detail-type`, the order's status.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Placed => "order_placed",
            Self::Accepted => "order_accepted",
            Self::PickedUp => "order_picked_up",
            Self::Delivered => "order_delivered",
            Self::Rejected => "order_rejected",
            Self::Cancelled => "order_cancelled",
            Self::Unknown => "unknown",
        }
    }

    /// Whether nothing can happen to the order any more.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Delivered | Self::Rejected | Self::Cancelled)
    }

    /// Whether an order of this status may be `next` after one event.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Placed, Self::Accepted | Self::Rejected | Self::Cancelled)
                | (Self::Accepted, Self::PickedUp)
                | (Self::PickedUp, Self::Delivered)
        )
    }
}

/// Why an order was rejected or cancelled: a code with its parameters; the sentence is the page's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case", from = "Code")]
pub enum Reason {
    /// The customer changed their mind while it was free.
    ByCustomer,
    /// The restaurant did not answer in time.
    NotAnswered {
        /// How long it had, in seconds.
        within_seconds: u32,
    },
    /// The restaurant is closed.
    Closed,
    /// The kitchen cannot take another order.
    TooBusy,
    /// The restaurant has run out of something.
    ItemUnavailable,
    /// A reason that a later version knows.
    Unknown,
}

/// A [`Reason`] as it is read: its code with every parameter that any code has.
#[derive(Deserialize)]
struct Code {
    code: String,
    #[serde(default)]
    within_seconds: Option<u32>,
}

impl From<Code> for Reason {
    fn from(read: Code) -> Self {
        match (read.code.as_str(), read.within_seconds) {
            ("by_customer", _) => Self::ByCustomer,
            ("not_answered", Some(within_seconds)) => Self::NotAnswered { within_seconds },
            ("closed", _) => Self::Closed,
            ("too_busy", _) => Self::TooBusy,
            ("item_unavailable", _) => Self::ItemUnavailable,
            _ => Self::Unknown,
        }
    }
}
