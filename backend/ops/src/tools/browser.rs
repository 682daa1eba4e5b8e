//! Browsers for the journeys, and the drivers that steer them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use walkdir::{DirEntry, WalkDir};

use crate::process;

/// A Chromium and a driver, which must be of the same version.
#[derive(Clone, Debug)]
pub struct Browser {
    /// Chromium or Chrome.
    pub chromium: PathBuf,
    /// Its WebDriver server.
    pub chromedriver: PathBuf,
}

/// A WebKitGTK browser and its driver. Neither has a headless mode, so a display comes with them.
#[derive(Clone, Debug)]
pub struct WebKit {
    /// WebKitGTK's own small browser.
    pub mini_browser: PathBuf,
    /// Its WebDriver server.
    pub driver: PathBuf,
    /// An X server without a screen.
    pub xvfb: PathBuf,
}

const CHROMIUMS: [&str; 6] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const FIREFOXES: [&str; 3] =
    ["firefox", "firefox-esr", "/Applications/Firefox.app/Contents/MacOS/firefox"];

/// The Chromium of this machine. On Debian, as root, this and the other browsers are installed if
/// they are missing; elsewhere the error is one sentence with the command to run.
pub(crate) fn ensure() -> Result<Browser> {
    let find =
        || Some(Browser { chromium: any(&CHROMIUMS)?, chromedriver: any(&["chromedriver"])? });
    let on_macos = "brew install --cask chromium chromedriver";
    let found = find_or_install(find, "chromium chromium-driver", on_macos)?;
    let (browser, driver) = (major(&found.chromium)?, major(&found.chromedriver)?);
    ensure!(
        browser == driver,
        "Chromium is version {browser} and chromedriver is {driver}: install the same of both"
    );
    Ok(found)
}

/// The major version a program says it has.
fn major(program: &Path) -> Result<String> {
    let said = process::output(Command::new(program).arg("--version"))?;
    let major = major_in(&said).map(str::to_owned);
    major.with_context(|| format!("{} does not say its version", program.display()))
}

/// Of `Chromium 156.0.8078.79 built on …`, 156.
fn major_in(said: &str) -> Option<&str> {
    let numbers = said.split_whitespace().filter_map(|word| word.split_once('.'));
    numbers.map(|(major, _)| major).find(|major| major.parse::<u32>().is_ok())
}

/// The Firefox of this machine. Its driver is [`super::geckodriver`].
pub(crate) fn ensure_firefox() -> Result<PathBuf> {
    find_or_install(|| any(&FIREFOXES), "firefox-esr", "brew install --cask firefox")
}

/// The WebKitGTK of this machine; `None`, and a printed line, where it does not exist.
pub(crate) fn ensure_webkit() -> Result<Option<WebKit>> {
    if std::env::consts::OS != "linux" {
        println!("    no journeys in WebKit: WebKitGTK exists on Linux only");
        return Ok(None);
    }
    let find = || {
        Some(WebKit {
            mini_browser: any(&["MiniBrowser"]).or_else(|| mini_browser(Path::new("/usr")))?,
            driver: any(&["WebKitWebDriver"])?,
            xvfb: any(&["Xvfb"])?,
        })
    };
    find_or_install(find, "webkit2gtk-driver xvfb", "").map(Some)
}

/// Finds a browser, or else installs Debian's packages and finds it then.
fn find_or_install<T>(find: impl Fn() -> Option<T>, packages: &str, on_macos: &str) -> Result<T> {
    if let Some(found) = find() {
        return Ok(found);
    }
    if Path::new("/etc/debian_version").exists() && rustix::process::getuid().is_root() {
        apt_get("update -qq")?;
        apt_get(&format!("install --yes -qq {packages}"))?;
    }
    match (find(), std::env::consts::OS) {
        (Some(found), _) => Ok(found),
        (None, "macos") => bail!("a browser for the journeys is missing; run `{on_macos}`"),
        (None, _) => bail!(
            "a browser for the journeys is missing; run `apt-get install {packages}` as root, or what \
             your system has for it"
        ),
    }
}

fn apt_get(arguments: &str) -> Result<()> {
    let mut command = Command::new("apt-get");
    command.args(arguments.split(' ')).env("DEBIAN_FRONTEND", "noninteractive");
    process::run(&mut command)
}

/// The first of these programs that is on `PATH`, or there.
fn any(programs: &[&str]) -> Option<PathBuf> {
    programs.iter().find_map(|program| which::which(program).ok())
}

/// The newest MiniBrowser below `usr`; it is no command, so distributions keep it beside the
/// library: Debian in `lib/x86_64-linux-gnu/webkit2gtk-4.1`, others in `libexec/webkit2gtk-4.1`.
fn mini_browser(usr: &Path) -> Option<PathBuf> {
    let folders = ["lib", "lib64", "libexec"].map(|name| WalkDir::new(usr.join(name)).max_depth(3));
    let files = folders.into_iter().flatten().flatten().map(DirEntry::into_path);
    let is_browser = |file: &PathBuf| file.is_file() && file.ends_with("MiniBrowser");
    files.filter(is_browser).max_by_key(|file| file.parent()?.file_name().map(ToOwned::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_major_version_is_the_first_number_with_a_dot() {
        for said in [
            "Chromium 156.0.8078.79 built on Debian GNU/Linux 12",
            "ChromeDriver 156.0.8078.79 (a21ce95-refs/heads/8078@{#1})",
        ] {
            assert_eq!(major_in(said), Some("156"));
        }
        assert_eq!(major_in("no version"), None);
    }

    #[test]
    fn the_newest_mini_browser_is_found_where_distributions_keep_it() {
        let temporary = tempfile::tempdir().unwrap();
        let usr = temporary.path();
        assert_eq!(mini_browser(usr), None);
        for folder in ["libexec/webkit2gtk-4.0", "lib/x86_64-linux-gnu/webkit2gtk-4.1"] {
            let program = usr.join(folder).join("MiniBrowser");
            fs::create_dir_all(program.parent().unwrap()).unwrap();
            fs::write(&program, "").unwrap();
            assert_eq!(mini_browser(usr).unwrap().parent(), program.parent(), "{folder}");
        }
    }
}
