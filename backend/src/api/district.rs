//! Where an order goes, as roughly as whoever may claim it has to know.

use shared::{area::outward_code, order::DeliveryAddress};

/// The most characters of a postal code that is not written in two parts.
const MOST: usize = 3;

/// The first part of a postal code that has two, as `N1` of `N1 5TB`, which may be written `n15tb`; otherwise its first half, at most
/// [`MOST`] characters; the town if that is nothing. Never a whole postal code.
pub(super) fn district(address: &DeliveryAddress) -> String {
    let postcode = address.postcode.as_ref().map_or("", AsRef::as_ref);
    let first =
        outward_code(postcode).unwrap_or_else(|| match postcode.split_once(char::is_whitespace) {
            Some((first, _)) => first.to_owned(),
            None => postcode.chars().take((postcode.chars().count() / 2).min(MOST)).collect(),
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
            ("1012 AB", "1012"),
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
