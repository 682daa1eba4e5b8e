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

/// Whether that is a whole postcode of a country, as an address needs it: how it begins is another area's, maybe, and
/// another price. In a country whose postcodes this does not know, it is whatever is long enough.
#[must_use]
pub fn is_whole_postcode(postcode: &str, country: Option<Country>) -> bool {
    let compact = compact(postcode);
    if is_british(country) {
        return British::whole(&compact).is_some();
    }
    if !compact.bytes().all(|c| c.is_ascii_alphanumeric()) {
        return false;
    }
    let lengths = country.map_or(&[][..], |country| digits(country.code()));
    if lengths.is_empty() {
        return compact.len() >= SHORTEST;
    }
    // With the country in front, as in `LV-1010`: its ISO code, or that of its cars (`L-1009`).
    let number = compact.trim_start_matches(|c: char| c.is_ascii_uppercase());
    compact.len() - number.len() <= 2
        && number.bytes().all(|c| c.is_ascii_digit())
        && lengths.contains(&number.len())
}

/// The length of the shortest postcodes: those of Iceland and the Faroes have three digits.
const SHORTEST: usize = 3;

/// How many digits a postcode has in a country where it has nothing else; none if this does not know (Universal Postal
/// Union, "Postal addressing systems in member countries", the sheet of each country).
fn digits(country: &str) -> &'static [usize] {
    match country {
        "AT" | "AU" | "BE" | "BG" | "CH" | "CY" | "DK" | "HU" | "LI" | "LU" | "LV" | "NO"
        | "NZ" | "PH" | "SI" | "ZA" => &[4],
        "CZ" | "DE" | "EE" | "ES" | "FI" | "FR" | "GR" | "HR" | "ID" | "IT" | "KR" | "LT"
        | "MC" | "MX" | "MY" | "PL" | "SE" | "SK" | "TH" | "TR" | "UA" => &[5],
        "SA" | "US" => &[5, 9],
        "CN" | "IN" | "RO" | "RU" | "SG" => &[6],
        "IL" | "JP" => &[7],
        "PT" => &[4, 7],
        "BR" => &[8],
        _ => &[],
    }
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

/// A postcode without what people write between its letters and digits, in capitals. Any other character stays, so
/// that it begins with no area's: no country's postcodes have others than ASCII's letters and digits, but whoever
/// brings an order reads a wide digit (U+FF10) as a digit.
fn compact(postcode: &str) -> String {
    let mut compact: String = postcode.chars().filter(|c| !is_between(*c)).collect();
    compact.make_ascii_uppercase();
    compact
}

/// Whether that is a space, a dash or another mark. By a list, as Unicode's tables are large.
const fn is_between(c: char) -> bool {
    match c {
        // Dashes, spaces and what is not seen; a soft hyphen, the minus sign; the wide space and Japan's postal mark;
        // small and wide dashes.
        '\u{2000}'..='\u{206f}'
        | '\u{a0}'
        | '\u{ad}'
        | '\u{2212}'
        | '\u{3000}'
        | '\u{3012}'
        | '\u{fe58}'
        | '\u{fe63}'
        | '\u{ff0d}' => true,
        _ => c.is_ascii() && !c.is_ascii_alphanumeric(),
    }
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
mod tests;
