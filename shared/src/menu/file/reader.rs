//! A file while it is read: the mistakes in it.

use std::ops::Range;

use toml::Spanned;

use crate::money::{Amount, Currency};

/// Something wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub text: String,
}

/// Collects the mistakes in a file.
#[derive(Debug)]
pub struct Reader<'a> {
    /// The currency of all prices; `None` if it is wrong, which is reported.
    pub currency: Option<Currency>,
    /// The mistakes so far.
    pub mistakes: Vec<Mistake>,
    text: &'a str,
    most: usize,
}

impl<'a> Reader<'a> {
    /// A reader of a file of this text, which collects at most so many mistakes.
    #[must_use]
    pub const fn new(text: &'a str, most: usize) -> Self {
        Self { currency: None, mistakes: Vec::new(), text, most }
    }

    /// Reports a mistake at a byte range of the file.
    pub fn report(&mut self, place: &Range<usize>, text: impl Into<String>) {
        if self.is_full() {
            return;
        }
        let before = self.text.bytes().take(place.start);
        let line = 1 + before.filter(|byte| *byte == b'\n').count();
        self.mistakes.push(Mistake { line, text: text.into() });
    }

    /// Whether no more mistakes are collected.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.mistakes.len() >= self.most
    }

    /// A price; `None` if it is wrong or the currency is not known.
    pub fn price(&mut self, key: &str, text: &Spanned<String>) -> Option<Amount> {
        Amount::parse(text.get_ref(), self.currency?)
            .map_err(|error| self.report(&text.span(), format!("`{key}`: {error}")))
            .ok()
    }
}
