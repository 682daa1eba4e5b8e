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
use crate::catalog::{ART_PATH, Catalog};
use crate::site::{INDEX, MENUS, documents};

/// What is asked for by a name that cannot change; the page itself last.
const CONFIG: &str = "config.json";
const SERVICE_WORKER: &str = "sw.js";

/// The page as it is to be served.
pub(super) struct Page<'a> {
    /// The folder with the finished page.
    pub(super) folder: &'a Path,
    /// What is sold: its documents, and its pictures by the name of their content.
    pub(super) catalog: &'a Catalog,
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

    /// Uploads the rest, `index.html` near the end: from then on this is the page. The service worker
    /// comes last, because it takes what the others name.
    pub(super) fn open(&self, page: &Page<'_>) -> Result<()> {
        for (key, file) in files(page)? {
            if key != INDEX && key != SERVICE_WORKER && !is_named_by_content(&key) {
                self.upload(&file, &key)?;
            }
        }
        let index = fs::read_to_string(page.folder.join(INDEX))?;
        let mut texts = documents(&index, page.catalog, page.address)?;
        let index = texts.remove(INDEX).context("there is no document of the first page")?;
        texts.insert(CONFIG.to_owned(), page.config.clone());
        let scratch = tempfile::tempdir()?;
        let write = |(key, text): (String, String)| {
            let file = scratch.path().join(&key);
            fs::create_dir_all(file.parent().context("a file has a folder")?)?;
            fs::write(&file, text)?;
            Ok((key, file))
        };
        self.remove_menus_besides(&texts)?;
        let files: Vec<_> = texts.into_iter().map(write).collect::<Result<_>>()?;
        self.upload_all(&files)?;
        let (key, file) = write((INDEX.to_owned(), index))?;
        self.upload(&file, &key)?;
        self.upload(&page.folder.join(SERVICE_WORKER), SERVICE_WORKER)
    }

    /// Removes the documents of restaurants that are gone.
    fn remove_menus_besides(&self, documents: &BTreeMap<String, String>) -> Result<()> {
        let call = format!("s3api list-objects-v2 --prefix {MENUS}/ --bucket");
        let objects: Vec<Value> = list(&self.aws.ask(&call, &[self.name])?, "Contents")?;
        let keys = objects.iter().filter_map(|it| it["Key"].as_str());
        keys.filter(|key| !documents.contains_key(*key)).try_for_each(|key| {
            let object = format!("s3://{}/{key}", self.name);
            self.aws.ask("s3 rm --only-show-errors", &[&object]).map(drop)
        })
    }

    /// Takes everything out, if the bucket is there.
    pub(super) fn empty(&self) -> Result<()> {
        let all = format!("s3://{}/", self.name);
        self.aws.find("s3 rm --recursive --only-show-errors", &[&all]).map(drop)
    }

    /// Uploads many files, which are cached alike, in as few calls as there are kinds of them.
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
    files.extend(
        page.catalog.art.iter().map(|(name, file)| (format!("{art}/{name}"), file.clone())),
    );
    Ok(files)
}
