//! The page as it is deployed: every file named by its final content, compressed, and measured.
//!
//! Trunk would hash files before wasm-bindgen and wasm-opt have run, so that one name could stand for
//! two contents, and a browser that caches a file for a year would keep the wrong one. `finish` runs
//! last and names the files.

mod documents;
mod names;
mod sizes;
mod split;
mod structured_data;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use fs_err as fs;
use walkdir::WalkDir;

pub(crate) use documents::{
    INDEX, MENUS, documents, prepare_documents, prerendered_menus, write_documents,
};
pub(crate) use sizes::SizeReport;
pub(crate) use split::{Programs, SPLIT_FLAGS};

use crate::hash;

/// Files that are asked for by a name that cannot change.
const FIXED: [&str; 5] = ["index.html", COUNTER, "favicon.ico", "robots.txt", "sw.js"];
/// The document of the counter, at every address below `/counter`.
pub(crate) const COUNTER: &str = "counter.html";
/// Files in which others are named.
const TEXTS: [&str; 6] = ["html", "js", "css", "svg", "json", "webmanifest"];
/// Files that compression makes smaller.
const COMPRESSIBLE: [&str; 8] = ["html", "js", "css", "svg", "json", "webmanifest", "wasm", "txt"];
/// Brotli's strongest: done once, downloaded often.
const QUALITY: u32 = 11;
/// Brotli's largest window that browsers must accept (RFC 7932, section 9.1), as a power of two.
const WINDOW: u32 = 24;

/// A file of the page as trunk built it.
#[derive(Debug)]
struct File {
    /// Its path in the page's folder.
    path: PathBuf,
    /// Its name without the folder.
    name: String,
    content: Vec<u8>,
    /// The names of the other files that it mentions.
    mentions: BTreeSet<String>,
}

/// Makes the folder `finished` from what trunk built: files renamed and compressed. Two files of one
/// name are an error.
pub(crate) fn finish(built: &Path, finished: &Path) -> Result<SizeReport> {
    let mut sizes = SizeReport::default();
    for (path, content) in name_by_content(&read(built)?) {
        let raw = content.len();
        let compressed = write(&finished.join(&path), &content)?;
        sizes.add(&path, raw, compressed);
    }
    Ok(sizes)
}

/// Writes a file and, if it is compressible, the compressed one beside it; the size of that.
fn write(file: &Path, content: &[u8]) -> Result<Option<usize>> {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder)?;
    fs::write(file, content)?;
    if !has_extension(file, &COMPRESSIBLE) {
        return Ok(None);
    }
    let compressed = brotli(content)?;
    fs::write(file.with_added_extension("br"), &compressed)?;
    Ok(Some(compressed.len()))
}

/// Content compressed with Brotli (RFC 7932).
fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 4096, QUALITY, WINDOW);
    writer.write_all(content).context("the page cannot be compressed")?;
    Ok(writer.into_inner())
}

/// The files as they are served, by path. Each is named by its content and that of all files that it
/// mentions, directly or not: so its name changes with every name that it contains.
fn name_by_content(files: &[File]) -> BTreeMap<PathBuf, Vec<u8>> {
    let final_name = |file: &File| {
        let content: Vec<&[u8]> =
            reachable(file, files).into_values().map(|file| &file.content[..]).collect();
        match FIXED.contains(&file.name.as_str()) {
            true => file.name.clone(),
            false => names::by_content(&file.name, &hash::short(&content.concat())),
        }
    };
    let named: BTreeMap<String, String> =
        files.iter().map(|file| (file.name.clone(), final_name(file))).collect();
    let finish = |file: &File| {
        let path = file.path.with_file_name(named.get(&file.name).unwrap_or(&file.name));
        (path, names::replace(&file.content, &file.mentions, &named))
    };
    files.iter().map(finish).collect()
}

/// A file and all that it mentions, directly or not, by name.
fn reachable<'a>(file: &'a File, files: &'a [File]) -> BTreeMap<&'a str, &'a File> {
    let mut reached = BTreeMap::new();
    let mut next = vec![file];
    while let Some(file) = next.pop() {
        if reached.insert(file.name.as_str(), file).is_none() {
            next.extend(files.iter().filter(|other| file.mentions.contains(&other.name)));
        }
    }
    reached
}

fn read(built: &Path) -> Result<Vec<File>> {
    let mut files = Vec::new();
    for entry in WalkDir::new(built) {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type().is_file() && !name.starts_with('.') {
            let (path, content) = (entry.path().strip_prefix(built)?, fs::read(entry.path())?);
            let path = path.to_owned();
            files.push(File { path, name, content, mentions: BTreeSet::new() });
        }
    }
    let names: BTreeSet<String> = files.iter().map(|file| file.name.clone()).collect();
    if names.len() < files.len() {
        bail!("two files of the page have the same name, so that a mention is ambiguous");
    }
    for file in files.iter_mut().filter(|file| has_extension(&file.path, &TEXTS)) {
        let others = names.iter().filter(|name| **name != file.name);
        file.mentions =
            others.filter(|name| names::mentions(&file.content, name)).cloned().collect();
    }
    Ok(files)
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension().is_some_and(|found| extensions.iter().any(|one| found == *one))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, content: &str, mentions: &[&str]) -> File {
        File {
            path: name.into(),
            name: name.to_owned(),
            content: content.into(),
            mentions: mentions.iter().map(ToString::to_string).collect(),
        }
    }

    /// The final names and contents of a page whose program has this content.
    fn page(loader: &str, program: &[u8]) -> Vec<(String, Vec<u8>)> {
        let mut main = file("app_bg.wasm", "", &[]);
        main.content = program.to_owned();
        let glue = "import './loader.js'; load('app_bg.wasm')";
        let named = name_by_content(&[
            file("index.html", "<script src=/app.js>", &["app.js"]),
            file("app.js", glue, &["loader.js", "app_bg.wasm"]),
            file("loader.js", loader, &["app.js"]),
            file("style.css", "a{}", &[]),
            main,
        ]);
        named.into_iter().map(|(path, content)| (path.display().to_string(), content)).collect()
    }

    #[test]
    fn names_follow_content_all_the_way_up_to_the_page() {
        let loader = "import './app.js'";
        let program = [0, b'a', b's', b'm', 0xff, 0xfe];
        let before = page(loader, &program);
        let text = |at: usize| String::from_utf8_lossy(&before[at].1);
        let [glue, main, index, loading, _] = [0, 1, 2, 3, 4].map(|at| before[at].0.as_str());
        assert_eq!((index, &before[1].1[..]), ("index.html", &program[..]), "no text, unchanged");
        assert!(text(2).contains(glue) && text(3).contains(glue), "{before:?}");
        assert!(text(0).contains(loading) && text(0).contains(main), "{before:?}");
        let hashed = |(name, _): &(String, _)| name.split('.').any(|part| part.len() == 16);
        assert_eq!(before.iter().filter(|file| hashed(file)).count(), 4, "all but the page");
        // Which of the names change with the content of which file.
        for (after, changed) in [
            (page(loader, b"other"), [true, true, false, true, false]),
            (page(&format!("{loader};"), &program), [true, false, false, true, false]),
        ] {
            let differs = |at: usize| before[at].0 != after[at].0;
            assert_eq!([0, 1, 2, 3, 4].map(differs), changed, "{after:?}");
        }
    }

    #[test]
    fn a_page_is_finished_in_a_folder_of_its_own() {
        let root = tempfile::tempdir().unwrap();
        let (built, finished) = (root.path().join("built"), root.path().join("site"));
        fs::create_dir_all(built.join("snippets")).unwrap();
        fs::write(built.join("index.html"), "<link href=/base.css><img src=/mark.png>").unwrap();
        fs::write(built.join("base.css"), "a{color:red}").unwrap();
        fs::write(built.join("mark.png"), "picture").unwrap();
        fs::write(built.join("snippets/inline.js"), "1").unwrap();
        finish(&built, &finished).unwrap().within_budget().unwrap();
        let index = fs::read_to_string(finished.join("index.html")).unwrap();
        let css = index.split(['/', '>']).find(|part| part.ends_with(".css")).unwrap();
        assert!(finished.join(css).is_file());
        assert!(finished.join(format!("{css}.br")).is_file());
        assert!(finished.join("index.html.br").is_file());
        assert_eq!(fs::read_dir(finished.join("snippets")).unwrap().count(), 2);
    }
}
