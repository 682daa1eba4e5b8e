//! What a courier reads.

use shared::{
    OrderId, Reason, RestaurantId, Status, Timestamp,
    address::DeliveryAddress,
    api::{Delivery, ProblemType},
    staff::{Command, PaidBy},
};

use super::{Due, actions::reason_name, due_at};
use crate::{
    counter::taps::Stage,
    http::ApiError,
    text::{
        format::{countdown, money, when},
        isolated,
        order::number,
    },
};

mod texts {
    pub const NOT_KEPT_HERE: &str =
        "This device’s storage is full. Keep this page open until it’s sent.";
    pub const DELIVERIES: &str = "Deliveries";
    pub const ALL_RESTAURANTS: &str = "All restaurants";
    pub const ALL_DELIVERIES: &str = "All deliveries";
    pub const OFFERS: &str = "Waiting for a courier";
    pub const NO_OFFERS: &str = "No orders waiting";
    pub const CLAIM: &str = "Claim";
    pub const NEW_OFFER: &str = "A new order is waiting for a courier";
    pub const MINE: &str = "My deliveries";
    pub const NONE_MINE: &str = "You have no deliveries";
    pub const PICKED_UP: &str = "Picked up";
    pub const GIVE_BACK: &str = "Give back";
    pub const GIVE_BACK_HINT: &str = "Another courier can take it then.";
    pub const NEARBY: &str = "I’m nearby";
    pub const AT_DOOR: &str = "At the door";
    pub const NOT_DELIVERED: &str = "Couldn’t deliver";
    pub const NOT_DELIVERED_HINT: &str = "Choose what happened. The customer won’t be charged.";
    pub const ANOTHER_AMOUNT: &str = "Another amount";
    pub const AMOUNT: &str = "Amount collected";
    pub const HOW_PAID: &str = "How was it paid?";
    pub const ADDRESS_GONE: &str = "The address is no longer available.";
    pub const SENDING: &str = "Sending…";
    pub const KEPT: &str = "Waiting for a connection · will be sent";
    pub const KEPT_FOR_SIGN_IN: &str =
        "Some of your taps couldn’t be sent. Sign in again to send them.";
}
pub(in crate::counter) use texts::*;

/// Why a courier gives an order back, to choose from.
pub(in crate::counter) const GIVE_BACKS: [(Reason, &str); 3] = [
    (Reason::TooBusy, "I have too many orders"),
    (Reason::Accident, "Bike or car trouble"),
    (Reason::Other, "Another reason"),
];

/// The address of what there is to deliver for all of a courier's restaurants.
pub(in crate::counter) const ALL_DELIVERIES_PATH: &str = "/counter/deliveries";

/// The address of what there is to deliver for a restaurant.
pub(in crate::counter) fn deliveries_path(restaurant: &RestaurantId) -> String {
    format!("/counter/{restaurant}/deliveries")
}

/// Whether one is no staff of a restaurant any more, or no courier.
pub(in crate::counter) fn is_no_staff(error: &ApiError) -> bool {
    error.is_not_found() || error.kind() == Some(ProblemType::Forbidden)
}

/// That one is no courier of a restaurant any more.
pub(in crate::counter) fn no_courier_of(name: &str) -> String {
    format!("You no longer deliver for {name}.")
}

/// When what is offered is ready; `time` is that moment as text.
pub(in crate::counter) fn ready(
    status: Status,
    at: Option<Timestamp>,
    time: &str,
    now: Timestamp,
) -> Due {
    match (status, at) {
        (Status::Accepted, Some(at)) => due_at(Status::Accepted, at, time, now),
        (Status::Accepted, None) => Due { text: "Being cooked".to_owned(), is_late: false },
        _ => Due { text: "Ready now".to_owned(), is_late: false },
    }
}

/// When a delivery is ready, or should arrive; `time` is that moment as text.
pub(in crate::counter) fn delivery_due(delivery: &Delivery, time: &str, now: Timestamp) -> Due {
    match (delivery.status, delivery.expected_at) {
        (Status::PickedUp, Some(at)) => due_at(Status::PickedUp, at, time, now),
        (Status::Accepted | Status::Ready, _) => {
            ready(delivery.status, delivery.ready_at, time, now)
        }
        _ => Due { text: String::new(), is_late: false },
    }
}

/// What of the amount that is to be collected is a tip, if the customer has given one.
pub(in crate::counter) fn tip(delivery: &Delivery) -> Option<String> {
    let Delivery { tip, currency, .. } = delivery;
    (!tip.is_zero()).then(|| format!("Includes {} tip for you", money(*tip, *currency)))
}

/// Where an order is fetched.
pub(in crate::counter) fn pick_up_at(address: &str) -> String {
    format!("Pick up at {}", isolated(address))
}

/// Roughly where an order goes that nobody has claimed: a part of a postcode, or a town.
pub(in crate::counter) fn to_district(district: &str) -> String {
    format!("To {}", isolated(district))
}

/// How many dishes there are, and what is to be collected.
pub(in crate::counter) fn dishes_and_amount(dishes: u32, to_collect: &str) -> String {
    format!("{} · {}", self::dishes(dishes), super::to_collect(to_collect))
}

fn dishes(count: u32) -> String {
    match count {
        1 => "1 dish".to_owned(),
        count => format!("{count} dishes"),
    }
}

/// How far a delivery has come.
pub(in crate::counter) fn stage(delivery: &Delivery, stage: Stage) -> String {
    match stage {
        Stage::Claimed => format!("To pick up · {}", dishes(delivery.dishes)),
        Stage::Carried => "On the way".to_owned(),
        Stage::Nearby => "On the way · the customer knows you’re nearby".to_owned(),
        Stage::AtDoor => match delivery.at_door_at {
            Some(since) => format!("At the door since {}", when(since)),
            None => AT_DOOR.to_owned(),
        },
        Stage::Released => "Given back".to_owned(),
        Stage::Ended => end(delivery),
    }
}

/// How a delivery ended.
pub(in crate::counter) fn end(delivery: &Delivery) -> String {
    let currency = delivery.currency;
    match (delivery.status, delivery.collected) {
        (Status::Delivered, Some(paid)) => {
            format!("Delivered · {}", paid_by(paid.method, &money(paid.amount, currency)))
        }
        (Status::Delivered, None) => "Delivered".to_owned(),
        (Status::Cancelled, _) => "Cancelled".to_owned(),
        _ => match &delivery.reason {
            Some(reason) => format!("Not delivered · {}", reason_name(reason)),
            None => "Not delivered".to_owned(),
        },
    }
}

/// How much was paid in which way: a button, and a line of a shift.
pub(in crate::counter) fn paid_by(method: PaidBy, amount: &str) -> String {
    let method = method_name(method);
    format!("{method} {amount}")
}

/// How something is paid.
pub(in crate::counter) const fn method_name(method: PaidBy) -> &'static str {
    match method {
        PaidBy::Cash => "Cash",
        PaidBy::Card => "Card",
        PaidBy::Other => "Other",
    }
}

/// The heading of the question what was collected; `amount` is due.
pub(in crate::counter) fn collect_title(id: OrderId, amount: &str) -> String {
    format!("Order {}: {amount} to collect", number(id))
}

/// What is wrong with an amount that was typed.
pub(in crate::counter) fn amount_wrong(example: &str) -> String {
    format!("Enter an amount, such as {example}.")
}

/// That an amount is far from what is due.
pub(in crate::counter) fn amount_unusual(amount: &str, due: &str) -> String {
    format!("{due} is due. If the customer paid {amount}, tap again.")
}

/// That nobody is there, as a reason: only after a while at the door.
pub(in crate::counter) fn nobody_there(at_door: Option<Timestamp>, now: Timestamp) -> String {
    let text = reason_name(&Reason::NobodyThere);
    // The clock of the device may be a little behind.
    let left = |since| (Command::WAIT_AT_DOOR - now.millis_since(since)).min(Command::WAIT_AT_DOOR);
    match at_door.map(left) {
        None => format!("{text} · tap “{AT_DOOR}” first"),
        Some(left @ 1..) => format!("{text} · wait {}", countdown((left + 999) / 1_000)),
        Some(_) => (*text).to_owned(),
    }
}

/// Whether a courier has waited long enough at the door to say that nobody is there.
pub(in crate::counter) fn has_waited(at_door: Option<Timestamp>, now: Timestamp) -> bool {
    at_door.is_some_and(|since| now.millis_since(since) >= Command::WAIT_AT_DOOR)
}

/// Where an order goes, for a map: house and street, postal code and town.
pub(in crate::counter) fn map_query(address: &DeliveryAddress) -> String {
    let city = match &address.postcode {
        Some(postcode) => format!("{postcode} {}", address.city),
        None => address.city.to_string(),
    };
    format!("{}, {city}", address.street)
}

/// The link that shows a place in the map of a device whose browser calls itself so; `query` is percent-encoded.
pub(in crate::counter) fn map_link(user_agent: &str, query: &str) -> String {
    let is = |name: &str| user_agent.contains(name);
    if is("Android") {
        format!("geo:0,0?q={query}")
    } else if is("iPhone") || is("iPad") || is("Macintosh") {
        format!("https://maps.apple.com/?q={query}")
    } else {
        format!("https://www.openstreetmap.org/search?query={query}")
    }
}

#[cfg(test)]
mod tests {
    use shared::{Amount, EventName};

    use super::{
        super::super::{choice::FAILURES, taps::tests::delivery},
        *,
    };

    const MINUTE: i64 = 60_000;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn the_map_of_the_device_is_opened() {
        for (agent, link) in [
            ("Mozilla/5.0 (Linux; Android 14)", "geo:0,0?q=x"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0)", "https://maps.apple.com/?q=x"),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15)", "https://maps.apple.com/?q=x"),
            ("Mozilla/5.0 (X11; Linux)", "https://www.openstreetmap.org/search?query=x"),
        ] {
            assert_eq!(map_link(agent, "x"), link);
        }
        let address = delivery(1, Status::PickedUp, 4).address.unwrap();
        assert_eq!(map_query(&address), "1 Mill Row, N1 5TB London");
        assert_eq!(map_query(&DeliveryAddress { postcode: None, ..address }), "1 Mill Row, London");
    }

    #[test]
    fn nobody_is_there_only_after_a_while_at_the_door() {
        let waited = Command::WAIT_AT_DOOR;
        for (since, now, may, text) in [
            (None, 0, false, "Nobody there · tap “At the door” first"),
            (Some(at(0)), -900, false, "Nobody there · wait 5:00"),
            (Some(at(0)), 0, false, "Nobody there · wait 5:00"),
            (Some(at(0)), waited - 1, false, "Nobody there · wait 0:01"),
            (Some(at(0)), waited, true, "Nobody there"),
        ] {
            assert_eq!(
                (has_waited(since, at(now)), nobody_there(since, at(now))),
                (may, text.to_owned())
            );
        }
    }

    #[test]
    fn when_an_order_is_ready_is_said_in_words() {
        let text = |status, ready, now| self::ready(status, ready, "18:45", at(now)).text;
        assert_eq!(text(Status::Ready, Some(at(0)), 5 * MINUTE), "Ready now");
        assert_eq!(text(Status::Accepted, Some(at(5 * MINUTE)), 0), "Ready in 5 min, at 18:45");
        assert_eq!(text(Status::Accepted, Some(at(0)), 2 * MINUTE), "Ready at 18:45, 2 min late");
        assert_eq!(text(Status::Accepted, None, 0), "Being cooked");
        let carried = delivery(1, Status::PickedUp, 4);
        let due = |expected_at| {
            delivery_due(&Delivery { expected_at, ..carried.clone() }, "18:45", at(MINUTE))
        };
        assert_eq!(due(Some(at(2 * MINUTE))).text, "Due 18:45");
        assert!(due(Some(at(0))).is_late);
        assert_eq!(due(None).text, "");
    }

    #[test]
    fn a_card_says_how_much_there_is_to_pick_up() {
        let claimed = |dishes| Delivery { dishes, ..delivery(1, Status::Ready, 3) };
        assert_eq!(stage(&claimed(1), Stage::Claimed), "To pick up · 1 dish");
        assert_eq!(stage(&claimed(2), Stage::Claimed), "To pick up · 2 dishes");
    }

    #[test]
    fn a_tip_is_said_in_the_currency_of_the_order() {
        let tipped = |tip| Delivery { tip: Amount::new(tip), ..delivery(1, Status::Ready, 3) };
        assert_eq!(tip(&tipped(200)).as_deref(), Some("Includes £2.00 tip for you"));
        assert_eq!(tip(&tipped(0)), None);
    }

    #[test]
    fn an_end_says_why() {
        let failed = Delivery { reason: Some(Reason::Refused), ..delivery(1, Status::Failed, 5) };
        assert_eq!(end(&failed), "Not delivered · Refused at the door");
        assert_eq!(end(&Delivery { reason: None, ..failed }), "Not delivered");
        assert_eq!(end(&delivery(1, Status::Cancelled, 5)), "Cancelled");
        let unsaid = Delivery { collected: None, ..delivery(1, Status::Delivered, 5) };
        assert_eq!(end(&unsaid), "Delivered");
    }

    #[test]
    fn every_reason_to_choose_explains_its_event() {
        assert!(GIVE_BACKS.iter().all(|(reason, _)| reason.explains(EventName::Released)));
        assert!(FAILURES.iter().all(|reason| reason.explains(EventName::Failed)));
    }
}
