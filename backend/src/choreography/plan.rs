//! What will happen to an order and when, as far as it is known when it is placed.

use shared::Timestamp;

use super::timing::Timing;
use crate::store::{
    catalog::Kitchen,
    orders::{Answer, Plan, REPUBLISH_AFTER, Schedule, Stage},
};

/// The minutes of a restaurant for orders of other channels, which do not name it.
const OTHER_CHANNEL: Minutes = Minutes { preparation: 15, travel: 10 };
/// How much longer than expected an order may take, in per cent of the expected time.
const SLACK_PERCENT: i64 = 50;
/// How many times longer a slow kitchen takes over everything.
const SLOW: i64 = 3;

/// How long a restaurant says it takes, in minutes.
#[derive(Debug, Clone, Copy)]
pub struct Minutes {
    /// From accepting to being ready.
    pub preparation: u16,
    /// From the restaurant to the customer.
    pub travel: u16,
}

/// The schedule of an order that is placed now at a restaurant with this kitchen.
#[must_use]
pub fn schedule(timing: &Timing, kitchen: &Kitchen, minutes: Minutes, now: Timestamp) -> Schedule {
    let promised = Durations::new(timing, minutes, 1);
    let real = Durations::new(timing, minutes, if *kitchen == Kitchen::Slow { SLOW } else { 1 });
    let answer = match kitchen {
        _ if !timing.autopilot => None,
        Kitchen::Silent => None,
        Kitchen::Accepts | Kitchen::Slow => Some(Answer::Accept),
        Kitchen::Rejects { reason } => Some(Answer::Reject { reason: reason.clone() }),
    };
    let whole = promised.answer + promised.preparation + promised.travel;
    Schedule {
        act_at: answer.is_some().then(|| now.plus_millis(real.answer)),
        accept_by: now.plus_seconds(i64::from(timing.accept_within_seconds)),
        expected_at: now.plus_millis(whole),
        latest_at: now.plus_millis(with_slack(whole)),
        plan: Plan {
            answer,
            accept_within: timing.accept_within_seconds,
            accepted: stage(real.preparation, real.preparation + real.travel),
            picked_up: stage(real.travel, real.travel),
        },
    }
}

/// The schedule of an order that another channel placed: the simulated kitchen accepts it.
#[must_use]
pub fn schedule_of_other_channel(timing: &Timing, now: Timestamp) -> Schedule {
    schedule(timing, &Kitchen::Accepts, OTHER_CHANNEL, now)
}

fn stage(act_after: i64, expected_after: i64) -> Stage {
    Stage {
        act_after,
        attention_after: act_after.min(REPUBLISH_AFTER),
        expected_after,
        latest_after: with_slack(expected_after),
    }
}

/// How long things really take, in milliseconds.
struct Durations {
    answer: i64,
    preparation: i64,
    travel: i64,
}

impl Durations {
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
