//! The page as it is deployed: every file named by its final content, compressed, and weighed.
//!
//! Trunk names files by a hash that it takes before wasm-bindgen and wasm-opt have run, so one
//! name can stand for two contents, and a browser that keeps a file for a year would keep the
//! wrong one. [`finish`] runs last and names what is there.

mod names;
mod sizes;
mod split;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::mem;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use fs_err as fs;

use walkdir::WalkDir;

pub use sizes::SizeReport;
pub use split::{Programs, SPLIT_FLAGS, split};

use crate::hash;

/// Files that are asked for by a name that cannot change.
const FIXED: [&str; 3] = ["index.html", "favicon.ico", "robots.txt"];
/// Files in which others are named.
const TEXTS: [&str; 6] = ["html", "js", "css", "svg", "json", "webmanifest"];
/// Files that compression makes smaller.
const COMPRESSIBLE: [&str; 8] = ["html", "js", "css", "svg", "json", "webmanifest", "wasm", "txt"];
/// Brotli's strongest: done once, downloaded often.
const QUALITY: i32 = 11;
/// Brotli's largest window that browsers must accept (RFC 7932, section 9.1), as a power of two.
const WINDOW: i32 = 24;

/// A file of the page while it is being named.
#[derive(Debug)]
struct File {
    /// Where it lies in the page's folder.
    path: PathBuf,
    /// Its name without the folder.
    name: String,
    content: Vec<u8>,
    /// The names of the other files that it mentions.
    mentions: BTreeSet<String>,
}

/// Makes the folder `finished` from what trunk built: files renamed and compressed.
///
/// # Errors
/// If two files have the same name, or one cannot be written.
pub fn finish(built: &Path, finished: &Path) -> Result<SizeReport> {
    let fresh = finished.with_extension("new");
    let _ = fs::remove_dir_all(&fresh); // left by a build that was interrupted
    let mut sizes = SizeReport::default();
    for (path, content) in name_by_content(read(built)?) {
        let raw = content.len();
        let compressed = write(&fresh.join(&path), &content)?;
        sizes.add(&path, raw, compressed);
    }
    if finished.exists() {
        fs::remove_dir_all(finished)?;
    }
    fs::rename(&fresh, finished)?;
    Ok(sizes)
}

/// Writes a file and, if that is worth it, the compressed one beside it, whose size is returned.
fn write(file: &Path, content: &[u8]) -> Result<Option<usize>> {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder)?;
    fs::write(file, content)?;
    if !has_extension(file, &COMPRESSIBLE) {
        return Ok(None);
    }
    let compressed = brotli(content)?;
    let mut beside = file.as_os_str().to_owned();
    beside.push(".br");
    fs::write(&beside, &compressed)?;
    Ok(Some(compressed.len()))
}

/// Content compressed with Brotli (RFC 7932).
///
/// # Errors
/// If the compressor fails, which it does not on a buffer.
pub fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: QUALITY,
        lgwin: WINDOW,
        size_hint: content.len(),
        ..Default::default()
    };
    let mut writer = brotli::CompressorWriter::with_params(&mut compressed, 4096, &parameters);
    writer.write_all(content).context("the page cannot be compressed")?;
    drop(writer);
    Ok(compressed)
}

/// Names every file by its content, those that others mention first; the final files by path. Files
/// that mention each other share the hash of all their contents.
fn name_by_content(mut files: Vec<File>) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut named: BTreeMap<String, String> = BTreeMap::new();
    let mut finished = BTreeMap::new();
    while let Some(group) = next_component(&files) {
        let (mut ready, waiting): (Vec<File>, Vec<File>) =
            files.into_iter().partition(|file| group.contains(&file.name));
        files = waiting;
        let mut contents = Vec::new();
        for file in &mut ready {
            file.content = names::replace(mem::take(&mut file.content), &file.mentions, &named);
            contents.extend_from_slice(&file.content);
        }
        let hash = hash::short(&contents);
        for file in &ready {
            let name = match FIXED.contains(&file.name.as_str()) {
                true => file.name.clone(),
                false => names::by_content(&file.name, &hash),
            };
            named.insert(file.name.clone(), name);
        }
        for file in ready {
            let content = names::replace(file.content, &file.mentions, &named);
            let path = file.path.with_file_name(named.get(&file.name).unwrap_or(&file.name));
            finished.insert(path, content);
        }
    }
    finished
}

/// The next strongly connected component of the graph of mentions, dependencies first; usually one
/// file.
fn next_component(files: &[File]) -> Option<BTreeSet<String>> {
    // The file that reaches the fewest others reaches only its own component.
    files.iter().map(|file| reachable(file, files)).min_by_key(BTreeSet::len)
}

/// A file and all that it mentions, directly or not.
fn reachable(file: &File, files: &[File]) -> BTreeSet<String> {
    let mut reached = BTreeSet::from([file.name.clone()]);
    let mut next = vec![file];
    while let Some(file) = next.pop() {
        for other in files.iter().filter(|other| file.mentions.contains(&other.name)) {
            if reached.insert(other.name.clone()) {
                next.push(other);
            }
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

    #[test]
    fn names_follow_content_all_the_way_up_to_the_page() {
        let page = |wasm: &str| {
            name_by_content(vec![
                file(
                    "index.html",
                    "<script src=/app-0123456789abcdef.js>",
                    &["app-0123456789abcdef.js"],
                ),
                file(
                    "app-0123456789abcdef.js",
                    "load('app-0123456789abcdef_bg.wasm')",
                    &["app-0123456789abcdef_bg.wasm"],
                ),
                file("app-0123456789abcdef_bg.wasm", wasm, &[]),
            ])
        };
        let (one, two) = (page("1"), page("2"));
        assert_eq!(one.len(), 3);
        let (one, two): (Vec<_>, Vec<_>) = (one.keys().collect(), two.keys().collect());
        // The page keeps its name; what it loads gets another one when the wasm changes.
        assert_eq!(one[2], two[2]);
        assert_ne!(one[0], two[0]);
        assert_ne!(one[1], two[1]);
        assert!(!one[0].to_string_lossy().contains("0123456789abcdef"));
    }

    #[test]
    fn what_is_no_text_stays_as_it_is() {
        let mut program = file("app_bg.wasm", "", &[]);
        program.content = vec![0, b'a', b's', b'm', 0xff, 0xfe];
        let named =
            name_by_content(vec![file("index.html", "app_bg.wasm", &["app_bg.wasm"]), program]);
        assert!(named.values().any(|content| *content == [0, b'a', b's', b'm', 0xff, 0xfe]));
    }

    #[test]
    fn files_that_mention_each_other_change_their_names_together() {
        let names = |loader: &str| {
            let named = name_by_content(vec![
                file("index.html", "<script src=/app.js>", &["app.js"]),
                file(
                    "app.js",
                    "import './loader.js'; load('main.wasm')",
                    &["loader.js", "main.wasm"],
                ),
                file("loader.js", loader, &["app.js", "later.wasm"]),
                file("main.wasm", "1", &[]),
                file("later.wasm", "2", &[]),
            ]);
            let text = |start: &str| {
                let (path, content) = named
                    .iter()
                    .find(|(path, _)| path.to_string_lossy().starts_with(start))
                    .unwrap();
                (path.display().to_string(), String::from_utf8(content.clone()).unwrap())
            };
            let ((app, glue), (loader, content)) = (text("app."), text("loader."));
            assert!(glue.contains(&format!("import './{loader}'")), "{glue}");
            assert!(content.contains(&format!("import './{app}'")), "{content}");
            assert!(!content.contains("'later.wasm'"), "{content}");
            assert!(text("index").1.contains(&app));
            (app, loader)
        };
        let (one, two) =
            (names("import './app.js'; 'later.wasm'"), names("import './app.js'; 'later.wasm';"));
        assert_ne!(one.0, two.0);
        assert_ne!(one.1, two.1);
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
        for _ in 0..2 {
            finish(&built, &finished).unwrap().within_budget().unwrap();
        }
        let index = fs::read_to_string(finished.join("index.html")).unwrap();
        let css = index.split(['/', '>']).find(|part| part.ends_with(".css")).unwrap();
        assert!(finished.join(css).is_file());
        assert!(finished.join(format!("{css}.br")).is_file());
        assert!(finished.join("index.html.br").is_file());
        assert_eq!(fs::read_dir(finished.join("snippets")).unwrap().count(), 2);
    }
}
