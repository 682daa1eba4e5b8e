//! The pages on a throttled phone: Lighthouse's figures, and how soon a first visit shows its content.
//!
//! Lighthouse audits the release page on the local edge with its mobile preset: a processor that is
//! four times slower, 1.6 Mbit/s, 150 ms (github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md).
//! The first visit is measured with the same nominal bandwidth and latency, applied by DevTools, with
//! the prerendered document and, in the same run, with the document that has no content; and a later
//! visit, for which the service worker has kept the program.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::Bench;
use super::numbers::median;
use super::script::{self, Account};
use super::shop::{Customer, PASSWORD, Shop, Storage};
use crate::dev::page::Page;
use crate::tools::Toolbox;

/// How often each page is audited.
const RUNS: usize = 5;
const MENU: &str = "/r/raat-rani-dhaba";
const EMAIL: &str = "one@example.com";

/// What `page.mjs` is asked to measure.
#[derive(Debug, Serialize)]
struct Input {
    /// The browser's program and its arguments.
    chromium: Vec<String>,
    /// The site's address.
    site: String,
    /// Whose order the private page shows.
    account: Account,
    pages: Vec<Visit>,
    runs: usize,
}

#[derive(Debug, Serialize)]
struct Visit {
    path: String,
    /// Whether it needs a signed-in customer.
    is_private: bool,
    /// The CSS selector of the content.
    selector: &'static str,
}

/// What `page.mjs` has measured of a page; times in milliseconds.
#[derive(Debug, Deserialize)]
struct Output {
    path: String,
    audits: Vec<Audit>,
    /// First visits with the prerendered document; none of a private page.
    prerendered: Vec<Start>,
    /// First visits with the document that has no content.
    shell: Vec<Start>,
    /// Visits after which the service worker has kept the program.
    kept: Vec<Start>,
}

#[derive(Debug, Deserialize)]
struct Audit {
    /// Lighthouse's categories, of 100.
    scores: BTreeMap<String, u32>,
    first_contentful_paint: f64,
    largest_contentful_paint: f64,
    total_blocking_time: f64,
    cumulative_layout_shift: f64,
}

#[derive(Debug, Deserialize)]
struct Start {
    /// When the content was there.
    shown: f64,
    /// When the program had taken over.
    started: f64,
    /// How many tasks of more than 50 ms there were since the program was asked for
    /// (w3.org/TR/longtasks).
    long_tasks: f64,
    /// The longest of them; 0 if there was none.
    longest_task: f64,
    /// The longest but one; 0 if there was none.
    second_longest_task: f64,
}

pub(super) async fn measure(bench: &Bench) -> Result<()> {
    let toolbox = Toolbox::open()?;
    let site = Page::new(&bench.workspace, &toolbox)?.build_release()?;
    let shop = Shop::open(bench, Storage::Memory, Some(site.folder.clone())).await?;
    let order = Customer::new(&shop, "one").await?.place().await?.order_id;
    let input = Input {
        chromium: script::chromium()?,
        site: shop.address().to_owned(),
        account: Account { email: EMAIL, password: PASSWORD },
        pages: vec![
            Visit { path: "/".to_owned(), is_private: false, selector: ".restaurant h2" },
            Visit { path: MENU.to_owned(), is_private: false, selector: ".dish h3" },
            Visit { path: format!("/orders/{order}"), is_private: true, selector: ".timeline" },
        ],
        runs: RUNS,
    };
    let printed = script::run(&toolbox, include_str!("page.mjs"), &input)?;
    shop.close().await;
    for line in printed.lines() {
        serde_json::from_str::<Output>(line).context("page.mjs printed something else")?.print();
    }
    Ok(())
}

impl Output {
    fn print(&self) {
        let audits = |of: fn(&Audit) -> f64| median(self.audits.iter().map(of));
        let score = |name: &str| {
            let scores = self.audits.iter().filter_map(|audit| audit.scores.get(name));
            median(scores.map(|score| f64::from(*score)))
        };
        println!("  {}", self.path);
        println!(
            "    Lighthouse                performance {}, accessibility {}, best practices {}, SEO {} (medians of {})",
            score("performance"),
            score("accessibility"),
            score("best-practices"),
            score("seo"),
            self.audits.len()
        );
        println!(
            "    paints                    first {:.0} ms, largest {:.0} ms",
            audits(|it| it.first_contentful_paint),
            audits(|it| it.largest_contentful_paint)
        );
        println!(
            "    blocked                   {:.0} ms; layout shift {:.3}",
            audits(|it| it.total_blocking_time),
            audits(|it| it.cumulative_layout_shift)
        );
        for (name, visits) in [
            ("prerendered", &self.prerendered),
            ("without content", &self.shell),
            ("a later visit", &self.kept),
        ] {
            if !visits.is_empty() {
                let of = |of: fn(&Start) -> f64| median(visits.iter().map(of));
                println!(
                    "    {name:<25} content {:.0} ms, program {:.0} ms; tasks over 50 ms: {:.0}, of {:.0} and {:.0} ms",
                    of(|it| it.shown),
                    of(|it| it.started),
                    of(|it| it.long_tasks),
                    of(|it| it.longest_task),
                    of(|it| it.second_longest_task)
                );
            }
        }
    }
}
