//! What AWS charges: `prices.toml`, each price with where it is from.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::money::Money;
use super::usage::{Meter, Usage};

/// The file, which is part of the program: the table is the same wherever it is printed.
const FILE: &str = include_str!("../../prices.toml");

/// All prices, of one region.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// The region.
    pub region: String,
    /// The price of what each meter counts; there is one for every meter.
    pub price: BTreeMap<Meter, Price>,
    /// What every month includes of it.
    pub free: BTreeMap<Meter, Allowance>,
}

/// What a service charges for one thing.
#[derive(Debug, Deserialize)]
pub struct Price {
    /// Who charges it.
    pub service: String,
    /// What for, in words.
    pub metered: String,
    /// What `per` is called on the bill.
    pub unit: String,
    /// How many of what is counted the price is for.
    pub per: u64,
    /// The price, exact, in US dollars.
    pub dollars: String,
    /// Where that is from.
    #[serde(flatten)]
    pub origin: Origin,
}

/// What an account need not pay for, every month and for good.
#[derive(Debug, Deserialize)]
pub struct Allowance {
    /// How many of what is counted.
    pub quantity: u64,
    /// Where that is from.
    #[serde(flatten)]
    pub origin: Origin,
}

/// Where a number is from.
#[derive(Debug, Deserialize)]
pub struct Origin {
    /// AWS's page for it.
    pub source: String,
    /// How it was read.
    pub seen: FeedEvent,
    /// Where it was read, if not on that page.
    pub via: Option<String>,
    /// The day on which it was so: year, month and day.
    pub date: String,
}

/// How a number was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedEvent {
    /// In a stored copy of an AWS page.
    Aws,
    /// In a public transcription that quotes an AWS page.
    Quoted,
    /// In what somebody else says of it.
    Secondary,
}

impl Prices {
    /// The prices that this program was built with.
    ///
    /// # Errors
    /// As [`Prices::parse`].
    pub fn read() -> Result<Self> {
        Self::parse(FILE).context("backend/ops/prices.toml")
    }

    /// Reads such a file.
    ///
    /// # Errors
    /// If it is no such file, or lacks the price of something that is counted.
    pub fn parse(text: &str) -> Result<Self> {
        let prices: Self = toml::from_str(text)?;
        for meter in Meter::ALL {
            Money::parse(&prices.of(meter)?.dollars)?;
        }
        Ok(prices)
    }

    /// The price of what a meter counts.
    ///
    /// # Errors
    /// If there is none.
    pub fn of(&self, meter: Meter) -> Result<&Price> {
        self.price.get(&meter).with_context(|| format!("there is no price for {meter:?}"))
    }

    /// What so much of one thing costs by the list.
    ///
    /// # Errors
    /// If it is more than can be counted.
    pub fn list(&self, meter: Meter, quantity: u128) -> Result<Money> {
        let price = self.of(meter)?;
        ensure!(price.per > 0, "the price for {meter:?} is for none of it");
        Money::parse(&price.dollars)?.of(quantity, price.per)
    }

    /// What of a month's usage is left to pay for after what the month includes.
    #[must_use]
    pub fn beyond_free(&self, month: &Usage) -> Usage {
        let free = |meter| self.free.get(&meter).map_or(0, |free| u128::from(free.quantity));
        month
            .iter()
            .map(|(meter, quantity)| (meter, quantity.saturating_sub(free(meter))))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_says_where_it_is_from_and_when_it_was_so() {
        let prices = Prices::read().unwrap();
        let origins = prices.price.values().map(|price| &price.origin);
        for origin in origins.chain(prices.free.values().map(|free| &free.origin)) {
            assert!(origin.source.starts_with("https://aws.amazon.com/"), "{origin:?}");
            assert_eq!(origin.via.is_none(), origin.seen == FeedEvent::Aws, "{origin:?}");
            assert!(origin.via.iter().all(|via| via.starts_with("https://")), "{origin:?}");
            assert!(is_a_day(&origin.date), "{origin:?}");
        }
    }

    fn is_a_day(date: &str) -> bool {
        let parts: Vec<Option<u16>> = date.split('-').map(|part| part.parse().ok()).collect();
        date.len() == 10 && matches!(parts[..], [Some(2020..=2099), Some(1..=12), Some(1..=31)])
    }

    #[test]
    fn a_price_that_nothing_counts_or_that_is_missing_is_refused() {
        let unknown = format!("{FILE}\n[free.moonlight]\nquantity = 1\n");
        assert!(Prices::parse(&unknown).is_err());
        let without = FILE.replace("[price.composite_alarm]", "[free.http_request]");
        assert!(Prices::parse(&without).is_err());
        let misspelt = FILE.replacen("dollars = \"0.20\"", "dollars = \"20 cents\"", 1);
        assert!(Prices::parse(&misspelt).is_err());
    }

    #[test]
    fn what_a_month_includes_is_not_paid_for() {
        let prices = Prices::read().unwrap();
        let month = Usage::from_iter([(Meter::LambdaRequest, 1_500_000), (Meter::Event, 7)]);
        let due = prices.beyond_free(&month);
        assert_eq!(due.of(Meter::LambdaRequest), 500_000);
        assert_eq!(due.of(Meter::Event), 7);
        let cost = prices.list(Meter::LambdaRequest, 500_000).unwrap();
        assert_eq!(cost, Money::parse("0.10").unwrap());
    }
}
