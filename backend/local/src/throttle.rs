//! Throttling of an API's stage: a token bucket, as API Gateway has it
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html>).

use std::time::Instant;

use parking_lot::Mutex;

/// What a token is, in parts: so that a millisecond adds a whole number of them.
const TOKEN: u64 = 1_000;

/// The limits of a stage, and what is left of them.
#[derive(Debug)]
pub(crate) struct Throttle {
    /// Requests a second.
    rate: u64,
    /// Requests at once.
    burst: u64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Parts of tokens.
    left: u64,
    counted: Instant,
}

impl Throttle {
    /// A throttle of so many requests a second, and so many at once, of which none were made.
    pub(crate) fn new(rate: u64, burst: u64, now: Instant) -> Self {
        let state = State { left: burst.saturating_mul(TOKEN), counted: now };
        Self { rate, burst, state: Mutex::new(state) }
    }

    /// Takes a token for one request; false if there is none.
    pub(crate) fn admits(&self, now: Instant) -> bool {
        let mut state = self.state.lock();
        let passed = now.saturating_duration_since(state.counted).as_millis();
        let passed = u64::try_from(passed).unwrap_or(u64::MAX);
        if passed > 0 {
            let full = self.burst.saturating_mul(TOKEN);
            state.left = state.left.saturating_add(passed.saturating_mul(self.rate)).min(full);
            state.counted = now;
        }
        let left = state.left.checked_sub(TOKEN);
        state.left = left.unwrap_or(state.left);
        left.is_some()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_burst_is_admitted_and_then_the_rate() {
        let start = Instant::now();
        let throttle = Throttle::new(2, 3, start);
        let admitted = |millis, tries: usize| {
            let now = start + Duration::from_millis(millis);
            (0..tries).filter(|_| throttle.admits(now)).count()
        };
        assert_eq!(admitted(0, 9), 3);
        assert_eq!(admitted(499, 1), 0);
        assert_eq!(admitted(500, 9), 1);
        assert_eq!(admitted(60_000, 9), 3, "never more than the burst");
    }
}
