//! The most that an order may cost, so that neither a mistake nor a program orders a fortune.

use std::{collections::BTreeMap, str::FromStr};

use shared::{Amount, Currency};

use crate::runtime::settings::{Settings, SettingsError};

/// The most that an order may cost, by currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MaxTotals {
    by_currency: BTreeMap<Currency, Amount>,
    /// For a currency that is not named.
    others: Option<Amount>,
}

/// What `MAX_ORDER_TOTALS` must be.
const EXPECTED: &str = "currencies with amounts in minor units, such as GBP:100000,*:100000000";

/// A text that is no list of such maxima.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be {EXPECTED}")]
pub struct MaxTotalsError;

impl MaxTotals {
    /// What the template sets; without `MAX_ORDER_TOTALS` there is no limit.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] for anything else than [`MaxTotals`] reads.
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        Ok(settings.parse("MAX_ORDER_TOTALS", EXPECTED)?.unwrap_or_default())
    }

    /// The most that an order of this currency may cost, if there is a limit.
    #[must_use]
    pub fn of(&self, currency: Currency) -> Option<Amount> {
        self.by_currency.get(&currency).copied().or(self.others)
    }
}

impl FromStr for MaxTotals {
    type Err = MaxTotalsError;

    /// Reads `GBP:100000,*:100000000`; `*` is every currency that is not named.
    fn from_str(text: &str) -> Result<Self, MaxTotalsError> {
        let mut read = Self::default();
        for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let (currency, minor) = entry.split_once(':').ok_or(MaxTotalsError)?;
            let minor: u32 = minor.parse().map_err(|_| MaxTotalsError)?;
            let amount = Amount::new(i64::from(minor));
            match currency {
                "*" => read.others = Some(amount),
                code => {
                    let currency = code.parse().map_err(|_| MaxTotalsError)?;
                    read.by_currency.insert(currency, amount);
                }
            }
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_maximum_is_its_currencys_or_that_of_all_others() {
        let read: MaxTotals = "GBP:100000,*:9".parse().unwrap();
        let of = |code: &str| read.of(code.parse().unwrap()).map(Amount::minor);
        assert_eq!((of("GBP"), of("JPY")), (Some(100_000), Some(9)));
        let one: MaxTotals = "GBP:100000".parse().unwrap();
        assert_eq!(one.of("JPY".parse().unwrap()), None);
        for bad in ["GBP", "GBP:", "gbp:1", "GBP:-1", "GBP:1.5", "GBP=1", "GBP:99999999999"] {
            assert_eq!(bad.parse::<MaxTotals>(), Err(MaxTotalsError), "{bad}");
        }
    }
}
