//! What is written without a browser. Prices look as in American English, the most frequent setting;
//! the program then writes them in the reader's. Times depend on who reads and when: they stay empty.

use shared::{Amount, Currency, Timestamp};

/// An amount as `Intl.NumberFormat` writes it in `en-US`.
pub(super) fn number(amount: Amount, currency: Currency, options: &[(&str, &str)]) -> String {
    let is_stripped = options.iter().any(|(name, _)| *name == "trailingZeroDisplay");
    let decimals = usize::from(currency.exponent());
    let digits = format!("{:0>width$}", amount.minor().unsigned_abs(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let is_whole = fraction.bytes().all(|digit| digit == b'0');
    let fraction = match fraction {
        "" => String::new(),
        _ if is_stripped && is_whole => String::new(),
        fraction => format!(".{fraction}"),
    };
    let sign = if amount.minor() < 0 { "-" } else { "" };
    format!("{sign}{}{}{fraction}", symbol(currency), grouped(whole))
}

/// Digits in groups of three.
fn grouped(digits: &str) -> String {
    let mut grouped = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// How English names a currency (Unicode CLDR, `en`): a symbol, or its code and a no-break space.
fn symbol(currency: Currency) -> String {
    let symbol = match currency.code() {
        "USD" => "$",
        "AUD" => "A$",
        "BRL" => "R$",
        "CAD" => "CA$",
        "CNY" => "CN¥",
        "EUR" => "€",
        "GBP" => "£",
        "HKD" => "HK$",
        "ILS" => "₪",
        "INR" => "₹",
        "JPY" => "¥",
        "KRW" => "₩",
        "MXN" => "MX$",
        "NZD" => "NZ$",
        "PHP" => "₱",
        "TWD" => "NT$",
        "VND" => "₫",
        "XAF" => "FCFA\u{a0}",
        "XCD" => "EC$",
        "XOF" => "F\u{202f}CFA\u{a0}",
        "XPF" => "CFPF\u{a0}",
        code => return format!("{code}\u{a0}"),
    };
    symbol.to_owned()
}

/// A time of the day that is the same for every reader, as `Intl.DateTimeFormat` writes it in `en-US`;
/// nothing for one that depends on the reader's time zone, or on now.
pub(in crate::text) fn date(_: Option<&str>, options: &[(&str, &str)], time: Timestamp) -> String {
    let is_utc = options.contains(&("timeZone", "UTC"));
    if !is_utc || options.iter().any(|(name, _)| *name == "weekday") {
        return String::new();
    }
    let minutes = time.millis() / 60_000;
    let (hour, minute) = (minutes / 60 % 24, minutes % 60);
    let half = if hour < 12 { "AM" } else { "PM" };
    let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
    format!("{hour}:{minute:02}\u{202f}{half}") // CLDR has a narrow no-break space there
}

/// Nothing: no time is prerendered.
pub(super) fn iso(_: Timestamp) -> String {
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_depends_on_the_reader_is_left_out() {
        let at = |minutes: i64| Timestamp::from_millis(minutes * 60_000);
        let utc = [("hour", "numeric"), ("timeZone", "UTC")];
        assert_eq!(date(None, &utc, at(17 * 60 + 5)), "5:05\u{202f}PM");
        assert_eq!(date(None, &utc, at(0)), "12:00\u{202f}AM");
        assert_eq!(date(None, &utc, at(12 * 60)), "12:00\u{202f}PM");
        assert_eq!(date(None, &[("hour", "numeric")], at(0)), "");
        let weekday = [("weekday", "long"), ("timeZone", "UTC")];
        assert_eq!(date(Some("en"), &weekday, at(0)), "");
    }

    #[test]
    fn an_amount_is_written_as_english_does() {
        let written = |minor, currency: &str, options: &[_]| {
            number(Amount::new(minor), currency.parse().unwrap(), options)
        };
        assert_eq!(written(2_150, "GBP", &[]), "£21.50");
        assert_eq!(written(5, "EUR", &[]), "€0.05");
        assert_eq!(written(123_456_700, "USD", &[]), "$1,234,567.00");
        assert_eq!(written(-100_000, "INR", &[]), "-₹1,000.00");
        assert_eq!(written(1_200, "JPY", &[]), "¥1,200");
        assert_eq!(written(1_250, "CHF", &[]), "CHF\u{a0}12.50");
        assert_eq!(written(8_432_000, "XOF", &[]), "F\u{202f}CFA\u{a0}8,432,000");
        let round = [("trailingZeroDisplay", "stripIfInteger")];
        assert_eq!(written(800, "GBP", &round), "£8");
        assert_eq!(written(850, "GBP", &round), "£8.50");
    }
}
