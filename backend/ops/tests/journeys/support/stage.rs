//! Where a journey happens: a backend, a wire, a browser.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::sync::Mutex;

use super::backend::{Backend, Tempo};
use super::driver::Driver;
use super::relay::Relay;
use super::shopper::Shopper;

/// What a journey comes to.
pub(crate) type Outcome = Pin<Box<dyn Future<Output = Result<()>>>>;

/// The stage; clones are the same one.
#[derive(Clone)]
pub(crate) struct Stage {
    name: &'static str,
    driver: Arc<Driver>,
    folder: PathBuf,
    shoppers: Arc<Mutex<Vec<Shopper>>>,
    /// Kept until the browsers are closed: a page whose backend goes away complains.
    worlds: Arc<Mutex<Vec<Arc<World>>>>,
}

/// A backend behind a wire.
pub(crate) struct World {
    /// The backend.
    pub(crate) backend: Backend,
    /// The wire that browsers use.
    pub(crate) relay: Relay,
}

impl World {
    /// The shop's address.
    pub(crate) fn address(&self) -> String {
        format!("http://{}", self.relay.near())
    }
}

/// Lets a journey happen, looks at every browser at its end, and says what one saw if it failed.
pub(crate) async fn run(
    name: &'static str,
    driver: Arc<Driver>,
    happens: fn(Stage) -> Outcome,
) -> Result<()> {
    let temporary = tempfile::tempdir()?;
    let folder = temporary.path();
    let stage = Stage {
        name,
        driver,
        folder: folder.to_owned(),
        shoppers: Arc::default(),
        worlds: Arc::default(),
    };
    let mut result = happens(stage.clone()).await;
    for shopper in stage.shoppers.lock().await.drain(..) {
        if let Err(error) = &result {
            let seen = shopper.describe(&stage.picture(name)).await;
            result = Err(anyhow::anyhow!("{error:#}\n{seen}"));
        } else {
            result = shopper.leaves().await;
        }
    }
    if result.is_err() {
        let log = std::fs::read_to_string(folder.join("1/log")).unwrap_or_default();
        let tail = ops::process::last_lines(&log, 20);
        result = result.context(format!("the backend's last lines:\n{tail}\n"));
    }
    stage.worlds.lock().await.clear();
    result
}

impl Stage {
    /// A fresh backend.
    pub(crate) async fn world(&self, tempo: Tempo) -> Result<Arc<World>> {
        self.world_with(tempo, &super::path_from_env("TIFFIN_SITE")?).await
    }

    /// A fresh backend that serves the page in a folder.
    pub(crate) async fn world_with(&self, tempo: Tempo, site: &Path) -> Result<Arc<World>> {
        let mut worlds = self.worlds.lock().await;
        let folder = self.folder.join((worlds.len() + 1).to_string());
        std::fs::create_dir_all(&folder)?;
        let backend = Backend::start(&folder, tempo, site).await?;
        let relay = Relay::to(backend.edge()).await?;
        let world = Arc::new(World { backend, relay });
        worlds.push(world.clone());
        Ok(world)
    }

    /// A folder for files of this journey.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Someone with a browser of their own, in front of the shop's first page.
    pub(crate) async fn shopper(&self, world: &World) -> Result<Shopper> {
        let shopper = self.shopper_elsewhere(world).await?;
        shopper.goes_to("/").await?;
        Ok(shopper)
    }

    /// Someone whose browser is not at the shop yet.
    pub(crate) async fn shopper_elsewhere(&self, world: &World) -> Result<Shopper> {
        let shopper = self.somebody(world).await?;
        self.shoppers.lock().await.push(shopper.clone());
        Ok(shopper)
    }

    /// Lets somebody come, whose browser is not at the shop yet, and go when it has happened. An
    /// error says what they saw, and others can still come.
    pub(crate) async fn visit(
        &self,
        world: &World,
        purpose: &str,
        happens: impl AsyncFnOnce(&Shopper) -> Result<()>,
    ) -> Result<()> {
        let shopper = self.somebody(world).await?;
        match happens(&shopper).await {
            Ok(()) => shopper.leaves().await,
            Err(error) => {
                let seen =
                    shopper.describe(&self.picture(&format!("{}-{purpose}", self.name))).await;
                Err(anyhow::anyhow!("{error:#}\n{seen}"))
            }
        }
        .with_context(|| purpose.to_owned())
    }

    async fn somebody(&self, world: &World) -> Result<Shopper> {
        let browser = self.driver.browser().await?;
        Ok(Shopper::new(browser, self.driver.engine, world.address()))
    }

    /// Where a picture of a failure goes.
    fn picture(&self, name: &str) -> PathBuf {
        let folder =
            super::path_from_env("TIFFIN_SCREENSHOTS").unwrap_or_else(|_| std::env::temp_dir());
        folder.join(format!("failed-{name}.png"))
    }
}
