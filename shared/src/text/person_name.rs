use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::bounded::{Text, TextError, is_invisible};

/// What a person is called: a [`Text`] of at most 80 characters with at least one letter or digit
/// of any script, so that a courier has something to ask for at the door.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonName(Text<80>);

impl PersonName {
    /// The most characters of a name.
    pub const MAX: usize = 80;

    /// A name that an earlier version accepted, whatever today's rules say of it.
    pub(crate) const fn accepted_before(text: String) -> Self {
        Self(Text::accepted_before(text))
    }
}

impl FromStr for PersonName {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let text: Text<80> = text.parse()?;
        // The fillers of Hangul are letters to Unicode, and nobody can see them.
        match text.as_ref().chars().any(|c| c.is_alphanumeric() && !is_invisible(c)) {
            true => Ok(Self(text)),
            false => Err(TextError::NoLetters),
        }
    }
}

impl TryFrom<String> for PersonName {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        text.parse()
    }
}

impl From<PersonName> for String {
    fn from(name: PersonName) -> String {
        name.0.into()
    }
}

impl AsRef<str> for PersonName {
    fn as_ref(&self) -> &str {
        self.0.as_ref()
    }
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_a_letter_or_a_digit_of_any_script() {
        for name in ["Asha", "李", "آشا", "आशा", "Ångström-O’Neill", "3rd floor", "🍕 Bob", "٣"]
        {
            assert_eq!(name.parse::<PersonName>().unwrap().as_ref(), name);
        }
        for none in ["…", "🍕", "- -", "?\u{200b}?", "!\u{3164}!", "👩\u{200d}🍳"] {
            assert_eq!(none.parse::<PersonName>(), Err(TextError::NoLetters), "{none:?}");
        }
        assert_eq!("\u{200b}\u{3164}".parse::<PersonName>(), Err(TextError::Empty));
        let long = "x".repeat(81).parse::<PersonName>();
        assert_eq!(long, Err(TextError::TooLong { max: PersonName::MAX, length: 81 }));
    }
}
