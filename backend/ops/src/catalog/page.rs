//! The shop's own texts, `privacy.md` and `terms.md`: a `# Title`, then paragraphs, some of them
//! under a `## Heading`. Blank lines end a paragraph; nothing else of Markdown is read.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use fs_err as fs;
use shared::api::{LegalPage, LegalSection, PageName};
use shared::text::{Text, TextError};

use super::MAX_TEXT;
use super::file::read_text;
use super::problem::Problem;

/// What a text's file ends in.
const EXTENSION: &str = "md";
/// How a line begins that Markdown would show as something else than a paragraph.
const MARKUP: [&str; 6] = ["- ", "* ", "+ ", "> ", "| ", "```"];

/// The texts in a catalog's folder; what is wrong with them is added to `problems`.
///
/// # Errors
/// If the folder cannot be read.
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
        match (name_of(&file), read_text(&file, MAX_TEXT)) {
            (Some(name), Ok(text)) => match read(&file, &text) {
                Ok(page) => drop(pages.insert(name, page)),
                Err(found) => problems.extend(found),
            },
            (None, _) => {
                let known = PageName::ALL.map(|name| format!("`{}.{EXTENSION}`", name.as_str()));
                let text = format!("is no text of a shop; there are {}", known.join(" and "));
                problems.push(Problem { file, line: 1, text });
            }
            (_, Err(text)) => problems.push(Problem { file, line: 1, text }),
        }
    }
    Ok(pages)
}

fn name_of(file: &Path) -> Option<PageName> {
    file.file_stem()?.to_str()?.parse().ok()
}

/// A text, or everything that is wrong with it.
fn read(file: &Path, text: &str) -> Result<LegalPage, Vec<Problem>> {
    let mut reader = Reader { file, problems: Vec::new() };
    let mut blocks = blocks(text).into_iter().peekable();
    let title = blocks.next_if(|block| block.text.starts_with("# "));
    let title = match &title {
        Some(block) => reader.text::<80>(block.line, &block.text[2..]),
        None => {
            reader.note(1, "begins without its title; add a first line such as `# Privacy`");
            None
        }
    };
    let mut sections: Vec<(usize, LegalSection)> = Vec::new();
    for Block { line, text } in blocks {
        if let Some(heading) = text.strip_prefix("## ") {
            let heading = reader.text::<80>(line, heading);
            sections.push((line, LegalSection { heading, paragraphs: Vec::new() }));
        } else if text.starts_with('#') {
            reader.note(line, "is no heading; a heading is `## ` and its words");
        } else {
            let paragraph = reader.paragraph(line, &text);
            if sections.is_empty() {
                sections.push((line, LegalSection { heading: None, paragraphs: Vec::new() }));
            }
            if let Some((_, section)) = sections.last_mut() {
                section.paragraphs.push(paragraph.unwrap_or_default()); // wrong ones are reported
            }
        }
    }
    if sections.is_empty() {
        reader.note(1, "has no paragraph; write one, or remove the file");
    }
    for (line, section) in &sections {
        if section.paragraphs.is_empty() {
            reader.note(*line, "has no paragraph below it; write one, or remove the heading");
        }
    }
    match title {
        Some(title) if reader.problems.is_empty() => {
            let sections = sections.into_iter().map(|(_, section)| section).collect();
            Ok(LegalPage { title, sections })
        }
        _ => Err(reader.problems),
    }
}

/// A heading or a paragraph, its lines joined, with the line on which it begins.
struct Block {
    line: usize,
    text: String,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut goes_on = false;
    for (line, text) in (1..).zip(text.lines().map(str::trim)) {
        let is_paragraph = !text.is_empty() && !text.starts_with('#');
        match blocks.last_mut().filter(|_| goes_on && is_paragraph) {
            Some(block) => block.text.extend([" ", text]),
            None if text.is_empty() => {}
            None => blocks.push(Block { line, text: text.to_owned() }),
        }
        goes_on = is_paragraph;
    }
    blocks
}

/// Collects what is wrong in one file.
struct Reader<'a> {
    file: &'a Path,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn note(&mut self, line: usize, text: impl Into<String>) {
        let (file, text) = (self.file.to_owned(), text.into());
        self.problems.push(Problem { file, line, text });
    }

    fn text<const MAX: usize>(&mut self, line: usize, text: &str) -> Option<String> {
        let text: Result<Text<MAX>, TextError> = text.parse();
        text.map_err(|error| self.note(line, error.to_string())).map(String::from).ok()
    }

    fn paragraph(&mut self, line: usize, text: &str) -> Option<String> {
        if MARKUP.iter().any(|markup| text.starts_with(markup)) {
            self.note(line, "is no paragraph; lists, quotes and tables are not shown");
            return None;
        }
        self.text::<2000>(line, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<(usize, String)> {
        let found = read(Path::new("terms.md"), text).err().unwrap_or_default();
        found.into_iter().map(|problem| (problem.line, problem.text)).collect()
    }

    #[test]
    fn a_text_is_a_title_and_paragraphs_under_headings() {
        let text =
            "# Terms\n\nFirst line,\n  and second.\n\n## Paying\nAt the door.\n\n1. No cards.\n";
        let page = read(Path::new("terms.md"), text).unwrap();
        assert_eq!(page.title, "Terms");
        let [intro, paying] = page.sections.as_slice() else { panic!("{page:?}") };
        assert_eq!(
            (&intro.heading, &intro.paragraphs[..]),
            (&None, &["First line, and second.".to_owned()][..])
        );
        assert_eq!(paying.heading.as_deref(), Some("Paying"));
        assert_eq!(paying.paragraphs, ["At the door.", "1. No cards."]);
    }

    #[test]
    fn every_mistake_is_named_by_its_line() {
        let lines =
            |text: &str| problems(text).into_iter().map(|(line, _)| line).collect::<Vec<_>>();
        assert_eq!(lines(""), [1, 1], "neither title nor paragraph");
        assert_eq!(lines("Hello.\n"), [1]);
        assert_eq!(lines("\n# Terms\n\n# Again\n\nHello.\n"), [4]);
        assert_eq!(lines("# Terms\n\n##Paying\n\n### Deep\n\nHello.\n"), [3, 5]);
        assert_eq!(lines("# Terms\n\n## Empty\n\n## Paying\n\nHello.\n"), [3]);
        assert_eq!(lines("# Terms\n\nHello.\n\n- one\n- two\n"), [5]);
        assert_eq!(
            lines(&format!("# {}\n\nA\u{7}b.\n\n{}\n", "x".repeat(81), "y".repeat(2001))),
            [1, 3, 5]
        );
    }
}
