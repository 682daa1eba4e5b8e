//! What is wrong, and where.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// One thing that is wrong: shown as `path:line: what is wrong and what to do`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file it is in.
    pub file: PathBuf,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.line, self.text)
    }
}

/// Collects what is wrong in one file while it is read on.
#[derive(Debug)]
pub(super) struct Diagnostics {
    file: PathBuf,
    text: String,
    problems: RefCell<Vec<Problem>>,
}

impl Diagnostics {
    pub(super) fn new(file: PathBuf, text: String) -> Self {
        Self { file, text, problems: RefCell::default() }
    }

    /// What the file holds.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Reports what is wrong at a byte of this file.
    pub(super) fn at(&self, place: &Range<usize>, text: impl Into<String>) {
        let line = line_of(&self.text, place.start);
        self.push(&self.file, line, text.into());
    }

    /// Reports what is wrong in another file.
    pub(super) fn elsewhere(&self, file: &Path, line: usize, text: impl Into<String>) {
        self.push(file, line, text.into());
    }

    /// Everything that was reported.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems.into_inner()
    }

    fn push(&self, file: &Path, line: usize, text: String) {
        self.problems.borrow_mut().push(Problem { file: file.to_owned(), line, text });
    }
}

/// The line, counted from 1, on which a byte of a text stands.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().iter().take(offset);
    before.filter(|byte| **byte == b'\n').count().saturating_add(1)
}
