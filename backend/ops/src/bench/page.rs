//! What a first visit costs: the bytes that a browser without a cache receives.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::Bench;
use super::shop::{Shop, Storage};
use crate::dev::page::Page;
use crate::process;
use crate::steps::Steps;
use crate::tools::{Toolbox, browser};

pub(super) async fn measure(bench: &Bench) -> Result<()> {
    let browser = browser::ensure()?;
    let toolbox = Toolbox::open()?;
    let page = Page::new(&bench.workspace, &toolbox, true, &mut Steps::quiet())?.build_release()?;
    let shop = Shop::open(bench, Storage::Memory, Some(&page.folder)).await?;
    let wire = Wire::to(shop.edge().trim_start_matches("http://")).await?;
    let profile = bench.workspace.target.join("bench-browser");
    let _ = fs_err::remove_dir_all(&profile); // a first visit has nothing cached
    let mut command = Command::new(&browser.chromium);
    command
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        .args(["--no-first-run", "--disable-background-networking", "--disable-sync"])
        .args(["--disable-component-update", "--window-size=390,844"])
        .arg(format!("--user-data-dir={}", profile.display()))
        // Time stands still while anything is being fetched, so this ends when the page is done.
        .args(["--virtual-time-budget=10000", "--dump-dom", &format!("http://{}/", wire.near)]);
    let seen = tokio::task::spawn_blocking(move || process::output(&mut command));
    let seen = seen.await.context("the browser's thread failed")??;
    let (received, connections) = wire.counts();
    println!(
        "  bytes received              {received}, with headers, on {connections} connections"
    );
    let _ = fs_err::remove_dir_all(profile);
    shop.close().await;
    match seen.contains("Raat Rani Dhaba") {
        true => Ok(()),
        false => bail!("the browser did not render the list of restaurants"),
    }
}

/// A wire that counts.
struct Wire {
    near: std::net::SocketAddr,
    received: Arc<AtomicU64>,
    connections: Arc<AtomicU64>,
}

impl Wire {
    async fn to(far: &str) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let wire = Self {
            near: listener.local_addr()?,
            received: Arc::default(),
            connections: Arc::default(),
        };
        let (received, connections) = (wire.received.clone(), wire.connections.clone());
        let far = far.to_owned();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(carry(near, far.clone(), received.clone()));
            }
        });
        Ok(wire)
    }

    fn counts(&self) -> (u64, u64) {
        (self.received.load(Ordering::Relaxed), self.connections.load(Ordering::Relaxed))
    }
}

async fn carry(near: TcpStream, far: String, received: Arc<AtomicU64>) -> std::io::Result<()> {
    let (mut from_far, mut to_far) = TcpStream::connect(far).await?.into_split();
    let (mut from_near, mut to_near) = near.into_split();
    tokio::spawn(async move { tokio::io::copy(&mut from_near, &mut to_far).await });
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let read = from_far.read(&mut bytes).await?;
        if read == 0 {
            return Ok(());
        }
        received.fetch_add(read as u64, Ordering::Relaxed);
        to_near.write_all(bytes.get(..read).unwrap_or_default()).await?;
    }
}
