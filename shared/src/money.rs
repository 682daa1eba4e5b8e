//! Money in whole minor units; never a float.

use std::{fmt, iter::Sum, ops::Add, str::FromStr};

use serde::{Deserialize, Serialize};

/// A sum in the minor units of a currency that stands beside it (pence, cents, paise).
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Amount(i64);

impl Amount {
    /// Nothing to pay.
    pub const ZERO: Self = Self(0);

    /// An amount of `minor` units.
    #[must_use]
    pub const fn new(minor: i64) -> Self {
        Self(minor)
    }

    /// The count of minor units.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.0
    }

    /// Whether it is nothing.
    #[must_use]
    pub const fn is_zero(&self) -> bool {
        self.0 == 0
    }

    /// The amount `count` times over; saturates rather than wraps.
    #[must_use]
    pub const fn times(self, count: u8) -> Self {
        Self(self.0.saturating_mul(count as i64))
    }

    /// Reads a decimal such as `7.50` with at most the currency's number of decimals.
    ///
    /// # Errors
    /// [`MoneyError::Decimal`] for anything else: a sign, an exponent, too many decimals.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let error = || MoneyError::Decimal(currency.exponent());
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let decimals = currency.exponent() as usize;
        if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > decimals {
            return Err(error());
        }
        let padded = format!("{whole}{fraction:0<decimals$}");
        padded.parse().map(Self).map_err(|_| error())
    }
}

impl Add for Amount {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

/// An ISO 4217 currency code: three upper-case letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// How many decimals the currency's minor unit has (ISO 4217, list one).
    #[must_use]
    pub const fn exponent(self) -> u8 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG"
            | b"RWF" | b"UGX" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }

    /// The three letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Currency {
    type Err = MoneyError;
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        match text.as_bytes() {
            [a, b, c] if [a, b, c].iter().all(|l| l.is_ascii_uppercase()) => Ok(Self([*a, *b, *c])),
            _ => Err(MoneyError::Currency),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;
    fn try_from(text: String) -> Result<Self, MoneyError> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.to_string()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount with its currency: what a person is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// How much, in minor units.
    pub amount: Amount,
    /// Of what.
    pub currency: Currency,
}

impl Money {
    /// In major units, as [`Amount::parse`] reads it and programs do: `7.50`, `-0.05`, `750`.
    #[must_use]
    pub fn decimal(self) -> String {
        let decimals = usize::from(self.currency.exponent());
        let sign = if self.amount < Amount::ZERO { "-" } else { "" };
        let digits = self.amount.minor().unsigned_abs();
        let digits = format!("{digits:0>width$}", width = decimals + 1);
        match digits.split_at(digits.len() - decimals) {
            (whole, "") => format!("{sign}{whole}"),
            (whole, fraction) => format!("{sign}{whole}.{fraction}"),
        }
    }
}

/// Why a text is not money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not an unsigned decimal with at most this many decimals.
    #[error("must be an amount such as {}", example(*.0))]
    Decimal(u8),
    /// Not three upper-case letters.
    #[error("must be an ISO 4217 currency code such as GBP")]
    Currency,
}

const fn example(decimals: u8) -> &'static str {
    match decimals {
        0 => "750, without decimals",
        2 => "7.50, with at most 2 decimals",
        _ => "7.500, with at most 3 decimals",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn a_price_is_read_in_the_currencys_own_minor_units() {
        assert_eq!(Amount::parse("7.5", currency("GBP")), Ok(Amount::new(750)));
        assert_eq!(Amount::parse("320", currency("INR")), Ok(Amount::new(32_000)));
        assert_eq!(Amount::parse("320", currency("JPY")), Ok(Amount::new(320)));
        assert_eq!(Amount::parse("1.250", currency("KWD")), Ok(Amount::new(1_250)));
    }

    #[test]
    fn a_price_that_is_not_one_is_refused() {
        for bad in ["", ".5", "-1", "1e3", "7.505", "7,50", "£7", "99999999999999999999"] {
            assert_eq!(Amount::parse(bad, currency("GBP")), Err(MoneyError::Decimal(2)), "{bad}");
        }
    }

    #[test]
    fn an_amount_that_is_none_has_an_example_in_its_currency() {
        for (code, said) in [
            ("GBP", "must be an amount such as 7.50, with at most 2 decimals"),
            ("JPY", "must be an amount such as 750, without decimals"),
            ("KWD", "must be an amount such as 7.500, with at most 3 decimals"),
        ] {
            assert_eq!(Amount::parse("x", currency(code)).unwrap_err().to_string(), said);
        }
    }

    #[test]
    fn an_amount_is_written_as_it_is_read() {
        let decimal = |minor, code: &str| {
            Money { amount: Amount::new(minor), currency: currency(code) }.decimal()
        };
        assert_eq!(decimal(750, "GBP"), "7.50");
        assert_eq!(decimal(5, "GBP"), "0.05");
        assert_eq!(decimal(-5, "GBP"), "-0.05");
        assert_eq!(decimal(0, "KWD"), "0.000");
        assert_eq!(decimal(320, "JPY"), "320");
        assert_eq!(decimal(i64::MIN, "JPY"), i64::MIN.to_string());
    }

    #[test]
    fn a_currency_is_three_capitals() {
        for bad in ["gbp", "GB", "GBPX", "G€"] {
            assert_eq!(bad.parse::<Currency>(), Err(MoneyError::Currency), "{bad}");
        }
    }
}
