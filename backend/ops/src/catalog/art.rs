//! Pictures: SVG files that need nothing but themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::ART_PATH;
use super::problem::{Notes, line_of};
use crate::hash;

/// The largest picture, in bytes: a menu has dozens.
const MAX_BYTES: usize = 24 * 1024;

/// What a picture must not contain, in lower case, and why.
const FORBIDDEN: [(&str, &str); 11] = [
    ("<script", "runs a script; remove it"),
    ("<style", "has a style sheet; use attributes such as `fill`"),
    (" style=", "has a style attribute; use attributes such as `fill`"),
    ("<foreignobject", "holds what is not SVG; remove it"),
    ("<image", "loads another picture; draw it instead"),
    ("<iframe", "loads another page; remove it"),
    ("javascript:", "runs a script; remove it"),
    ("<!doctype", "has a document type; remove it"),
    ("<!entity", "has an entity; write what it stands for"),
    ("<?xml-stylesheet", "loads a style sheet; remove it"),
    ("@import", "loads a style sheet; remove it"),
];

/// The pictures of one restaurant's folder.
pub(super) struct Folder<'a> {
    path: &'a Path,
    notes: &'a Notes,
    used: BTreeSet<OsString>,
    art: &'a mut BTreeMap<String, PathBuf>,
}

impl<'a> Folder<'a> {
    /// The folder at `path`; what it holds is added to `art` as it is asked for.
    pub(super) fn new(
        path: &'a Path,
        notes: &'a Notes,
        art: &'a mut BTreeMap<String, PathBuf>,
    ) -> Self {
        Self { path, notes, used: BTreeSet::from(["restaurant.toml".into()]), art }
    }

    /// The path on the site of the picture called `name`, which something at `place` needs.
    pub(super) fn picture(&mut self, name: &str, place: &Range<usize>) -> Option<String> {
        let name = format!("{name}.svg");
        let file = self.path.join(&name);
        self.used.insert(name.clone().into());
        let Ok(bytes) = fs::read(&file) else {
            self.notes.at(place, format!("its picture `{name}` is missing; draw it"));
            return None;
        };
        self.check(&file, &bytes);
        let on_site = format!("{}.svg", hash::short(&bytes));
        self.art.insert(on_site.clone(), file);
        Some(format!("{ART_PATH}/{on_site}"))
    }

    /// Notes every file that nothing asked for.
    pub(super) fn finish(self) {
        for entry in fs::read_dir(self.path).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let hidden = name.to_string_lossy().starts_with('.');
            if !hidden && !self.used.contains(&name) {
                let text = "nothing uses this file; name it after a dish, or remove it";
                self.notes.elsewhere(&entry.path(), 1, text);
            }
        }
    }

    fn check(&self, file: &Path, bytes: &[u8]) {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return self.notes.elsewhere(file, 1, "is not a text in UTF-8; save it as plain SVG");
        };
        for (line, problem) in problems(text) {
            self.notes.elsewhere(file, line, problem);
        }
    }
}

/// What is wrong with a picture, each with its line.
fn problems(text: &str) -> Vec<(usize, String)> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    if text.len() > MAX_BYTES {
        found.push((1, format!("has {} bytes; a picture may have {MAX_BYTES}", text.len())));
    }
    if !lower.contains("<svg") || !lower.contains("http://www.w3.org/2000/svg") {
        found.push((1, "is no SVG; it needs <svg xmlns=\"http://www.w3.org/2000/svg\">".into()));
    }
    if !lower.contains("viewbox=") {
        found.push((1, "has no viewBox, so it cannot be scaled; add one".into()));
    }
    for (forbidden, why) in FORBIDDEN {
        let places = lower.match_indices(forbidden);
        found.extend(places.map(|(offset, _)| (line_of(text, offset), why.to_owned())));
    }
    found.extend(references(&lower).map(|(offset, target)| {
        (line_of(text, offset), format!("refers to `{target}`; only `#…` of its own is allowed"))
    }));
    found.extend(handlers(&lower).map(|(offset, name)| {
        (line_of(text, offset), format!("runs a script on `{name}`; remove it"))
    }));
    found.sort();
    found
}

/// `href="…"` and `url(…)` that point out of the file.
fn references(lower: &str) -> impl Iterator<Item = (usize, &str)> {
    let quoted = |start: &'static str, end: &'static [char]| {
        lower.match_indices(start).filter_map(move |(offset, _)| {
            let rest = lower[offset..].strip_prefix(start)?.trim_start_matches(['"', '\'']);
            Some((offset, rest.split(end).next().unwrap_or_default()))
        })
    };
    quoted("href=", &['"', '\'', '>'])
        .chain(quoted("url(", &['"', '\'', ')']))
        .filter(|(_, target)| !target.starts_with('#'))
}

/// Attributes such as `onload`.
fn handlers(lower: &str) -> impl Iterator<Item = (usize, &str)> {
    lower.match_indices(" on").filter_map(|(offset, _)| {
        let rest = lower.get(offset.checked_add(1)?..)?;
        let (name, _) = rest.split_once('=')?;
        name.bytes().all(|b| b.is_ascii_lowercase()).then_some((offset, name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\">";

    #[test]
    fn a_picture_that_needs_nothing_else_is_right() {
        let svg =
            format!("{START}<defs><g id=\"a\"/></defs><use href=\"#a\" fill=\"url(#b)\"/></svg>");
        assert_eq!(problems(&svg), []);
    }

    #[test]
    fn a_picture_that_needs_something_else_is_refused_by_line() {
        for bad in [
            "<script/>",
            "<path style=\"fill:red\"/>",
            "<use href=\"http://a.example/b.svg#c\"/>",
            "<use xlink:href='other.svg'/>",
            "<path fill=\"url(http://a.example)\"/>",
            "<path onload=\"x()\"/>",
            "<image/>",
        ] {
            let problems = problems(&format!("{START}\n{bad}</svg>"));
            assert_eq!(problems.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2], "{bad}");
        }
    }

    #[test]
    fn what_is_no_scalable_svg_is_refused() {
        assert_eq!(problems("<html/>").len(), 2);
        assert_eq!(problems(&format!("{START}{}</svg>", " ".repeat(MAX_BYTES))).len(), 1);
    }
}
