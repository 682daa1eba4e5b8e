//! Lambda: the functions of the template as processes of a bootstrap, or of the program that has the name of a
//! function's package.
//!
//! Whatever `Code` says, every function runs the same executable, selected by `_HANDLER`.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use axum::body::Bytes;
use axum::serve::ListenerExt;
use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use uuid::Uuid;

pub(crate) mod api;
mod function;
mod logging;
mod outcome;
mod pool;
mod process;
pub(crate) mod properties;
pub(crate) mod queue;
mod record;
mod run;
mod runtime_api;

use crate::faults::Faults;
use crate::feed::{Feed, Invocation};
use crate::iam::Iam;
use crate::settings::Settings;
use crate::sqs::Sqs;
use crate::store::Store;
use crate::template::Stack;
use function::Function;
pub use function::program;
pub use outcome::{InvokeError, Outcome};
use pool::Stamp;
use run::Attempt;

/// The largest payload of a synchronous invocation, either way, in bytes
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>).
pub(crate) const LARGEST_SYNCHRONOUS: usize = 6 * 1024 * 1024;
/// The largest payload of an asynchronous invocation in bytes.
pub(crate) const LARGEST_ASYNCHRONOUS: usize = 1024 * 1024;

/// The other services Lambda works with.
#[derive(Clone, Debug)]
pub(crate) struct Dependencies {
    /// Keeps the asynchronous invocations.
    pub(crate) store: Store,
    /// Takes what failed.
    pub(crate) sqs: Sqs,
    /// Knows the functions' keys and roles.
    pub(crate) iam: Iam,
    /// Decides what is delivered twice or late, and which processes are killed.
    pub(crate) faults: Faults,
    /// Records what happened.
    pub(crate) feed: Feed,
}

/// A handle to all functions; clones share them.
#[derive(Clone, Debug)]
pub struct Lambda {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    functions: BTreeMap<String, Arc<Function>>,
    settings: Settings,
    /// The executable of the functions.
    bootstrap: PathBuf,
    /// Environment variables of every function.
    variables: Vec<(String, String)>,
    runtime_api: SocketAddr,
    dependencies: Dependencies,
    stopping: AtomicBool,
    tasks: Mutex<JoinSet<()>>,
    done: queue::Done,
    /// Admits invocations to the processors in the order in which they ask.
    turns: Semaphore,
}

impl Lambda {
    /// Reads the functions of a stack, which get these environment variables besides their own and
    /// Lambda's, and opens the Runtime API. Call [`Lambda::resume`] when everything that functions
    /// call is there.
    ///
    /// # Errors
    /// If a function uses what is not supported by the local emulator, the executable is
    /// missing, or the store or the listener fails.
    pub(crate) async fn start(
        stack: &Stack,
        settings: &Settings,
        mut variables: Vec<(String, String)>,
        dependencies: Dependencies,
    ) -> Result<Self> {
        let bootstrap = &settings.bootstrap;
        ensure!(bootstrap.is_file(), "there is no bootstrap at {}", bootstrap.display());
        let bootstrap = std::path::absolute(bootstrap)?;
        let read = |it| -> Result<_> {
            let processes = settings.processes.max(1);
            let function = Function::read(stack, it, &dependencies.sqs, processes, &bootstrap)?;
            Ok((it.logical_id.clone(), Arc::new(function)))
        };
        let functions = stack.of_kind("AWS::Lambda::Function").map(read).collect::<Result<_>>()?;
        let region = ["AWS_REGION", "AWS_DEFAULT_REGION"];
        variables.extend(region.map(|name| (name.to_owned(), stack.region.clone())));
        queue::prepare(&dependencies.store)?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let shared = Shared {
            functions,
            settings: settings.clone(),
            bootstrap,
            variables,
            runtime_api: listener.local_addr()?,
            dependencies,
            stopping: AtomicBool::new(false),
            tasks: Mutex::default(),
            done: queue::Done::default(),
            turns: Semaphore::new(settings.concurrency.max(1)),
        };
        let lambda = Self { shared: Arc::new(shared) };
        lambda.serve(listener);
        Ok(lambda)
    }

    /// Runs a function (its name, logical id or ARN) and waits for what it answers.
    ///
    /// # Errors
    /// Only if it was not run; what goes wrong in the function is in [`Outcome::function_error`].
    pub async fn invoke(&self, function: &str, payload: Vec<u8>) -> Result<Outcome, InvokeError> {
        let found = self.find(function)?;
        if payload.len() > LARGEST_SYNCHRONOUS {
            return Err(InvokeError::TooLarge(LARGEST_SYNCHRONOUS));
        }
        let request_id = Uuid::now_v7().to_string();
        let attempt = Attempt { invocation: Invocation::Synchronous, number: 1 };
        self.run(found, &request_id, payload.into(), attempt).await
    }

    /// Accepts an asynchronous invocation: it is written to the store before this returns.
    ///
    /// # Errors
    /// If it was not accepted.
    pub async fn invoke_async(&self, function: &str, payload: Vec<u8>) -> Result<(), InvokeError> {
        let found = self.find(function)?;
        if payload.len() > LARGEST_ASYNCHRONOUS {
            return Err(InvokeError::TooLarge(LARGEST_ASYNCHRONOUS));
        }
        let payload = Bytes::from(payload);
        let store = &self.dependencies().store;
        self.dispatch(store.transaction(|it| self.accept(it, found, &payload))?);
        Ok(())
    }

    /// Gives what failed for good another try: takes a message off a queue and accepts an
    /// invocation of `function` (name, logical id or ARN) with `payload`, both or neither.
    ///
    /// # Errors
    /// If there is no such function or message, or the store fails.
    pub fn redrive(
        &self,
        queue: &str,
        message_id: &str,
        function: &str,
        payload: Vec<u8>,
    ) -> Result<()> {
        let found = self.find(function)?;
        let payload = Bytes::from(payload);
        let Dependencies { store, sqs, .. } = self.dependencies();
        let accepted = store.transaction(|it| match sqs.remove(it, queue, message_id)? {
            0 => Ok(None),
            _ => self.accept(it, found, &payload).map(Some),
        })?;
        self.dispatch(accepted.with_context(|| format!("{queue} has no message {message_id}"))?);
        Ok(())
    }

    /// Kills every process and waits until they are gone. What was accepted stays in the store.
    pub async fn stop(&self) {
        self.stop_processes();
        let gone = async {
            while self.shared.functions.values().any(|it| !it.pool.lock().is_empty()) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        // A process that cannot be killed is not waited for: its task below kills it by ending.
        let _ = tokio::time::timeout(Duration::from_secs(2), gone).await;
        let mut tasks = std::mem::take(&mut *self.shared.tasks.lock());
        tasks.shutdown().await;
        self.forget_done();
    }

    /// The same without waiting for it.
    pub(crate) fn abandon(&self) {
        self.stop_processes();
        self.shared.tasks.lock().abort_all();
    }

    fn stop_processes(&self) {
        self.shared.stopping.store(true, Ordering::Relaxed);
        self.shared.turns.close();
        for function in self.shared.functions.values() {
            function.pool.lock().stop();
        }
    }

    fn serve(&self, listener: TcpListener) {
        let router = runtime_api::router(self.clone());
        self.spawn(async move {
            // Answers are small and must not wait for more to send along.
            let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
            let _ = axum::serve(listener, router).await;
        });
        self.spawn(self.clone().keep_forgetting());
    }

    /// The function with this name, logical id or ARN.
    pub(crate) fn find(&self, name: &str) -> Result<&Arc<Function>, InvokeError> {
        let functions = &self.shared.functions;
        let found = functions.get(name).or_else(|| functions.values().find(|it| it.is(name)));
        found.ok_or_else(|| InvokeError::NotFound(name.to_owned()))
    }

    fn dependencies(&self) -> &Dependencies {
        &self.shared.dependencies
    }

    fn is_stopping(&self) -> bool {
        self.shared.stopping.load(Ordering::Relaxed)
    }

    /// What the executable is now, to notice when it is replaced.
    fn stamp(&self) -> Stamp {
        let metadata = std::fs::metadata(&self.shared.bootstrap).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    }

    /// Runs a task until [`Lambda::stop`].
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.shared.tasks.lock();
        // Forget those that have ended, or the set would grow with every process.
        while tasks.try_join_next().is_some() {}
        if !self.is_stopping() {
            tasks.spawn(task);
        }
    }
}
