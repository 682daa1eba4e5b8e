//! Where a restaurant delivers, and for how much: areas of postcodes.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{country::Country, money::Amount};

/// A part of where a restaurant delivers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryArea {
    /// Which postcodes are in it, each by how it begins; at least one.
    pub postcodes: Vec<PostcodePrefix>,
    /// What an order there is charged for being brought.
    pub delivery_fee: Amount,
    /// The smallest subtotal of an order there; zero if any.
    #[serde(default)]
    pub minimum_order: Amount,
}

impl DeliveryArea {
    /// The most areas of a restaurant.
    pub const MAX: usize = 30;
    /// The most postcodes in all areas of a restaurant.
    pub const MAX_POSTCODES: usize = 200;
    /// The highest fee and minimum, in minor units.
    pub const MAX_AMOUNT: Amount = Amount::new(9_999_999);
}

/// How a postcode begins, as people write it: `110`, `N1`, `SW1A 1`. It is kept in capitals, with what stands
/// between its letters and digits as one space or none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PostcodePrefix(String);

/// A text that is no beginning of a postcode.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be how a postcode begins, such as 110 or SW1A: up to 12 capitals, digits and spaces")]
pub struct PostcodePrefixError;

impl FromStr for PostcodePrefix {
    type Err = PostcodePrefixError;

    fn from_str(text: &str) -> Result<Self, PostcodePrefixError> {
        let words = text.split(is_separator).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join(" ").to_ascii_uppercase().try_into()
    }
}

impl TryFrom<String> for PostcodePrefix {
    type Error = PostcodePrefixError;

    /// Takes it as it is kept: a page reads many, and what writes other forms is not needed for that.
    fn try_from(text: String) -> Result<Self, PostcodePrefixError> {
        let is_known = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b' ';
        match (1..=12).contains(&text.len()) && text.bytes().all(is_known) {
            true => Ok(Self(text)),
            false => Err(PostcodePrefixError),
        }
    }
}

impl From<PostcodePrefix> for String {
    fn from(prefix: PostcodePrefix) -> String {
        prefix.0
    }
}

impl AsRef<str> for PostcodePrefix {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PostcodePrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PostcodePrefix {
    /// Whether a postcode of that country begins so.
    ///
    /// In the United Kingdom, `E1` is a district of its own and does not begin `E16 2BG`: a postcode has a part
    /// before its last three characters, the outward code, and a number in that ends with it, or before a letter
    /// (`E1W 1AA`) (Royal Mail's Programmers' Guide to the Postcode Address File, "Postcode structure").
    #[must_use]
    pub fn begins(&self, postcode: &str, country: Option<Country>) -> bool {
        let postcode = compact(postcode);
        let is_british = country.is_some_and(|country| country.code() == "GB");
        if !is_british || postcode.len() <= INWARD || !postcode.is_ascii() {
            return postcode.starts_with(&compact(&self.0));
        }
        let (outward, inward) = postcode.split_at(postcode.len() - INWARD);
        let (of_outward, of_inward) = self.british();
        if !of_inward.is_empty() {
            return of_outward == outward && inward.starts_with(of_inward);
        }
        outward.strip_prefix(of_outward).is_some_and(|rest| {
            let goes_on = |c: char| c.is_ascii_digit() && of_outward.ends_with(is_digit);
            !rest.starts_with(goes_on)
        })
    }

    /// How many of a postcode's letters and digits it names.
    pub(crate) fn length(&self) -> usize {
        compact(&self.0).len()
    }

    /// The parts of a British postcode that it names: the outward code and how the inward one begins.
    fn british(&self) -> (&str, &str) {
        match self.0.rsplit_once(' ') {
            Some((outward, inward)) => (outward, inward),
            // A whole postcode without the space.
            None if self.0.len() > LONGEST_OUTWARD => self.0.split_at(self.0.len() - INWARD),
            None => (&self.0, ""),
        }
    }
}

/// The length of a British postcode's last part, and the most that the first has.
const INWARD: usize = 3;
const LONGEST_OUTWARD: usize = 4;

const fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || c == '-'
}

/// A postcode without what stands between its letters and digits, in capitals.
fn compact(postcode: &str) -> String {
    let mut compact = postcode.replace(is_separator, "");
    compact.make_ascii_uppercase();
    compact
}

/// Why areas are not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AreaError {
    /// More areas than [`DeliveryArea::MAX`].
    #[error("must be at most {} areas", DeliveryArea::MAX)]
    TooManyAreas,
    /// More postcodes than [`DeliveryArea::MAX_POSTCODES`].
    #[error("must have at most {} postcodes in all", DeliveryArea::MAX_POSTCODES)]
    TooManyPostcodes,
    /// An area, counted from 0, without a postcode.
    #[error("must name at least one postcode")]
    NoPostcode {
        /// Which area.
        area: usize,
    },
    /// A postcode that an earlier area, or the same, has too.
    #[error("has {postcode} twice, or another area has it")]
    Twice {
        /// Which area.
        area: usize,
        /// The postcode.
        postcode: PostcodePrefix,
    },
    /// A fee or a minimum below nothing or above [`DeliveryArea::MAX_AMOUNT`].
    #[error("must be from 0 to {} in minor units", DeliveryArea::MAX_AMOUNT.minor())]
    Amount {
        /// Which area.
        area: usize,
        /// `delivery_fee` or `minimum_order`.
        field: &'static str,
    },
}

impl AreaError {
    /// The field of a request at fault: `areas[1].postcodes`.
    #[must_use]
    pub fn field(&self) -> String {
        match self {
            Self::TooManyAreas | Self::TooManyPostcodes => "areas".to_owned(),
            Self::NoPostcode { area } | Self::Twice { area, .. } => {
                format!("areas[{area}].postcodes")
            }
            Self::Amount { area, field } => format!("areas[{area}].{field}"),
        }
    }
}

/// Checks the areas of a restaurant.
///
/// # Errors
/// The first mistake.
pub fn check(areas: &[DeliveryArea]) -> Result<(), AreaError> {
    if areas.len() > DeliveryArea::MAX {
        return Err(AreaError::TooManyAreas);
    }
    let mut seen: Vec<&PostcodePrefix> = Vec::new();
    for (at, area) in areas.iter().enumerate() {
        if area.postcodes.is_empty() {
            return Err(AreaError::NoPostcode { area: at });
        }
        for postcode in &area.postcodes {
            // As they are kept: in Britain, N1 5 is a part of N1, and N15 is another district.
            if seen.contains(&postcode) {
                return Err(AreaError::Twice { area: at, postcode: postcode.clone() });
            }
            seen.push(postcode);
        }
        let amounts = [("delivery_fee", area.delivery_fee), ("minimum_order", area.minimum_order)];
        for (field, amount) in amounts {
            if !(Amount::ZERO..=DeliveryArea::MAX_AMOUNT).contains(&amount) {
                return Err(AreaError::Amount { area: at, field });
            }
        }
    }
    match seen.len() > DeliveryArea::MAX_POSTCODES {
        true => Err(AreaError::TooManyPostcodes),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(prefix: &str, postcode: &str, country: &str) -> bool {
        let prefix: PostcodePrefix = prefix.parse().unwrap();
        prefix.begins(postcode, country.parse().ok())
    }

    #[test]
    fn a_postcode_begins_as_it_is_written_whatever_stands_between() {
        for (prefix, postcode, country) in [
            ("110", "110001", "IN"),
            ("110001", "110 001", "IN"),
            ("1100", "1100-012", "PT"),
            ("1100-0", "1100012", "PT"),
            ("1012 a", "1012AB", "NL"),
            ("D02", "D02 AF30", "IE"),
        ] {
            assert!(begins(prefix, postcode, country), "{prefix} {postcode}");
        }
        for (prefix, postcode, country) in
            [("110", "201301", "IN"), ("1100", "110", "PT"), ("110001", "11000", "IN")]
        {
            assert!(!begins(prefix, postcode, country), "{prefix} {postcode}");
        }
    }

    #[test]
    fn a_british_district_is_not_another_that_begins_with_it() {
        for (prefix, postcode) in [
            ("E1", "E1 6AN"),
            ("e1", "e16an"),
            ("E1", "E1W 1AA"),
            ("E", "E16 2BG"),
            ("E16", "E16 2BG"),
            ("E1 6", "E1 6AN"),
            ("SW1A 1AA", "SW1A1AA"),
            ("SW1A1AA", "SW1A 1AA"),
            ("SW1", "SW1A 1AA"),
        ] {
            assert!(begins(prefix, postcode, "GB"), "{prefix} {postcode}");
        }
        for (prefix, postcode) in [
            ("E1", "E16 2BG"),
            ("E1", "E10 5NP"),
            ("E1 6", "E16 2BG"),
            ("E1 6", "E1 7AA"),
            ("SW1B", "SW1A 1AA"),
            ("N", "SW1A 1AA"),
        ] {
            assert!(!begins(prefix, postcode, "GB"), "{prefix} {postcode}");
        }
        assert!(begins("E1", "E16 2BG", "DE"), "elsewhere it is a beginning");
        assert!(!begins("E1", "é", "GB"));
    }

    #[test]
    fn a_prefix_is_kept_in_capitals_with_single_spaces() {
        let kept = |text: &str| text.parse::<PostcodePrefix>().map(String::from);
        assert_eq!(kept("  sw1a   1 ").as_deref(), Ok("SW1A 1"));
        assert_eq!(kept("1100-012").as_deref(), Ok("1100 012"));
        for bad in ["", " - ", "é", "N1;", "1234567890123"] {
            assert_eq!(kept(bad), Err(PostcodePrefixError), "{bad}");
        }
    }

    fn area(postcodes: &[&str], fee: i64, minimum: i64) -> DeliveryArea {
        DeliveryArea {
            postcodes: postcodes.iter().map(|it| it.parse().unwrap()).collect(),
            delivery_fee: Amount::new(fee),
            minimum_order: Amount::new(minimum),
        }
    }

    #[test]
    fn areas_that_contradict_each_other_are_refused_by_field() {
        assert_eq!(check(&[]), Ok(()));
        assert_eq!(check(&[area(&["110"], 0, 0), area(&["1100", "111"], 1, 1)]), Ok(()));
        assert_eq!(check(&[area(&["N1 5"], 0, 0), area(&["N15"], 1, 1)]), Ok(()));
        for (areas, field) in [
            (vec![area(&["110"], 0, 0), area(&["110"], 0, 0)], "areas[1].postcodes"),
            (vec![area(&[], 0, 0)], "areas[0].postcodes"),
            (vec![area(&["1"], -1, 0)], "areas[0].delivery_fee"),
            (vec![area(&["1"], 0, 10_000_000)], "areas[0].minimum_order"),
            (vec![area(&["1"], 0, 0); 31], "areas"),
        ] {
            assert_eq!(check(&areas).unwrap_err().field(), field);
        }
        let many: Vec<String> = (1_000..1_201).map(|number| number.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(check(&[area(&many, 0, 0)]), Err(AreaError::TooManyPostcodes));
    }
}
