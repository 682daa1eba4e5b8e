//! An order under way and at its end, and its receipt.

use shared::{
    DishId, Order, OrderId, Reason, Status,
    order::{Basket, Delay, DeliveryAddress},
};

use super::{
    format::{countdown, when},
    isolated, list,
};

#[expect(missing_docs, reason = "each is the text it is")]
mod texts {
    pub const TITLE: &str = "Order";
    pub const PLACED_ELSEWHERE: &str =
        "Placed elsewhere. You can track it here, but not see what’s in it.";
    pub const TIMELINE: &str = "Order status";
    pub const ESTIMATED_ARRIVAL: &str = "Estimated arrival";
    pub const LATEST_ARRIVAL: &str = "Latest arrival";
    pub const CONFIRM_OVERDUE: &str =
        "The restaurant is late to confirm. We’re cancelling this order.";
    pub const CANCEL: &str = "Cancel order (free)";
    pub const CANCEL_TITLE: &str = "Cancel this order?";
    pub const CANCEL_HINT: &str = "The restaurant hasn’t started, so cancelling is free.";
    pub const CANCEL_YES: &str = "Cancel order";
    pub const CANCEL_NO: &str = "Keep order";
    pub const SUMMARY: &str = "Order summary";
    pub const ADDRESS: &str = "Delivery address";
    pub const NOTE: &str = "Your note";
    pub const VIEW_MENU: &str = "View menu";
    pub const FIND_ANOTHER: &str = "Find another restaurant";
    pub const PRINT: &str = "Print receipt";
    pub const HELP: &str = "Help";
    pub const NO_PHONE: &str = "This restaurant hasn’t given a phone number.";
    pub const REORDER: &str = "Order again";
    pub const REORDER_UNAVAILABLE: &str = "None of these items are available any more.";
    pub const REPLACES_BASKET: &str = "This will replace the items in your basket.";
    pub const RESTAURANT_GONE: &str = "This restaurant is no longer on Tiffin.";
}
pub use texts::*;

/// The name of a status, as a step of the timeline.
#[must_use]
pub const fn status(status: Status) -> &'static str {
    match status {
        Status::Placed => "Placed",
        Status::Accepted => "Accepted",
        Status::Ready => "Ready",
        Status::PickedUp => "Picked up",
        Status::Delivered => "Delivered",
        Status::Rejected => "Declined",
        Status::Cancelled => "Cancelled",
        Status::Failed => "Not delivered",
        Status::Unknown => "In progress",
    }
}

/// What a step means; empty if its name says it.
#[must_use]
pub const fn step(status: Status) -> &'static str {
    match status {
        Status::Placed => "The restaurant has your order.",
        Status::Accepted => "The restaurant is preparing your order.",
        Status::Ready => "Your order is waiting for its courier.",
        Status::PickedUp => "Your courier is on the way.",
        Status::Delivered => "Enjoy your meal!",
        Status::Rejected => "The restaurant couldn’t take your order.",
        Status::Failed => "Your courier couldn’t hand it over.",
        Status::Cancelled | Status::Unknown => "",
    }
}

/// What is happening now: the page's heading, and what a screen reader announces.
#[must_use]
pub fn headline(order: &Order) -> String {
    let name = order.basket.as_ref().map(|basket: &Basket| isolated(&basket.restaurant_name));
    let subject = name.clone().unwrap_or_else(|| "The restaurant".to_owned());
    let name = name.unwrap_or_else(|| "the restaurant".to_owned());
    match order.status {
        Status::Placed if order.seen_at.is_some() => format!("{subject} is looking at your order"),
        Status::Placed => format!("Waiting for {name} to confirm"),
        Status::Accepted => format!("{subject} is preparing your order"),
        Status::Ready => "Your order is ready".to_owned(),
        Status::PickedUp => "Your order is on its way".to_owned(),
        Status::Delivered => "Delivered. Enjoy your meal!".to_owned(),
        Status::Rejected => format!("{subject} couldn’t take your order"),
        Status::Cancelled => "This order was cancelled".to_owned(),
        Status::Failed => "We couldn’t deliver your order".to_owned(),
        Status::Unknown => "Your order is in progress".to_owned(),
    }
}

/// Why an order ended before its delivery, and what that means.
#[must_use]
pub fn reason(order: &Order) -> String {
    let text = match &order.reason {
        Some(Reason::ByCustomer) => "You cancelled in time. You won’t pay anything.",
        Some(Reason::NotAnswered { .. }) => "The restaurant didn’t respond. You won’t be charged.",
        Some(Reason::Closed) => "They’re closed right now. You won’t be charged.",
        Some(Reason::TooBusy) => {
            "They’re too busy right now. You won’t be charged. Try another restaurant."
        }
        Some(Reason::ItemUnavailable { dish_id }) => {
            let name = dish_id.as_ref().and_then(|dish| dish_name(order, dish));
            let what = name.unwrap_or_else(|| "Something you ordered".to_owned());
            return format!("{what} has run out. You won’t be charged. Try another dish.");
        }
        Some(Reason::CustomerCalled) => "Cancelled at your request. You won’t be charged.",
        Some(Reason::NoCourier) => "There’s no courier right now. You won’t be charged.",
        Some(Reason::NobodyThere) => "Nobody was there to take it. You won’t be charged.",
        Some(Reason::Refused) => "It wasn’t accepted at the door. You won’t be charged.",
        Some(Reason::WrongAddress) => {
            "The courier couldn’t find the address. You won’t be charged."
        }
        Some(Reason::Accident) => "Something went wrong on the way. You won’t be charged.",
        Some(Reason::Other | Reason::Unknown) | None => "You won’t be charged.",
    };
    text.to_owned()
}

fn dish_name(order: &Order, dish: &DishId) -> Option<String> {
    let lines = &order.basket.as_ref()?.bill.lines;
    lines.iter().find(|line| line.dish_id == *dish).map(|line| isolated(&line.name))
}

/// Why it takes longer than was promised; `None` for an order that is in time, has gone on since, or has
/// ended.
#[must_use]
pub fn delay(order: &Order) -> Option<String> {
    let is_latest = |delay: &&Delay| order.timeline.last().is_none_or(|step| step.at <= delay.at);
    let delay = order.delay.as_ref().filter(is_latest).filter(|_| !order.status.is_terminal())?;
    let name = order.basket.as_ref().map(|basket| isolated(&basket.restaurant_name));
    let name = name.unwrap_or_else(|| "The restaurant".to_owned());
    Some(match delay.reason {
        Some(Reason::TooBusy) => format!("{name} is busy and needs a little longer."),
        Some(Reason::NoCourier) => "It’s taking longer to find a courier.".to_owned(),
        _ => format!("{name} needs a little longer."),
    })
}

/// That a courier will bring it, or how near they are, as they have said.
#[must_use]
pub const fn courier(order: &Order) -> Option<&'static str> {
    match order {
        Order { status: Status::Accepted | Status::Ready, claimed_at: Some(_), .. } => {
            Some("A courier will pick it up.")
        }
        Order { status: Status::PickedUp, at_door_at: Some(_), .. } => {
            Some("Your courier is at the door.")
        }
        Order { status: Status::PickedUp, nearby_at: Some(_), .. } => {
            Some("Your courier is nearby.")
        }
        _ => None,
    }
}

/// All that is new about an order, in one text: what a screen reader announces when it changes.
#[must_use]
pub fn announcement(order: &Order) -> String {
    let courier = courier(order).map(str::to_owned);
    let delay = delay(order);
    // A second delay has the same reason, and another time.
    let expected = order.expected_at.filter(|_| delay.is_some());
    let expected = expected.map(|at| format!("{ESTIMATED_ARRIVAL} {}", when(at)));
    let texts = [Some(headline(order)), delay, expected, courier];
    let sentences = texts.into_iter().flatten().map(|text| text.trim_end_matches('.').to_owned());
    sentences.collect::<Vec<_>>().join(". ")
}

/// Why an order that was about to be cancelled cannot be any more.
#[must_use]
pub fn too_late_to_cancel(order: &Order) -> String {
    match order.status {
        Status::Rejected | Status::Cancelled | Status::Failed => reason(order),
        _ => "The restaurant has accepted your order, so you can’t cancel it here.".to_owned(),
    }
}

/// The time the restaurant has left to confirm, by its seconds.
#[must_use]
pub fn time_to_confirm(seconds: i64) -> String {
    match seconds {
        1.. => format!("Restaurant has {} to confirm", countdown(seconds)),
        _ => CONFIRM_OVERDUE.to_owned(),
    }
}

/// The same before the server’s time is known.
#[must_use]
pub fn confirm_by(time: &str) -> String {
    format!("Restaurant has until {time} to confirm")
}

/// The order's short number: its code with a mark that says what it is.
#[must_use]
pub fn number(id: OrderId) -> String {
    format!("#{}", id.code())
}

/// An order by its number.
#[must_use]
pub fn name(id: OrderId) -> String {
    format!("{TITLE} {}", number(id))
}

/// The tab's title of an order.
#[must_use]
pub fn title(of: Status) -> String {
    format!("{} · {TITLE}", status(of))
}

/// An address, line by line.
#[must_use]
pub fn address(address: &DeliveryAddress) -> Vec<String> {
    let city = match &address.postcode {
        Some(postcode) => format!("{postcode} {}", address.city),
        None => address.city.to_string(),
    };
    let mut lines = vec![address.name.to_string(), address.street.to_string()];
    lines.extend(address.unit.as_ref().map(ToString::to_string));
    lines.push(city);
    lines.extend(address.phone.as_ref().map(ToString::to_string));
    lines
}

/// Whom to call about an order.
#[must_use]
pub fn call(restaurant: &str, phone: &str) -> String {
    format!("Call {}: {phone}", isolated(restaurant))
}

/// Which dishes could not be ordered again.
#[must_use]
pub fn not_available(names: &[String]) -> String {
    format!("No longer available: {}", list(names.iter().map(String::as_str)))
}

#[cfg(test)]
mod tests {
    use shared::{Timestamp, order::Step};

    use super::*;

    fn order() -> Order {
        serde_json::from_str(include_str!("../../../shared/tests/wire/reply_order.json")).unwrap()
    }

    #[test]
    fn every_reason_says_what_it_costs() {
        let text = include_str!("../../../shared/tests/wire/reasons.json");
        for known in serde_json::from_str::<Vec<Reason>>(text).unwrap() {
            let text = reason(&Order { reason: Some(known.clone()), ..order() });
            assert!(text.contains("won’t be charged") || text.contains("won’t pay"), "{known:?}");
        }
    }

    #[test]
    fn a_dish_that_has_run_out_is_named() {
        let text = |dish: &str| {
            let dish_id = Some(dish.parse().unwrap());
            reason(&Order { reason: Some(Reason::ItemUnavailable { dish_id }), ..order() })
        };
        assert!(text("masala-dosa").contains("Masala dosa\u{2069} has run out."));
        assert!(text("another").starts_with("Something you ordered has run out."));
    }

    #[test]
    fn what_is_new_is_said_until_the_order_ends() {
        let at = Timestamp::from_millis;
        let accepted = Order {
            status: Status::Accepted,
            timeline: vec![Step { status: Status::Accepted, at: at(1) }],
            delay: Some(Delay { at: at(2), reason: Some(Reason::TooBusy) }),
            expected_at: None,
            claimed_at: Some(at(3)),
            ..order()
        };
        let text = announcement(&accepted).replace(['\u{2068}', '\u{2069}'], "");
        assert_eq!(
            text,
            "Golden Dosa is preparing your order. Golden Dosa is busy and needs a little longer. A \
             courier will pick it up"
        );
        let timeline = vec![Step { status: Status::Ready, at: at(4) }];
        let ready = Order { status: Status::Ready, timeline, claimed_at: None, ..accepted.clone() };
        assert_eq!(announcement(&ready), "Your order is ready");
        let over = Order { status: Status::Delivered, ..accepted };
        assert_eq!(announcement(&over), "Delivered. Enjoy your meal!");
    }

    #[test]
    fn how_near_the_courier_is_is_said_until_the_order_arrives() {
        let nearby_at = Some(Timestamp::from_millis(1));
        let nearby = Order { status: Status::PickedUp, nearby_at, ..order() };
        assert_eq!(announcement(&nearby), "Your order is on its way. Your courier is nearby");
        let at_door = Order { at_door_at: nearby_at, ..nearby };
        assert_eq!(announcement(&at_door), "Your order is on its way. Your courier is at the door");
        for status in [Status::Delivered, Status::Failed] {
            assert_eq!(courier(&Order { status, ..at_door.clone() }), None);
        }
    }

    #[test]
    fn an_order_of_another_channel_has_a_headline_too() {
        let text = include_str!("../../../shared/tests/wire/reply_order_placed_elsewhere.json");
        let order: Order = serde_json::from_str(text).unwrap();
        assert_eq!(headline(&order), "Waiting for the restaurant to confirm");
        assert_eq!(number(order.order_id), "#E1D92A");
    }
}
