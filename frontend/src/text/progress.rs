//! What becomes of an order, in sentences.

use shared::{Order, Reason, Status, order::Basket};

/// The name of a status, as a step of the timeline.
#[must_use]
pub const fn status_name(status: Status) -> &'static str {
    match status {
        Status::Placed => "Placed",
        Status::Accepted => "Accepted",
        Status::PickedUp => "Picked up",
        Status::Delivered => "Delivered",
        Status::Rejected => "Rejected",
        Status::Cancelled => "Cancelled",
    }
}

/// What a step means, for the timeline.
#[must_use]
pub const fn status_meaning(status: Status) -> &'static str {
    match status {
        Status::Placed => "The restaurant has your order.",
        Status::Accepted => "The kitchen is cooking.",
        Status::PickedUp => "The courier is on the way to you.",
        Status::Delivered => "Enjoy your meal.",
        Status::Rejected => "The restaurant could not take it.",
        Status::Cancelled => "The order has ended.",
    }
}

/// What is happening now: the heading of the order's page, and what a screen reader is told.
#[must_use]
pub fn headline(order: &Order) -> String {
    let basket = order.basket.as_ref();
    let name = basket.map_or("The restaurant", |basket: &Basket| &basket.restaurant_name);
    match order.status {
        Status::Placed => format!("{name} is looking at your order"),
        Status::Accepted => format!("{name} is cooking"),
        Status::PickedUp => "Your order is on its way".to_owned(),
        Status::Delivered => "Delivered. Enjoy your meal!".to_owned(),
        Status::Rejected => format!("{name} could not take your order"),
        Status::Cancelled => "This order was cancelled".to_owned(),
    }
}

/// Since when the times of an order are what they are: only what happens to it changes them.
#[must_use]
pub const fn times_of(status: Status) -> &'static str {
    match status {
        Status::Placed => "As estimated when you ordered.",
        Status::Accepted => "Updated when the restaurant accepted.",
        Status::PickedUp => "Updated when the courier picked it up.",
        Status::Delivered | Status::Rejected | Status::Cancelled => "",
    }
}

/// Why an order ended, and what to do.
#[must_use]
pub fn reason(reason: Option<&Reason>) -> String {
    match reason {
        Some(Reason::ByCustomer) => "You cancelled it while it was free. Nothing is owed.".to_owned(),
        Some(Reason::NotAnswered { within_seconds }) => format!(
            "The restaurant did not answer within {}. Nothing is owed; another kitchen may be quicker.",
            span(*within_seconds)
        ),
        Some(Reason::Closed) => {
            "The restaurant is closed. Nothing is owed; others are open.".to_owned()
        }
        Some(Reason::TooBusy) => {
            "The kitchen cannot take another order just now. Nothing is owed; try again later, or another one."
                .to_owned()
        }
        Some(Reason::ItemUnavailable) => {
            "Something in it has run out. Nothing is owed; choose another dish.".to_owned()
        }
        Some(Reason::Unknown) | None => "Nothing is owed.".to_owned(),
    }
}

fn span(seconds: u32) -> String {
    match (seconds / 60, seconds % 60) {
        (0, 1) => "1 second".to_owned(),
        (0, seconds) => format!("{seconds} seconds"),
        (1, 0) => "1 minute".to_owned(),
        (minutes, 0) => format!("{minutes} minutes"),
        (minutes, seconds) => format!("{minutes}:{seconds:02} minutes"),
    }
}

/// The order's short name: the end of its id, which differs from order to order.
#[must_use]
pub fn number(id: shared::OrderId) -> String {
    let id = id.to_string().to_ascii_uppercase();
    format!("#{}", id.get(30..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_sentence_that_says_what_is_owed() {
        let text = include_str!("../../../shared/tests/wire/reasons.json");
        for known in serde_json::from_str::<Vec<Reason>>(text).unwrap() {
            assert!(reason(Some(&known)).contains("Nothing is owed"), "{known:?}");
        }
        let late = Reason::NotAnswered { within_seconds: 600 };
        assert!(reason(Some(&late)).contains("within 10 minutes"));
        assert_eq!(span(90), "1:30 minutes");
    }

    #[test]
    fn an_order_of_another_channel_has_a_headline_too() {
        let text = include_str!("../../../shared/tests/wire/reply_order_placed_elsewhere.json");
        let order: Order = serde_json::from_str(text).unwrap();
        assert_eq!(headline(&order), "The restaurant is looking at your order");
        assert_eq!(number(order.order_id), "#E1D92A");
    }
}
