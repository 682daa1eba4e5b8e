use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::bounded::is_invisible;

/// An email address in the form in which two of them are compared: without surrounding space, and its ASCII
/// letters in lower case, as the user pool takes no notice of case. At most 254 characters (RFC 5321, section
/// 4.5.3.1.3, without the angle brackets), one `@` with something before and after it, and no space, quote or
/// backslash.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// A text that is no email address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be an email address such as asha@example.com")]
pub struct EmailAddressError;

impl EmailAddress {
    /// The most characters of an address.
    pub const MAX: usize = 254;
}

impl FromStr for EmailAddress {
    type Err = EmailAddressError;

    fn from_str(text: &str) -> Result<Self, EmailAddressError> {
        let is_ignored = |c: char| c.is_whitespace() || is_invisible(c);
        let text = text.trim_matches(is_ignored);
        let is_refused = |c: char| is_ignored(c) || c.is_control() || matches!(c, '"' | '\\');
        let (name, domain) = text.split_once('@').ok_or(EmailAddressError)?;
        let has_parts = !name.is_empty() && !domain.is_empty() && !domain.contains('@');
        match has_parts && text.chars().count() <= Self::MAX && !text.contains(is_refused) {
            true => Ok(Self(text.to_ascii_lowercase())),
            false => Err(EmailAddressError),
        }
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = EmailAddressError;
    fn try_from(text: String) -> Result<Self, EmailAddressError> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> String {
        address.0
    }
}

impl AsRef<str> for EmailAddress {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_spellings_of_an_address_are_the_same_address() {
        let address: EmailAddress = "asha@example.com".parse().unwrap();
        for text in ["Asha@Example.COM", " asha@example.com\n", "\u{200b}ASHA@example.com"] {
            assert_eq!(text.parse(), Ok(address.clone()), "{text:?}");
        }
        assert_eq!(
            "ÅSHA@example.com".parse::<EmailAddress>().unwrap().as_ref(),
            "Åsha@example.com"
        );
        assert_eq!(address.to_string(), "asha@example.com");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@example.com", "x".repeat(243));
        for text in [
            "",
            "asha",
            "@example.com",
            "asha@",
            "a@b@c",
            "a b@c",
            "a\"@c",
            "a\\@c",
            "a\u{1}@c",
            "a\u{200b}@c",
            &long,
        ] {
            assert_eq!(text.parse::<EmailAddress>(), Err(EmailAddressError), "{text:?}");
        }
        assert!(long[1..].parse::<EmailAddress>().is_ok());
    }
}
