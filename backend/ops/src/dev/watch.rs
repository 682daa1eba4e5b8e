//! Noticing what changes: the functions, the catalog, the template.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use walkdir::WalkDir;

use super::{backend, load};
use crate::catalog::{self, load::Loaded};
use crate::workspace::Workspace;

/// How often the files are compared.
const POLL: Duration = Duration::from_secs(1);

/// Rebuilds and reloads what changes, forever. What does not build or has mistakes is reported, and the
/// version before stays.
pub(super) async fn run(workspace: &Workspace, release: bool, place: &load::Place) -> Result<()> {
    let under = |paths: &[&str]| paths.iter().map(|path| workspace.root.join(path)).collect();
    let code =
        ["backend/src", "shared/src", "backend/Cargo.toml", "shared/Cargo.toml", "Cargo.toml"];
    let mut code = Watched::new(under(&code));
    let mut data = Watched::new(vec![workspace.catalog()]);
    let mut template = Watched::new(vec![workspace.template()]);
    loop {
        tokio::time::sleep(POLL).await;
        if code.changed() {
            rebuild(workspace.clone(), release).await;
        }
        if data.changed() {
            match reload(&workspace.catalog(), place).await {
                Ok(loaded) => println!("{loaded}"),
                Err(error) => println!("{error:#}; the one before stays"),
            }
        }
        if template.changed() {
            println!("backend/template.yaml has changed; restart `cargo dev` to use it");
        }
    }
}

/// The local AWS starts new processes when it sees the new program.
async fn rebuild(workspace: Workspace, release: bool) {
    println!("the functions have changed");
    let built = tokio::task::spawn_blocking(move || backend::build(&workspace, release));
    match built.await {
        Ok(Ok(_)) => println!("the functions are the new ones"),
        Ok(Err(error)) => println!("{error:#}; the ones before go on"),
        Err(_) => {} // we are being ended
    }
}

async fn reload(folder: &Path, place: &load::Place) -> Result<Loaded> {
    load::into(place, &catalog::read_or_report(folder)?).await
}

/// Files and folders whose changes are noticed.
struct Watched {
    paths: Vec<PathBuf>,
    seen: u64,
}

impl Watched {
    fn new(paths: Vec<PathBuf>) -> Self {
        let seen = fingerprint(&paths);
        Self { paths, seen }
    }

    /// Whether anything is different from the last time.
    fn changed(&mut self) -> bool {
        let now = fingerprint(&self.paths);
        std::mem::replace(&mut self.seen, now) != now
    }
}

fn fingerprint(paths: &[PathBuf]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for path in paths {
        for entry in WalkDir::new(path).sort_by_file_name().into_iter().flatten() {
            if let Ok(found) = entry.metadata() {
                let state = found.is_file().then(|| (found.len(), found.modified().ok()));
                (entry.path(), state).hash(&mut hasher);
            }
        }
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fs_err as fs;

    #[test]
    fn a_new_a_changed_and_a_removed_file_are_noticed_once_each() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path();
        fs::create_dir_all(folder.join("inner")).unwrap();
        let mut watched = Watched::new(vec![folder.to_owned()]);
        assert!(!watched.changed());
        let file = folder.join("inner/file");
        for content in ["one", "longer"] {
            fs::write(&file, content).unwrap();
            assert!(watched.changed(), "{content}");
            assert!(!watched.changed());
        }
        fs::remove_file(&file).unwrap();
        assert!(watched.changed());
    }
}
