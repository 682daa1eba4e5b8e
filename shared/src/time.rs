//! Points in time, as numbers: formatting is the browser's `Intl`, clocks are the callers'.

use serde::{Deserialize, Serialize};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z, leap seconds ignored (POSIX time × 1,000).
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The point `millis` milliseconds after the Unix epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The point `millis` milliseconds later; saturates.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// The point `seconds` seconds later; saturates.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_millis(seconds.saturating_mul(1_000))
    }

    /// Milliseconds from `earlier` to this point; negative if it is not earlier.
    #[must_use]
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_in_time_is_counted_in_milliseconds() {
        let at = Timestamp::from_millis(1_000);
        assert_eq!(at.plus_millis(-1).millis(), 999);
        assert_eq!(at.plus_seconds(2), Timestamp::from_millis(3_000));
        assert_eq!(Timestamp::from_millis(3_000).millis_since(at), 2_000);
        assert_eq!(at.millis_since(Timestamp::from_millis(3_000)), -2_000);
    }

    #[test]
    fn the_ends_of_time_are_not_passed() {
        let last = Timestamp::from_millis(i64::MAX);
        assert_eq!((last.plus_millis(1), last.plus_seconds(i64::MAX)), (last, last));
        assert_eq!(last.millis_since(Timestamp::from_millis(i64::MIN)), i64::MAX);
    }
}
