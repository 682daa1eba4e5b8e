//! `cargo aws cost`: what orders cost on AWS, and what the shop costs while nobody orders.
//!
//! Public prices ([`prices`]), in exact [`money`], times what is used ([`usage`]): by an order and
//! an idle month here ([`ours`]) and in the design that this one grew out of ([`seed`]). The result
//! is a [`table`], and the README holds it.

pub mod money;
pub mod ours;
pub mod prices;
pub mod seed;
pub mod table;
pub mod usage;

use std::fs;

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;
use prices::Prices;

/// The orders of a month, if none are named: those of the README's table.
pub const ORDERS: u64 = 10_000;
/// The most orders a month that are reckoned with. Long before that AWS's discounts for much use
/// begin, which are not in here.
pub const MOST_ORDERS: u64 = 1_000_000_000;

/// What stands before the table in the README.
const BEGIN: &str = "<!-- cargo aws cost: begin -->\n";
/// What stands after it.
const END: &str = "<!-- cargo aws cost: end -->";

/// What to reckon.
#[derive(Debug, PartialEq, Eq)]
pub struct CostOptions {
    /// How many orders a month has.
    pub orders: u64,
    /// Write the table into the README instead of printing it.
    pub write: bool,
}

impl Default for CostOptions {
    fn default() -> Self {
        Self { orders: ORDERS, write: false }
    }
}

/// Prints the table, or writes it into the README.
///
/// # Errors
/// If the prices cannot be used, there are too many orders, or the README cannot be written.
pub fn run(options: &CostOptions) -> Result<()> {
    if options.orders > MOST_ORDERS {
        bail!("--orders must be {MOST_ORDERS} at most");
    }
    let table = table::markdown(&Prices::read()?, options.orders)?;
    match options {
        CostOptions { write: false, .. } => {
            print!("{table}");
            Ok(())
        }
        CostOptions { orders: ORDERS, .. } => write(&table),
        _ => bail!("the README holds the table of {ORDERS} orders: --write goes without --orders"),
    }
}

fn write(table: &str) -> Result<()> {
    let file = Workspace::find()?.root.join("README.md");
    let readme = fs::read_to_string(&file).context("the README cannot be read")?;
    let readme = with_table(&readme, table).context("the README lacks the table's two markers")?;
    fs::write(&file, readme).context("the README cannot be written")
}

/// The README with this table between the markers, if it has them.
fn with_table(readme: &str, table: &str) -> Option<String> {
    let (before, rest) = readme.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{table}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_holds_the_table_that_is_printed() {
        let readme = include_str!("../../../README.md");
        let table = table::markdown(&Prices::read().unwrap(), ORDERS).unwrap();
        assert!(
            with_table(readme, &table).unwrap() == readme,
            "the README's table of costs is old: run `cargo aws cost --write`"
        );
    }

    #[test]
    fn only_what_is_between_the_markers_is_written() {
        let readme = format!("before\n{BEGIN}old\n{END}\nafter\n");
        let written = with_table(&readme, "new\n").unwrap();
        assert_eq!(written, format!("before\n{BEGIN}new\n{END}\nafter\n"));
        assert_eq!(with_table("no markers", "new\n"), None);
    }

    #[test]
    fn what_cannot_be_reckoned_is_said() {
        let said = |orders, write| run(&CostOptions { orders, write }).unwrap_err().to_string();
        assert_eq!(said(u64::MAX, false), "--orders must be 1000000000 at most");
        assert_eq!(
            said(5, true),
            "the README holds the table of 10000 orders: --write goes without --orders"
        );
    }
}
