//! What a day brought in, reports, and what happened to an order.

use shared::{
    Amount, Currency, EventName, OrderId, RestaurantId, Timestamp,
    api::{CourierTakings, Figures, HistoryEvent, OrderRow, ProblemType, Report, Sum, Takings},
    hours::Date,
    price::Bill,
    staff::{Actor, ActorRole, PaidBy},
};

use crate::{
    http::ApiError,
    text::{cart, counted, isolated, order},
};

mod texts {
    pub const TODAY: &str = "Today";
    pub const DAYS: &str = "Days";
    pub const PREVIOUS_DAY: &str = "Previous day";
    pub const NEXT_DAY: &str = "Next day";
    pub const FIGURES: &str = "Figures";
    pub const ORDERS: &str = "Orders";
    pub const NO_ORDERS: &str = "No orders";
    pub const NO_ORDERS_HINT: &str = "Nobody ordered on this day.";
    pub const FIND: &str = "Find order";
    pub const CODE: &str = "Order code";
    pub const CODE_HINT: &str =
        "Such as E1D92A, or a part of it. Finds orders of the last 31 days.";
    pub const CODE_WRONG: &str = "Enter 3 to 6 characters of the code: digits and A to F.";
    pub const NONE_FOUND: &str = "No order found";
    pub const NONE_FOUND_HINT: &str = "Check the code. Orders older than 31 days aren’t searched.";
    pub const REPORT: &str = "Report";
    pub const FROM: &str = "From";
    pub const TO: &str = "To";
    pub const ORDERS_CSV: &str = "Download orders CSV";
    pub const DISHES_CSV: &str = "Download dishes CSV";
    pub const PERIOD_WRONG: &str = "Choose up to 31 days, none later than today.";
    pub const PERIOD_BACKWARDS: &str = "Choose a first day that isn’t after the last.";
    pub const BY_COURIER: &str = "Collected by courier";
    pub const WITHOUT_COURIER: &str = "Without a courier";
    pub const BACK_TO_DAY: &str = "Back to the day";
    pub const DISHES: &str = "Dishes";
    pub const HISTORY: &str = "History";
    pub const PHONE_SHOWN: &str = "Phone number shown to";
    pub const NOT_SHOWN: &str = "Nobody";
}
pub(in crate::counter) use texts::*;

/// How an amount is written.
pub(in crate::counter) type Money = fn(Amount, Currency) -> String;
/// How a time is written.
pub(in crate::counter) type When = fn(Timestamp) -> String;

/// The address of a day of a restaurant; today if none is named.
pub(in crate::counter) fn day_path(restaurant: &RestaurantId, date: Option<Date>) -> String {
    match date {
        Some(date) => format!("/counter/{restaurant}/day?date={date}"),
        None => format!("/counter/{restaurant}/day"),
    }
}

/// The address of today's figures.
pub(in crate::counter) fn today_path(restaurant: &RestaurantId) -> String {
    day_path(restaurant, None)
}

/// The address of the orders with a code.
pub(in crate::counter) fn found_path(restaurant: &RestaurantId, code: &str) -> String {
    format!("/counter/{restaurant}/day?code={code}")
}

/// The address of an order's history.
pub(in crate::counter) fn order_path(restaurant: &RestaurantId, order: OrderId) -> String {
    format!("/counter/{restaurant}/orders/{order}")
}

/// The heading of what a search found.
pub(in crate::counter) fn found_title(code: &str) -> String {
    format!("Orders with “{code}”")
}

/// What is wrong with the first and the last day of a report, if something is.
pub(in crate::counter) fn period_wrong(from: Date, to: Date) -> Option<&'static str> {
    if from > to {
        return Some(PERIOD_BACKWARDS);
    }
    (to >= from.plus_days(Report::MAX_DAYS)).then_some(PERIOD_WRONG)
}

/// The figures of a day: what each is, and how much; `currency` is the restaurant's, once it is known.
pub(in crate::counter) fn figures(
    figures: &Figures,
    currency: Option<Currency>,
    money: Money,
) -> Vec<(String, String)> {
    let mut list = vec![("Orders".to_owned(), figures.orders.to_string())];
    let nothing = || currency.map_or_else(|| "0".to_owned(), |of| money(Amount::ZERO, of));
    match &figures.takings[..] {
        [] => list.push(("Takings".to_owned(), nothing())),
        takings => list.extend(takings.iter().flat_map(|of| in_currency(of, money))),
    }
    for (name, count) in [
        ("Delivered", figures.delivered),
        ("Under way", figures.under_way),
        ("Late", figures.late),
        ("Declined", figures.declined),
        ("Cancelled", figures.cancelled),
        ("Not delivered", figures.failed),
    ] {
        list.push((name.to_owned(), count.to_string()));
    }
    list
}

fn in_currency(takings: &Takings, money: Money) -> Vec<(String, String)> {
    let of = |amount| money(amount, takings.currency);
    let mut list = vec![("Takings".to_owned(), of(takings.total))];
    if !takings.tips.is_zero() {
        list.push(("Tips included".to_owned(), of(takings.tips)));
    }
    list.extend(takings.collected.iter().map(|sum: &Sum| {
        let orders = counted(sum.orders as usize, "order");
        (format!("{}, {orders}", paid_by(sum.method)), of(sum.amount))
    }));
    if !takings.collected.is_empty() {
        list.push(("Difference to what was due".to_owned(), of(takings.difference)));
    }
    if !takings.unstated.is_zero() {
        list.push(("Payment not recorded".to_owned(), of(takings.unstated)));
    }
    list
}

/// Each courier and what they were given at the door, in each currency; none if no courier delivered anything.
pub(in crate::counter) fn by_courier(figures: &Figures, money: Money) -> Vec<(String, String)> {
    let all = figures
        .takings
        .iter()
        .flat_map(|Takings { couriers, currency, .. }| couriers.iter().map(|of| (of, *currency)));
    if !all.clone().any(|(of, _)| of.courier.is_some()) {
        return Vec::new();
    }
    let row = |(of, currency): (&CourierTakings, Currency)| {
        let name = of.courier.as_ref().map(|name| isolated(name.as_ref()));
        let name = name.unwrap_or_else(|| WITHOUT_COURIER.to_owned());
        (name, given(of, &|amount| money(amount, currency)))
    };
    all.map(row).collect()
}

fn given(of: &CourierTakings, money: &dyn Fn(Amount) -> String) -> String {
    let said = |amount: Amount, text: &dyn Fn(String) -> String| {
        (!amount.is_zero()).then(|| text(money(amount)))
    };
    let sums = of
        .collected
        .iter()
        .map(|sum| Some(format!("{} {}", paid_by(sum.method), money(sum.amount))));
    let rest = [
        said(of.unstated, &|amount| format!("Payment not recorded {amount}")),
        said(of.tips, &|amount| format!("including {amount} in tips")),
    ];
    sums.chain(rest).flatten().collect::<Vec<_>>().join(" · ")
}

/// What an order cost besides its dishes, and in all.
pub(in crate::counter) fn costs(bill: &Bill, money: Money) -> Vec<(String, String)> {
    let of = |amount| money(amount, bill.currency);
    let tax = (cart::tax(&bill.tax_name, bill.tax_included), of(bill.tax));
    let (on_top, within) = if bill.tax_included { (None, Some(tax)) } else { (Some(tax), None) };
    let tip = (!bill.tip.is_zero()).then(|| (cart::TIP.to_owned(), of(bill.tip)));
    let rows = [
        Some((cart::SUBTOTAL.to_owned(), of(bill.subtotal))),
        Some((cart::DELIVERY.to_owned(), of(bill.delivery_fee))),
        on_top,
        tip,
        Some((cart::TOTAL.to_owned(), of(bill.total))),
        within,
    ];
    rows.into_iter().flatten().collect()
}

/// What there is to say of an order in a list, besides what it costs.
pub(in crate::counter) fn order_row(row: &OrderRow, money: Money) -> String {
    let collected = row.collected.map(|collected| {
        format!("{} {}", paid_by(collected.method), money(collected.amount, row.currency))
    });
    let parts = [
        Some(order::status(row.status).to_owned()),
        row.is_late.then(|| "Late".to_owned()),
        row.courier.as_ref().map(ToString::to_string),
        collected,
        row.reason.as_ref().map(|reason| reason.words().to_owned()),
    ];
    joined(parts)
}

/// Something that happened to an order: what, who, why, and what was promised with it.
pub(in crate::counter) fn history_event(event: &HistoryEvent, when: When) -> String {
    let time = |what: &str, at: Option<Timestamp>| at.map(|at| format!("{what} {}", when(at)));
    // Who takes an order themselves is named already.
    let courier = event.courier.as_ref().filter(|name| event.actor.name.as_ref() != Some(*name));
    let parts = [
        Some(happened(event.event).to_owned()),
        who(&event.actor),
        courier.map(|name| format!("Courier: {name}")),
        event.reason.as_ref().map(|reason| reason.words().to_owned()),
        time("ready", event.ready_at),
        time("arrives", event.expected_at),
        time("pressed", event.pressed_at),
    ];
    joined(parts)
}

/// By which clock times are shown, where the restaurant's is another one.
pub(in crate::counter) fn clock_hint(city: &str) -> String {
    format!("Times are by this device’s clock. The restaurant’s days are by {city} time.")
}

/// What an order costs and what was collected for it.
pub(in crate::counter) fn payment(row: &OrderRow, money: Money) -> String {
    let of = |amount: i64| money(Amount::new(amount), row.currency);
    let total = row.total.minor();
    let due = format!("Due {}", of(total));
    let Some(collected) = row.collected else { return due };
    let amount = collected.amount.minor();
    let how = paid_by(collected.method).to_lowercase();
    let paid = format!("collected {} ({how})", of(amount));
    let difference = match amount.saturating_sub(total) {
        0 => None,
        short @ ..0 => Some(format!("{} short", of(-short))),
        over => Some(format!("{} over", of(over))),
    };
    joined([Some(due), Some(paid), difference])
}

/// The latest time that was promised last.
pub(in crate::counter) fn promised(time: &str) -> String {
    format!("Promised by {time}")
}

/// Who it was: their name and what they are.
pub(in crate::counter) fn who(actor: &Actor) -> Option<String> {
    let role = match actor.role {
        ActorRole::Owner => "Owner",
        ActorRole::Manager => "Manager",
        ActorRole::Kitchen => "Kitchen",
        ActorRole::Courier => "Courier",
        ActorRole::Robot => "Demo robot",
        ActorRole::Customer => "Customer",
        ActorRole::Deadline => "Time limit",
        ActorRole::Unknown => return actor.name.as_ref().map(ToString::to_string),
    };
    Some(match &actor.name {
        Some(name) => format!("{name} ({role})"),
        None => role.to_owned(),
    })
}

/// Why a file was not downloaded.
pub(in crate::counter) fn report_error(error: &ApiError) -> String {
    let text = match error.kind() {
        Some(ProblemType::InvalidField) => PERIOD_WRONG,
        Some(ProblemType::Forbidden) => "Your role doesn’t include this.",
        _ if error.is_transient() => "No answer. Try again.",
        _ => "Something went wrong. Try again.",
    };
    text.to_owned()
}

fn joined<const N: usize>(parts: [Option<String>; N]) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

const fn paid_by(method: PaidBy) -> &'static str {
    match method {
        PaidBy::Cash => "Cash",
        PaidBy::Card => "Card",
        PaidBy::Other => "Other",
    }
}

const fn happened(event: EventName) -> &'static str {
    match event {
        EventName::Delayed => "Delayed",
        EventName::Claimed => "Claimed",
        EventName::Released => "Released",
        EventName::Seen => "Seen",
        EventName::Nearby => "Nearby",
        EventName::AtDoor => "At the door",
        event => match event.status() {
            Some(status) => order::status(status),
            None => "Changed",
        },
    }
}

#[cfg(test)]
mod tests;
