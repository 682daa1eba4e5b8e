//! What a courier reads of their shift.

use shared::api::Sum;

use super::{deliveries::paid_by, named};
use crate::{
    http::ApiError,
    text::{counted, format::money},
};

mod texts {
    pub const COURIER_SHIFT: &str = "Courier shift";
    pub const OFF_SHIFT: &str = "You’re off shift. Start your shift to see waiting orders.";
    pub const SHIFT_BEGUN: &str = "Shift started";
    pub const SHIFT_ENDED: &str = "Shift ended";
    pub const END_SHIFT_TITLE: &str = "End your shift?";
    pub const THIS_SHIFT: &str = "This shift";
    pub const LAST_SHIFT: &str = "Your last shift";
    pub const NOTHING_COLLECTED: &str = "Nothing collected yet.";
    pub const NOT_COUNTED: &str = "Not everything is sent yet, so the totals may change.";
}
pub(in crate::counter) use texts::*;

/// The restaurants where somebody is off shift, while they are on shift elsewhere.
pub(in crate::counter) fn off_shift_at(names: &str) -> String {
    format!("Off shift: {names}")
}

/// What a button that begins or ends the shift is called, where there is one for some restaurants (`names`) and the
/// other for the rest; `names` is empty where there is one for all.
pub(in crate::counter) fn shift_button(button: &str, names: &str) -> String {
    named(button, if names.is_empty() { COURIER_SHIFT } else { names })
}

/// Until when somebody is on shift.
pub(in crate::counter) fn on_shift(until: &str) -> String {
    format!("On shift until {until}")
}

/// The hint before a shift ends: how many deliveries are open, and of how many the end is not sent yet.
pub(in crate::counter) fn end_shift_hint(left: usize, unsent: usize) -> String {
    let counted = |count| match count {
        1 => "1 delivery".to_owned(),
        count => format!("{count} deliveries"),
    };
    let hint = match left {
        0 => "You won’t see new orders until you start again.".to_owned(),
        count => format!("You still have {}. You can finish after your shift.", counted(count)),
    };
    match unsent {
        0 => hint,
        count => format!("{hint} Waiting to be sent: {}.", counted(count)),
    }
}

/// What was collected in one way in a shift.
pub(in crate::counter) fn sum(sum: &Sum) -> String {
    let orders = counted(sum.orders as usize, "order");
    format!("{} · {orders}", paid_by(sum.method, &money(sum.amount, sum.currency)))
}

/// That a shift was not begun or ended.
pub(in crate::counter) fn shift_not_changed(error: &ApiError) -> &'static str {
    match error.is_transient() {
        true => "No connection. Try again to start or end your shift.",
        false => "Something went wrong. Your shift hasn’t changed.",
    }
}

/// That what was collected in a shift could not be fetched; whether older totals are shown.
pub(in crate::counter) fn report_failed(error: &ApiError, is_shown: bool) -> String {
    let why = if error.is_transient() { "No connection." } else { "Something went wrong." };
    let what = match is_shown {
        true => "These totals may be out of date.",
        false => "Your shift’s totals didn’t load.",
    };
    format!("{why} {what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_at_the_end_of_a_shift_is_told_apart_from_what_waits_to_be_sent() {
        let none = "You won’t see new orders until you start again.";
        assert_eq!(end_shift_hint(0, 0), none);
        assert_eq!(end_shift_hint(0, 1), format!("{none} Waiting to be sent: 1 delivery."));
        let left = "You still have 2 deliveries. You can finish after your shift.";
        assert_eq!(end_shift_hint(2, 0), left);
        assert_eq!(end_shift_hint(2, 3), format!("{left} Waiting to be sent: 3 deliveries."));
    }

    #[test]
    fn a_button_names_the_restaurants_of_its_shift_where_there_are_two() {
        assert_eq!(shift_button("End shift", ""), "End shift: Courier shift");
        assert_eq!(shift_button("End shift", "Golden Dosa"), "End shift: Golden Dosa");
    }
}
