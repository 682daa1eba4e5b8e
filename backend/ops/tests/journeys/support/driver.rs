//! The program that steers a browser, one for each engine.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use ops::process::KillOnExit;
use tempfile::TempDir;
use thirtyfour::common::capabilities::firefox::FirefoxPreferences;
use thirtyfour::prelude::*;
use thirtyfour::{Capabilities, ChromiumLikeCapabilities, LoggingPrefsLogLevel, PageLoadStrategy};
use tokio::net::TcpStream;

use super::{path_from_env, until};

/// A browser engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Chromium,
    Firefox,
    /// WebKitGTK's: what is true of Safari's engine on a desktop is mostly true of it, too.
    WebKit,
}

impl Engine {
    /// The engine that `TIFFIN_ENGINE` names: Chromium if it is not set.
    pub(crate) fn from_environment() -> Result<Self> {
        match std::env::var("TIFFIN_ENGINE").as_deref() {
            Ok("chromium") | Err(_) => Ok(Self::Chromium),
            Ok("firefox") => Ok(Self::Firefox),
            Ok("webkit") => Ok(Self::WebKit),
            Ok(name) => bail!("TIFFIN_ENGINE={name}: must be chromium, firefox or webkit"),
        }
    }

    /// The engine that a journey is for, by the end of its name.
    pub(crate) fn of(journey: &str) -> Self {
        match journey.rsplit_once("_in_") {
            Some((_, "firefox")) => Self::Firefox,
            Some((_, "webkit")) => Self::WebKit,
            _ => Self::Chromium,
        }
    }
}

/// A running WebDriver server. Dropping it ends it, and every browser it started.
///
/// Geckodriver and WebKitWebDriver have one session at a time, chromedriver has any number.
pub(crate) struct Driver {
    /// What the browsers run on.
    pub(crate) engine: Engine,
    address: String,
    // Dropped in this order: the server with its browsers, their display, their files.
    _process: KillOnExit,
    _display: Option<Display>,
    _home: TempDir,
}

impl Driver {
    /// Starts one on a free port of the loopback interface.
    pub(crate) async fn start(engine: Engine) -> Result<Self> {
        let home = TempDir::with_prefix("tiffin-browser-")?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let display = match engine {
            Engine::WebKit => Some(Display::start(home.path()).await?),
            Engine::Chromium | Engine::Firefox => None,
        };
        let mut command = server(engine, port)?;
        // Profiles and caches are nobody's but this driver's.
        command.env("TMPDIR", home.path());
        if engine != Engine::Chromium {
            command.env("HOME", home.path());
            for variable in ["XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
                command.env_remove(variable);
            }
        }
        if let Some(display) = &display {
            command.env("DISPLAY", &display.name).env("GDK_BACKEND", "x11");
            command.env_remove("WAYLAND_DISPLAY");
        }
        let name = format!("the WebDriver server of {engine:?}");
        let process =
            KillOnExit::start(&command).with_context(|| format!("{name} cannot start"))?;
        let look = async || Ok(TcpStream::connect(("127.0.0.1", port)).await.ok().map(drop));
        until(&format!("{name} to answer"), look).await?;
        let address = format!("http://127.0.0.1:{port}");
        Ok(Self { engine, address, _process: process, _display: display, _home: home })
    }

    /// A browser that nobody has used before.
    pub(crate) async fn browser(&self) -> Result<WebDriver> {
        let capabilities = match self.engine {
            Engine::Chromium => chromium()?,
            Engine::Firefox => firefox()?,
            Engine::WebKit => webkit()?,
        };
        let browser = WebDriver::new(&self.address, capabilities);
        let browser =
            browser.await.with_context(|| format!("{:?} cannot be started", self.engine))?;
        if self.engine != Engine::Chromium {
            browser.set_window_rect(0, 0, 1280, 900).await?; // they take no size as an argument
        }
        Ok(browser)
    }
}

/// The command that starts an engine's WebDriver server.
fn server(engine: Engine, port: u16) -> Result<Command> {
    let (program, arguments) = match engine {
        Engine::Chromium => ("TIFFIN_CHROMEDRIVER", ["--log-level=OFF"].as_slice()),
        Engine::Firefox => ("TIFFIN_GECKODRIVER", ["--log=fatal", "--websocket-port=0"].as_slice()),
        Engine::WebKit => ("TIFFIN_WEBKITDRIVER", ["--host=127.0.0.1"].as_slice()),
    };
    // Firefox and GTK tell what is nobody's business here, and take no argument against it.
    let quiet = if engine == Engine::Chromium { "" } else { "> /dev/null 2>&1" };
    let mut command = Command::new("/bin/sh");
    command.args(["-c", &format!("exec \"$0\" \"$@\" {quiet}")]).arg(path_from_env(program)?);
    command.arg(format!("--port={port}")).args(arguments);
    Ok(command)
}

fn chromium() -> Result<Capabilities> {
    let mut capabilities = DesiredCapabilities::chrome();
    capabilities.set_binary(&path_from_env("TIFFIN_CHROMIUM")?.to_string_lossy())?;
    for argument in [
        "--headless",
        "--no-sandbox", // it may not be used by root, and the pages are ours
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1280,900",
    ] {
        capabilities.add_arg(argument)?;
    }
    // A person does not wait for the last of a page either: what is held back would hold up all.
    capabilities.set_page_load_strategy(PageLoadStrategy::Eager)?;
    capabilities.set_logging_prefs("browser", LoggingPrefsLogLevel::All)?;
    Ok(capabilities.into())
}

fn firefox() -> Result<Capabilities> {
    let mut capabilities = DesiredCapabilities::firefox();
    capabilities.set_firefox_binary(&path_from_env("TIFFIN_FIREFOX")?.to_string_lossy())?;
    capabilities.add_arg("-headless")?;
    // Geckodriver's own preferences keep Firefox from the network, but for its experiments.
    let mut preferences = FirefoxPreferences::new();
    preferences.set("app.normandy.enabled", false)?;
    preferences.set("messaging-system.rsexperimentloader.enabled", false)?;
    capabilities.set_preferences(preferences)?;
    Ok(capabilities.into())
}

fn webkit() -> Result<Capabilities> {
    let mut capabilities = Capabilities::new();
    capabilities.set("browserName", "MiniBrowser")?;
    let browser = serde_json::json!({
        "binary": path_from_env("TIFFIN_MINIBROWSER")?.to_string_lossy(),
        "args": ["--automation"],
    });
    capabilities.set("webkitgtk:browserOptions", browser)?;
    Ok(capabilities)
}

/// An X server without a screen, on a display that was free. Dropping it ends it.
struct Display {
    /// Its name, such as `:3`.
    name: String,
    _process: KillOnExit,
}

impl Display {
    async fn start(folder: &Path) -> Result<Self> {
        // It says which display it took, on the descriptor that it is told.
        let script = r#"exec "$0" -displayfd 3 -screen 0 1280x900x24 -nolisten tcp 3>"$1""#;
        let number = folder.join("display");
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]).arg(path_from_env("TIFFIN_XVFB")?).arg(&number);
        let process = KillOnExit::start(&command).context("Xvfb cannot start")?;
        let look = async || {
            let text = std::fs::read_to_string(&number).unwrap_or_default();
            Ok(text.strip_suffix('\n').map(|number| format!(":{number}")))
        };
        Ok(Self { name: until("Xvfb to open a display", look).await?, _process: process })
    }
}
