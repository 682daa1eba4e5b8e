//! The customer's orders as this page has them, and how events and answers change them.
//!
//! Nothing here moves an order backwards: neither a late push, nor a fetch that overtook one, nor
//! the list, whose index on the server is only eventually consistent.

use shared::{
    Order, OrderEvent, OrderId,
    api::{self, OrderSummary, SummaryLine},
    order::Applied,
};

/// The orders fetched so far, whole or as the list showed them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderList {
    /// Newest first.
    entries: Vec<Entry>,
    /// How far the list has been fetched.
    pub progress: Progress,
}

/// How far the list of one's orders has been fetched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Progress {
    /// Not at all.
    #[default]
    None,
    /// Up to here: the cursor of the next page.
    UpTo(String),
    /// To its end.
    Complete,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    summary: OrderSummary,
    order: Option<Order>,
    /// Events that came before the ones they follow.
    early: Vec<OrderEvent>,
}

/// What an event changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventOutcome {
    /// The order has advanced.
    Advanced,
    /// It was applied before.
    Duplicate,
    /// Events before it are missing: if they do not come soon, fetch the order.
    Gap,
    /// The order is not here: fetch it.
    Unknown,
}

impl OrderList {
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
        let entry = self.insert(summary(&fetched));
        let before = entry.order.as_ref().map(|order| order.sequence);
        match &mut entry.order {
            Some(order) => order.catch_up(fetched),
            None => entry.order = Some(fetched),
        }
        entry.fold_early();
        before != entry.order.as_ref().map(|order| order.sequence)
    }

    /// Takes a page of the list.
    pub fn take_page(&mut self, page: api::Orders) {
        for listed in page.orders {
            let entry = self.insert(listed.clone());
            if listed.sequence > entry.summary.sequence {
                entry.summary = listed;
            }
        }
        self.progress = page.cursor.map_or(Progress::Complete, Progress::UpTo);
    }

    fn find(&self, id: OrderId) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.summary.order_id == id)
    }

    /// What is known of an order; nothing but this if it is new.
    fn insert(&mut self, summary: OrderSummary) -> &mut Entry {
        let id = summary.order_id;
        let place = self.entries.iter().position(|entry| entry.summary.order_id == id);
        let place = place.unwrap_or_else(|| {
            let newer = |entry: &Entry| {
                let key = |order: &OrderSummary| (order.placed_at, order.order_id);
                key(&entry.summary) > key(&summary)
            };
            let place = self.entries.partition_point(newer);
            self.entries.insert(place, Entry { summary, order: None, early: Vec::new() });
            place
        });
        &mut self.entries[place]
    }

    /// Follows an event.
    pub fn apply(&mut self, event: OrderEvent) -> EventOutcome {
        let id = event.fact.order_id;
        let Some(entry) = self.entries.iter_mut().find(|entry| entry.summary.order_id == id) else {
            return EventOutcome::Unknown;
        };
        match entry.order.as_mut().map(|order| order.apply(&event)) {
            None => EventOutcome::Unknown,
            Some(Applied::Duplicate) => EventOutcome::Duplicate,
            Some(Applied::Advanced) => {
                entry.fold_early();
                EventOutcome::Advanced
            }
            Some(Applied::Gap) => {
                let sequence = event.fact.sequence;
                let place = entry.early.partition_point(|early| early.fact.sequence < sequence);
                entry.early.insert(place, event);
                EventOutcome::Gap
            }
        }
    }

    /// The orders that something can still happen to.
    #[must_use]
    pub fn in_progress(&self) -> Vec<OrderId> {
        let moving = |entry: &&Entry| {
            let held = entry.order.as_ref().is_some_and(|order| !order.status.is_terminal());
            held || !entry.summary.status.is_terminal()
        };
        self.entries.iter().filter(moving).map(|entry| entry.summary.order_id).collect()
    }

    /// All orders known, newest first.
    #[must_use]
    pub fn newest_first(&self) -> Vec<OrderSummary> {
        self.entries.iter().map(|entry| entry.summary.clone()).collect()
    }
}

impl Entry {
    /// Folds what came early as far as it follows now, and keeps the summary as new as the order.
    fn fold_early(&mut self) {
        let Some(order) = &mut self.order else { return };
        self.early.retain(|event| order.apply(event) == Applied::Gap);
        if order.sequence >= self.summary.sequence {
            self.summary = summary(order);
        }
    }
}

fn summary(order: &Order) -> OrderSummary {
    let basket = order.basket.as_ref();
    let lines = basket.map(|basket| basket.bill.lines.as_slice()).unwrap_or_default();
    let dishes = lines.iter().take(OrderSummary::MAX_DISHES);
    let dishes =
        dishes.map(|line| SummaryLine { name: line.name.clone(), quantity: line.quantity });
    let more = lines.len().saturating_sub(OrderSummary::MAX_DISHES);
    OrderSummary {
        order_id: order.order_id,
        status: order.status,
        sequence: order.sequence,
        placed_at: order.placed_at,
        restaurant_name: basket.map(|basket| basket.restaurant_name.clone()),
        total: basket.map(|basket| basket.bill.total),
        currency: basket.map(|basket| basket.bill.currency),
        dishes: dishes.collect(),
        more_dishes: u32::try_from(more).unwrap_or(u32::MAX),
    }
}

#[cfg(test)]
mod tests {
    use shared::Status;

    use super::*;

    fn order() -> Order {
        serde_json::from_str(include_str!("../../../shared/tests/wire/reply_order.json")).unwrap()
    }

    fn pushed(text: &str) -> OrderEvent {
        match serde_json::from_str(text).unwrap() {
            shared::live::ToBrowser::OrderEvent { event } => event,
            other => panic!("{other:?}"),
        }
    }

    fn accepted() -> OrderEvent {
        pushed(include_str!("../../../shared/tests/wire/push_order_accepted.json"))
    }

    fn picked_up() -> OrderEvent {
        pushed(include_str!("../../../shared/tests/wire/push_order_picked_up.json"))
    }

    fn following() -> (OrderList, OrderId) {
        let mut orders = OrderList::default();
        orders.take(order());
        (orders, order().order_id)
    }

    #[test]
    fn a_push_advances_the_order_and_its_line_in_the_list() {
        let (mut orders, id) = following();
        assert_eq!(orders.apply(accepted()), EventOutcome::Advanced);
        assert_eq!(orders.apply(accepted()), EventOutcome::Duplicate);
        assert_eq!(orders.get(id).unwrap().status, Status::Accepted);
        assert_eq!(orders.newest_first()[0].status, Status::Accepted);
        assert_eq!(orders.in_progress(), [id]);
    }

    #[test]
    fn pushes_in_the_wrong_order_end_in_the_right_state() {
        let (mut orders, id) = following();
        assert_eq!(orders.apply(picked_up()), EventOutcome::Gap);
        assert_eq!(orders.sequence(id), 1);
        assert_eq!(orders.apply(accepted()), EventOutcome::Advanced);
        assert_eq!(orders.get(id).unwrap().status, Status::PickedUp);
    }

    #[test]
    fn a_fetch_that_a_push_overtook_moves_nothing_backwards() {
        let (mut orders, id) = following();
        orders.apply(accepted());
        orders.take(order());
        assert_eq!(orders.get(id).unwrap().status, Status::Accepted);
    }

    #[test]
    fn an_old_line_of_the_list_moves_nothing_backwards_and_its_absence_removes_nothing() {
        let (mut orders, id) = following();
        orders.apply(accepted());
        let old = summary(&order());
        orders.take_page(api::Orders { orders: vec![old], cursor: None });
        assert_eq!(orders.newest_first()[0].status, Status::Accepted);
        orders.take_page(api::Orders { orders: vec![], cursor: Some("next".to_owned()) });
        assert_eq!(orders.in_progress(), [id]);
        assert_eq!(orders.progress, Progress::UpTo("next".to_owned()));
    }

    #[test]
    fn an_event_of_an_order_that_is_not_held_asks_for_it() {
        let mut orders = OrderList::default();
        assert_eq!(orders.apply(accepted()), EventOutcome::Unknown);
        let listed = api::Orders { orders: vec![summary(&order())], cursor: None };
        orders.take_page(listed);
        assert_eq!(orders.apply(accepted()), EventOutcome::Unknown);
        assert_eq!(orders.in_progress(), [order().order_id]);
    }
    fn delivered() -> OrderEvent {
        pushed(include_str!("../../../shared/tests/wire/push_order_delivered.json"))
    }

    /// A line of the list: order `number`, placed so many seconds after the first.
    fn listed(number: u8, seconds: i64) -> OrderSummary {
        let first = order().placed_at;
        let order_id = OrderId::new(first, [number; 10]);
        OrderSummary { order_id, placed_at: first.plus_seconds(seconds), ..summary(&order()) }
    }

    #[test]
    fn the_list_is_newest_first_however_its_orders_came() {
        let (one, two, three) = (listed(1, 10), listed(2, 20), listed(3, 30));
        // Placed in the same millisecond: by id.
        let tie = listed(9, 20);
        let expected = [&three, &tie, &two, &one].map(|listed| listed.order_id);
        for coming in [
            [&one, &two, &three, &tie],
            [&tie, &three, &two, &one],
            [&two, &tie, &one, &three],
            [&three, &one, &tie, &two],
        ] {
            let mut orders = OrderList::default();
            for listed in coming {
                let page = api::Orders { orders: vec![listed.clone()], cursor: None };
                orders.take_page(page);
            }
            let ids: Vec<_> = orders.newest_first().iter().map(|it| it.order_id).collect();
            assert_eq!(ids, expected);
        }
        let mut orders = OrderList::default();
        for listed in [&one, &three, &two] {
            orders.take(Order {
                order_id: listed.order_id,
                placed_at: listed.placed_at,
                ..order()
            });
        }
        assert_eq!(orders.newest_first()[0].order_id, three.order_id, "fetched ones too");
    }

    #[test]
    fn whether_a_fetch_has_changed_anything_is_said() {
        let mut orders = OrderList::default();
        assert!(orders.take(order()), "it is new");
        assert!(!orders.take(order()), "it is known");
        let mut newer = order();
        newer.apply(&accepted());
        assert!(orders.take(newer));
        assert!(!orders.take(order()), "it is old");
        assert_eq!(orders.sequence(order().order_id), 2);
        assert_eq!(orders.sequence(listed(1, 1).order_id), 0, "not here");
    }

    #[test]
    fn a_newer_line_of_the_list_takes_the_place_of_the_older() {
        let mut orders = OrderList::default();
        let old = listed(1, 0);
        let new = OrderSummary { sequence: 2, status: Status::Accepted, ..old.clone() };
        for (line, shown) in [(&old, &old), (&new, &new), (&old, &new)] {
            orders.take_page(api::Orders { orders: vec![line.clone()], cursor: None });
            assert_eq!(orders.newest_first(), std::slice::from_ref(shown));
        }
        assert_eq!(orders.progress, Progress::Complete);
    }

    #[test]
    fn pushes_that_came_early_are_folded_in_once_the_first_is_there() {
        for early in [[picked_up(), delivered()], [delivered(), picked_up()]] {
            let (mut orders, id) = following();
            for event in early {
                assert_eq!(orders.apply(event), EventOutcome::Gap);
            }
            assert_eq!(orders.apply(accepted()), EventOutcome::Advanced);
            assert_eq!(orders.get(id).unwrap().status, Status::Delivered);
            assert_eq!(orders.newest_first()[0].status, Status::Delivered);
            assert_eq!(orders.in_progress(), [], "it has ended");
        }
    }

    #[test]
    fn pushes_that_a_fetch_makes_the_next_ones_are_folded_in() {
        let (mut orders, id) = following();
        orders.apply(delivered());
        let mut fetched = order();
        fetched.apply(&accepted());
        fetched.apply(&picked_up());
        assert!(orders.take(fetched));
        assert_eq!(orders.get(id).unwrap().status, Status::Delivered);
    }

    #[test]
    fn a_line_of_the_list_names_the_first_dishes_and_counts_the_others() {
        let mut order = order();
        let lines = &mut order.basket.as_mut().unwrap().bill.lines;
        let line = lines[0].clone();
        lines.resize(5, line);
        let listed = summary(&order);
        assert_eq!((listed.dishes.len(), listed.more_dishes), (OrderSummary::MAX_DISHES, 2));
        assert_eq!(listed.dishes[0].name, "Masala dosa");
        order.basket.as_mut().unwrap().bill.lines.truncate(1);
        assert_eq!((summary(&order).dishes.len(), summary(&order).more_dishes), (1, 0));
    }
}
