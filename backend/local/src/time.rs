//! Moments as AWS writes them.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;

/// Milliseconds since 1970 by this machine's clock.
pub fn now_ms() -> u64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

/// ISO 8601 in UTC with whole seconds, such as `2026-01-31T23:59:59Z`.
pub fn iso_seconds(ms: u64) -> String {
    format(ms, "%Y-%m-%dT%H:%M:%SZ")
}

/// ISO 8601 in UTC with milliseconds, such as `2026-01-31T23:59:59.123Z`.
pub fn iso_millis(ms: u64) -> String {
    format(ms, "%Y-%m-%dT%H:%M:%S.%3fZ")
}

/// A moment as in an access log: `09/Feb/2024:18:23:28 +0000`.
pub(crate) fn log_time(ms: u64) -> String {
    format(ms, "%d/%b/%Y:%H:%M:%S +0000")
}

fn format(ms: u64, format: &str) -> String {
    let moment = i64::try_from(ms).ok().and_then(|it| Timestamp::from_millisecond(it).ok());
    moment.unwrap_or_default().strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_utc() {
        assert_eq!(iso_seconds(0), "1970-01-01T00:00:00Z");
        assert_eq!(iso_seconds(951_782_400_000), "2000-02-29T00:00:00Z");
        assert_eq!(iso_millis(1_795_450_090_791), "2026-11-23T16:08:10.791Z");
        assert_eq!(iso_seconds(4_107_542_399_999), "2100-02-28T23:59:59Z");
        assert_eq!(log_time(1_707_503_008_941), "09/Feb/2024:18:23:28 +0000");
    }
}
