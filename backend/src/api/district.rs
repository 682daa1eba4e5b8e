//! Where an order goes, as roughly as whoever may claim it has to know.

use shared::{area::outward_code, order::DeliveryAddress};

/// The most characters of a postal code that is not written in two parts.
const MOST: usize = 3;
/// The most characters of the first of two parts.
const MOST_FIRST: usize = 4;

/// The first part of a postal code that has two, as `N1` of `N1 5TB`, which may be written `n15tb`; otherwise the first
/// half of its first word, at most [`MOST`] characters; the town if that is nothing. Never a whole postal code, also if
/// something follows it: a word without a digit may be a town or a country, so it is not taken for a second part.
pub(super) fn district(address: &DeliveryAddress) -> String {
    let postcode = address.postcode.as_ref().map_or("", AsRef::as_ref);
    let mut words = postcode.split_whitespace();
    let first = words.next().unwrap_or_default();
    let length = first.chars().count();
    let has_second = words.next().is_some_and(|word| word.contains(|c: char| c.is_ascii_digit()));
    let whole = outward_code(postcode).or_else(|| outward_code(first));
    let first = whole.unwrap_or_else(|| match has_second && length <= MOST_FIRST {
        true => first.to_owned(),
        false => first.chars().take((length / 2).min(MOST)).collect(),
    });
    match first.is_empty() {
        true => address.city.to_string(),
        false => first,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(postcode: Option<&str>) -> String {
        let mut address = json!({"name": "Asha", "street": "1 Mill Row", "city": "London"});
        if let Some(postcode) = postcode {
            address["postcode"] = json!(postcode);
        }
        district(&serde_json::from_value(address).unwrap())
    }

    #[test]
    fn a_district_is_a_part_of_a_postcode_and_never_the_whole() {
        for (postcode, expected) in [
            ("N1 5TB", "N1"),
            ("sw1a 1aa", "SW1A"),
            ("nw101aa", "NW10"),
            ("DN551PT", "DN55"),
            ("n15tb", "N1"),
            ("SW1A 1", "SW1A"),
            ("HM 12", "HM"),
            ("1012 AB", "10"),
            ("1100 341", "1100"),
            ("110001 IN", "110"),
            ("110001 Delhi", "110"),
            ("110001 Delhi 6", "110"),
            ("110001 6", "110"),
            ("110 001 IN", "110"),
            ("110001\u{a0}IN", "110"),
            ("1100-341 Lisboa", "110"),
            ("1100 Lisboa", "11"),
            ("SW1A1AA UK", "SW1A"),
            ("SW1A 1AA UK", "SW1A"),
            ("n15tb 12", "N1"),
            ("SW1A1AA", "SW1A"),
            ("10115", "10"),
            ("1000-123", "100"),
            ("101", "1"),
            ("ÅÄÖ1", "ÅÄ"),
            ("7", "London"),
        ] {
            assert_eq!(of(Some(postcode)), expected, "{postcode}");
        }
        assert_eq!(of(None), "London");
    }
}
