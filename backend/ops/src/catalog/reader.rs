//! A restaurant's folder while it is read: the mistakes in it, and its pictures.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fmt::Display;
use std::ops::Range;
use std::path::{Path, PathBuf};

use fs_err as fs;
use shared::{Amount, Currency};
use toml::Spanned;

use super::file::read_text;
use super::problem::Problem;
use super::{ART_PATH, svg};
use crate::hash;

/// The largest picture, in bytes: a menu has dozens.
const MAX_PICTURE: usize = 24 * 1024;

/// Collects the mistakes in one folder, and the pictures that its restaurant and dishes need.
pub(super) struct Reader<'a> {
    pub(super) folder: &'a Path,
    /// The currency of all prices; `None` if it is wrong, which is reported.
    pub(super) currency: Option<Currency>,
    /// The mistakes so far.
    pub(super) problems: Vec<Problem>,
    file: &'a Path,
    text: &'a str,
    used: BTreeSet<OsString>,
    art: &'a mut BTreeMap<String, PathBuf>,
}

impl<'a> Reader<'a> {
    /// A reader of the `folder` with a `file` of this `text`, which adds pictures to `art`.
    pub(super) fn new(
        folder: &'a Path,
        file: &'a Path,
        text: &'a str,
        art: &'a mut BTreeMap<String, PathBuf>,
    ) -> Self {
        let used = file.file_name().map(OsString::from).into_iter().collect();
        Self { folder, currency: None, problems: Vec::new(), file, text, used, art }
    }

    /// Reports a mistake at a byte range of the file.
    pub(super) fn report(&mut self, place: &Range<usize>, text: impl Into<String>) {
        let before = self.text.bytes().take(place.start);
        let line = 1 + before.filter(|byte| *byte == b'\n').count();
        self.report_in(self.file, line, text);
    }

    /// Reports a mistake in another file.
    pub(super) fn report_in(&mut self, file: &Path, line: usize, text: impl Into<String>) {
        self.problems.push(Problem { file: file.to_owned(), line, text: text.into() });
    }

    /// A price; `None` if it is wrong or the currency is not known.
    pub(super) fn price(&mut self, key: &str, text: &Spanned<String>) -> Option<Amount> {
        Amount::parse(text.get_ref(), self.currency?)
            .map_err(|error| self.report(&text.span(), format!("`{key}`: {error}")))
            .ok()
    }

    /// Reports each id that is used twice.
    pub(super) fn unique<'i, T: Display + Ord + 'i>(
        &mut self,
        ids: impl IntoIterator<Item = &'i Spanned<T>>,
    ) {
        let mut seen = BTreeSet::new();
        for id in ids {
            if !seen.insert(id.get_ref()) {
                let text = format!("the id `{}` is used twice; choose another", id.get_ref());
                self.report(&id.span(), text);
            }
        }
    }

    /// The path on the site of the picture called `name`, which something at `place` needs; empty
    /// if it cannot be read.
    pub(super) fn picture(&mut self, name: &str, place: &Range<usize>) -> String {
        let name = format!("{name}.svg");
        let file = self.folder.join(&name);
        self.used.insert(name.clone().into());
        if !file.try_exists().unwrap_or(true) {
            self.report(place, format!("its picture `{name}` is missing; draw it"));
            return String::new();
        }
        let text = match read_text(&file, MAX_PICTURE) {
            Ok(text) => text,
            Err(problem) => {
                self.report_in(&file, 1, problem);
                return String::new();
            }
        };
        for (line, problem) in svg::problems(&text) {
            self.report_in(&file, line, problem);
        }
        let on_site = format!("{}.svg", hash::short(text.as_bytes()));
        self.art.insert(on_site.clone(), file);
        format!("{ART_PATH}/{on_site}")
    }

    /// Reports every file that nothing uses.
    pub(super) fn report_unused(&mut self) {
        for entry in fs::read_dir(self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if !name.to_string_lossy().starts_with('.') && !self.used.contains(&name) {
                let text = "nothing uses this file; name it after a dish, or remove it";
                self.report_in(&entry.path(), 1, text);
            }
        }
    }
}
