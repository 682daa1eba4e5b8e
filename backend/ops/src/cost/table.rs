//! The table, in Markdown.

use std::fmt::Write as _;

use anyhow::Result;

use super::money::Money;
use super::prices::Prices;
use super::usage::{Meter, Usage};
use super::{ours, seed};

/// How many of the largest items are named below the table.
const NAMED: usize = 5;

/// A column: what it is called, and what is used in it.
struct Column {
    title: String,
    usage: Usage,
}

/// What so many orders cost, here and in the seed's design: a line a service, the dearest first.
///
/// # Errors
/// If a price is missing, or a sum is too large to be counted.
pub fn markdown(prices: &Prices, orders: u64) -> Result<String> {
    let columns = columns(prices, orders);
    let mut table = header(&columns);
    for service in services(prices, &columns)? {
        row(&mut table, prices, &service, &columns, |of| of == service)?;
    }
    row(&mut table, prices, "**all**", &columns, |_| true)?;
    let month = ours::orders(u128::from(orders)).and(&ours::idle());
    let list = largest(prices, &month)?;
    let due = largest(prices, &prices.beyond_free(&month))?;
    let count = grouped(orders);
    write!(
        table,
        "\nIn US dollars, by the list prices of {region}. *Due* is a month with {count} orders after \
         what every account has free of charge, each month and for good. The dearest things of \
         that month here, by the list: {list}. Due: {due}.\n",
        region = prices.region,
    )?;
    Ok(table)
}

fn columns(prices: &Prices, orders: u64) -> Vec<Column> {
    let count = u128::from(orders);
    let designs =
        [("", ours::orders(count), ours::idle()), ("seed: ", seed::orders(count), seed::idle())];
    let column = |title, usage| Column { title, usage };
    let of = |(design, orders_used, idle): (&str, Usage, Usage)| {
        let due = prices.beyond_free(&orders_used.and(&idle));
        [
            column(format!("{design}{} orders", grouped(orders)), orders_used),
            column(format!("{design}idle, a month"), idle),
            column(format!("{design}due"), due),
        ]
    };
    designs.into_iter().flat_map(of).collect()
}

fn header(columns: &[Column]) -> String {
    let titles: Vec<&str> = columns.iter().map(|column| column.title.as_str()).collect();
    format!("| | {} |\n|---|{}\n", titles.join(" | "), "---:|".repeat(columns.len()))
}

fn row(
    table: &mut String,
    prices: &Prices,
    name: &str,
    columns: &[Column],
    wanted: impl Fn(&str) -> bool,
) -> Result<()> {
    write!(table, "| {name} |")?;
    for column in columns {
        write!(table, " {} |", cost(prices, &column.usage, &wanted)?)?;
    }
    table.push('\n');
    Ok(())
}

/// The services that charge anything, the dearest first, by all columns together.
fn services(prices: &Prices, columns: &[Column]) -> Result<Vec<String>> {
    let mut names: Vec<&str> = prices.price.values().map(|price| price.service.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let mut services = Vec::new();
    for name in names {
        let costs = columns.iter().map(|column| cost(prices, &column.usage, |of| of == name));
        let sum: Money = costs.collect::<Result<Vec<_>>>()?.into_iter().sum();
        services.push((std::cmp::Reverse(sum), name.to_owned()));
    }
    services.sort();
    Ok(services.into_iter().map(|(_, name)| name).collect())
}

/// What a usage costs at the services that are wanted.
fn cost(prices: &Prices, usage: &Usage, wanted: impl Fn(&str) -> bool) -> Result<Money> {
    let costs = itemized(prices, usage)?;
    let wanted =
        |&(meter, _): &(Meter, Money)| prices.of(meter).is_ok_and(|price| wanted(&price.service));
    Ok(costs.into_iter().filter(wanted).map(|(_, cost)| cost).sum())
}

fn itemized(prices: &Prices, usage: &Usage) -> Result<Vec<(Meter, Money)>> {
    usage.iter().map(|(meter, quantity)| Ok((meter, prices.list(meter, quantity)?))).collect()
}

/// The dearest items, in words.
fn largest(prices: &Prices, usage: &Usage) -> Result<String> {
    let mut items = itemized(prices, usage)?;
    items.retain(|(_, cost)| !cost.is_zero());
    items.sort_by_key(|&(meter, cost)| (std::cmp::Reverse(cost), meter));
    let mut words = Vec::new();
    for (meter, cost) in items.into_iter().take(NAMED) {
        let price = prices.of(meter)?;
        words.push(format!("{} {}, {cost}", price.service, price.metered));
    }
    Ok(words.join("; "))
}

/// A number with commas.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_line_a_service_and_adds_up() {
        let prices = Prices::read().unwrap();
        let table = markdown(&prices, 10_000).unwrap();
        assert!(
            table.starts_with("| | 10,000 orders | idle, a month | due | seed: 10,000 orders |")
        );
        let lines = table.lines().filter(|line| line.starts_with("| ")).count();
        assert_eq!(lines, 1 + services(&prices, &columns(&prices, 10_000)).unwrap().len() + 1);
        let orders = ours::orders(10_000);
        let all = cost(&prices, &orders, |_| true).unwrap();
        let parts = prices.price.keys().map(|&m| prices.list(m, orders.of(m)).unwrap());
        assert_eq!(all, parts.sum());
    }

    #[test]
    fn every_price_is_one_that_something_costs() {
        let columns = columns(&Prices::read().unwrap(), 10_000);
        for meter in Meter::ALL {
            assert!(columns.iter().any(|column| column.usage.of(meter) > 0), "{meter:?}");
        }
    }

    #[test]
    fn what_an_account_has_for_good_is_not_due() {
        let prices = Prices::read().unwrap();
        let month = ours::orders(10).and(&ours::idle());
        let due = prices.beyond_free(&month);
        for meter in [Meter::LambdaArm, Meter::Dashboard, Meter::ActiveUser, Meter::EdgeByte] {
            assert!(month.of(meter) > 0 && due.of(meter) == 0, "{meter:?}");
        }
    }

    #[test]
    fn a_number_is_read_by_its_thousands() {
        assert_eq!([7, 720, 10_000, 1_234_567].map(grouped), ["7", "720", "10,000", "1,234,567"]);
    }
}
