//! What a courier reads of what was pressed.

use shared::{
    Currency, EventName, OrderId, Timestamp,
    api::{Happened, ProblemType},
    staff::{Collected, PaidBy},
};

use super::{actions::what_happened, deliveries::*};
use crate::{
    http::ApiError,
    text::{
        format::{money, when},
        order::number,
    },
};

/// What a press says, for a screen reader.
pub(in crate::counter) fn pressed(event: EventName, id: OrderId) -> String {
    let what = match event {
        EventName::PickedUp => " picked up",
        EventName::Nearby => ": you’re nearby",
        EventName::AtDoor => ": you’re at the door",
        EventName::Delivered => " delivered",
        EventName::Failed => " not delivered",
        EventName::Released => " given back",
        _ => " changed",
    };
    format!("Order {}{what}", number(id))
}

/// What an order's press said, in the list of those that are kept.
pub(in crate::counter) fn kept(event: EventName, id: OrderId) -> String {
    format!("{} · {KEPT}", pressed(event, id))
}

/// The button that makes this happen.
const fn button(event: EventName) -> &'static str {
    match event {
        EventName::PickedUp => PICKED_UP,
        EventName::Nearby => NEARBY,
        EventName::AtDoor => AT_DOOR,
        EventName::Delivered => super::DELIVERED,
        EventName::Failed => NOT_DELIVERED,
        EventName::Released => GIVE_BACK,
        _ => CLAIM,
    }
}

/// That orders are no longer among a courier's deliveries, although they did nothing.
pub(in crate::counter) fn lost(ids: &[OrderId]) -> String {
    match ids {
        [id] => format!("Order {} has ended, or somebody else brings it now.", number(*id)),
        ids => {
            let numbers: Vec<_> = ids.iter().copied().map(number).collect();
            format!("Orders {} have ended, or somebody else brings them now.", numbers.join(", "))
        }
    }
}

/// That an order was claimed.
pub(in crate::counter) fn claimed(id: OrderId) -> String {
    format!("Order {} is yours", number(id))
}

/// What happened to an order last, how long ago, and who made it happen.
pub(in crate::counter) fn happened(happened: &Happened, id: OrderId, now: Timestamp) -> String {
    let ago = match now.millis_since(happened.at).max(0) / 1_000 {
        0 => "just now".to_owned(),
        seconds if seconds < 60 => format!("{seconds} s ago"),
        seconds if seconds < 3_600 => format!("{} min ago", seconds / 60),
        _ => format!("at {}", when(happened.at)),
    };
    format!("{} {ago}.", what_happened(happened, id))
}

/// That what a courier pressed is not carried out.
pub(in crate::counter) fn refused(event: EventName, id: OrderId, why: &str) -> String {
    format!("“{}” for order {} wasn’t saved. {why}", button(event), number(id))
}

/// What a courier has said they collected, which is not saved.
pub(in crate::counter) fn not_saved(collected: Collected, currency: Currency) -> String {
    let how = match collected.method {
        PaidBy::Cash => " in cash",
        PaidBy::Card => " by card",
        PaidBy::Other => "",
    };
    let amount = money(collected.amount, currency);
    format!("You said you collected {amount}{how}. Tell the restaurant.")
}

/// Why it is not.
pub(in crate::counter) fn why_refused(error: &ApiError) -> &'static str {
    match error.kind() {
        Some(ProblemType::Forbidden) => "You no longer bring it.",
        _ if error.is_not_found() => "You no longer bring it.",
        Some(ProblemType::WaitAtDoor) => "Wait 5 minutes at the door first.",
        _ => "Something went wrong. Check it and try again.",
    }
}

#[cfg(test)]
mod tests {
    use shared::{
        Amount, Status,
        api::DeliveryChanged,
        staff::{Actor, ActorRole},
    };

    use super::{
        super::{super::taps::tests::delivery, actions::not_sent},
        *,
    };

    const MINUTE: i64 = 60_000;

    #[test]
    fn whoever_was_first_is_named() {
        let file = include_str!("../../../../shared/tests/wire/problem_delivery_changed.json");
        let DeliveryChanged { happened: last, .. } = serde_json::from_str(file).unwrap();
        let name = Some("Ana".parse().unwrap());
        let actor = Actor { role: ActorRole::Courier, name };
        let last = Happened { event: EventName::Claimed, actor, courier: None, ..last };
        let id = delivery(1, Status::Ready, 3).order_id;
        let number = number(id);
        let after = |millis| happened(&last, id, last.at.plus_millis(millis));
        assert_eq!(after(2_900), format!("Ana claimed order {number} 2 s ago."));
        assert_eq!(after(-5_000), format!("Ana claimed order {number} just now."));
        assert_eq!(after(3 * MINUTE), format!("Ana claimed order {number} 3 min ago."));
        assert_eq!(
            refused(EventName::Delivered, id, &after(2_000)),
            format!(
                "“Delivered” for order {number} wasn’t saved. Ana claimed order {number} 2 s ago."
            )
        );
        let courier = |name: &str| Some(name.parse().unwrap());
        let told = |last: &Happened| happened(last, id, last.at);
        let given = Happened { courier: courier("Cory"), ..last.clone() };
        assert_eq!(told(&given), format!("Ana gave order {number} to Cory just now."));
        let own = Happened { courier: courier("Ana"), ..last };
        assert_eq!(told(&own), format!("Ana claimed order {number} just now."));
    }

    #[test]
    fn a_claim_off_shift_says_so() {
        let id = delivery(1, Status::Ready, 3).order_id;
        let text = not_sent(&ApiError::of(ProblemType::OffShift), id);
        assert!(text.starts_with("You’re off shift. "), "{text}");
        let other = not_sent(&ApiError::of(ProblemType::Unknown), id);
        assert!(other.starts_with("Something went wrong. "), "{other}");
    }

    #[test]
    fn what_is_lost_is_one_sentence() {
        let [one, two] = [1, 2].map(|it| delivery(it, Status::Ready, 3).order_id);
        let (first, second) = (number(one), number(two));
        assert_eq!(
            lost(&[one]),
            format!("Order {first} has ended, or somebody else brings it now.")
        );
        assert_eq!(
            lost(&[one, two]),
            format!("Orders {first}, {second} have ended, or somebody else brings them now.")
        );
    }

    #[test]
    fn money_that_is_not_saved_is_said() {
        let paid = |method| Collected { method, amount: Amount::new(43_050) };
        let told = |method| not_saved(paid(method), "INR".parse().unwrap());
        let amount = money(Amount::new(43_050), "INR".parse().unwrap());
        assert_eq!(
            told(PaidBy::Cash),
            format!("You said you collected {amount} in cash. Tell the restaurant.")
        );
        assert!(told(PaidBy::Card).contains(" by card."));
        assert!(told(PaidBy::Other).contains(&format!("{amount}. ")));
    }
}
