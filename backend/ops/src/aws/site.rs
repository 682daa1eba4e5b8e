//! The page in the site's bucket: files that browsers cache first, those they revalidate last.
//!
//! Files that are named by their content are uploaded before `index.html`, which names them, and are
//! never deleted: a page that was opened before the update still requests its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use aws_local::edge::{cache_control, content_type, is_named_by_content};
use fs_err as fs;
use serde_json::Value;
use walkdir::WalkDir;

use super::cli::{Aws, argument, list};
use crate::catalog::ART_PATH;

/// What is asked for by a name that cannot change; the page itself last.
const CONFIG: &str = "config.json";
const INDEX: &str = "index.html";

/// The page as it is to be served.
pub(super) struct Page<'a> {
    /// The folder with the finished page.
    pub(super) folder: &'a Path,
    /// The catalog's pictures, by the name of their content.
    pub(super) art: &'a BTreeMap<String, PathBuf>,
    /// What `config.json` says.
    pub(super) config: String,
    /// The shop's address, such as `https://example.com`.
    pub(super) address: &'a str,
}

/// The bucket that the site reads from.
pub(super) struct Bucket<'a> {
    aws: &'a Aws,
    name: &'a str,
}

impl<'a> Bucket<'a> {
    /// The bucket of that name.
    pub(super) const fn new(aws: &'a Aws, name: &'a str) -> Self {
        Self { aws, name }
    }

    /// Uploads the files that are named by their content, pictures too, which does not change the
    /// previous page. What is there already is not uploaded again.
    pub(super) fn prepare(&self, page: &Page<'_>) -> Result<()> {
        let answer = self.aws.ask("s3api list-objects-v2 --bucket", &[self.name])?;
        let objects: Vec<Value> = list(&answer, "Contents")?;
        let present: BTreeSet<&str> = objects.iter().filter_map(|it| it["Key"].as_str()).collect();
        let lasting = files(page)?.into_iter().filter(|(key, _)| is_named_by_content(key));
        let (kept, missing): (Vec<_>, Vec<_>) =
            lasting.partition(|(key, _)| present.contains(key.as_str()));
        self.upload_all(&missing)?;
        println!("    {} new files, {} were there already", missing.len(), kept.len());
        Ok(())
    }

    /// Uploads the rest, `index.html` last: from then on this is the page.
    pub(super) fn open(&self, page: &Page<'_>) -> Result<()> {
        for (key, file) in files(page)? {
            if key != INDEX && !is_named_by_content(&key) {
                self.upload(&file, &key)?;
            }
        }
        let index = fs::read_to_string(page.folder.join(INDEX))?;
        let scratch = tempfile::tempdir()?;
        for (key, text) in
            [(CONFIG, page.config.clone()), (INDEX, with_address(&index, page.address))]
        {
            let file = scratch.path().join(key);
            fs::write(&file, text)?;
            self.upload(&file, key)?;
        }
        Ok(())
    }

    /// Takes everything out, if the bucket is there.
    pub(super) fn empty(&self) -> Result<()> {
        let all = format!("s3://{}/", self.name);
        self.aws.find("s3 rm --recursive --only-show-errors", &[&all]).map(drop)
    }

    /// Uploads many files, all named by their content, in as few calls as there are kinds of them.
    fn upload_all(&self, files: &[(String, PathBuf)]) -> Result<()> {
        let scratch = tempfile::tempdir()?;
        let mut kinds: BTreeMap<&str, (PathBuf, &str)> = BTreeMap::new();
        for (key, file) in files {
            let folder = scratch.path().join(kinds.len().to_string());
            let (folder, _) = kinds.entry(content_type(key)).or_insert((folder, key));
            let copy = folder.join(key);
            fs::create_dir_all(copy.parent().context("a file has a folder")?)?;
            fs::copy(file, copy)?;
        }
        let to = format!("s3://{}/", self.name);
        kinds.values().try_for_each(|(folder, key)| self.copy(folder, &to, key, " --recursive"))
    }

    fn upload(&self, file: &Path, key: &str) -> Result<()> {
        self.copy(file, &format!("s3://{}/{key}", self.name), key, "")
    }

    /// Copies to an address with the headers of `key`.
    fn copy(&self, from: &Path, to: &str, key: &str, option: &str) -> Result<()> {
        let headers = ["--content-type", content_type(key), "--cache-control", cache_control(key)];
        let arguments = [[argument(from)?, to].as_slice(), &headers].concat();
        self.aws.ask(&format!("s3 cp --only-show-errors{option}"), &arguments).map(drop)
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
    index.replacen("/preview.", &format!("{address}/preview."), 1)
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
                "<meta property=\"og:image\" content=\"/preview.png\" />",
                "<meta property=\"og:image\" content=\"https://x.example/preview.png\" />",
            ),
            ("<title>no picture</title>", "<title>no picture</title>"),
        ] {
            assert_eq!(with_address(index, "https://x.example"), expected);
        }
        // Its name in the page that trunk reads.
        let page = include_str!("../../../../index.html");
        assert_eq!(page.matches("content=\"/preview.png\"").count(), 1);
        assert_eq!(page.matches("/preview.").count(), 2, "and in the link to its file");
    }
}
