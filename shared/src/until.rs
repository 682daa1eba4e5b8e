//! States that end by themselves.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// How long something temporary lasts: sold out, busy, paused, on shift. The end is compared whenever it is
/// read, so nothing has to run for it to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Until {
    /// The first moment at which it is over; absent if it lasts until somebody ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ends_at: Option<Timestamp>,
}

impl Until {
    /// Until further notice: until somebody ends it.
    pub const FURTHER_NOTICE: Self = Self { ends_at: None };

    /// Until that moment.
    #[must_use]
    pub const fn at(ends_at: Timestamp) -> Self {
        Self { ends_at: Some(ends_at) }
    }

    /// The first moment at which it is over, if that is known.
    #[must_use]
    pub const fn ends_at(self) -> Option<Timestamp> {
        self.ends_at
    }

    /// Whether it still holds.
    #[must_use]
    pub fn holds(self, now: Timestamp) -> bool {
        self.ends_at.is_none_or(|end| now < end)
    }

    /// How long it still lasts in milliseconds, 0 if it is over; nothing if no end is known.
    #[must_use]
    pub fn millis_left(self, now: Timestamp) -> Option<i64> {
        self.ends_at.map(|end| end.millis_since(now).max(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_over_at_its_end() {
        let end = Timestamp::from_millis(1_000);
        let until = Until::at(end);
        assert!(until.holds(end.plus_millis(-1)) && !until.holds(end));
        assert_eq!(until.millis_left(end.plus_millis(-400)), Some(400));
        assert_eq!(until.millis_left(end.plus_millis(400)), Some(0));
    }

    #[test]
    fn without_an_end_it_lasts() {
        let far = Timestamp::from_millis(i64::MAX);
        assert!(Until::FURTHER_NOTICE.holds(far));
        assert_eq!(Until::FURTHER_NOTICE.millis_left(far), None);
    }

    #[test]
    fn it_is_written_with_its_end() {
        let json = |until: Until| serde_json::to_string(&until).unwrap();
        assert_eq!(json(Until::at(Timestamp::from_millis(5))), r#"{"ends_at":5}"#);
        assert_eq!(json(Until::FURTHER_NOTICE), "{}");
        assert_eq!(serde_json::from_str::<Until>("{}").unwrap(), Until::FURTHER_NOTICE);
    }
}
