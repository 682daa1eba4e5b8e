//! Scheduled rules: the clock fires them. The interval is divided by the time scale.

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::eventbridge::EventBridge;

/// Fires one scheduled rule for ever, first after one interval.
pub(crate) async fn run(eventbridge: EventBridge, rule: usize, interval: Duration) {
    let interval = interval.max(Duration::from_millis(1));
    let mut clock = interval_at(Instant::now() + interval, interval);
    // A laptop that slept does not make up for what it missed.
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        if let Err(error) = eventbridge.fire(rule) {
            eprintln!("a schedule: {error}");
        }
    }
}
