use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::bounded::{Text, TextError};

/// A phone number as a person wrote it: 5 to 15 digits (ITU-T E.164 allows no more) with spaces,
/// `-`, `.`, `/`, `(` and `)` between them, and at most one `+`, before the first digit; at most 32
/// characters in all.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(Text<32>);

impl Phone {
    /// The most characters of a number, separators included.
    pub const MAX: usize = 32;

    /// The number as the URI that dials it (RFC 3966): `tel:+442079460000`.
    ///
    /// A trunk prefix in brackets, as in `+44 (0)20 7946 0000`, is not dialled from abroad.
    #[must_use]
    pub fn uri(&self) -> String {
        let text = self.as_ref();
        let text = if text.contains('+') { text.replace("(0)", "") } else { text.to_owned() };
        let dialled = text.chars().filter(|c| *c == '+' || c.is_ascii_digit());
        "tel:".chars().chain(dialled).collect()
    }
}

impl FromStr for Phone {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let text: Text<32> = text.parse()?;
        let mut digits = 0;
        let mut international = false;
        for c in text.as_ref().chars() {
            match c {
                '0'..='9' => digits += 1,
                '+' if digits == 0 && !international => international = true,
                ' ' | '\u{a0}' | '-' | '.' | '/' | '(' | ')' => {}
                _ => return Err(TextError::NotAPhoneNumber),
            }
        }
        if (5..=15).contains(&digits) { Ok(Self(text)) } else { Err(TextError::NotAPhoneNumber) }
    }
}

impl TryFrom<String> for Phone {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        text.parse()
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> String {
        phone.0.into()
    }
}

impl AsRef<str> for Phone {
    fn as_ref(&self) -> &str {
        self.0.as_ref()
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_5_to_15_digits_and_is_kept_as_it_was_written() {
        for number in [
            "020 7946 0000",
            "+44 (0)20 7946-0000",
            "(+351) 21.000/0000",
            "12345",
            "020\u{a0}79460",
        ] {
            assert_eq!(number.parse::<Phone>().unwrap().as_ref(), number);
        }
        let pasted: Phone = "\u{200e} 020 7946 0000\u{200b}".parse().unwrap();
        assert_eq!(pasted.as_ref(), "020 7946 0000");
    }

    #[test]
    fn what_cannot_be_dialled_is_no_number() {
        for bad in [
            "1234",
            "1234567890123456",
            "call me",
            "020 7946 0000 x2",
            "++44 20794",
            "44+20794",
            "+",
        ] {
            assert_eq!(bad.parse::<Phone>(), Err(TextError::NotAPhoneNumber), "{bad}");
        }
        assert_eq!(" ".parse::<Phone>(), Err(TextError::Empty));
        let long = format!("12345{}6", " ".repeat(27)).parse::<Phone>();
        assert_eq!(long, Err(TextError::TooLong { max: Phone::MAX, length: 33 }));
    }

    #[test]
    fn a_number_is_dialled_without_its_separators() {
        let uri = |number: &str| number.parse::<Phone>().unwrap().uri();
        assert_eq!(uri("+44 (0)20 7946-0000"), "tel:+442079460000");
        assert_eq!(uri("(020) 7946 0000"), "tel:02079460000");
    }
}
