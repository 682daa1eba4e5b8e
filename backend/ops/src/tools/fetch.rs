//! Downloading a file whose checksum is known.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};
use fs_err as fs;

use crate::hash::sha256;

/// Downloads `url` to `file` if its SHA-256 in hexadecimal is the expected one. (A checksum that lies
/// beside it would be changed together with it.)
///
/// # Errors
/// If it cannot be had within a few minutes, or is something else.
pub(super) fn checked(url: &str, expected: &str, file: &Path) -> Result<()> {
    download(url, file)?;
    let found = sha256(&fs::read(file)?);
    match found == expected {
        true => Ok(()),
        false => bail!("{url} has the checksum {found}, and not {expected} as it had"),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_that_is_not_what_its_checksum_says_is_refused() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path();
        let url = |name: &str| format!("file://{}", folder.join(name).display());
        fs::write(folder.join("good"), "content").unwrap();
        let file = folder.join("download.tar.gz");
        checked(&url("good"), &sha256(b"content"), &file).unwrap();
        assert!(checked(&url("good"), &sha256(b"other"), &file).is_err());
        assert!(checked(&url("absent"), &sha256(b"content"), &file).is_err());
    }
}
