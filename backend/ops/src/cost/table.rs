//! The table, in Markdown.

use std::cmp::Reverse;
use std::fmt::Write as _;

use anyhow::Result;
use rust_decimal::Decimal;

use super::prices::{Prices, cents};
use super::usage::{Designs, Usage, sum};

/// How many of the largest costs are named below the table.
const NAMED: usize = 5;

/// What so many orders cost, here and in the seed's design: a line a service, the most expensive
/// first.
///
/// # Errors
/// If a price is missing, or a sum is too large to be counted.
pub(super) fn markdown(prices: &Prices, designs: &Designs, orders: u64) -> Result<String> {
    let columns = columns(prices, designs, orders);
    let titles: Vec<&str> = columns.iter().map(|(title, _)| title.as_str()).collect();
    let mut table =
        format!("| | {} |\n|---|{}\n", titles.join(" | "), "---:|".repeat(columns.len()));
    for service in services(prices, &columns)? {
        row(&mut table, prices, &service, &columns, |of| of == service)?;
    }
    row(&mut table, prices, "**all**", &columns, |_| true)?;
    let month = sum(&designs.tiffin.orders(orders), &designs.tiffin.idle());
    write!(
        table,
        "\nIn US dollars, by the list prices of {region}. *Due* is a month with {count} orders after \
         what every account has free of charge, each month and for good. The dearest things of \
         that month here, by the list: {list}. Due: {due}.\n",
        region = prices.region,
        count = grouped(orders),
        list = largest(prices, &month)?,
        due = largest(prices, &prices.beyond_free(&month))?,
    )?;
    Ok(table)
}

/// The columns' titles and what is used in each.
fn columns(prices: &Prices, designs: &Designs, orders: u64) -> Vec<(String, Usage)> {
    let columns = [("", &designs.tiffin), ("seed: ", &designs.seed)].map(|(prefix, design)| {
        let (used, idle) = (design.orders(orders), design.idle());
        let due = prices.beyond_free(&sum(&used, &idle));
        [
            (format!("{prefix}{} orders", grouped(orders)), used),
            (format!("{prefix}idle, a month"), idle),
            (format!("{prefix}due"), due),
        ]
    });
    columns.into_iter().flatten().collect()
}

fn row(
    table: &mut String,
    prices: &Prices,
    name: &str,
    columns: &[(String, Usage)],
    is_wanted: impl Fn(&str) -> bool,
) -> Result<()> {
    write!(table, "| {name} |")?;
    for (_, usage) in columns {
        write!(table, " {} |", cents(cost(prices, usage, &is_wanted)?))?;
    }
    table.push('\n');
    Ok(())
}

/// The services that charge anything, the most expensive first, by all columns together.
fn services(prices: &Prices, columns: &[(String, Usage)]) -> Result<Vec<String>> {
    let mut names: Vec<&str> = prices.price.values().map(|price| price.service.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let mut services = Vec::new();
    for name in names {
        let costs = columns.iter().map(|(_, usage)| cost(prices, usage, |of| of == name));
        services.push((Reverse(costs.sum::<Result<Decimal>>()?), name.to_owned()));
    }
    services.sort();
    Ok(services.into_iter().map(|(_, name)| name).collect())
}

/// What a usage costs at the services that are wanted.
fn cost(prices: &Prices, usage: &Usage, is_wanted: impl Fn(&str) -> bool) -> Result<Decimal> {
    let costs = prices.costs(usage)?.into_iter();
    Ok(costs.filter(|(price, _)| is_wanted(&price.service)).map(|(_, cost)| cost).sum())
}

/// The largest costs, in words.
fn largest(prices: &Prices, usage: &Usage) -> Result<String> {
    let mut costs = prices.costs(usage)?;
    costs.retain(|(_, cost)| !cost.is_zero());
    costs.sort_by_key(|(price, cost)| (Reverse(*cost), price.metered.as_str()));
    let words = costs
        .iter()
        .take(NAMED)
        .map(|(price, cost)| format!("{} {}, {}", price.service, price.metered, cents(*cost)));
    Ok(words.collect::<Vec<_>>().join("; "))
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
        let (prices, designs) = (Prices::read().unwrap(), Designs::read().unwrap());
        let table = markdown(&prices, &designs, 10_000).unwrap();
        assert!(
            table.starts_with("| | 10,000 orders | idle, a month | due | seed: 10,000 orders |")
        );
        let columns = columns(&prices, &designs, 10_000);
        let lines = table.lines().filter(|line| line.starts_with("| ")).count();
        assert_eq!(lines, 1 + services(&prices, &columns).unwrap().len() + 1);
        for (title, usage) in &columns {
            let costs = prices.costs(usage).unwrap();
            let total = cost(&prices, usage, |_| true).unwrap();
            assert_eq!(total, costs.into_iter().map(|(_, cost)| cost).sum(), "{title}");
        }
    }

    #[test]
    fn every_price_is_one_that_something_costs() {
        let (prices, designs) = (Prices::read().unwrap(), Designs::read().unwrap());
        let columns = columns(&prices, &designs, 10_000);
        let is_used =
            |name| columns.iter().any(|(_, usage)| usage.get(name).is_some_and(|it| *it > 0));
        let unused: Vec<_> = prices.price.keys().filter(|name| !is_used(*name)).collect();
        assert!(unused.is_empty(), "{unused:?}");
    }

    #[test]
    fn what_an_account_has_for_good_is_not_due() {
        let (prices, designs) = (Prices::read().unwrap(), Designs::read().unwrap());
        let month = sum(&designs.tiffin.orders(10), &designs.tiffin.idle());
        let due = prices.beyond_free(&month);
        for name in ["lambda_arm", "dashboard", "active_user", "edge_byte"] {
            assert!(month[name] > 0 && due[name] == 0, "{name}");
        }
    }

    #[test]
    fn a_number_is_read_by_its_thousands() {
        assert_eq!([7, 720, 10_000, 1_234_567].map(grouped), ["7", "720", "10,000", "1,234,567"]);
    }
}
