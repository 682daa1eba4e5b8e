//! A browser for the journeys, and the driver that steers it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::process;

/// A Chromium and a driver of the same version.
#[derive(Clone, Debug)]
pub struct Browser {
    /// Chromium or Chrome.
    pub chromium: PathBuf,
    /// Its WebDriver server.
    pub chromedriver: PathBuf,
}

const CHROMIUMS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];
const APPLICATIONS: [&str; 2] = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// The browser of this machine; on Debian, as root, it is installed if it is missing.
///
/// # Errors
/// One sentence with the command to run if it is missing, or if the two do not fit together.
pub fn ensure() -> Result<Browser> {
    if let Some(browser) = find()? {
        return Ok(browser);
    }
    if Path::new("/etc/debian_version").exists() && rustix::process::getuid().is_root() {
        apt_get(&["update", "--quiet"])?;
        apt_get(&["install", "--yes", "--quiet", "chromium", "chromium-driver"])?;
    }
    match find()? {
        Some(browser) => Ok(browser),
        None => bail!("the browser journeys need Chromium and chromedriver; {}", advice()),
    }
}

fn find() -> Result<Option<Browser>> {
    let chromium = CHROMIUMS.iter().find_map(|name| on_path(name));
    let applications = || APPLICATIONS.iter().map(PathBuf::from).find(|path| path.is_file());
    let (Some(chromium), Some(chromedriver)) =
        (chromium.or_else(applications), on_path("chromedriver"))
    else {
        return Ok(None);
    };
    let (browser, driver) = (major(&chromium)?, major(&chromedriver)?);
    if browser != driver {
        bail!(
            "Chromium is version {browser} and chromedriver is {driver}: install the same of both"
        );
    }
    Ok(Some(Browser { chromium, chromedriver }))
}

/// The major version a program says it has: of `Chromium 156.0.8078.79 built on …`, 156.
fn major(program: &Path) -> Result<String> {
    let said = process::output(Command::new(program).arg("--version"))?;
    match major_in(&said) {
        Some(major) => Ok(major.to_owned()),
        None => bail!("{} does not say its version", program.display()),
    }
}

fn major_in(said: &str) -> Option<&str> {
    said.split_whitespace()
        .filter_map(|word| word.split_once('.'))
        .map(|(major, _)| major)
        .find(|major| !major.is_empty() && major.bytes().all(|b| b.is_ascii_digit()))
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file())
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("apt-get");
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    let heard = process::listen(&mut command)?;
    match heard.status.success() {
        true => Ok(()),
        false => {
            bail!("the browser journeys need Chromium, and apt-get cannot install it, see above")
        }
    }
}

fn advice() -> &'static str {
    match std::env::consts::OS {
        "macos" => "run `brew install --cask chromium chromedriver`",
        _ => {
            "run `apt-get install chromium chromium-driver` as root, or what your system has for it"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_the_first_number_with_a_dot() {
        assert_eq!(major_in("Chromium 156.0.8078.79 built on Debian GNU/Linux 12"), Some("156"));
        assert_eq!(
            major_in("ChromeDriver 156.0.8078.79 (a21ce95-refs/heads/8078@{#1})"),
            Some("156")
        );
        assert_eq!(major_in("no version"), None);
    }
}
