//! The times of an order, as far as they are known when it is placed.
//!
//! All that later steps need is stored with the order as spans of time, so that a transition can
//! be one conditional write that reads nothing: `act_at = now + plan.accepted.act_after`.

use serde::{Deserialize, Serialize};
use shared::{Reason, Timestamp};

/// After how long an event that is not known to be published is published again, in milliseconds.
/// More than any handler's timeout, so that its writer has surely ended.
pub const REPUBLISH_AFTER: i64 = 30_000;

/// What the later steps of an order need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What the simulated kitchen will answer; absent if none is simulated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// How long the restaurant has to answer, in seconds.
    pub accept_within: u32,
    /// What follows once the order is accepted.
    pub accepted: Stage,
    /// What follows once it is picked up.
    pub picked_up: Stage,
}

/// A simulated kitchen's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Answer {
    /// Yes.
    Accept,
    /// No.
    Reject {
        /// Why not.
        reason: Reason,
    },
}

/// What follows an event, in milliseconds after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// When the simulated kitchen or courier acts next.
    pub act_after: i64,
    /// When the order needs attention: after [`REPUBLISH_AFTER`], or the act if that is earlier.
    pub attention_after: i64,
    /// When the order should arrive.
    pub expected_after: i64,
    /// When it arrives at the latest.
    pub latest_after: i64,
}

/// The times of an order that is placed now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// What later steps need.
    pub plan: Plan,
    /// When the simulated kitchen answers, if one is simulated.
    pub act_at: Option<Timestamp>,
    /// Until when the restaurant has to answer.
    pub accept_by: Timestamp,
    /// When the order should arrive.
    pub expected_at: Timestamp,
    /// When it arrives at the latest.
    pub latest_at: Timestamp,
}
