//! The table, in Markdown.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use rust_decimal::Decimal;

use super::prices::{Prices, cents};
use super::usage::{Designs, Usage, sum};

/// How many of the largest costs are named below the table.
const NAMED: usize = 5;

/// What so many orders cost, here and in the seed's design: a line a service, the most expensive
/// first by all columns together.
pub(super) fn markdown(prices: &Prices, designs: &Designs, orders: u64) -> Result<String> {
    let columns = columns(prices, designs, orders);
    let titles: Vec<&str> = columns.iter().map(|(title, _)| title.as_str()).collect();
    let mut table =
        format!("| | {} |\n|---|{}\n", titles.join(" | "), "---:|".repeat(columns.len()));
    let mut services: BTreeMap<&str, Vec<Decimal>> = BTreeMap::new();
    let mut all = vec![Decimal::ZERO; columns.len()];
    for (column, (_, usage)) in columns.iter().enumerate() {
        for (price, cost) in prices.costs(usage)? {
            let row = services.entry(&price.service);
            row.or_insert_with(|| vec![Decimal::ZERO; columns.len()])[column] += cost;
            all[column] += cost;
        }
    }
    let mut rows: Vec<(&str, Vec<Decimal>)> = services.into_iter().collect();
    rows.sort_by_key(|(_, costs)| Reverse(costs.iter().sum::<Decimal>()));
    for (name, costs) in rows.into_iter().chain([("**all**", all)]) {
        let costs: Vec<String> = costs.into_iter().map(cents).collect();
        writeln!(table, "| {name} | {} |", costs.join(" | "))?;
    }
    let month = sum(&designs.tiffin.orders(orders), &designs.tiffin.idle());
    write!(
        table,
        "\nIn US dollars, by the list prices of {region}. *After free tier* is a month with {count} \
         orders without what every account has free of charge, each month and for good. The most \
         expensive items of that month here, at list prices: {list}. After the free tier: {due}.\n",
        region = prices.region,
        count = grouped(orders),
        list = largest(prices, &month)?,
        due = largest(prices, &prices.beyond_free(&month))?,
    )?;
    Ok(table)
}

/// The columns' titles and what is used in each.
fn columns(prices: &Prices, designs: &Designs, orders: u64) -> Vec<(String, Usage)> {
    let columns = [("", &designs.tiffin), ("workshop: ", &designs.seed)].map(|(prefix, design)| {
        let (used, idle) = (design.orders(orders), design.idle());
        let due = prices.beyond_free(&sum(&used, &idle));
        [
            (format!("{prefix}{} orders", grouped(orders)), used),
            (format!("{prefix}idle, a month"), idle),
            (format!("{prefix}after free tier"), due),
        ]
    });
    columns.into_iter().flatten().collect()
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
    fn every_price_is_one_that_something_costs() {
        let (prices, designs) = (Prices::read().unwrap(), Designs::read().unwrap());
        let columns = columns(&prices, &designs, 10_000);
        let is_used =
            |name| columns.iter().any(|(_, usage)| usage.get(name).is_some_and(|it| *it > 0));
        let unused: Vec<_> = prices.price.keys().filter(|name| !is_used(*name)).collect();
        assert!(unused.is_empty(), "{unused:?}");
    }

    #[test]
    fn the_rows_of_each_column_add_up_to_its_total() {
        let (prices, designs) = (Prices::read().unwrap(), Designs::read().unwrap());
        // So many orders that no service costs less than a cent unless it costs nothing.
        let table = markdown(&prices, &designs, 1_000_000_000).unwrap();
        let rows = table.lines().filter(|line| line.starts_with("| ")).skip(1);
        let cells = rows.map(|row| row.trim_matches(['|', ' ']).split(" | ").collect::<Vec<_>>());
        let mut rows: Vec<Vec<&str>> = cells.collect();
        let total = rows.pop().unwrap();
        assert_eq!((total[0], total.len()), ("**all**", 7));
        for column in 1..7 {
            let cost = |row: &Vec<&str>| row[column].parse::<Decimal>().unwrap_or_default();
            let sum: Decimal = rows.iter().map(cost).sum();
            let rounding = Decimal::new(5, 3) * Decimal::from(rows.len() + 1);
            assert!((sum - cost(&total)).abs() <= rounding, "{column}: {sum}");
            assert!(column % 3 == 2 || sum > Decimal::ONE, "{column}: {sum}");
        }
    }

    #[test]
    fn a_number_is_read_by_its_thousands() {
        assert_eq!([7, 720, 10_000, 1_234_567].map(grouped), ["7", "720", "10,000", "1,234,567"]);
    }
}
