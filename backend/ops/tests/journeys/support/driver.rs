//! The program that steers the browser.

use std::net::TcpListener;
use std::process::Command;

use anyhow::{Context, Result};
use ops::process::Leashed;
use thirtyfour::prelude::*;
use thirtyfour::{ChromiumLikeCapabilities, LoggingPrefsLogLevel};
use tokio::net::TcpStream;

use super::{told, until};

/// A running chromedriver. Dropping it ends it, and every browser it started.
pub(crate) struct Driver {
    address: String,
    _process: Leashed,
}

impl Driver {
    /// Starts one on a free port.
    pub(crate) async fn start() -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = Command::new(told("TIFFIN_CHROMEDRIVER")?);
        command.args([format!("--port={port}"), "--log-level=OFF".to_owned()]);
        let process = Leashed::start(&command).context("chromedriver cannot be started")?;
        let look = async || Ok(TcpStream::connect(("127.0.0.1", port)).await.ok().map(drop));
        until("chromedriver to answer", look).await?;
        Ok(Self { address: format!("http://127.0.0.1:{port}"), _process: process })
    }

    /// A browser that nobody has used before.
    pub(crate) async fn browser(&self) -> Result<WebDriver> {
        let mut wishes = DesiredCapabilities::chrome();
        wishes.set_binary(&told("TIFFIN_CHROMIUM")?.to_string_lossy())?;
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
            wishes.add_arg(argument)?;
        }
        wishes.set_logging_prefs("browser", LoggingPrefsLogLevel::All)?;
        WebDriver::new(&self.address, wishes).await.context("Chromium cannot be started")
    }
}
