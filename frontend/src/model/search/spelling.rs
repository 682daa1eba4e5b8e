//! Which words are taken for the same: without case, accents and quotes, and with a typo or two.

/// Folds a text's case and decomposes it (NFKD), so that an accent stands after its letter. The
/// browser does that: the tables of it would be a good part of this program.
pub type FoldCase = fn(&str) -> String;

/// A text as it is compared: without case, quotes, and the accents of Latin letters. Other scripts
/// keep every mark: in Hindi, say, a mark is a vowel.
pub(super) fn fold(text: &str, fold_case: FoldCase) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in fold_case(text).chars() {
        match c {
            '\u{300}'..='\u{36f}' if folded.ends_with(|c: char| c.is_ascii_lowercase()) => {}
            '\'' | '’' | '‘' | '`' | '"' | '“' | '”' | '«' | '»' => {}
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ß' => folded.push_str("ss"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            _ => folded.push(c),
        }
    }
    folded
}

/// How a word has to be written to be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    Exact,
    Similar,
}

impl Spelling {
    pub(super) fn finds(self, word: &str, text: &str) -> bool {
        text.contains(word)
            || (self == Self::Similar && text.split_whitespace().any(|other| similar(word, other)))
    }
}

/// Whether `word` begins `other`, give or take a letter, or two in a long word. The first letter
/// is right: people seldom miss that one.
fn similar(word: &str, other: &str) -> bool {
    let (word, other): (Vec<char>, Vec<char>) = (word.chars().collect(), other.chars().collect());
    let allowed = match word.len() {
        ..4 => return false,
        4..8 => 1,
        _ => 2,
    };
    word.first() == other.first() && distance_to_prefix(&word, &other) <= allowed
}

/// The fewest letters to add, drop, replace or swap until `word` is a prefix of `other`: the
/// distance of Damerau and Levenshtein (optimal string alignment).
fn distance_to_prefix(word: &[char], other: &[char]) -> usize {
    let mut before_last = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (i, letter) in word.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, counterpart) in other.iter().enumerate() {
            let replaced = last[j] + usize::from(letter != counterpart);
            let mut least = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *letter == other[j - 1] && word[i - 1] == *counterpart {
                least = least.min(before_last[j - 1] + 1);
            }
            row.push(least);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last.into_iter().min().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many letters to change until the first is a prefix of the second.
    #[test]
    fn letters_are_added_dropped_replaced_and_swapped() {
        let distance = |word: &str, other: &str| {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            distance_to_prefix(&letters(word), &letters(other))
        };
        for (word, other, expected) in [
            ("dosa", "dosa", 0),
            ("dos", "dosa", 0),
            ("doosa", "dosa", 1),
            ("dsa", "dosa", 1),
            ("dasa", "dosa", 1),
            ("dsoa", "dosa", 1),
            ("odsa", "dosa", 1),
            ("dosas", "dosa", 1),
            ("odas", "dosa", 2),
            ("taco", "dosa", 3),
            ("", "dosa", 0),
            ("dosa", "", 4),
            ("piza", "pizzas", 1),
        ] {
            assert_eq!(distance(word, other), expected, "{word} → {other}");
        }
    }

    #[test]
    fn a_longer_word_may_have_more_typos() {
        for (word, other, expected) in [
            ("dos", "dxs", false), // too short for any
            ("dosa", "dxsa", true),
            ("dosa", "dxxa", false),
            ("chocola", "chxcxla", false),
            ("chocolat", "chxcxlat", true),
            ("chocolat", "chxcxlxt", false),
            ("dosa", "xosa", false), // the first letter is right
        ] {
            assert_eq!(similar(word, other), expected, "{word} → {other}");
        }
    }
}
