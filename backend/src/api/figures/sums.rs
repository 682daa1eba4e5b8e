//! Orders to figures. Nothing here is read or written.

use std::{cmp::Reverse, collections::BTreeMap};

use shared::{
    Amount, Currency, DishId, Status, UserId,
    api::{CourierTakings, DishTakings, Figures, Report, ReportDay, Sum, Takings},
    hours::Date,
    staff::Collected,
};

use super::facts::OrderFacts;

/// The sums of some orders.
pub(super) fn figures<'a>(orders: impl IntoIterator<Item = &'a OrderFacts>) -> Figures {
    let mut figures = Figures::default();
    let orders: Vec<_> = orders.into_iter().collect();
    for order in &orders {
        count(&mut figures, order);
    }
    for takings in &mut figures.takings {
        takings.couriers = by_courier(&orders, takings.currency);
    }
    figures
}

fn count(figures: &mut Figures, order: &OrderFacts) {
    figures.orders += 1;
    figures.late += u32::from(order.row.is_late);
    let count = match order.row.status {
        Status::Delivered => {
            add(takings_in(&mut figures.takings, order.bill.currency), order);
            &mut figures.delivered
        }
        Status::Rejected => &mut figures.declined,
        Status::Cancelled => &mut figures.cancelled,
        Status::Failed => &mut figures.failed,
        _ => &mut figures.under_way,
    };
    *count += 1;
}

/// The takings in a currency; the currencies are in order.
fn takings_in(takings: &mut Vec<Takings>, currency: Currency) -> &mut Takings {
    let found = takings.binary_search_by_key(&currency, |takings| takings.currency);
    let place = found.unwrap_or_else(|place| {
        let zero = Amount::ZERO;
        let none = Takings {
            currency,
            total: zero,
            dishes: zero,
            tips: zero,
            collected: Vec::new(),
            difference: zero,
            unstated: zero,
            couriers: Vec::new(),
        };
        takings.insert(place, none);
        place
    });
    &mut takings[place]
}

fn add(takings: &mut Takings, OrderFacts { row, bill, .. }: &OrderFacts) {
    takings.total = takings.total + bill.total;
    takings.dishes = takings.dishes + bill.subtotal;
    takings.tips = takings.tips + bill.tip;
    match row.collected {
        Some(collected) => {
            add_collected(&mut takings.collected, takings.currency, collected);
            let beyond = collected.amount.minor().saturating_sub(bill.total.minor());
            takings.difference = takings.difference + Amount::new(beyond);
        }
        None => takings.unstated = takings.unstated + bill.total,
    }
}

/// What the orders in a currency brought in by who delivered them, of whom several may have one name.
fn by_courier(orders: &[&OrderFacts], currency: Currency) -> Vec<CourierTakings> {
    let mut couriers: BTreeMap<Option<UserId>, CourierTakings> = BTreeMap::new();
    let is_counted = |order: &&&OrderFacts| {
        order.row.status == Status::Delivered && order.bill.currency == currency
    };
    for OrderFacts { row, bill, courier } in orders.iter().filter(is_counted) {
        let of = couriers.entry(*courier).or_default();
        of.courier.clone_from(&row.courier);
        of.tips = of.tips + bill.tip;
        match row.collected {
            Some(collected) => add_collected(&mut of.collected, currency, collected),
            None => of.unstated = of.unstated + bill.total,
        }
    }
    let mut couriers: Vec<_> = couriers.into_values().collect();
    couriers.sort_by_cached_key(|of| {
        (of.courier.is_none(), of.courier.as_ref().map(ToString::to_string))
    });
    couriers
}

fn add_collected(sums: &mut Vec<Sum>, currency: Currency, Collected { method, amount }: Collected) {
    let found = sums.binary_search_by_key(&method, |sum| sum.method);
    let place = found.unwrap_or_else(|place| {
        sums.insert(place, Sum { method, orders: 0, amount: Amount::ZERO, currency });
        place
    });
    sums[place].orders += 1;
    sums[place].amount = sums[place].amount + amount;
}

/// What each dish brought in, of the orders that were delivered, what brought in most first. The orders come
/// as they were placed, so that a dish has the name that it had last.
pub(super) fn dishes<'a>(orders: impl IntoIterator<Item = &'a OrderFacts>) -> Vec<DishTakings> {
    let mut dishes: BTreeMap<(DishId, Currency), DishTakings> = BTreeMap::new();
    let delivered = orders.into_iter().filter(|order| order.row.status == Status::Delivered);
    for OrderFacts { bill, .. } in delivered {
        for line in &bill.lines {
            let (dish_id, currency) = (line.dish_id.clone(), bill.currency);
            let dish = dishes.entry((dish_id.clone(), currency)).or_insert_with(|| DishTakings {
                dish_id,
                name: String::new(),
                quantity: 0,
                takings: Amount::ZERO,
                currency,
            });
            dish.name.clone_from(&line.name);
            dish.quantity += u32::from(line.quantity.get());
            dish.takings = dish.takings + line.total;
        }
    }
    let mut dishes: Vec<DishTakings> = dishes.into_values().collect();
    dishes.sort_by_key(|dish| Reverse(dish.takings));
    dishes
}

/// The report of these days, which follow each other; each with its orders as they were placed.
pub(super) fn report(from: Date, to: Date, days: &[(Date, Vec<OrderFacts>)]) -> Report {
    let all = || days.iter().flat_map(|(_, orders)| orders);
    let day = |(date, orders): &(Date, Vec<OrderFacts>)| ReportDay {
        date: *date,
        figures: figures(orders),
        dishes: dishes(orders),
    };
    let days = days.iter().map(day).collect();
    Report { from, to, figures: figures(all()), dishes: dishes(all()), days }
}
