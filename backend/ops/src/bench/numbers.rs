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
        let (median, p99) = (self.percentile(50), self.percentile(99));
        write!(f, "median {median:.2?}, p99 {p99:.2?} ({} times)", self.0.len())
    }
}

/// The median; 0 of nothing.
pub(super) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_percentiles_are_of_the_nearest_rank_and_have_two_decimals() {
        let samples = Samples((1..=200).rev().map(Duration::from_millis).collect());
        assert_eq!(samples.to_string(), "median 100.00ms, p99 198.00ms (200 times)");
        assert_eq!(Samples::default().percentile(99), Duration::ZERO);
    }
}
