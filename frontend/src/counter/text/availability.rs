//! What a restaurant cannot do for a while.

use shared::{
    Timestamp, Until,
    availability::{Busy, PausedFor, SoldOutFor},
};

use crate::{
    http::ApiError,
    text::{
        counted,
        format::{countdown, when},
    },
};

mod texts {
    pub const MENU_AND_PAUSE: &str = "Menu and pause";
    pub const PAUSE: &str = "Pause orders";
    pub const RESUME: &str = "Resume orders";
    pub const BUSY: &str = "Busy";
    pub const BUSY_HINT: &str = "New orders take longer for the next hour.";
    pub const NOT_BUSY: &str = "Back to normal";
    pub const UNATTENDED_TITLE: &str = "When no tablet is open";
    pub const UNATTENDED_HINT: &str = "Pause orders when no tablet has been connected for 3 minutes. They resume when one reconnects.";
    pub const PAUSES_WHEN_UNATTENDED: &str = "On";
    pub const TURN_ON: &str = "Turn on";
    pub const TURN_OFF: &str = "Turn off";
    pub const SOLD_OUT: &str = "Sold out";
    pub const SOLD_OUT_HINT: &str =
        "Customers can’t order these until you put them back or the time is up.";
    pub const CHOICES: &str = "Choices";
    pub const BACK_ON: &str = "Back on";
}
pub(in crate::counter) use texts::*;

/// How long no orders are taken, to choose from.
pub(in crate::counter) const PAUSES: [(PausedFor, &str); 5] = [
    (PausedFor::QuarterHour, "15 min"),
    (PausedFor::HalfHour, "30 min"),
    (PausedFor::Hour, "1 hour"),
    (PausedFor::Service, "Until next service"),
    (PausedFor::Today, "Until tomorrow"),
];

/// How long something has run out, to choose from.
pub(in crate::counter) const SOLD_OUTS: [(SoldOutFor, &str); 3] = [
    (SoldOutFor::Service, "Rest of service"),
    (SoldOutFor::Today, "Until tomorrow"),
    (SoldOutFor::FurtherNotice, "Until I say so"),
];

/// The button that makes new orders take longer.
pub(in crate::counter) fn busier(minutes: u16) -> String {
    format!("+ {minutes} min")
}

/// That no orders are taken, and until when.
pub(in crate::counter) fn paused(until: Until, now: Timestamp) -> String {
    format!("Paused: no new orders{}", ends(until, now))
}

/// That new orders take longer, and until when.
pub(in crate::counter) fn busy(busy: Busy, now: Timestamp) -> String {
    format!("Busy: new orders take {} min longer{}", busy.minutes, ends(busy.until, now))
}

/// How many things have run out.
pub(in crate::counter) fn sold_out(count: usize) -> String {
    format!("{} sold out", counted(count, "item"))
}

/// Until when something has run out.
pub(in crate::counter) fn until(until: Until, now: Timestamp) -> String {
    let ends = ends(until, now);
    format!("Sold out{}", if ends.is_empty() { " until you say so" } else { &ends })
}

fn ends(until: Until, now: Timestamp) -> String {
    let Some((end, left)) = until.ends_at().zip(until.millis_left(now)) else {
        return String::new();
    };
    // As a countdown, if that is shorter than the hours.
    match left / 60_000 {
        minutes if minutes < 60 => {
            format!(" until {} ({} left)", when(end), countdown((left + 999) / 1_000))
        }
        _ => format!(" until {}", when(end)),
    }
}

/// That a change of what the restaurant cannot do was not made.
pub(in crate::counter) fn not_changed(error: &ApiError) -> String {
    let why = match error {
        ApiError::NoAnswer => "No answer. Check what is set before you try again.",
        ApiError::Outdated => "Nothing was changed. Reload for the new version.",
        ApiError::Problem(problem) => match problem.status {
            403 => "Your role doesn’t include this.",
            422 => "The menu has changed. Reload.",
            _ => "Something went wrong. Nothing was changed. Try again.",
        },
    };
    why.to_owned()
}
