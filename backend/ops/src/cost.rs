//! `cargo aws cost`: what orders cost on AWS, and what an idle shop costs.
//!
//! Public prices (`prices.toml`) times what an order and an idle month use, here and in the workshop's
//! design (`usage.toml`). The result is a table, which the README holds.

mod prices;
mod table;
mod usage;

use anyhow::{Context, Result};
use clap::Args;
use fs_err as fs;

use crate::workspace::Workspace;
use prices::Prices;
use usage::Designs;

/// The orders of a month in the README's table.
const ORDERS: u64 = 10_000;
/// The most orders a month. AWS's discounts for larger usage, which begin long before, are not
/// included.
const MAX_ORDERS: u64 = 1_000_000_000;

/// What stands before the table in the README.
const BEGIN: &str = "<!-- cargo aws cost: begin -->\n";
/// What stands after it.
const END: &str = "<!-- cargo aws cost: end -->";

/// What to compute.
#[derive(Debug, Args)]
pub struct Options {
    /// Orders a month
    #[arg(long, value_name = "N", default_value_t = ORDERS,
        value_parser = clap::value_parser!(u64).range(0..=MAX_ORDERS))]
    pub orders: u64,
    /// Write the table into the README instead of printing it
    #[arg(long, conflicts_with = "orders")]
    pub write: bool,
}

/// Prints the table, or writes it into the README.
pub(crate) fn run(options: &Options) -> Result<()> {
    let table = table::markdown(&Prices::read()?, &Designs::read()?, options.orders)?;
    if options.write {
        return write(&table);
    }
    print!("{table}");
    Ok(())
}

fn write(table: &str) -> Result<()> {
    let file = Workspace::find()?.root.join("README.md");
    let readme = fs::read_to_string(&file)?;
    let readme = with_table(&readme, table).context("the README lacks the table's two markers")?;
    Ok(fs::write(&file, readme)?)
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
        let table =
            table::markdown(&Prices::read().unwrap(), &Designs::read().unwrap(), ORDERS).unwrap();
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
}
