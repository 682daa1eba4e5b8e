//! What will happen to an order and when, as far as it is known when it is placed.
//!
//! All that later steps need is copied into the order as spans of time, so that a transition can
//! be one conditional write that reads nothing: `act_at = now + plan.accepted.act_after`.

use serde::{Deserialize, Serialize};
use shared::{Reason, Status, Timestamp};

use crate::context::Timing;

/// After how long an event that is not known to be published is published again, in milliseconds.
/// More than any handler's timeout, so that its writer is surely gone.
pub const REPUBLISH_AFTER: i64 = 30_000;

/// The minutes of a restaurant that serves orders of other channels, which name none.
const ELSEWHERE: Minutes = Minutes { preparation: 15, travel: 10 };
/// How much longer than expected an order may take, in per cent of the expected time.
const SLACK_PERCENT: i64 = 50;
/// How many times longer a slow kitchen takes over everything.
const SLOW: i64 = 3;

/// How a restaurant's kitchen is simulated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kitchen")]
pub enum Kitchen {
    /// Takes every order.
    Accepts,
    /// Takes every order, and three times as long.
    Slow,
    /// Takes none.
    Rejects {
        /// Why.
        reason: Reason,
    },
    /// Never answers; so does a kitchen that is not simulated.
    Silent,
}

/// How long a restaurant says it takes, in minutes.
#[derive(Debug, Clone, Copy)]
pub struct Minutes {
    /// From accepting to being ready.
    pub preparation: u16,
    /// From the restaurant to the customer.
    pub travel: u16,
}

/// What an order needs to know of its future.
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
    /// When the watchdog looks at the order: [`REPUBLISH_AFTER`], or the act if that is earlier.
    pub attention_after: i64,
    /// When the order should arrive.
    pub expected_after: i64,
    /// When it arrives at the latest.
    pub latest_after: i64,
}

/// The times of an order that is placed now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
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

impl Outlook {
    /// What is known of an order that is placed now at a restaurant with this kitchen.
    #[must_use]
    pub fn new(timing: &Timing, kitchen: &Kitchen, minutes: Minutes, now: Timestamp) -> Self {
        let promised = Spans::new(timing, minutes, 1);
        let real = Spans::new(timing, minutes, if *kitchen == Kitchen::Slow { SLOW } else { 1 });
        let answer = match kitchen {
            _ if !timing.autopilot => None,
            Kitchen::Silent => None,
            Kitchen::Accepts | Kitchen::Slow => Some(Answer::Accept),
            Kitchen::Rejects { reason } => Some(Answer::Reject { reason: reason.clone() }),
        };
        let whole = promised.answer + promised.preparation + promised.travel;
        Self {
            act_at: answer.is_some().then(|| now.plus_millis(real.answer)),
            accept_by: now.plus_seconds(i64::from(timing.accept_within_seconds)),
            expected_at: now.plus_millis(whole),
            latest_at: now.plus_millis(with_slack(whole)),
            plan: Plan {
                answer,
                accept_within: timing.accept_within_seconds,
                accepted: Stage::new(real.preparation, real.preparation + real.travel),
                picked_up: Stage::new(real.travel, real.travel),
            },
        }
    }

    /// What is known of an order that another channel placed: the simulated kitchen takes it.
    #[must_use]
    pub fn elsewhere(timing: &Timing, now: Timestamp) -> Self {
        Self::new(timing, &Kitchen::Accepts, ELSEWHERE, now)
    }
}

impl Plan {
    /// What follows the event that makes an order `status`; nothing follows a terminal one.
    #[must_use]
    pub const fn stage(&self, status: Status) -> Option<(&'static str, Stage)> {
        match status {
            Status::Accepted => Some(("accepted", self.accepted)),
            Status::PickedUp => Some(("picked_up", self.picked_up)),
            Status::Placed | Status::Delivered | Status::Rejected | Status::Cancelled => None,
        }
    }
}

impl Stage {
    fn new(act_after: i64, arrives_after: i64) -> Self {
        Self {
            act_after,
            attention_after: act_after.min(REPUBLISH_AFTER),
            expected_after: arrives_after,
            latest_after: with_slack(arrives_after),
        }
    }
}

/// How long things really take, in milliseconds.
struct Spans {
    answer: i64,
    preparation: i64,
    travel: i64,
}

impl Spans {
    fn new(timing: &Timing, minutes: Minutes, times: i64) -> Self {
        let minutes_of = |count: u16| i64::from(count) * timing.minute_millis * times;
        Self {
            answer: i64::from(timing.accept_seconds) * 1_000 * times,
            preparation: minutes_of(minutes.preparation),
            travel: minutes_of(minutes.travel),
        }
    }
}

const fn with_slack(millis: i64) -> i64 {
    millis + millis * SLACK_PERCENT / 100
}
