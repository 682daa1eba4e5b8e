//! Medians, 99th percentiles, and the machine they were taken on.

use std::fmt;
use std::process::Command;
use std::time::Duration;

use crate::process;

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

    /// The duration that half of them stay within.
    pub(super) fn median(&self) -> Duration {
        self.percentile(50)
    }

    /// The least duration that `percent` of a hundred stay within (nearest rank).
    pub(super) fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100);
        sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }
}

impl FromIterator<Duration> for Samples {
    fn from_iter<I: IntoIterator<Item = Duration>>(durations: I) -> Self {
        Self(durations.into_iter().collect())
    }
}

impl fmt::Display for Samples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (median, p99) = (millis(self.median()), millis(self.percentile(99)));
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

/// What this machine is: `Linux x86_64, 2 × Intel(R) Xeon(R) CPU`.
pub(super) fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let (system, processor) = (std::env::consts::OS, processor());
    format!("{system} {}, {cores} × {processor}", std::env::consts::ARCH)
}

fn processor() -> String {
    let linux = || {
        let text = fs_err::read_to_string("/proc/cpuinfo").ok()?;
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let macos = || {
        let mut command = Command::new("sysctl");
        let name = process::output(command.args(["-n", "machdep.cpu.brand_string"])).ok()?;
        Some(name.trim().to_owned())
    };
    linux().or_else(macos).unwrap_or_else(|| "unknown processor".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_percentiles_are_of_the_nearest_rank() {
        let samples: Samples = (1..=200).rev().map(Duration::from_millis).collect();
        assert_eq!(samples.to_string(), "median 100.00 ms, p99 198.00 ms (200 times)");
        assert_eq!(Samples::default().median(), Duration::ZERO);
    }

    #[test]
    fn a_ratio_has_two_decimals() {
        assert_eq!(ratio(Duration::from_millis(6), Duration::from_millis(5)), "1.20");
    }
}
