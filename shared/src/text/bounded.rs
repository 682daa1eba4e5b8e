//! A text of a known length.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A trimmed text of 1 to `MAX` characters (Unicode scalar values) without control characters
/// other than a line break. White space and [invisible](is_invisible) characters are trimmed.
///
/// Format characters (Unicode's general category Cf: zero-width spaces, directional overrides,
/// tags, soft hyphens) are removed rather than refused: they come along with pasted text, nobody
/// can see which one is meant, and without them the text shows what it says, in the order in which
/// it says it. Two kinds stay: the joiners U+200C and U+200D between two visible characters, for
/// the spelling of Persian and Indic words and for composed emoji; and the Arabic, Syriac and
/// Kaithi number signs, which can be seen.
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
    /// Not what [`Phone`](super::Phone) takes.
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

/// Whether a character is one of Unicode's format characters (general category Cf of Unicode 17)
/// that show nothing, the joiners aside.
const fn is_format(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// The text without format characters; joiners stay between two visible characters.
fn without_format(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut characters = text.chars().filter(|c| !is_format(*c)).peekable();
    let joinable = |c: char| !c.is_whitespace() && !c.is_control() && !is_invisible(c);
    let mut before = None;
    while let Some(c) = characters.next() {
        let is_joiner = matches!(c, '\u{200c}' | '\u{200d}');
        let after = characters.peek().copied();
        let joins = before.is_some_and(joinable) && after.is_some_and(joinable);
        if !is_joiner || joins {
            kept.push(c);
            before = Some(c);
        }
    }
    kept
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
        let text = without_format(text);
        let text = trim(&text);
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
    use proptest::prelude::*;

    use super::*;
    use crate::text::{PersonName, Phone};

    /// Format characters that can be seen: number signs that stand before or around digits
    /// (Unicode's Prepended_Concatenation_Mark).
    const VISIBLE: [char; 13] = [
        '\u{600}',
        '\u{601}',
        '\u{602}',
        '\u{603}',
        '\u{604}',
        '\u{605}',
        '\u{6dd}',
        '\u{70f}',
        '\u{890}',
        '\u{891}',
        '\u{8e2}',
        '\u{110bd}',
        '\u{110cd}',
    ];

    /// The category as another project's tables have it.
    fn format_characters() -> Vec<char> {
        let category = regex::Regex::new(r"^\p{Cf}$").unwrap();
        let is_cf = |c: &char| category.is_match(c.encode_utf8(&mut [0; 4]));
        ('\0'..=char::MAX).filter(is_cf).collect()
    }

    #[test]
    fn no_format_character_that_shows_nothing_stays_in_a_text() {
        let all = format_characters();
        assert!(all.len() > 150, "{}", all.len());
        for c in all {
            let text: Note = format!("a{c}b").parse().unwrap();
            let stays = VISIBLE.contains(&c) || matches!(c, '\u{200c}' | '\u{200d}');
            let expected = if stays { format!("a{c}b") } else { "ab".to_owned() };
            assert_eq!(text.as_ref(), expected, "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn a_text_shows_what_it_says_and_words_keep_their_joiners() {
        let sign: Text<40> = "Flat \u{202e}21\u{202c} B".parse().unwrap();
        assert_eq!(sign.as_ref(), "Flat 21 B");
        for word in ["می\u{200c}خواهم", "क्\u{200d}ष", "👩\u{200d}🍳", "❤\u{fe0f}\u{200d}🔥"]
        {
            assert_eq!(word.parse::<Note>().unwrap().as_ref(), word);
        }
        for (typed, kept) in [
            ("\u{200d}a\u{200c}", "a"),
            ("a \u{200d}b", "a b"),
            ("a\u{200d}\u{200d}b", "a\u{200d}b"),
            ("a\u{200c}\u{202e}b", "a\u{200c}b"),
        ] {
            assert_eq!(typed.parse::<Note>().unwrap().as_ref(), kept, "{typed:?}");
        }
        assert_eq!("\u{200d}\u{e0041}".parse::<Note>(), Err(TextError::Empty));
        let counted = format!("{}{}", "é".repeat(280), "\u{200b}".repeat(9)).parse::<Note>();
        assert!(counted.is_ok(), "what is removed is not counted");
    }

    fn typed() -> impl Strategy<Value = String> {
        let odd = prop::sample::select(vec![
            'a',
            'क',
            'م',
            '👩',
            ' ',
            '\n',
            '\u{200b}',
            '\u{200c}',
            '\u{200d}',
            '\u{202e}',
            '\u{2066}',
            '\u{3164}',
            '\u{feff}',
            '\u{e0041}',
            '\u{ad}',
        ]);
        prop::collection::vec(prop_oneof![odd, any::<char>()], 0..20)
            .prop_map(|characters| characters.into_iter().collect())
    }

    proptest! {
        #[test]
        fn a_text_that_is_taken_is_as_it_stays(typed in typed()) {
            let Ok(text) = typed.parse::<Note>() else { return Ok(()) };
            prop_assert_eq!(text.as_ref().parse::<Note>(), Ok(text.clone()), "again");
            let shown: Vec<char> = text.as_ref().chars().collect();
            for (place, &c) in shown.iter().enumerate() {
                prop_assert!(!is_format(c));
                if matches!(c, '\u{200c}' | '\u{200d}') {
                    let beside = [place.checked_sub(1).unwrap(), place + 1].map(|at| shown[at]);
                    prop_assert!(beside.iter().all(|c| !c.is_whitespace() && !is_invisible(*c)));
                }
            }
        }

        #[test]
        fn a_name_that_is_taken_has_a_letter_or_digit_that_can_be_seen(typed in typed()) {
            let Ok(name) = typed.parse::<PersonName>() else { return Ok(()) };
            let seen = |c: char| c.is_alphanumeric() && !is_invisible(c) && !is_format(c);
            prop_assert!(name.as_ref().chars().any(seen), "{name:?}");
        }
    }

    #[test]
    fn a_text_is_shown_as_it_is_kept() {
        assert_eq!(" Ring twice. ".parse::<Note>().unwrap().to_string(), "Ring twice.");
        assert_eq!("Asha".parse::<PersonName>().unwrap().to_string(), "Asha");
        assert_eq!("020 7946 0000".parse::<Phone>().unwrap().to_string(), "020 7946 0000");
    }

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
