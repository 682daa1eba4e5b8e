//! The size of the page, and its budget.

use std::fmt;
use std::path::Path;

use anyhow::{Result, bail};

/// The size of every file, and of every kind that has a budget.
#[derive(Debug, Default)]
pub struct SizeReport {
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    file: String,
    kind: Kind,
    raw: usize,
    /// With Brotli; `None` for what is not compressed.
    compressed: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Wasm,
    LazyWasm,
    Glue,
    Style,
    Start,
    Other,
}

/// The kinds with a budget: the name, and the most that all files of a kind may have, compressed, in
/// bytes. A first visit, pictures and answers included, has a budget of its own: a journey.
const BUDGETS: [(Kind, &str, usize); 5] = [
    (Kind::Wasm, "wasm, main", 255_000),
    (Kind::LazyWasm, "wasm, lazy pages", 100_000),
    (Kind::Glue, "JavaScript glue", 11_000),
    (Kind::Style, "CSS", 10_000),
    (Kind::Start, "HTML and boot", 5_000),
];

impl SizeReport {
    /// Adds a file of the page.
    pub fn add(&mut self, path: &Path, raw: usize, compressed: Option<usize>) {
        let file = path.display().to_string();
        self.rows.push(Row { kind: kind(&file), file, raw, compressed });
    }

    /// Fails if a kind of files is larger than its budget.
    ///
    /// # Errors
    /// One sentence with every kind that does.
    pub fn within_budget(&self) -> Result<()> {
        let over: Vec<String> = BUDGETS
            .iter()
            .map(|(kind, name, budget)| (name, self.size(*kind), budget))
            .filter(|(_, size, budget)| size > *budget)
            .map(|(name, size, budget)| format!("{name} {size} of {budget} bytes"))
            .collect();
        match over.is_empty() {
            true => Ok(()),
            false => bail!("the page is over its budget: {}", over.join(", ")),
        }
    }

    /// The size of all files of a kind as they are sent, in bytes.
    fn size(&self, kind: Kind) -> usize {
        let of_kind = self.rows.iter().filter(|row| row.kind == kind);
        of_kind.map(|row| row.compressed.unwrap_or(row.raw)).sum()
    }
}

impl fmt::Display for SizeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "    {:>9}  {:>9}  file", "raw", "brotli")?;
        for row in &self.rows {
            let compressed = row.compressed.map_or("-".to_owned(), |bytes| bytes.to_string());
            writeln!(f, "    {:>9}  {compressed:>9}  {}", row.raw, row.file)?;
        }
        for (kind, name, budget) in BUDGETS {
            writeln!(f, "    {:>9}  {:>9}  {name}, of {budget}", "", self.size(kind))?;
        }
        Ok(())
    }
}

fn kind(file: &str) -> Kind {
    match file.rsplit_once('.').map(|(_, extension)| extension) {
        Some("wasm") if file.starts_with("frontend_bg.") => Kind::Wasm,
        Some("wasm") => Kind::LazyWasm,
        Some("css") => Kind::Style,
        Some("html") => Kind::Start,
        Some("js") if file.starts_with("boot.") => Kind::Start,
        Some("js") => Kind::Glue,
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_over_its_budget_is_reported_by_kind() {
        let mut sizes = SizeReport::default();
        sizes.add(Path::new("frontend_bg.0.wasm"), 400_000, Some(150_000));
        sizes.add(Path::new("boot.0.js"), 3_000, Some(2_000));
        sizes.add(Path::new("index.html"), 5_000, Some(3_000));
        sizes.add(Path::new("mark.png"), 90_000, None);
        sizes.within_budget().unwrap();
        sizes.add(Path::new("a.css"), 30_000, Some(6_000));
        sizes.add(Path::new("b.css"), 30_000, Some(6_000));
        assert_eq!(
            sizes.within_budget().unwrap_err().to_string(),
            "the page is over its budget: CSS 12000 of 10000 bytes"
        );
        assert!(sizes.to_string().contains("HTML and boot, of 5000"));
    }
}
