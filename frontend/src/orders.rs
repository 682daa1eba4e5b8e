//! The orders this page knows of, and how it follows them. Plain logic.
//!
//! Nothing here moves an order backwards: neither a late push, nor a fetch that overtook one, nor
//! the list, whose index on the server is only eventually consistent.

use shared::{
    Order, OrderEvent, OrderId,
    api::{self, OrderSummary},
    order::Folded,
};

/// The orders known, whole or as the list showed them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Orders {
    /// Newest first.
    known: Vec<Known>,
    /// How far the list has been fetched.
    pub list: Listed,
}

/// How far the list of one's orders has been fetched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Listed {
    /// Not at all.
    #[default]
    No,
    /// Up to here: the cursor of the next page.
    To(String),
    /// To its end.
    Whole,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    summary: OrderSummary,
    order: Option<Order>,
    /// Events that came before the ones they follow.
    early: Vec<OrderEvent>,
}

/// What came of hearing of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// The order has advanced.
    Advanced,
    /// It was known already.
    Known,
    /// Events before it are missing: if they do not come soon, fetch the order.
    Missed,
    /// The order is not held here: fetch it.
    Unknown,
}

impl Orders {
    /// The order, if it is held whole.
    #[must_use]
    pub fn get(&self, id: OrderId) -> Option<&Order> {
        self.find(id)?.order.as_ref()
    }

    /// How many events of the order are known; zero if it is not held whole.
    #[must_use]
    pub fn sequence(&self, id: OrderId) -> u32 {
        self.get(id).map_or(0, |order| order.sequence)
    }

    /// Takes an order as the server gave it, unless a newer state of it is held; whether that
    /// has changed anything.
    pub fn take(&mut self, fetched: Order) -> bool {
        let known = self.insert(summary(&fetched));
        let before = known.order.as_ref().map(|order| order.sequence);
        match &mut known.order {
            Some(order) => order.catch_up(fetched),
            None => known.order = Some(fetched),
        }
        known.fold_early();
        before != known.order.as_ref().map(|order| order.sequence)
    }

    /// Takes a page of the list.
    pub fn take_page(&mut self, page: api::Orders) {
        for listed in page.orders {
            let known = self.insert(listed.clone());
            if listed.sequence > known.summary.sequence {
                known.summary = listed;
            }
        }
        self.list = page.cursor.map_or(Listed::Whole, Listed::To);
    }

    fn find(&self, id: OrderId) -> Option<&Known> {
        self.known.iter().find(|known| known.summary.order_id == id)
    }

    /// What is known of an order; nothing but this if it is new.
    fn insert(&mut self, summary: OrderSummary) -> &mut Known {
        let id = summary.order_id;
        let place = self.known.iter().position(|known| known.summary.order_id == id);
        let place = place.unwrap_or_else(|| {
            let newer = |known: &Known| {
                let key = |order: &OrderSummary| (order.placed_at, order.order_id);
                key(&known.summary) > key(&summary)
            };
            let place = self.known.partition_point(newer);
            self.known.insert(place, Known { summary, order: None, early: Vec::new() });
            place
        });
        &mut self.known[place]
    }

    /// Follows an event.
    pub fn hear(&mut self, event: OrderEvent) -> Heard {
        let id = event.fact().order_id;
        let Some(known) = self.known.iter_mut().find(|known| known.summary.order_id == id) else {
            return Heard::Unknown;
        };
        match known.order.as_mut().map(|order| order.apply(&event)) {
            None => Heard::Unknown,
            Some(Folded::Known) => Heard::Known,
            Some(Folded::Advanced) => {
                known.fold_early();
                Heard::Advanced
            }
            Some(Folded::Missed) => {
                let sequence = event.fact().sequence;
                let place = known.early.partition_point(|early| early.fact().sequence < sequence);
                known.early.insert(place, event);
                Heard::Missed
            }
        }
    }

    /// The orders that something can still happen to.
    #[must_use]
    pub fn under_way(&self) -> Vec<OrderId> {
        let moving = |known: &&Known| {
            let held = known.order.as_ref().is_some_and(|order| !order.status.is_terminal());
            held || !known.summary.status.is_terminal()
        };
        self.known.iter().filter(moving).map(|known| known.summary.order_id).collect()
    }

    /// All orders known, newest first.
    #[must_use]
    pub fn newest_first(&self) -> Vec<OrderSummary> {
        self.known.iter().map(|known| known.summary.clone()).collect()
    }
}

impl Known {
    /// Folds what came early as far as it follows now, and keeps the summary as new as the order.
    fn fold_early(&mut self) {
        let Some(order) = &mut self.order else { return };
        self.early.retain(|event| order.apply(event) == Folded::Missed);
        if order.sequence >= self.summary.sequence {
            self.summary = summary(order);
        }
    }
}

fn summary(order: &Order) -> OrderSummary {
    let basket = order.basket.as_ref();
    OrderSummary {
        order_id: order.order_id,
        status: order.status,
        sequence: order.sequence,
        placed_at: order.placed_at,
        restaurant_name: basket.map(|basket| basket.restaurant_name.clone()),
        total: basket.map(|basket| basket.bill.total),
        currency: basket.map(|basket| basket.bill.currency),
    }
}

#[cfg(test)]
mod tests {
    use shared::Status;

    use super::*;

    fn order() -> Order {
        serde_json::from_str(include_str!("../../shared/tests/wire/reply_order.json")).unwrap()
    }

    fn pushed(text: &str) -> OrderEvent {
        match serde_json::from_str(text).unwrap() {
            shared::live::ToBrowser::OrderEvent { event } => event,
            other => panic!("{other:?}"),
        }
    }

    fn accepted() -> OrderEvent {
        pushed(include_str!("../../shared/tests/wire/push_order_accepted.json"))
    }

    fn picked_up() -> OrderEvent {
        pushed(include_str!("../../shared/tests/wire/push_order_picked_up.json"))
    }

    fn following() -> (Orders, OrderId) {
        let mut orders = Orders::default();
        orders.take(order());
        (orders, order().order_id)
    }

    #[test]
    fn a_push_advances_the_order_and_its_line_in_the_list() {
        let (mut orders, id) = following();
        assert_eq!(orders.hear(accepted()), Heard::Advanced);
        assert_eq!(orders.hear(accepted()), Heard::Known);
        assert_eq!(orders.get(id).unwrap().status, Status::Accepted);
        assert_eq!(orders.newest_first()[0].status, Status::Accepted);
        assert_eq!(orders.under_way(), [id]);
    }

    #[test]
    fn pushes_in_the_wrong_order_end_in_the_right_state() {
        let (mut orders, id) = following();
        assert_eq!(orders.hear(picked_up()), Heard::Missed);
        assert_eq!(orders.sequence(id), 1);
        assert_eq!(orders.hear(accepted()), Heard::Advanced);
        assert_eq!(orders.get(id).unwrap().status, Status::PickedUp);
    }

    #[test]
    fn a_fetch_that_a_push_overtook_moves_nothing_backwards() {
        let (mut orders, id) = following();
        orders.hear(accepted());
        orders.take(order());
        assert_eq!(orders.get(id).unwrap().status, Status::Accepted);
    }

    #[test]
    fn an_old_line_of_the_list_moves_nothing_backwards_and_its_absence_removes_nothing() {
        let (mut orders, id) = following();
        orders.hear(accepted());
        let old = summary(&order());
        orders.take_page(api::Orders { orders: vec![old], cursor: None });
        assert_eq!(orders.newest_first()[0].status, Status::Accepted);
        orders.take_page(api::Orders { orders: vec![], cursor: Some("next".to_owned()) });
        assert_eq!(orders.under_way(), [id]);
        assert_eq!(orders.list, Listed::To("next".to_owned()));
    }

    #[test]
    fn an_event_of_an_order_that_is_not_held_asks_for_it() {
        let mut orders = Orders::default();
        assert_eq!(orders.hear(accepted()), Heard::Unknown);
        let listed = api::Orders { orders: vec![summary(&order())], cursor: None };
        orders.take_page(listed);
        assert_eq!(orders.hear(accepted()), Heard::Unknown);
        assert_eq!(orders.under_way(), [order().order_id]);
    }
}
