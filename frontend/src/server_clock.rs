//! The server's time, as its answers tell it. What is open and how long is left depend on it, never
//! on the device's clock.

use std::cell::Cell;

use shared::Timestamp;

use crate::browser;

thread_local! {
    /// Milliseconds from the monotonic clock's zero to 1970 by the server's clock.
    static OFFSET: Cell<Option<i64>> = const { Cell::new(None) };
}

/// The server's clock showed `then` when it answered.
///
/// An answer may come from a cache, which makes it older, never newer: the latest counts.
pub fn observe(then: Timestamp) {
    let offset = then.millis() - browser::monotonic();
    OFFSET.set(OFFSET.get().max(Some(offset)));
}

/// The server's time; `None` before its first answer.
#[must_use]
pub fn now() -> Option<Timestamp> {
    OFFSET.get().map(|offset| Timestamp::from_millis(browser::monotonic() + offset))
}

/// The server's time, or the device's before the server's first answer.
#[must_use]
pub fn now_or_device() -> Timestamp {
    now().unwrap_or_else(browser::device_time)
}
