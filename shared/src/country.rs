//! Countries, and which of them have postal codes.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A country or territory by its ISO 3166-1 alpha-2 code: `GB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

/// A text that is not two upper-case letters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be an ISO 3166-1 country code such as GB")]
pub struct CountryError;

/// The countries and territories without a postal code, after the Universal Postal Union's
/// "Universal POST*CODE DataBase: countries without a postcode system" and its addressing sheets
/// (upu.int/en/postal-solutions/programmes-services/addressing-solutions).
const WITHOUT_POSTCODES: [&[u8; 2]; 54] = [
    b"AE", b"AG", b"AO", b"AW", b"BF", b"BI", b"BJ", b"BO", b"BQ", b"BS", b"BW", b"BZ", b"CF",
    b"CG", b"CI", b"CK", b"CM", b"CW", b"DJ", b"DM", b"ER", b"FJ", b"GD", b"GM", b"GQ", b"GY",
    b"HK", b"KI", b"KM", b"KP", b"ML", b"MO", b"MR", b"MW", b"NR", b"NU", b"QA", b"RW", b"SB",
    b"SC", b"SL", b"SR", b"ST", b"SX", b"SY", b"TD", b"TG", b"TK", b"TO", b"TV", b"UG", b"VU",
    b"YE", b"ZW",
];

/// Whether an address there has a postal code; where it is unknown which country that is, it has.
#[must_use]
pub fn uses_postcodes(country: Option<Country>) -> bool {
    country.is_none_or(|country| !WITHOUT_POSTCODES.contains(&&country.0))
}

impl Country {
    /// The two letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Country {
    type Err = CountryError;
    fn from_str(text: &str) -> Result<Self, CountryError> {
        match text.as_bytes() {
            [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Ok(Self([*a, *b])),
            _ => Err(CountryError),
        }
    }
}

impl TryFrom<String> for Country {
    type Error = CountryError;
    fn try_from(text: String) -> Result<Self, CountryError> {
        text.parse()
    }
}

impl From<Country> for String {
    fn from(country: Country) -> String {
        country.to_string()
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_two_upper_case_letters() {
        assert_eq!("GB".parse::<Country>().unwrap().code(), "GB");
        for bad in ["", "gb", "GBR", "G1", "É"] {
            assert_eq!(bad.parse::<Country>(), Err(CountryError), "{bad}");
        }
    }

    #[test]
    fn most_countries_have_postcodes_and_an_unknown_one_is_among_them() {
        let uses = |code: &str| uses_postcodes(Some(code.parse().unwrap()));
        assert!(["GB", "PT", "IN", "IE", "US"].into_iter().all(uses));
        assert!(!["AE", "HK", "QA", "ZW"].into_iter().any(uses));
        assert!(uses_postcodes(None));
        assert!(WITHOUT_POSTCODES.is_sorted());
    }
}
