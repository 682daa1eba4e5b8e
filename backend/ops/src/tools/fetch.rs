//! Downloading a file that has to have a checksum.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::hash::sha256;

/// Downloads `url` to `file` if its SHA-256 is the one published beside it at `checksum_url`.
///
/// # Errors
/// If either cannot be had within a few minutes, or they do not agree.
pub(super) fn checked(url: &str, checksum_url: &str, file: &Path) -> Result<()> {
    let published = file.with_extension("sha256");
    download(checksum_url, &published)?;
    let text = fs::read_to_string(&published).context("a checksum is not a text")?;
    let Some(expected) = first_hash(&text) else { bail!("{checksum_url} holds no SHA-256") };
    download(url, file)?;
    let found = sha256(&fs::read(file).context("a download cannot be read")?);
    match found == expected {
        true => Ok(()),
        false => bail!("{url} is not what its checksum says"),
    }
}

fn download(url: &str, file: &Path) -> Result<()> {
    let mut command = Command::new("curl");
    command.args(["--fail", "--silent", "--location", "--proto-redir", "=https"]);
    command.args(["--connect-timeout", "5", "--max-time", "300", "--output"]).arg(file).arg(url);
    let status = command.stdin(Stdio::null()).stderr(Stdio::null()).status();
    match status.is_ok_and(|status| status.success()) {
        true => Ok(()),
        false => bail!("{url} cannot be downloaded"),
    }
}

/// The first word, if it is a SHA-256 in hex: as `sha256sum` and `openssl dgst -r` write it.
fn first_hash(text: &str) -> Option<String> {
    let word = text.split_whitespace().next()?.to_ascii_lowercase();
    (word.len() == 64 && word.bytes().all(|b| b.is_ascii_hexdigit())).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_file_starts_with_the_hash() {
        let hash = sha256(b"x");
        assert_eq!(first_hash(&format!("{hash}\n")), Some(hash.clone()));
        assert_eq!(first_hash(&format!("{}  trunk.tar.gz\n", hash.to_uppercase())), Some(hash));
        assert_eq!(first_hash("Not Found"), None);
        assert_eq!(first_hash(""), None);
    }

    #[test]
    fn a_download_that_is_not_what_its_checksum_says_is_refused() {
        let folder = std::env::temp_dir().join(format!("tiffin-fetch-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let url = |name: &str| format!("file://{}", folder.join(name).display());
        fs::write(folder.join("good"), "content").unwrap();
        fs::write(folder.join("good.sum"), sha256(b"content")).unwrap();
        fs::write(folder.join("bad.sum"), sha256(b"other")).unwrap();
        let file = folder.join("download.tar.gz");
        checked(&url("good"), &url("good.sum"), &file).unwrap();
        assert!(checked(&url("good"), &url("bad.sum"), &file).is_err());
        assert!(checked(&url("good"), &url("absent"), &file).is_err());
        fs::remove_dir_all(folder).unwrap();
    }
}
