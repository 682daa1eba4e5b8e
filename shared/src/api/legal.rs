//! The shop's own texts, such as the privacy notice.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The name of a text that the shop's owner writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PageName {
    /// What is stored of customers, why, and for how long.
    Privacy,
    /// The terms of an order.
    Terms,
}

impl PageName {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Privacy, Self::Terms];

    /// The name in the path, in the catalog's folder and in the table.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Privacy => "privacy",
            Self::Terms => "terms",
        }
    }
}

impl FromStr for PageName {
    type Err = PageNameError;
    fn from_str(text: &str) -> Result<Self, PageNameError> {
        Self::ALL.into_iter().find(|name| name.as_str() == text).ok_or(PageNameError)
    }
}

/// A text that names no page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be privacy or terms")]
pub struct PageNameError;

/// A text that the shop's owner writes, such as the privacy notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalPage {
    /// Its heading.
    pub title: String,
    /// Its sections, in order; at least one.
    pub sections: Vec<LegalSection>,
}

/// A part of a [`LegalPage`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalSection {
    /// Its heading; absent for what stands before the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// Its paragraphs in order, plain text without line breaks; at least one.
    pub paragraphs: Vec<String>,
}
