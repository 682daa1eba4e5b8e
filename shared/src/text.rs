//! Texts a person typed, trimmed and of a known length.

mod person_name;
mod phone;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

pub use person_name::PersonName;
pub use phone::Phone;

/// A trimmed text of 1 to `MAX` characters (Unicode scalar values) without control characters
/// other than a line break. White space and [invisible](is_invisible) characters are trimmed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text<const MAX: usize>(String);

/// What the customer tells the restaurant or the courier.
pub type Note = Text<280>;

/// What the customer tells the kitchen about one line.
pub type LineNote = Text<140>;

/// Why a text is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space and invisible characters.
    #[error("must not be empty")]
    Empty,
    /// Longer than allowed.
    #[error("must be at most {max} characters long, and has {length}")]
    TooLong {
        /// The longest length allowed, in characters.
        max: usize,
        /// The length found, in characters.
        length: usize,
    },
    /// A control character such as a tab or an escape.
    #[error("must not contain control characters")]
    Control,
    /// A name without a letter or a digit of any script.
    #[error("must contain a letter or a digit")]
    NoLetters,
    /// Not what [`Phone`] takes.
    #[error("must be a phone number of 5 to 15 digits, such as +44 20 7946 0000")]
    NotAPhoneNumber,
}

/// Whether a character takes no space on a screen: zero-width and directional marks and
/// isolates, the soft hyphen, invisible operators, and the blank fillers of Hangul and Braille.
#[must_use]
pub const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{115f}'..='\u{1160}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
    )
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

impl<const MAX: usize> Text<MAX> {
    /// A text that an earlier version accepted, whatever today's rules say of it.
    pub(crate) const fn accepted_before(text: String) -> Self {
        Self(text)
    }
}

impl<const MAX: usize> FromStr for Text<MAX> {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let text = trim(text);
        let length = text.chars().count();
        if length == 0 {
            return Err(TextError::Empty);
        }
        if length > MAX {
            return Err(TextError::TooLong { max: MAX, length });
        }
        if text.chars().any(|c| c.is_control() && c != '\n') {
            return Err(TextError::Control);
        }
        Ok(Self(text.to_owned()))
    }
}

impl<const MAX: usize> TryFrom<String> for Text<MAX> {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        text.parse()
    }
}

impl<const MAX: usize> From<Text<MAX>> for String {
    fn from(text: Text<MAX>) -> String {
        text.0
    }
}

impl<const MAX: usize> AsRef<str> for Text<MAX> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_counted_in_characters_after_trimming() {
        assert!(format!(" {} ", "é".repeat(280)).parse::<Note>().is_ok());
        assert_eq!(
            "x".repeat(281).parse::<Note>(),
            Err(TextError::TooLong { max: 280, length: 281 })
        );
        assert_eq!(" \n ".parse::<Note>(), Err(TextError::Empty));
        assert_eq!("a\u{1b}b".parse::<Note>(), Err(TextError::Control));
        assert!("Ring twice.\nThen wait.".parse::<Note>().is_ok());
    }

    #[test]
    fn what_nobody_can_see_is_trimmed_and_is_no_text() {
        for nothing in ["\u{200b}", "\u{feff} \u{ad}", "\u{3164}\u{2060}\u{200f}", "\u{2800}"] {
            assert_eq!(nothing.parse::<Note>(), Err(TextError::Empty), "{nothing:?}");
        }
        let text: Note = "\u{feff}\u{200e}\u{2068}Ring twice.\u{2069}\u{200b} ".parse().unwrap();
        assert_eq!(text.as_ref(), "Ring twice.");
        let joined: Note = "👩\u{200d}🍳".parse().unwrap();
        assert_eq!(joined.as_ref(), "👩\u{200d}🍳", "within a text they have a meaning");
    }
}
