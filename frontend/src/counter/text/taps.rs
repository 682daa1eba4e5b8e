//! What a courier reads of what was pressed.

use shared::{
    EventName, OrderId, Timestamp,
    api::{Happened, ProblemType},
};

use super::{actor, deliveries::*, did};
use crate::{
    http::ApiError,
    text::{format::when, order::number},
};

/// What a press says, for a screen reader.
pub(in crate::counter) fn pressed(event: EventName, id: OrderId) -> String {
    format!("Order {}: {}", number(id), button(event))
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

/// That an order is no longer among a courier's deliveries, although they did nothing.
pub(in crate::counter) fn lost(id: OrderId) -> String {
    format!("Order {} has ended, or somebody else brings it now.", number(id))
}

/// That an order was claimed.
pub(in crate::counter) fn claimed(id: OrderId) -> String {
    format!("Order {} is yours", number(id))
}

/// What happened to an order last, how long ago, and who made it happen.
pub(in crate::counter) fn happened(happened: &Happened, id: OrderId, now: Timestamp) -> String {
    let (who, did) = (actor(&happened.actor), did(happened.event));
    let ago = match now.millis_since(happened.at).max(0) / 1_000 {
        0 => "just now".to_owned(),
        seconds if seconds < 60 => format!("{seconds} s ago"),
        seconds if seconds < 3_600 => format!("{} min ago", seconds / 60),
        _ => format!("at {}", when(happened.at)),
    };
    format!("{who} {did} order {} {ago}.", number(id))
}

/// That what a courier pressed is not carried out.
pub(in crate::counter) fn refused(event: EventName, id: OrderId, why: &str) -> String {
    format!("“{}” for order {} wasn’t saved. {why}", button(event), number(id))
}

/// Why it is not.
pub(in crate::counter) fn why_refused(error: &ApiError) -> &'static str {
    match error.kind() {
        Some(ProblemType::Forbidden) => "You no longer bring it.",
        _ if error.is_not_found() => "You no longer bring it.",
        Some(ProblemType::WaitAtDoor) => "Wait 5 minutes at the door first.",
        Some(ProblemType::OffShift) => "You’re off shift. Start your shift first.",
        _ => "Something went wrong. Check it and try again.",
    }
}

#[cfg(test)]
mod tests {
    use shared::{
        Status,
        api::DeliveryChanged,
        staff::{Actor, ActorRole},
    };

    use super::{super::super::taps::tests::delivery, *};

    const MINUTE: i64 = 60_000;

    #[test]
    fn whoever_was_first_is_named() {
        let file = include_str!("../../../../shared/tests/wire/problem_delivery_changed.json");
        let DeliveryChanged { happened: last, .. } = serde_json::from_str(file).unwrap();
        let name = Some("Ana".parse().unwrap());
        let actor = Actor { role: ActorRole::Courier, name };
        let last = Happened { event: EventName::Claimed, actor, ..last };
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
    }
}
