//! Money without rounding: whole picodollars, because a GB-second costs $0.0000133334.

use std::fmt;
use std::iter::Sum;

use anyhow::{Context, Result, ensure};

/// How many decimal places of a dollar are kept.
const PLACES: usize = 12;
/// Picodollars in a cent.
const CENT: u128 = 10_000_000_000;

/// An amount in picodollars (US dollars × 10⁻¹²). Shown in dollars and cents, rounded half up; what
/// would be shown as nothing and is something is shown as less than a cent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money(u128);

impl Money {
    /// Reads an amount of dollars such as `0.625`.
    ///
    /// # Errors
    /// If it is anything but digits with at most one point, and at most twelve places after it.
    pub fn parse(dollars: &str) -> Result<Self> {
        let wrong = || format!("`{dollars}` is no amount of dollars such as 0.625");
        let (whole, part) = dollars.split_once('.').unwrap_or((dollars, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        ensure!(digits(whole) && digits(part) && part.len() <= PLACES, wrong());
        let picodollars = format!("{whole}{part:0<PLACES$}").parse().with_context(wrong)?;
        Ok(Self(picodollars))
    }

    /// What `quantity` costs if this is the price of `per` of it.
    ///
    /// # Errors
    /// If that is more than can be counted.
    pub fn of(self, quantity: u128, per: u64) -> Result<Self> {
        let whole = self.0.checked_mul(quantity).context("too much to be counted")?;
        let per = u128::from(per.max(1));
        Ok(Self(whole.saturating_add(per / 2) / per))
    }

    /// Whether there is nothing to pay.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        Self(amounts.fold(0, |sum, amount| sum.saturating_add(amount.0)))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.saturating_add(CENT / 2) / CENT {
            _ if self.is_zero() => f.write_str("0"),
            0 => f.write_str("< 0.01"),
            cents => write!(f, "{}.{:02}", cents / 100, cents % 100),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_exactly() {
        assert_eq!(Money::parse("0.0000133334").unwrap(), Money(13_333_400));
        assert_eq!(Money::parse("3").unwrap(), Money(3_000_000_000_000));
        assert_eq!(Money::parse("0.000000000001").unwrap(), Money(1));
        for wrong in ["", ".5", "5.", "-1", "1e3", "1,000", "0.0000000000001", "1.2.3"] {
            assert!(Money::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_quantity_costs_its_share_of_the_price() {
        let million = Money::parse("0.20").unwrap();
        assert_eq!(million.of(2_500_000, 1_000_000).unwrap(), Money::parse("0.50").unwrap());
        // 400,000 GB-seconds, counted in megabytes × milliseconds.
        let compute = Money::parse("0.0000133334").unwrap();
        let cost = compute.of(409_600_000_000, 1_024_000).unwrap();
        assert_eq!(cost, Money::parse("5.33336").unwrap());
        assert!(million.of(u128::MAX, 1).is_err());
    }

    #[test]
    fn an_amount_is_shown_in_cents_and_nothing_is_hidden() {
        for (dollars, shown) in [
            ("0", "0"),
            ("0.004999", "< 0.01"),
            ("0.005", "0.01"),
            ("12.345", "12.35"),
            ("1234.5", "1234.50"),
        ] {
            assert_eq!(Money::parse(dollars).unwrap().to_string(), shown);
        }
    }
}
