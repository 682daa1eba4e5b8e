//! Browsers for the journeys, and the drivers that steer them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};
use fs_err as fs;

use crate::process;

/// A Chromium and a driver of the same version.
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

const CHROMIUMS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];
const CHROMIUM_APPLICATIONS: [&str; 2] = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const FIREFOXES: [&str; 2] = ["firefox", "firefox-esr"];
const FIREFOX_APPLICATIONS: [&str; 1] = ["/Applications/Firefox.app/Contents/MacOS/firefox"];

/// The Chromium of this machine; on Debian, as root, it is installed if it is missing.
///
/// # Errors
/// One sentence with the command to run if it is missing, or if the two do not fit together.
pub fn ensure() -> Result<Browser> {
    match find_or_install(find_chromium, &["chromium", "chromium-driver"])? {
        Some(browser) => Ok(browser),
        None => bail!(
            "the browser journeys need Chromium and chromedriver; {}",
            advice("brew install --cask chromium chromedriver", "chromium chromium-driver")
        ),
    }
}

/// The Firefox of this machine; on Debian, as root, it is installed if it is missing. Its driver is
/// a tool of ours: [`super::geckodriver`].
///
/// # Errors
/// One sentence with the command to run if it is missing.
pub fn ensure_firefox() -> Result<PathBuf> {
    match find_or_install(|| Ok(find_firefox()), &["firefox-esr"])? {
        Some(firefox) => Ok(firefox),
        None => bail!(
            "the browser journeys need Firefox; {}",
            advice("brew install --cask firefox", "firefox-esr")
        ),
    }
}

/// The WebKitGTK of this machine; on Debian, as root, it is installed if it is missing. `None`
/// where WebKitGTK does not exist: it is for Linux only.
///
/// # Errors
/// One sentence with the command to run if it is missing.
pub fn ensure_webkit() -> Result<Option<WebKit>> {
    if std::env::consts::OS != "linux" {
        return Ok(None);
    }
    match find_or_install(|| Ok(find_webkit()), &["webkit2gtk-driver", "xvfb"])? {
        Some(webkit) => Ok(Some(webkit)),
        None => bail!(
            "the browser journeys need WebKitWebDriver, MiniBrowser and Xvfb; {}",
            advice("", "webkit2gtk-driver xvfb")
        ),
    }
}

fn find_or_install<T>(
    find: impl Fn() -> Result<Option<T>>,
    packages: &[&str],
) -> Result<Option<T>> {
    if let Some(found) = find()? {
        return Ok(Some(found));
    }
    if Path::new("/etc/debian_version").exists() && rustix::process::getuid().is_root() {
        apt_get(&["update", "-qq"])?;
        apt_get(&[&["install", "--yes", "-qq"], packages].concat())?;
    }
    find()
}

fn find_chromium() -> Result<Option<Browser>> {
    let (Some(chromium), Some(chromedriver)) =
        (find_program(&CHROMIUMS, &CHROMIUM_APPLICATIONS), on_path("chromedriver"))
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

fn find_firefox() -> Option<PathBuf> {
    find_program(&FIREFOXES, &FIREFOX_APPLICATIONS)
}

fn find_webkit() -> Option<WebKit> {
    Some(WebKit {
        mini_browser: on_path("MiniBrowser").or_else(|| mini_browser(Path::new("/usr")))?,
        driver: on_path("WebKitWebDriver")?,
        xvfb: on_path("Xvfb")?,
    })
}

/// The newest MiniBrowser below `usr`; it is no command, so distributions keep it beside the
/// library: Debian in `lib/x86_64-linux-gnu/webkit2gtk-4.1`, others in `libexec/webkit2gtk-4.1`.
fn mini_browser(usr: &Path) -> Option<PathBuf> {
    let folders = |path: &Path| {
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect::<Vec<_>>()
    };
    let mut parents = folders(&usr.join("lib"));
    parents.extend(["lib", "lib64", "libexec"].map(|name| usr.join(name)));
    let of_webkit = |folder: &PathBuf| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.starts_with("webkit2gtk-4.") || name.starts_with("webkitgtk-6.")
    };
    let candidates = parents.iter().flat_map(|parent| folders(parent)).filter(of_webkit);
    candidates.map(|folder| folder.join("MiniBrowser")).filter(|path| path.is_file()).max()
}

fn find_program(names: &[&str], applications: &[&str]) -> Option<PathBuf> {
    let application = || applications.iter().map(PathBuf::from).find(|path| path.is_file());
    names.iter().find_map(|name| on_path(name)).or_else(application)
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
    which::which(program).ok()
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("apt-get");
    process::run(command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
}

/// What to run to install what is missing.
fn advice(on_macos: &str, debian_packages: &str) -> String {
    match std::env::consts::OS {
        "macos" => format!("run `{on_macos}`"),
        _ => format!(
            "run `apt-get install {debian_packages}` as root, or what your system has for it"
        ),
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

    #[test]
    fn the_newest_mini_browser_is_found_where_distributions_keep_it() {
        let temporary = tempfile::tempdir().unwrap();
        let usr = temporary.path();
        let make = |folder: &str| {
            let program = usr.join(folder).join("MiniBrowser");
            fs::create_dir_all(program.parent().unwrap()).unwrap();
            fs::write(&program, "").unwrap();
            program
        };
        assert_eq!(mini_browser(usr), None);
        let elsewhere = make("libexec/webkit2gtk-4.0");
        assert_eq!(mini_browser(usr), Some(elsewhere.clone()));
        fs::remove_file(elsewhere).unwrap();
        make("lib/x86_64-linux-gnu/webkit2gtk-4.0");
        let newest = make("lib/x86_64-linux-gnu/webkit2gtk-4.1");
        assert_eq!(mini_browser(usr), Some(newest));
    }
}
