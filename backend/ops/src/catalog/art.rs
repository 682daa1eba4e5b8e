//! Pictures: SVG files that need nothing but themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::ops::Range;
use std::path::{Path, PathBuf};

use fs_err as fs;

use super::file::read_text;
use super::problem::Diagnostics;
use super::{ART_PATH, svg};
use crate::hash;

/// The largest picture, in bytes: a menu has dozens.
const MAX_BYTES: usize = 24 * 1024;

/// The pictures of one restaurant's folder.
pub(super) struct Folder<'a> {
    path: &'a Path,
    diagnostics: &'a Diagnostics,
    used: BTreeSet<OsString>,
    art: &'a mut BTreeMap<String, PathBuf>,
}

impl<'a> Folder<'a> {
    /// The folder at `path`; what it holds is added to `art` as it is asked for.
    pub(super) fn new(
        path: &'a Path,
        diagnostics: &'a Diagnostics,
        art: &'a mut BTreeMap<String, PathBuf>,
    ) -> Self {
        Self { path, diagnostics, used: BTreeSet::from(["restaurant.toml".into()]), art }
    }

    /// The path on the site of the picture called `name`, which something at `place` needs.
    pub(super) fn picture(&mut self, name: &str, place: &Range<usize>) -> Option<String> {
        let name = format!("{name}.svg");
        let file = self.path.join(&name);
        self.used.insert(name.clone().into());
        if !file.try_exists().unwrap_or(true) {
            self.diagnostics.at(place, format!("its picture `{name}` is missing; draw it"));
            return None;
        }
        let text = match read_text(&file, MAX_BYTES) {
            Ok(text) => text,
            Err(problem) => {
                self.diagnostics.elsewhere(&file, 1, problem);
                return None;
            }
        };
        for (line, problem) in svg::problems(&text) {
            self.diagnostics.elsewhere(&file, line, problem);
        }
        let on_site = format!("{}.svg", hash::short(text.as_bytes()));
        self.art.insert(on_site.clone(), file);
        Some(format!("{ART_PATH}/{on_site}"))
    }

    /// Reports every file that nothing asked for.
    pub(super) fn finish(self) {
        for entry in fs::read_dir(self.path).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let hidden = name.to_string_lossy().starts_with('.');
            if !hidden && !self.used.contains(&name) {
                let text = "nothing uses this file; name it after a dish, or remove it";
                self.diagnostics.elsewhere(&entry.path(), 1, text);
            }
        }
    }
}
