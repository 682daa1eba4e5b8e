//! Starts what a template declares, and stops it.

use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::cognito::UserPools;
use crate::console;
use crate::dynamodb::DynamoDb;
use crate::edge::{self, ReadTimeouts};
use crate::endpoint;
use crate::eventbridge::EventBridge;
use crate::feed::Feed;
use crate::iam::Permission;
use crate::lambda::Lambda;
use crate::services::Services;
use crate::settings::SampleEvent;
pub use crate::settings::{EdgeSettings, Settings, SocketLimits, State};
use crate::sqs::Sqs;
use crate::template::Stack;

/// How often expired items are deleted.
const SWEEP: Duration = Duration::from_secs(60);
/// The file in a state folder whose lock a running local AWS holds.
pub const LOCK_FILE: &str = "lock";
/// How long a state folder that is in use is waited for.
const LOCK_TIMEOUT: Duration = Duration::from_secs(2);

/// A running local AWS. Dropping it stops it without waiting; prefer [`Cloud::stop`].
#[derive(Debug)]
pub struct Cloud {
    endpoint: SocketAddr,
    edge: Option<SocketAddr>,
    services: Services,
    tasks: JoinSet<()>,
    /// Held so that no second process opens the same state folder.
    _lock: Option<File>,
}

impl Cloud {
    /// Reads the template and starts what it declares. When this returns, every endpoint answers.
    ///
    /// # Errors
    /// If the template uses what is not supported by the local emulator (by file and line), the
    /// state folder is in use or cannot be written, or an address is taken.
    pub async fn start(settings: Settings) -> Result<Self> {
        let Settings { template, stack_name, region, parameters, .. } = &settings;
        let stack = Arc::new(Stack::load(template, stack_name, region, parameters)?);
        let lock = match &settings.state {
            State::Memory => None,
            State::Folder(folder) => Some(lock_state(folder).await?),
        };
        let listener = listen(settings.endpoint).await?;
        let endpoint = listener.local_addr()?;
        let services = Services::start(stack, &settings, endpoint)
            .await
            .with_context(|| template.display().to_string())?;
        let mut cloud = Self { endpoint, edge: None, services, tasks: JoinSet::new(), _lock: lock };
        cloud.open_endpoint(listener, &settings);
        if let Some(edge) = &settings.edge {
            cloud.open_edge(edge, settings.sample_event.clone()).await?;
        }
        cloud.services.lambda.resume()?;
        Ok(cloud)
    }

    /// The stack as it was read.
    pub fn stack(&self) -> &Stack {
        &self.services.stack
    }

    /// The address of the AWS endpoints, such as `http://127.0.0.1:4566`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.endpoint)
    }

    /// The address of the origin for browsers, if there is one.
    pub fn edge_url(&self) -> Option<String> {
        self.edge.map(|addr| format!("http://{addr}"))
    }

    /// What happens.
    pub fn feed(&self) -> &Feed {
        &self.services.feed
    }

    /// The functions.
    pub fn lambda(&self) -> &Lambda {
        &self.services.lambda
    }

    /// The buses.
    pub fn eventbridge(&self) -> &EventBridge {
        &self.services.eventbridge
    }

    /// The queues.
    pub fn sqs(&self) -> &Sqs {
        &self.services.sqs
    }

    /// The tables.
    pub fn dynamodb(&self) -> &DynamoDb {
        &self.services.dynamodb
    }

    /// The accounts.
    pub fn user_pools(&self) -> &UserPools {
        &self.services.public.pools
    }

    /// What the functions' roles allow and nothing has needed since the start.
    pub fn unused_permissions(&self) -> BTreeSet<Permission> {
        self.services.iam.unused()
    }

    /// Stops everything. What was accepted and not finished stays in the state folder.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
        self.services.lambda.stop().await;
    }

    async fn open_edge(
        &mut self,
        settings: &EdgeSettings,
        sample: Option<SampleEvent>,
    ) -> Result<()> {
        let listener = listen(settings.addr).await?;
        self.edge = Some(listener.local_addr()?);
        let console = console::router(self.services.clone(), sample.unwrap_or_default());
        let public = self.services.public.clone();
        let router = edge::router(self.stack(), settings, public, console)?;
        self.tasks.spawn(edge::serve(listener, router, ReadTimeouts::default()));
        Ok(())
    }

    fn open_endpoint(&mut self, listener: TcpListener, settings: &Settings) {
        self.tasks.spawn(serve(listener, endpoint::router(self.services.clone())));
        let eventbridge = self.eventbridge().clone();
        for (rule, interval) in eventbridge.schedules() {
            let interval = interval / settings.time_scale.max(1);
            self.tasks.spawn(eventbridge.clone().keep_firing(rule, interval));
        }
        self.tasks.spawn(sweep(self.dynamodb().clone()));
    }
}

async fn listen(addr: SocketAddr) -> Result<TcpListener> {
    ensure!(
        addr.ip().is_loopback(),
        "{addr} is not on loopback: the local AWS is for this machine"
    );
    TcpListener::bind(addr).await.with_context(|| format!("cannot listen on {addr}"))
}

async fn serve(listener: TcpListener, router: Router) {
    // Answers are small and must not wait for more to send along.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let _ = axum::serve(listener, router).await;
}

async fn sweep(dynamodb: DynamoDb) {
    let mut clock = tokio::time::interval(SWEEP);
    loop {
        clock.tick().await;
        let dynamodb = dynamodb.clone();
        let swept = tokio::task::spawn_blocking(move || dynamodb.sweep()).await;
        if let Ok(Err(error)) = swept {
            eprintln!("{error:#}");
        }
    }
}

impl Drop for Cloud {
    /// Its tasks hold each other, so they have to be stopped.
    fn drop(&mut self) {
        self.services.lambda.abandon();
    }
}

/// Makes sure a state folder is there and takes its lock, for as long as the file is held, as a
/// running local AWS does. A process that was just killed may hold it for a moment longer, so this
/// waits a little before it gives up.
///
/// # Errors
/// If another local AWS has it, or the folder cannot be written.
pub async fn lock_state(folder: &Path) -> Result<File> {
    let created = std::fs::create_dir_all(folder);
    let lock = created.and_then(|()| File::create(folder.join(LOCK_FILE)));
    let lock = lock.with_context(|| format!("cannot write to {}", folder.display()))?;
    let give_up = Instant::now() + LOCK_TIMEOUT;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) if Instant::now() < give_up => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(TryLockError::WouldBlock) => {
                bail!("{} is in use by another local AWS", folder.display())
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock {}", folder.display()));
            }
        }
    }
}
