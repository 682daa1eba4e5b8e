//! The shop's own texts, `privacy.md` and `terms.md`: a `# Title`, then paragraphs, some of them
//! under a `## Heading`. Blank lines end a paragraph; nothing else of Markdown is read.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use fs_err as fs;
use shared::api::{LegalPage, LegalSection, PageName};
use shared::text::Text;

use super::MAX_TEXT;
use super::file::read_text;
use super::problem::Problem;

/// What a text's file ends in.
const EXTENSION: &str = "md";
/// How a line begins that Markdown would show as something else than a paragraph.
const MARKUP: [&str; 6] = ["- ", "* ", "+ ", "> ", "| ", "```"];

/// The mistakes in a text, each with its line.
type Notes = Vec<(usize, String)>;

/// The texts in a catalog's folder; the mistakes in them are added to `problems`.
pub(super) fn read_all(
    folder: &Path,
    problems: &mut Vec<Problem>,
) -> Result<BTreeMap<PageName, LegalPage>> {
    let mut pages = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let file = entry?.path();
        if file.is_dir() || file.extension().is_none_or(|extension| extension != EXTENSION) {
            continue;
        }
        let name = file.file_stem().and_then(|name| name.to_str()?.parse::<PageName>().ok());
        let notes = match (name, read_text(&file, MAX_TEXT)) {
            (Some(name), Ok(text)) => {
                let (page, notes) = read(&text);
                pages.insert(name, page);
                notes
            }
            (None, _) => {
                let known = PageName::ALL.map(|name| format!("`{}.{EXTENSION}`", name.as_str()));
                vec![(1, format!("is no text of a shop; there are {}", known.join(" and ")))]
            }
            (_, Err(text)) => vec![(1, text)],
        };
        let at = |(line, text)| Problem { file: file.clone(), line, text };
        problems.extend(notes.into_iter().map(at));
    }
    Ok(pages)
}

/// A text, and the mistakes in it.
fn read(text: &str) -> (LegalPage, Notes) {
    let mut notes = Notes::new();
    let mut blocks = blocks(text).into_iter().peekable();
    let title = match blocks.next_if(|(_, text)| text.starts_with("# ")) {
        Some((line, text)) => bounded::<80>(line, &text[2..], &mut notes),
        None => {
            let text = "begins without its title; add a first line: `# ` and the title";
            notes.push((1, text.to_owned()));
            String::new()
        }
    };
    let mut sections: Vec<(usize, LegalSection)> = Vec::new();
    for (line, text) in blocks {
        if let Some(heading) = text.strip_prefix("## ") {
            let heading = Some(bounded::<80>(line, heading, &mut notes));
            sections.push((line, LegalSection { heading, paragraphs: Vec::new() }));
            continue;
        }
        if text.starts_with('#') {
            notes.push((line, "is no heading; a heading is `## ` and its words".to_owned()));
            continue;
        }
        if MARKUP.iter().any(|markup| text.starts_with(markup)) {
            let text = "is no paragraph; lists, quotes and tables are not shown";
            notes.push((line, text.to_owned()));
        }
        let paragraph = bounded::<2000>(line, &text, &mut notes);
        match sections.last_mut() {
            Some((_, section)) => section.paragraphs.push(paragraph),
            None => {
                sections.push((line, LegalSection { heading: None, paragraphs: vec![paragraph] }))
            }
        }
    }
    if sections.is_empty() {
        notes.push((1, "has no paragraph; write one, or remove the file".to_owned()));
    }
    for (line, _) in sections.iter().filter(|(_, section)| section.paragraphs.is_empty()) {
        let text = "has no paragraph below it; write one, or remove the heading";
        notes.push((*line, text.to_owned()));
    }
    let sections = sections.into_iter().map(|(_, section)| section).collect();
    (LegalPage { title, sections }, notes)
}

/// A text of at most `MAX` characters; empty if it is not.
fn bounded<const MAX: usize>(line: usize, text: &str, notes: &mut Notes) -> String {
    text.parse::<Text<MAX>>().map(String::from).unwrap_or_else(|error| {
        notes.push((line, error.to_string()));
        String::new()
    })
}

/// Headings and paragraphs, their lines joined, with the line on which each begins.
fn blocks(text: &str) -> Vec<(usize, String)> {
    let mut blocks: Vec<(usize, String)> = Vec::new();
    let mut goes_on = false;
    for (line, text) in (1..).zip(text.lines().map(str::trim)) {
        let is_paragraph = !text.is_empty() && !text.starts_with('#');
        match blocks.last_mut().filter(|_| goes_on && is_paragraph) {
            Some((_, block)) => block.extend([" ", text]),
            None if text.is_empty() => {}
            None => blocks.push((line, text.to_owned())),
        }
        goes_on = is_paragraph;
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_a_title_and_paragraphs_under_headings() {
        let text =
            "# Terms\n\nFirst line,\n  and second.\n\n## Paying\nAt the door.\n\n1. No cards.\n";
        let (page, notes) = read(text);
        assert_eq!((page.title.as_str(), notes), ("Terms", vec![]));
        let [intro, paying] = page.sections.as_slice() else { panic!("{page:?}") };
        assert_eq!((&intro.heading, intro.paragraphs.len()), (&None, 1));
        assert_eq!(intro.paragraphs, ["First line, and second."]);
        assert_eq!(paying.heading.as_deref(), Some("Paying"));
        assert_eq!(paying.paragraphs, ["At the door.", "1. No cards."]);
    }

    #[test]
    fn every_mistake_is_named_by_its_line() {
        let long = format!("# {}\n\nA\u{7}b.\n\n{}\n", "x".repeat(81), "y".repeat(2001));
        for (text, expected) in [
            ("", &[1, 1][..]), // neither title nor paragraph
            ("Hello.\n", &[1]),
            ("\n# Terms\n\n# Again\n\nHello.\n", &[4]),
            ("# Terms\n\n##Paying\n\n### Deep\n\nHello.\n", &[3, 5]),
            ("# Terms\n\n## Empty\n\n## Paying\n\nHello.\n", &[3]),
            ("# Terms\n\nHello.\n\n- one\n- two\n", &[5]),
            (&long, &[1, 3, 5]),
        ] {
            let lines: Vec<usize> = read(text).1.into_iter().map(|(line, _)| line).collect();
            assert_eq!(lines, expected, "{text}");
        }
    }
}
