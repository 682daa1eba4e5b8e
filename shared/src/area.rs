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
///
/// In the United Kingdom and the Crown Dependencies, it is a part of the structure of a postcode (Royal Mail's
/// Programmers' Guide to the Postcode Address File, "Postcode structure"): an area (`SW`), an outward code (`SW1Y`),
/// a sector (`SW1Y 4`), or more of the inward code. So `E1` does not begin `E16 2BG`, and `N` does not begin
/// `NW10 4AB`. A district of central London that is subdivided by a letter is meant as a whole by its number, as on
/// its street signs: `SW1` begins `SW1A 1AA` and `SW1Y 4AB` (London postal district, "Changes",
/// en.wikipedia.org/wiki/London_postal_district). Without a space, `N15` is the district and never `N1 5`: there is
/// no other way to write that.
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
        let begins = !text.starts_with(' ');
        match begins && (1..=12).contains(&text.len()) && text.bytes().all(is_known) {
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
    /// Whether a postcode of that country, or as much of one as a customer has typed, begins so.
    #[must_use]
    pub fn begins(&self, postcode: &str, country: Option<Country>) -> bool {
        if !is_british(country) {
            return compact(postcode).starts_with(&compact(&self.0));
        }
        let (Some(own), Some(whole)) = (British::read(&self.0), British::read(postcode)) else {
            return false;
        };
        let Some(rest) = whole.outward.strip_prefix(&*own.outward) else { return false };
        match own.inward.is_empty() {
            // `E1` is followed by no digit, and `N` by no letter.
            true => {
                rest.is_empty() || rest.starts_with(is_digit) != own.outward.ends_with(is_digit)
            }
            false => rest.is_empty() && whole.inward.starts_with(&own.inward),
        }
    }

    /// How many of a postcode's letters and digits it names.
    pub(crate) fn length(&self) -> usize {
        compact(&self.0).len()
    }

    /// The one spelling of those that mean the same; `None` if no postcode of that country begins so.
    fn spelling(&self, country: Option<Country>) -> Option<String> {
        match is_british(country) {
            true => {
                British::read(&self.0).map(|British { outward, inward }| outward + " " + &inward)
            }
            false => Some(compact(&self.0)),
        }
    }
}

/// Whether two texts are one postcode, however it is written.
#[must_use]
pub fn is_same_postcode(one: &str, other: &str) -> bool {
    compact(one) == compact(other)
}

/// The outward code of a whole British postcode, however it is written: `NW10` of `nw101aa`.
#[must_use]
pub fn outward_code(postcode: &str) -> Option<String> {
    British::whole(&compact(postcode)).map(|whole| whole.outward)
}

/// The parts of a British postcode, or of how one begins.
struct British {
    /// An outward code; an area if `inward` is empty.
    outward: String,
    /// The rest, as far as it is known.
    inward: String,
}

impl British {
    /// Reads a whole postcode, with or without its space, or how one begins: where the inward code is not whole,
    /// only a space says where it is.
    fn read(text: &str) -> Option<Self> {
        Self::whole(&compact(text)).or_else(|| {
            let (outward, inward) = text.trim().split_once(is_separator).unwrap_or((text, ""));
            Self::of(compact(outward), compact(inward))
        })
    }

    fn whole(compact: &str) -> Option<Self> {
        let (outward, inward) = compact.split_at_checked(compact.len().checked_sub(INWARD)?)?;
        Self::of(outward.to_owned(), inward.to_owned()).filter(|it| it.inward.len() == INWARD)
    }

    fn of(outward: String, inward: String) -> Option<Self> {
        let is_postcode = match (&*shape(&outward), &*shape(&inward)) {
            ("A" | "AA", inward) => inward.is_empty(),
            ("A9" | "A99" | "AA9" | "AA99" | "A9A" | "AA9A", inward) => "9AA".starts_with(inward),
            _ => false,
        };
        is_postcode.then_some(Self { outward, inward })
    }
}

/// The length of a British postcode's inward code.
const INWARD: usize = 3;

/// Where addresses have British postcodes: with those of Guernsey, the Isle of Man and Jersey.
fn is_british(country: Option<Country>) -> bool {
    country.is_some_and(|country| ["GB", "GG", "IM", "JE"].contains(&country.code()))
}

/// A capital as `A`, a digit as `9`, anything else as it is.
fn shape(text: &str) -> String {
    let class = |c: char| match c {
        'A'..='Z' => 'A',
        '0'..='9' => '9',
        other => other,
    };
    text.chars().map(class).collect()
}

const fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || c == '-'
}

/// A postcode without what stands between its letters and digits, in capitals.
fn compact(postcode: &str) -> String {
    let mut compact: String = postcode.chars().filter(|c| c.is_alphanumeric()).collect();
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
    /// A text that no postcode of the restaurant's country begins with.
    #[error(
        "has {postcode}, with which no postcode there begins; write SW, SW1Y, SW1Y 4 or SW1Y 4AA"
    )]
    Unknown {
        /// Which area.
        area: usize,
        /// The text.
        postcode: PostcodePrefix,
    },
    /// A postcode that an earlier area, or the same, has too, however it is written.
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
            Self::NoPostcode { area } | Self::Unknown { area, .. } | Self::Twice { area, .. } => {
                format!("areas[{area}].postcodes")
            }
            Self::Amount { area, field } => format!("areas[{area}].{field}"),
        }
    }
}

/// Checks the areas of a restaurant in that country.
///
/// # Errors
/// The first mistake.
pub fn check(areas: &[DeliveryArea], country: Option<Country>) -> Result<(), AreaError> {
    if areas.len() > DeliveryArea::MAX {
        return Err(AreaError::TooManyAreas);
    }
    if areas.iter().map(|area| area.postcodes.len()).sum::<usize>() > DeliveryArea::MAX_POSTCODES {
        return Err(AreaError::TooManyPostcodes);
    }
    let mut seen: Vec<String> = Vec::new();
    for (at, area) in areas.iter().enumerate() {
        if area.postcodes.is_empty() {
            return Err(AreaError::NoPostcode { area: at });
        }
        for postcode in &area.postcodes {
            let Some(spelling) = postcode.spelling(country) else {
                return Err(AreaError::Unknown { area: at, postcode: postcode.clone() });
            };
            if seen.contains(&spelling) {
                return Err(AreaError::Twice { area: at, postcode: postcode.clone() });
            }
            seen.push(spelling);
        }
        let amounts = [("delivery_fee", area.delivery_fee), ("minimum_order", area.minimum_order)];
        for (field, amount) in amounts {
            if !(Amount::ZERO..=DeliveryArea::MAX_AMOUNT).contains(&amount) {
                return Err(AreaError::Amount { area: at, field });
            }
        }
    }
    Ok(())
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
            ("1100", "110\u{2013}001", "IN"),
            ("1100", "110.001", "IN"),
            ("1100", "110/001", "IN"),
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

    /// A postcode of each of the six shapes, and the beginnings of it: its area, its outward code, its sector, more
    /// of it, and all of it.
    const BRITISH: [(&str, [&str; 5]); 7] = [
        ("M1 1AE", ["M", "M1", "M1 1", "M1 1A", "M1 1AE"]),
        ("N15 4QS", ["N", "N15", "N15 4", "N15 4Q", "N15 4QS"]),
        ("CR2 6XH", ["CR", "CR2", "CR2 6", "CR2 6X", "CR2 6XH"]),
        ("DN55 1PT", ["DN", "DN55", "DN55 1", "DN55 1P", "DN55 1PT"]),
        ("W1A 0AX", ["W", "W1A", "W1A 0", "W1A 0A", "W1A 0AX"]),
        ("EC1A 1BB", ["EC", "EC1A", "EC1A 1", "EC1A 1B", "EC1A 1BB"]),
        ("SW1Y 4AB", ["SW", "SW1Y", "SW1Y 4", "SW1Y 4A", "SW1Y 4AB"]),
    ];

    /// How people write a text with a space, if it has one.
    fn written(text: &str) -> [String; 4] {
        [text.to_owned(), text.to_lowercase(), format!(" {text}  "), text.replace(' ', "  ")]
    }

    #[test]
    fn every_british_postcode_begins_with_its_own_parts_and_those_of_no_other() {
        for (postcode, parts) in BRITISH {
            let mut all = written(postcode).to_vec();
            all.push(postcode.replace(' ', "").to_lowercase());
            for postcode in &all {
                for prefix in parts.iter().flat_map(|part| written(part)) {
                    assert!(begins(&prefix, postcode, "GB"), "“{prefix}” “{postcode}”");
                }
                let others = BRITISH.iter().filter(|(_, other)| *other != parts);
                for prefix in others.flat_map(|(_, parts)| parts) {
                    assert!(!begins(prefix, postcode, "GB"), "“{prefix}” “{postcode}”");
                }
            }
        }
    }

    #[test]
    fn an_outward_code_that_a_customer_types_alone_counts_as_far_as_it_goes() {
        for (postcode, [area, outward, sector, ..]) in BRITISH {
            for typed in written(outward) {
                assert!(begins(area, &typed, "GB") && begins(outward, &typed, "GB"), "“{typed}”");
                assert!(!begins(sector, &typed, "GB"), "“{typed}” may be another sector");
            }
            assert!(begins(sector, sector, "GB") && !begins(postcode, sector, "GB"), "{sector}");
        }
    }

    #[test]
    fn a_british_district_is_not_another_that_begins_with_it() {
        for (prefix, postcode) in [
            ("E1", "E1 6AN"),
            ("e1", "e16an"),
            ("E1", "E1W 1AA"),
            ("E16", "E16 2BG"),
            ("NW10", "nw104ab"),
            ("SW1A1AA", "SW1A 1AA"),
            ("SW1", "SW1A 1AA"),
            ("SW1", "SW1Y"),
            ("W1", "W1A 0AX"),
        ] {
            for country in ["GB", "JE"] {
                assert!(begins(prefix, postcode, country), "{prefix} {postcode}");
            }
        }
        for (prefix, postcode) in [
            ("E1", "E16 2BG"),
            ("E1", "E10 5NP"),
            ("E1 6", "E16 2BG"),
            ("E1 6", "E1 7AA"),
            ("E1 6", "E1W 6AA"),
            ("SW1", "SW10 0AA"),
            ("SW1", "SW11 1AA"),
            ("SW1B", "SW1A 1AA"),
            ("SW1A", "SW1 1AA"),
            ("N", "NW10 4AB"),
            ("S", "SW1A 1AA"),
            ("N", "SW1A 1AA"),
            ("E1", ""),
            ("E1", "é"),
            ("E1", "E"),
            ("E1", "E1 6ANN"),
            ("E1", "1E1"),
        ] {
            assert!(!begins(prefix, postcode, "GB"), "{prefix} {postcode}");
        }
        assert!(begins("E1", "E16 2BG", "DE"), "elsewhere it is a beginning");
    }

    #[test]
    fn postcodes_of_digits_begin_as_they_are_written() {
        for (prefix, postcode, country) in
            [("941", "94107-1234", "US"), ("10", "10115", "DE"), ("560", "560 001", "IN")]
        {
            assert!(begins(prefix, postcode, country), "{prefix} {postcode}");
            assert!(!begins(prefix, &postcode[1..], country), "{prefix} {postcode}");
            assert!(!begins(prefix, "", country));
        }
    }

    #[test]
    fn a_postcode_is_the_same_however_it_is_written() {
        assert!(is_same_postcode("sw1y4ab", " SW1Y  4AB"));
        assert!(is_same_postcode("110 001", "110001"));
        assert!(!is_same_postcode("N1 5TB", "N15 5TB") && !is_same_postcode("", "N1"));
    }

    #[test]
    fn the_outward_code_of_a_whole_postcode_is_known_without_its_space() {
        for (postcode, [_, outward, sector, ..]) in BRITISH {
            let written = postcode.replace(' ', "").to_lowercase();
            assert_eq!(outward_code(&written).as_deref(), Some(outward));
            assert_eq!(outward_code(sector), None, "{sector}");
        }
        for other in ["", "10115", "1012 AB", "D02 AF30", "K1A 0B1", "HM 12", "É1 1AA"] {
            assert_eq!(outward_code(other), None, "{other}");
        }
    }

    #[test]
    fn a_prefix_is_kept_in_capitals_with_single_spaces() {
        let kept = |text: &str| text.parse::<PostcodePrefix>().map(String::from);
        assert_eq!(kept("  sw1a   1 ").as_deref(), Ok("SW1A 1"));
        assert_eq!(kept("1100-012").as_deref(), Ok("1100 012"));
        for bad in ["", " - ", "é", "N1;", "1234567890123"] {
            assert_eq!(kept(bad), Err(PostcodePrefixError), "{bad}");
        }
        let kept = |text: &str| PostcodePrefix::try_from(text.to_owned());
        assert_eq!(kept(" "), Err(PostcodePrefixError), "it would begin every postcode");
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
        let india = Some("IN".parse().unwrap());
        assert_eq!(check(&[], india), Ok(()));
        assert_eq!(check(&[area(&["110"], 0, 0), area(&["1100", "111"], 1, 1)], india), Ok(()));
        for (areas, field) in [
            (vec![area(&["110"], 0, 0), area(&["110"], 0, 0)], "areas[1].postcodes"),
            (vec![area(&["110001", "110 001"], 0, 0)], "areas[0].postcodes"),
            (vec![area(&[], 0, 0)], "areas[0].postcodes"),
            (vec![area(&["1"], -1, 0)], "areas[0].delivery_fee"),
            (vec![area(&["1"], 0, 10_000_000)], "areas[0].minimum_order"),
            (vec![area(&["1"], 0, 0); 31], "areas"),
        ] {
            assert_eq!(check(&areas, india).unwrap_err().field(), field);
        }
        let many: Vec<String> = (1_000..1_201).map(|number| number.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(check(&[area(&many, 0, 0)], None), Err(AreaError::TooManyPostcodes));
    }

    #[test]
    fn british_areas_name_parts_of_postcodes_each_once_however_it_is_written() {
        let british = |postcodes: &[&str]| check(&[area(postcodes, 0, 0)], "GB".parse().ok());
        for (_, parts) in BRITISH {
            assert_eq!(british(&parts), Ok(()));
        }
        assert_eq!(british(&["N1", "N1 5", "N15", "N15 5", "N15TB"]), Ok(()));
        for [first, again] in [["N1 5TB", "n15tb"], ["SW1A 1AA", "sw1 a1aa"], ["E8", "e8 "]] {
            let postcode = again.parse().unwrap();
            assert_eq!(british(&[first, again]), Err(AreaError::Twice { area: 0, postcode }));
        }
        // Without its space, it may be meant otherwise.
        for wrong in ["SW1Y4", "E164", "N15T", "E1 66", "SWA", "SW 1Y", "1", "110001", "N1 5TBX"] {
            let postcode = wrong.parse().unwrap();
            assert_eq!(british(&[wrong]), Err(AreaError::Unknown { area: 0, postcode }), "{wrong}");
            assert_eq!(check(&[area(&[wrong], 0, 0)], "IE".parse().ok()), Ok(()), "{wrong}");
        }
    }
}
