//! Medians and 99th percentiles.

use std::fmt;
use std::time::Duration;

/// Durations of the same thing.
#[derive(Debug, Default)]
pub(super) struct Samples(Vec<Duration>);

impl Samples {
    pub(super) fn add(&mut self, duration: Duration) {
        self.0.push(duration);
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The least duration that `percent` of a hundred stay within (nearest rank).
    pub(super) fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100);
        sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }
}

impl fmt::Display for Samples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [median, p99] = [50, 99].map(|percent| millis(self.percentile(percent)));
        write!(f, "median {median} ms, p99 {p99} ms ({} times)", self.0.len())
    }
}

/// Milliseconds with two decimals.
fn millis(duration: Duration) -> String {
    let micros = duration.as_micros();
    format!("{}.{:02}", micros / 1_000, micros % 1_000 / 10)
}

/// How many times `a` is of `b`, with two decimals.
pub(super) fn ratio(a: Duration, b: Duration) -> String {
    let hundredths = a.as_nanos() * 100 / b.as_nanos().max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_percentiles_are_of_the_nearest_rank_and_have_two_decimals() {
        let samples = Samples((1..=200).rev().map(Duration::from_millis).collect());
        assert_eq!(samples.to_string(), "median 100.00 ms, p99 198.00 ms (200 times)");
        assert_eq!(Samples::default().percentile(99), Duration::ZERO);
        assert_eq!(ratio(Duration::from_millis(6), Duration::from_millis(5)), "1.20");
    }
}
