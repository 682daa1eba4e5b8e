//! The size of the page, and its budget.

use std::fmt;
use std::path::Path;

use anyhow::{Result, bail};

/// The size of every file, and of every kind that has a budget.
#[derive(Debug, Default)]
pub(crate) struct SizeReport {
    files: Vec<File>,
}

#[derive(Debug)]
struct File {
    path: String,
    /// In bytes.
    raw: usize,
    /// In bytes with Brotli; `None` for what is not compressed.
    compressed: Option<usize>,
}

/// The most bytes that all files of a kind may have as they are sent: a percent or two more than they have. The same
/// source has some bytes more or less on another machine.
struct Budget {
    kind: &'static str,
    is_of_kind: fn(&str) -> bool,
    most: usize,
}

/// A first visit, pictures and answers included, has a budget of its own: a journey.
const BUDGETS: [Budget; 9] = [
    // The home page and menus are painted from their documents before this loads.
    Budget { kind: "wasm, main", is_of_kind: is_main_wasm, most: 273_000 },
    Budget {
        kind: "wasm, lazy pages",
        is_of_kind: |path| path.ends_with(".wasm") && !is_main_wasm(path) && !is_counter(path),
        most: 103_000,
    },
    Budget {
        kind: "counter, wasm",
        is_of_kind: |path| path.ends_with(".wasm") && is_counter(path) && !is_office(path),
        // Staff load it once a version; with it, a courier of several restaurants has one page for all.
        most: 352_000,
    },
    Budget {
        kind: "counter, office",
        is_of_kind: |path| is_office(path) && !is_menu_editor(path),
        most: 102_000,
    },
    Budget { kind: "counter, menu editor", is_of_kind: is_menu_editor, most: 100_000 },
    Budget {
        kind: "counter, the rest",
        is_of_kind: |path| !path.ends_with(".wasm") && is_counter(path),
        most: 20_000,
    },
    Budget {
        kind: "JavaScript glue",
        is_of_kind: |path| path.ends_with(".js") && !is_start(path) && !is_counter(path),
        most: 11_000,
    },
    Budget {
        kind: "CSS",
        is_of_kind: |path| path.ends_with(".css") && !is_counter(path),
        most: 10_000,
    },
    Budget { kind: "HTML and boot", is_of_kind: is_start, most: 5_450 },
];

fn is_main_wasm(path: &str) -> bool {
    path.starts_with("frontend_bg.") && path.ends_with(".wasm")
}

/// Whether only staff download it.
fn is_counter(path: &str) -> bool {
    path.starts_with("counter") || is_office(path)
}

/// Whether only owners and managers download it. A `chunk` has what two lazily loaded chunks share.
fn is_office(path: &str) -> bool {
    ["split_office.", "chunk_"].iter().any(|name| path.starts_with(name)) || is_menu_editor(path)
}

/// Whether only who edits a menu downloads it.
fn is_menu_editor(path: &str) -> bool {
    path.starts_with("split_menu.")
}

fn is_start(path: &str) -> bool {
    path.ends_with(".html") && !is_counter(path)
        || path == "sw.js"
        || path.starts_with("boot.") && path.ends_with(".js")
}

impl SizeReport {
    /// Adds a file of the page.
    pub(crate) fn add(&mut self, path: &Path, raw: usize, compressed: Option<usize>) {
        self.files.push(File { path: path.display().to_string(), raw, compressed });
    }

    /// Checks the budgets; an error names every kind of files that is over its own.
    pub(crate) fn within_budget(&self) -> Result<()> {
        let over = BUDGETS.iter().filter(|budget| self.size(budget) > budget.most);
        let over: Vec<String> = over
            .map(|budget| format!("{} {} of {} bytes", budget.kind, self.size(budget), budget.most))
            .collect();
        match over.is_empty() {
            true => Ok(()),
            false => bail!("the page is over its budget: {}", over.join(", ")),
        }
    }

    /// The size of all files of a kind as they are sent, in bytes.
    fn size(&self, budget: &Budget) -> usize {
        let of_kind = self.files.iter().filter(|file| (budget.is_of_kind)(&file.path));
        of_kind.map(|file| file.compressed.unwrap_or(file.raw)).sum()
    }
}

impl fmt::Display for SizeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "    {:>9}  {:>9}  file", "raw", "brotli")?;
        for File { path, raw, compressed } in &self.files {
            let compressed = compressed.map_or("-".to_owned(), |bytes| bytes.to_string());
            writeln!(f, "    {raw:>9}  {compressed:>9}  {path}")?;
        }
        for budget in &BUDGETS {
            let (size, kind, most) = (self.size(budget), budget.kind, budget.most);
            writeln!(f, "    {:>9}  {size:>9}  {kind}, of {most}", "")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_over_its_budget_is_reported_by_kind() {
        let mut sizes = SizeReport::default();
        for (path, raw, compressed) in [
            ("frontend_bg.0.wasm", 400_000, Some(150_000)),
            ("boot.0.js", 3_000, Some(2_000)),
            ("index.html", 5_000, Some(3_000)),
            ("mark.png", 90_000, None),
        ] {
            sizes.add(Path::new(path), raw, compressed);
        }
        sizes.within_budget().unwrap();
        for path in ["a.css", "b.css"] {
            sizes.add(Path::new(path), 30_000, Some(6_000));
        }
        assert_eq!(
            sizes.within_budget().unwrap_err().to_string(),
            "the page is over its budget: CSS 12000 of 10000 bytes"
        );
        assert!(sizes.to_string().contains("HTML and boot, of 5450"));
    }
}
