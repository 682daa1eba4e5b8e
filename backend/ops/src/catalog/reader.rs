//! A restaurant's folder while it is read: the mistakes in it, and its pictures.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::ops::Range;
use std::path::{Path, PathBuf};

use fs_err as fs;
use shared::menu::file;

use super::file::read_text;
use super::problem::Problem;
use super::{ART_PATH, svg};
use crate::hash;

/// The largest picture, in bytes: a menu has dozens.
const MAX_PICTURE: usize = 24 * 1024;

/// Collects the mistakes in one folder, and the pictures that its restaurant and dishes need.
pub(super) struct Reader<'a> {
    pub(super) folder: &'a Path,
    /// What is in `restaurant.toml`.
    pub(super) toml: file::Reader<'a>,
    file: &'a Path,
    /// The mistakes in other files so far.
    others: Vec<Problem>,
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
        let toml = file::Reader::new(text, usize::MAX);
        Self { folder, toml, file, others: Vec::new(), used, art }
    }

    /// Every mistake in the folder.
    pub(super) fn problems(self) -> Vec<Problem> {
        let Self { toml, file, mut others, .. } = self;
        let in_file = |file::Mistake { line, text }| Problem { file: file.to_owned(), line, text };
        others.extend(toml.mistakes.into_iter().map(in_file));
        others
    }

    fn report_in(&mut self, file: &Path, line: usize, text: impl Into<String>) {
        self.others.push(Problem { file: file.to_owned(), line, text: text.into() });
    }

    /// The path on the site of the picture called `name`, which something at `place` needs; empty
    /// if it cannot be read.
    pub(super) fn picture(&mut self, name: &str, place: &Range<usize>) -> String {
        let name = format!("{name}.svg");
        let file = self.folder.join(&name);
        self.used.insert(name.clone().into());
        if !file.try_exists().unwrap_or(true) {
            self.toml.report(place, format!("its picture `{name}` is missing; draw it"));
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
