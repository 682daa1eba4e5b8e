//! Messages outside of the page’s content.

use leptos::prelude::*;

use crate::model::cart::Removed;

/// How many bytes of sentences stand together at most: more would cover a phone.
const LONGEST: usize = 300;

/// A sentence shown over the page until it is dismissed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The sentence.
    pub text: String,
    /// The line that left the cart, if it can be put back.
    pub undo: Option<Removed>,
}

/// Messages outside of the page’s content: for everyone, or for screen readers only.
#[derive(Clone, Copy)]
pub struct Notices {
    /// The sentence on the page.
    pub notice: RwSignal<Option<Notice>>,
    /// The text of the live region.
    pub announcement: RwSignal<String>,
}

impl Notices {
    /// Nothing to tell yet.
    #[must_use]
    pub fn new() -> Self {
        Self { notice: RwSignal::new(None), announcement: RwSignal::new(String::new()) }
    }

    /// Shows a sentence.
    pub fn notify(self, text: impl Into<String>) {
        self.notice.set(Some(Notice { text: text.into(), undo: None }));
    }

    /// Shows a sentence after what is shown, which nobody has dismissed yet; alone, if that is long already.
    pub fn add(self, text: &str) {
        let shown = self.notice.with_untracked(|notice| notice.as_ref().map(|it| it.text.clone()));
        match shown {
            Some(shown) if shown.contains(text) => {}
            Some(shown) if shown.len() < LONGEST => self.notify(format!("{shown} {text}")),
            _ => self.notify(text),
        }
    }

    /// Has screen readers announce a text.
    pub fn announce(self, sentence: impl Into<String>) {
        let mut sentence = sentence.into();
        // A live region is read out only when its text changes.
        if self.announcement.with_untracked(|before| *before == sentence) {
            sentence.push('\u{a0}');
        }
        self.announcement.set(sentence);
    }
}

impl Default for Notices {
    fn default() -> Self {
        Self::new()
    }
}
