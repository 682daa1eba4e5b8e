//! The page in the site's bucket: what a browser keeps first, what it asks for each time last.
//!
//! Files that are named by their content go up before `index.html`, which names them, and are
//! never deleted: a page that was opened before the update still requests its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Result;
use aws_local::edge::{cache_control, content_type, is_named_by_content};
use fs_err as fs;
use walkdir::WalkDir;

use super::cli::{Aws, argument, list};
use crate::catalog::ART_PATH;

/// What is asked for by a name that cannot change; the page itself last.
const CONFIG: &str = "config.json";
const INDEX: &str = "index.html";

/// The page as it is to be served.
#[derive(Debug)]
pub struct Page<'a> {
    /// The folder with the finished page.
    pub folder: &'a Path,
    /// The catalog's pictures, by the name of their content.
    pub art: &'a BTreeMap<String, PathBuf>,
    /// What `config.json` says.
    pub config: String,
    /// The shop's address, such as `https://example.com`.
    pub address: String,
}

/// What a publication did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// Files that were not there.
    pub uploaded: usize,
    /// Files that were there already.
    pub kept: usize,
}

/// The bucket that the site reads from.
#[derive(Debug)]
pub struct Bucket<'a> {
    aws: &'a Aws,
    name: &'a str,
}

impl<'a> Bucket<'a> {
    /// The bucket of that name.
    #[must_use]
    pub const fn new(aws: &'a Aws, name: &'a str) -> Self {
        Self { aws, name }
    }

    /// Uploads what is named by its content, pictures too: harmless to the page of before.
    /// `scratch` is a folder that may be made and removed.
    ///
    /// # Errors
    /// If a file cannot be read or uploaded. What was uploaded by then is not uploaded again.
    pub fn prepare(&self, page: &Page<'_>, scratch: &Path) -> Result<Published> {
        let present = self.present()?;
        let lasting = files(page)?.into_iter().filter(|(key, _)| is_named_by_content(key));
        let (kept, missing): (Vec<_>, Vec<_>) = lasting.partition(|(key, _)| present.contains(key));
        let published = Published { uploaded: missing.len(), kept: kept.len() };
        self.upload_all(missing, scratch)?;
        Ok(published)
    }

    /// Uploads the rest, `index.html` last: from then on this is the page.
    ///
    /// # Errors
    /// If a file cannot be read or uploaded.
    pub fn open(&self, page: &Page<'_>, scratch: &Path) -> Result<()> {
        let others = files(page)?.into_iter().filter(|(key, _)| !is_named_by_content(key));
        for (key, file) in others.filter(|(key, _)| key != INDEX) {
            self.upload(&file, &key)?;
        }
        let config = scratch.join(CONFIG);
        write(&config, &page.config)?;
        self.upload(&config, CONFIG)?;
        let index = scratch.join(INDEX);
        write(&index, &with_address(&fs::read_to_string(page.folder.join(INDEX))?, &page.address))?;
        self.upload(&index, INDEX)?;
        Ok(fs::remove_dir_all(scratch)?)
    }

    /// Takes everything out.
    ///
    /// # Errors
    /// If AWS refuses.
    pub fn empty(&self) -> Result<()> {
        let all = format!("s3://{}/", self.name);
        let call = ["s3", "rm", &all, "--recursive", "--only-show-errors"];
        match self.aws.try_ask(&call)? {
            Err(error) if !error.is_not_found() => Err(error.of_call(&call)),
            _ => Ok(()),
        }
    }

    /// The keys that are there.
    fn present(&self) -> Result<BTreeSet<String>> {
        let answer = self.aws.ask(&["s3api", "list-objects-v2", "--bucket", self.name])?;
        let objects = list(&answer, "Contents");
        Ok(objects.iter().filter_map(|it| it["Key"].as_str().map(str::to_owned)).collect())
    }

    /// Uploads many files in as few calls as there are kinds of them.
    fn upload_all(&self, files: Vec<(String, PathBuf)>, scratch: &Path) -> Result<()> {
        let _ = fs::remove_dir_all(scratch); // left by a publication that was interrupted
        let mut kinds: BTreeMap<&'static str, PathBuf> = BTreeMap::new();
        for (key, file) in &files {
            let number = kinds.len().to_string();
            let folder =
                kinds.entry(content_type(key)).or_insert_with(|| scratch.join(number)).join(key);
            make_parent(&folder)?;
            fs::copy(file, &folder)?;
        }
        for (kind, folder) in &kinds {
            let to = format!("s3://{}/", self.name);
            let from = argument(folder)?;
            // All of these are named by their content, so one of their names speaks for all.
            let lasting = files.first().map_or("", |(key, _)| cache_control(key));
            self.copy(&[from, &to, "--recursive"], kind, lasting)?;
        }
        Ok(())
    }

    fn upload(&self, file: &Path, key: &str) -> Result<()> {
        let to = format!("s3://{}/{key}", self.name);
        self.copy(&[argument(file)?, &to], content_type(key), cache_control(key))
    }

    fn copy(&self, arguments: &[&str], kind: &str, cache: &str) -> Result<()> {
        let described = ["--content-type", kind, "--cache-control", cache, "--only-show-errors"];
        self.aws.ask(&[&["s3", "cp"], arguments, &described].concat()).map(drop)
    }
}

/// Every file of the page by its key; not the compressed ones, for CloudFront compresses itself.
fn files(page: &Page<'_>) -> Result<Vec<(String, PathBuf)>> {
    let mut files = Vec::new();
    for entry in WalkDir::new(page.folder) {
        let file = entry?.into_path();
        if file.is_file() && file.extension().is_none_or(|extension| extension != "br") {
            files.push((argument(file.strip_prefix(page.folder)?)?.to_owned(), file));
        }
    }
    let art = ART_PATH.trim_start_matches('/');
    files.extend(page.art.iter().map(|(name, file)| (format!("{art}/{name}"), file.clone())));
    Ok(files)
}

/// The page with the picture for links named in full, as other sites want it
/// (ogp.me: `og:image` is a URL).
fn with_address(index: &str, address: &str) -> String {
    let Some(property) = index.find("og:image") else { return index.to_owned() };
    let (before, after) = index.split_at(property);
    match before.rsplit_once("content=") {
        Some((start, value)) if value.trim_start_matches('"').starts_with('/') => {
            let quote = if value.starts_with('"') { "\"" } else { "" };
            let path = value.trim_start_matches('"');
            format!("{start}content={quote}{address}{path}{after}")
        }
        _ => index.to_owned(),
    }
}

/// Writes a file into a folder that may not exist yet.
fn write(file: &Path, text: &str) -> Result<()> {
    make_parent(file)?;
    Ok(fs::write(file, text)?)
}

fn make_parent(file: &Path) -> Result<()> {
    Ok(fs::create_dir_all(file.parent().unwrap_or(file))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_for_links_has_the_shops_address() {
        for (index, expected) in [
            (
                "<meta content=/preview.1.png property=og:image><link href=/a>",
                "<meta content=https://x.example/preview.1.png property=og:image><link href=/a>",
            ),
            (
                "<meta property=\"a\" content=\"/p.png\" property=\"og:image\">",
                "<meta property=\"a\" content=\"https://x.example/p.png\" property=\"og:image\">",
            ),
            ("<title>no picture</title>", "<title>no picture</title>"),
            (
                "<meta content=https://y/p.png property=og:image>",
                "<meta content=https://y/p.png property=og:image>",
            ),
        ] {
            assert_eq!(with_address(index, "https://x.example"), expected);
        }
    }
}
