//! When the restaurant is open.

use shared::RestaurantId;

use crate::http::ApiError;

mod texts {
    pub const HOURS: &str = "Opening hours";
    pub const NIGHTS: &str =
        "Hours after midnight belong to the day before: a closed Friday has no Friday night.";
    pub const SPECIAL_DAYS: &str = "Special days";
    pub const SPECIAL_DAY: &str = "Special day";
    pub const ADD_SPECIAL_DAY: &str = "Add special day";
    pub const REMOVE_SPECIAL_DAY: &str = "Remove special day";
    pub const OPENS: &str = "Opens";
    pub const CLOSES: &str = "Closes";
    pub const CLOSED: &str = "Closed";
    pub const ADD_HOURS: &str = "Add hours";
    pub const REMOVE_HOURS: &str = "Remove";
    pub const COPY_HOURS: &str = "Copy to all days";
    pub const FIRST_DAY: &str = "First day";
    pub const LAST_DAY: &str = "Last day, if more than one";
    pub const NOTE: &str = "Note for customers (optional)";
    pub const SAVE: &str = "Save hours";
    pub const SAVED: &str = "Hours saved. Customers see them within a minute.";
    pub const UNSAVED: &str = "You have changes that aren’t saved.";
    pub const UNSAVED_NOT_KEPT: &str = "You have changes that aren’t saved. This device’s storage is full: save before you close this page.";
    pub const DISCARD: &str = "Discard changes";
    pub const DISCARD_DRAFT_HINT: &str = "The saved version won’t change.";
    pub const CLOSES_NEXT_DAY: &str = "The next day";
    pub const ALL_DAY: &str = "24 hours";
    pub const TIME_MISSING: &str = "Enter a time.";
    pub const OVERLAP: &str = "Overlaps other hours of this day.";
    pub const TOO_MANY_TIMES: &str = "A day can have up to 3.";
    pub const DATE_MISSING: &str = "Enter a date.";
    pub const BACKWARDS: &str = "Enter the first day, or a later one.";
    pub const TWICE: &str = "Another special day has this date.";
    pub const PAST: &str = "This date is past.";
    pub const NOTE_WRONG: &str = "Enter up to 60 characters.";
    pub const CHANGED: &str = "Someone else changed the hours";
    pub const CHANGED_HINT: &str = "Yours aren’t saved. These are the hours now:";
    pub const USE_THEIRS: &str = "Use these";
    pub const KEEP_MINE: &str = "Keep mine";
}
pub(in crate::counter) use texts::*;

/// The address of when a restaurant is open.
pub(in crate::counter) fn hours_path(restaurant: &RestaurantId) -> String {
    format!("/counter/{restaurant}/hours")
}

/// Why hours or delivery areas were not saved.
pub(in crate::counter) fn draft_error(error: &ApiError) -> String {
    let text = match error.is_transient() {
        true => "No connection. Your changes are kept on this device. Try again.",
        false => "Something went wrong. Your changes are kept on this device.",
    };
    text.to_owned()
}
