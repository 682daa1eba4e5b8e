//! Orders as CSV (RFC 4180) for a spreadsheet: money in major units, times with their offset.

use shared::{
    Amount, Currency, Money, Status, api::OrderRow, hours::Date, price::Bill, staff::PaidBy,
};

use super::{super::local_time::day, facts::OrderFacts, sums};
use crate::runtime::error::Error;

/// The columns of the file of orders.
const ORDERS: [&str; 18] = [
    "Order",
    "Order ID",
    "Placed",
    "Status",
    "Ended",
    "Late",
    "Reason",
    "Courier",
    "Dishes",
    "Delivery fee",
    "Tax",
    "Tax included",
    "Tip",
    "Total",
    "Paid by",
    "Collected",
    "Difference",
    "Currency",
];
/// The columns of the file of dishes.
const DISHES: [&str; 6] = ["Date", "Dish", "Dish ID", "Quantity", "Takings", "Currency"];

/// A row for each order, in the local time of that zone.
///
/// # Errors
/// [`Error::Dependency`] if there is no such zone.
pub(super) fn orders<'a>(
    orders: impl IntoIterator<Item = &'a OrderFacts>,
    zone: &str,
) -> Result<String, Error> {
    let rows = orders.into_iter().map(|order| order_row(order, zone));
    file(ORDERS, rows)
}

fn order_row(OrderFacts { row, bill, .. }: &OrderFacts, zone: &str) -> Result<[String; 18], Error> {
    let OrderRow { order_id, placed_at, status, courier, collected, ended_at, .. } = row;
    let Bill { currency, .. } = bill;
    let money = |amount| Money { amount, currency: *currency }.decimal();
    let beyond = collected.map(|it| it.amount.minor().saturating_sub(bill.total.minor()));
    Ok([
        // Its mark keeps a code such as 12E456 from being a number.
        format!("#{}", order_id.code()),
        order_id.to_string(),
        day::iso(*placed_at, zone)?,
        state(*status).to_owned(),
        ended_at.map(|at| day::iso(at, zone)).transpose()?.unwrap_or_default(),
        yes_or_no(row.is_late).to_owned(),
        row.reason.as_ref().map(|reason| reason.words().to_owned()).unwrap_or_default(),
        courier.as_ref().map(|name| defused(name.as_ref())).unwrap_or_default(),
        money(bill.subtotal),
        money(bill.delivery_fee),
        money(bill.tax),
        yes_or_no(bill.tax_included).to_owned(),
        money(bill.tip),
        money(bill.total),
        collected.map(|it| method(it.method).to_owned()).unwrap_or_default(),
        collected.map(|it| money(it.amount)).unwrap_or_default(),
        beyond.map(|beyond| money(Amount::new(beyond))).unwrap_or_default(),
        currency.to_string(),
    ])
}

/// A row for each dish of each day.
///
/// # Errors
/// [`Error::Dependency`] if it cannot be written, which it can.
pub(super) fn dishes(days: &[(Date, Vec<OrderFacts>)]) -> Result<String, Error> {
    let rows = days.iter().flat_map(|(date, orders)| {
        sums::dishes(orders).into_iter().map(|dish| {
            let money = |amount, currency: Currency| Money { amount, currency }.decimal();
            Ok([
                date.to_string(),
                defused(&dish.name),
                dish.dish_id.to_string(),
                dish.quantity.to_string(),
                money(dish.takings, dish.currency),
                dish.currency.to_string(),
            ])
        })
    });
    file(DISHES, rows)
}

fn file<const COLUMNS: usize>(
    header: [&str; COLUMNS],
    rows: impl Iterator<Item = Result<[String; COLUMNS], Error>>,
) -> Result<String, Error> {
    let unwritten = |error| Error::dependency("writing a CSV file", error);
    // Quoted, so that another separator of the reader's splits no text.
    let mut file = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .quote_style(csv::QuoteStyle::NonNumeric)
        .from_writer(Vec::new());
    file.write_record(header).map_err(unwritten)?;
    for row in rows {
        file.write_record(row?).map_err(unwritten)?;
    }
    let bytes = file
        .into_inner()
        .map_err(|error| Error::dependency("writing a CSV file", error.into_error()))?;
    String::from_utf8(bytes).map_err(|error| Error::dependency("writing a CSV file", error))
}

/// A text that no spreadsheet takes for a formula (OWASP, "CSV Injection"): one that begins like one is put
/// behind an apostrophe.
fn defused(text: &str) -> String {
    let begins = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let is_formula = text.trim_start().starts_with(begins) || text.starts_with(['\t', '\r', '\n']);
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

/// What an order is, in one word.
const fn state(status: Status) -> &'static str {
    match status {
        Status::Placed => "placed",
        Status::Accepted => "accepted",
        Status::Ready => "ready",
        Status::PickedUp => "picked up",
        Status::Delivered => "delivered",
        Status::Rejected => "declined",
        Status::Cancelled => "cancelled",
        Status::Failed => "not delivered",
        Status::Unknown => "",
    }
}

const fn method(method: PaidBy) -> &'static str {
    match method {
        PaidBy::Cash => "cash",
        PaidBy::Card => "card",
        PaidBy::Other => "other",
    }
}

const fn yes_or_no(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}
