//! Orders to figures. Nothing here is read or written.

use std::{cmp::Reverse, collections::BTreeMap};

use shared::{
    Amount, Currency, DishId, Status,
    api::{DishTakings, Figures, Report, ReportDay, Sum, Takings},
    hours::Date,
    staff::Collected,
};

use super::facts::OrderFacts;

/// The sums of some orders.
pub(super) fn figures<'a>(orders: impl IntoIterator<Item = &'a OrderFacts>) -> Figures {
    let mut figures = Figures::default();
    for order in orders {
        count(&mut figures, order);
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
        let (total, dishes, difference, unstated) = (zero, zero, zero, zero);
        let collected = Vec::new();
        let none = Takings { currency, total, dishes, collected, difference, unstated };
        takings.insert(place, none);
        place
    });
    &mut takings[place]
}

fn add(takings: &mut Takings, OrderFacts { row, bill }: &OrderFacts) {
    takings.total = takings.total + bill.total;
    takings.dishes = takings.dishes + bill.subtotal;
    match row.collected {
        Some(collected) => {
            add_collected(takings, collected);
            let beyond = collected.amount.minor().saturating_sub(bill.total.minor());
            takings.difference = takings.difference + Amount::new(beyond);
        }
        None => takings.unstated = takings.unstated + bill.total,
    }
}

fn add_collected(takings: &mut Takings, Collected { method, amount }: Collected) {
    let (sums, currency) = (&mut takings.collected, takings.currency);
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
