//! Amounts as people type them.

use shared::{Amount, Currency};

/// An amount with a point or a comma before what is less than one; `None` if it is none in that currency.
pub(super) fn parse_amount(typed: &str, currency: Currency) -> Option<Amount> {
    Amount::parse(&typed.trim().replace(',', "."), currency).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_typed_with_a_point_or_a_comma() {
        let parse = |typed: &str, currency: &str| {
            parse_amount(typed, currency.parse().unwrap()).map(Amount::minor)
        };
        for (typed, pence) in [("12.5", 1_250), (" 12,50 ", 1_250), ("0", 0), ("7", 700)] {
            assert_eq!(parse(typed, "GBP"), Some(pence), "{typed}");
        }
        for wrong in ["", " ", "-1", "1.234", "1,000.00", "twelve", "1e3"] {
            assert_eq!(parse(wrong, "GBP"), None, "{wrong}");
        }
        assert_eq!((parse("1200", "JPY"), parse("12.5", "JPY")), (Some(1_200), None));
    }
}
