//! An owner's catalog: a folder per restaurant, with `restaurant.toml` and its pictures, and beside
//! them the shop's own texts, `privacy.md` and `terms.md`.
//!
//! [`read`] checks all of it and reports every mistake by file and line; `load` writes a
//! catalog without mistakes into the table that the functions read.

pub mod load;
pub mod problem;

mod delivery_areas;
mod file;
mod hours;
mod page;
mod reader;
mod restaurant;
mod svg;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use fs_err as fs;
use serde::{Deserialize, Serialize};
use shared::api::{LegalPage, PageName};
use shared::area::DeliveryArea;
use shared::hours::OpeningHours;
use shared::menu::{Restaurant, Section};

use problem::Problem;
use reader::Reader;

/// The most restaurants a catalog may have: their cards are one reply.
pub const MAX_RESTAURANTS: usize = 200;
/// Where the site serves the pictures.
pub const ART_PATH: &str = "/art";
/// The partition of the cards; no restaurant may be called that.
pub const CARDS: &str = "cards";
/// The partition of the shop's own texts; no restaurant may be called that.
pub const PAGES: &str = "pages";
/// The largest text of a catalog, in bytes: ten times a large menu.
const MAX_TEXT: usize = 1024 * 1024;

/// A catalog without a mistake.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// The restaurants, by folder name.
    pub restaurants: Vec<Entry>,
    /// The shop's own texts; one that is not written is not there.
    pub pages: BTreeMap<PageName, LegalPage>,
    /// Every picture: its name on the site (`{hash}.svg`) and its path here.
    pub art: BTreeMap<String, PathBuf>,
}

/// What the offices of restaurants have set and published, by the restaurants' ids: it holds in place of what a
/// catalog says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Office {
    /// When a restaurant is open.
    pub hours: BTreeMap<String, OpeningHours>,
    /// Where it delivers.
    pub areas: BTreeMap<String, Vec<DeliveryArea>>,
    /// Its menu.
    pub menus: BTreeMap<String, Vec<Section>>,
}

impl Catalog {
    /// The same with what offices have set and published: what customers see.
    #[must_use]
    pub(crate) fn with_office(mut self, office: &Office) -> Self {
        for Entry { restaurant, .. } in &mut self.restaurants {
            let id = restaurant.card.restaurant_id.to_string();
            if let Some(hours) = office.hours.get(&id) {
                restaurant.card.hours.set(hours.clone());
            }
            if let Some(areas) = office.areas.get(&id) {
                restaurant.card.areas.clone_from(areas);
            }
            if let Some(sections) = office.menus.get(&id) {
                restaurant.set_menu(sections.clone());
            }
        }
        self
    }
}

/// A restaurant and how its kitchen behaves when it is simulated.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What customers see.
    pub restaurant: Restaurant,
    /// What a simulated kitchen does with an order.
    pub kitchen: Kitchen,
    /// Why it rejects orders, if it does.
    pub reject_reason: Option<RejectReason>,
}

/// What a simulated kitchen does with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kitchen {
    /// Accepts it after the usual time.
    Accepts,
    /// Accepts it as late as it may.
    Slow,
    /// Never answers.
    Silent,
    /// Rejects it.
    Rejects,
}

/// The codes of [`shared::Reason`] with which a restaurant can say no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each name says it")]
pub enum RejectReason {
    Closed,
    TooBusy,
    ItemUnavailable,
}

/// Reads and checks a catalog.
///
/// # Errors
/// The outer one if the folder cannot be read; the inner one has every mistake in it.
pub fn read(folder: &Path) -> Result<Result<Catalog, Vec<Problem>>> {
    let folders = restaurant_folders(folder)?;
    let mut catalog = Catalog::default();
    let mut problems = Vec::new();
    catalog.pages = page::read_all(folder, &mut problems)?;
    if folders.is_empty() || folders.len() > MAX_RESTAURANTS {
        let text = format!(
            "a catalog has 1 to {MAX_RESTAURANTS} folders with a restaurant each; here are {}",
            folders.len()
        );
        problems.push(Problem { file: folder.to_owned(), line: 1, text });
    }
    for folder in folders {
        let file = folder.join("restaurant.toml");
        match file::read_text(&file, MAX_TEXT) {
            Ok(text) => {
                let mut reader = Reader::new(&folder, &file, &text, &mut catalog.art);
                catalog.restaurants.extend(restaurant::read(&text, &mut reader));
                problems.extend(reader.problems());
            }
            Err(problem) => {
                let text = format!("{problem}; each folder needs this file");
                problems.push(Problem { file, line: 1, text });
            }
        }
    }
    problems.sort();
    Ok(if problems.is_empty() { Ok(catalog) } else { Err(problems) })
}

/// `cargo dev catalog check`: prints the mistakes, or the size of a catalog without any.
pub(crate) fn check(folder: &Path) -> Result<()> {
    let catalog = read_or_report(folder)?;
    let sections = catalog.restaurants.iter().flat_map(|entry| &entry.restaurant.sections);
    let dishes: usize = sections.map(|section| section.dishes.len()).sum();
    println!("no mistakes; restaurants: {}, dishes: {dishes}", catalog.restaurants.len());
    for name in PageName::ALL.iter().filter(|name| !catalog.pages.contains_key(name)) {
        println!("there is no {0}.md; the page /{0} will not be found", name.as_str());
    }
    Ok(())
}

/// Reads a catalog, and prints the mistakes in it.
///
/// # Errors
/// If it cannot be read, or has mistakes.
pub fn read_or_report(folder: &Path) -> Result<Catalog> {
    read(folder)?.map_err(|problems| {
        for problem in &problems {
            eprintln!("{problem}");
        }
        let count = problems.len();
        let noun = if count == 1 { "problem" } else { "problems" };
        anyhow::anyhow!("the catalog in {} has {count} {noun}", folder.display())
    })
}

fn restaurant_folders(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut folders = entries.collect::<Result<Vec<PathBuf>>>()?;
    folders.retain(|path| path.is_dir());
    folders.sort();
    Ok(folders)
}
