//! Finding the names of files in texts, and making new ones.

use std::collections::{BTreeMap, BTreeSet};

/// Whether a text mentions a file by its whole name.
pub(super) fn mentions(content: &[u8], name: &str) -> bool {
    let text = String::from_utf8_lossy(content);
    places(&text, name).next().is_some()
}

/// A text with the names it mentions replaced by what they became.
pub(super) fn replace(
    content: &[u8],
    mentions: &BTreeSet<String>,
    named: &BTreeMap<String, String>,
) -> Vec<u8> {
    if mentions.is_empty() {
        return content.to_owned(); // it may be no text
    }
    let mut text = String::from_utf8_lossy(content).into_owned();
    for (old, new) in mentions.iter().filter_map(|old| Some((old, named.get(old)?))) {
        let places: Vec<usize> = places(&text, old).collect();
        for place in places.into_iter().rev() {
            text.replace_range(place..place + old.len(), new);
        }
    }
    text.into_bytes()
}

/// A name with a hash: `frontend_bg.{hash}.wasm`.
pub(super) fn by_content(name: &str, hash: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{hash}.{extension}"),
        None => format!("{name}.{hash}"),
    }
}

/// Where a name stands as a whole: not inside a longer one, and not as an object key. wasm-bindgen's
/// glue passes the loader under the module name compiled into the .wasm
/// (`"./frontend_split.js": import1`), which must stay.
fn places<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.match_indices(name).map(|(place, _)| place).filter(move |place| {
        let before = text[..*place].chars().next_back();
        let after = text[*place + name.len()..].chars().next();
        // `./name` is the name; `other.name` is not, and a sentence may end after it.
        let is_path = text[..*place].ends_with("./");
        let is_key = text[*place + name.len()..].starts_with("\":");
        (is_path || !before.is_some_and(inside))
            && !after.is_some_and(|c| inside(c) && c != '.')
            && !is_key
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_whole_only() {
        for text in ["'/boot.js'", "url(boot.js)", "import './boot.js'", "boot.js", "see boot.js."]
        {
            assert!(mentions(text.as_bytes(), "boot.js"), "{text}");
        }
        for text in ["reboot.js", "boot.json", "x-boot.js", "boot_js", "\"./boot.js\": import1"] {
            assert!(!mentions(text.as_bytes(), "boot.js"), "{text}");
        }
    }

    #[test]
    fn every_mention_is_replaced() {
        let named = BTreeMap::from([("a.js".to_owned(), "a.1.js".to_owned())]);
        let text = replace(b"'a.js' b/a.js ba.js", &BTreeSet::from(["a.js".to_owned()]), &named);
        assert_eq!(String::from_utf8(text).unwrap(), "'a.1.js' b/a.1.js ba.js");
    }
}
