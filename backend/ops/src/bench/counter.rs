//! The counter in a browser: whether a rush of orders is shown and rings, and what one more order takes of a
//! board that is full.
//!
//! Nobody answers the orders, so that all of them stay on the board. 200 in a minute are as many as 20 a
//! minute for ten minutes, ten times as fast.

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Bench;
use super::numbers::median;
use super::script::{self, Account};
use super::shop::{Shop, Storage};
use crate::dev::cloud::{DEMO_COOK, DEMO_PASSWORD, Simulation};
use crate::dev::page::Page;
use crate::tools::Toolbox;

/// How many orders there are in the rush.
const ORDERS: usize = 200;
/// Milliseconds between two of them.
const EVERY_MILLIS: u64 = 300;
/// How many orders are measured on the full board.
const RUNS: usize = 15;

#[derive(Debug, Serialize)]
struct Input<'a> {
    /// The browser's program and its arguments.
    chromium: Vec<String>,
    site: &'a str,
    /// Who signs in at the counter.
    account: Account,
    /// The access token of who orders.
    token: &'a str,
    order: &'a Value,
    orders: usize,
    every_millis: u64,
    runs: usize,
}

#[derive(Debug, Deserialize)]
struct Output {
    /// Milliseconds from the answer to each order until it was on the board; of none that never was.
    shown: Vec<Option<f64>>,
    /// How many pushes of new orders came, with those of the orders on the full board.
    pushed: usize,
    /// How many notes were played.
    notes: usize,
    /// What the alarm says.
    said: String,
    /// The longest tasks, in milliseconds, of two seconds in which nothing happened.
    quiet: Vec<f64>,
    /// The longest tasks while an order came.
    events: Vec<f64>,
}

pub(super) async fn measure(bench: &Bench) -> Result<()> {
    let toolbox = Toolbox::open()?;
    let site = Page::new(&bench.workspace, &toolbox)?.build_release()?;
    let people = Simulation { people: true, ..Simulation::at_once() };
    let shop = Shop::open_with(bench, Storage::Memory, Some(site.folder.clone()), people).await?;
    let token = shop.sign_in("one@example.com")?;
    let input = Input {
        chromium: script::chromium()?,
        site: shop.address(),
        account: Account { email: DEMO_COOK, password: DEMO_PASSWORD },
        token: &token,
        order: shop.order(),
        orders: ORDERS,
        every_millis: EVERY_MILLIS,
        runs: RUNS,
    };
    let printed = script::run(&toolbox, include_str!("counter.mjs"), &input)?;
    shop.close().await;
    let output: Output =
        serde_json::from_str(&printed).context("counter.mjs printed something else")?;
    output.print();
    let missing = output.shown.iter().filter(|shown| shown.is_none()).count();
    ensure!(missing == 0, "{missing} of {ORDERS} orders were not shown");
    ensure!(output.pushed == ORDERS + RUNS, "{} pushes of new orders", output.pushed);
    ensure!(output.said.contains(&ORDERS.to_string()), "the alarm says “{}”", output.said);
    Ok(())
}

impl Output {
    fn print(&self) {
        let mut shown: Vec<f64> = self.shown.iter().copied().flatten().collect();
        shown.sort_by(f64::total_cmp);
        let last = shown.last().copied().unwrap_or_default();
        println!("  {ORDERS} orders, one each {EVERY_MILLIS} ms");
        println!(
            "    on the board              {} after {:.0} ms (median), {last:.0} ms at most",
            shown.len(),
            median(shown.iter().copied())
        );
        println!("    pushes                    {} of {}", self.pushed, ORDERS + RUNS);
        println!("    alarm                     “{}”, {} notes", self.said, self.notes);
        println!("  a board of {ORDERS} orders, the longest task (median of {RUNS})");
        println!("    each second               {:.1} ms", median(self.quiet.iter().copied()));
        println!("    one more order            {:.1} ms", median(self.events.iter().copied()));
    }
}
