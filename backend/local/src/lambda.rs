//! Lambda: the functions of the template as processes of one bootstrap.
//!
//! Whatever `Code` says, every function runs the same executable, selected by `_HANDLER`.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Result, ensure};
use axum::body::Bytes;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use uuid::Uuid;

mod admission;
pub(crate) mod api;
mod function;
mod logging;
mod outcome;
mod pool;
mod process;
pub(crate) mod properties;
pub(crate) mod queue;
mod record;
mod redrive;
mod run;
mod runtime_api;
mod settings;

use crate::feed::{Feed, Invocation};
use crate::iam::Iam;
use crate::template::Stack;
use admission::Admission;
use function::Function;
pub use outcome::{InvokeError, Outcome};
use pool::Stamp;
use run::Attempt;
pub use settings::{Dependencies, LambdaSettings};

/// The largest payload of a synchronous invocation, either way, in bytes
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>).
pub(crate) const LARGEST_SYNCHRONOUS: usize = 6 * 1024 * 1024;
/// The largest payload of an asynchronous invocation in bytes.
pub(crate) const LARGEST_ASYNCHRONOUS: usize = 1024 * 1024;

/// A handle to all functions; clones share them.
#[derive(Clone, Debug)]
pub struct Lambda {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    functions: BTreeMap<String, Arc<Function>>,
    settings: LambdaSettings,
    dependencies: Dependencies,
    stopping: AtomicBool,
    tasks: Mutex<JoinSet<()>>,
    done: queue::Done,
    admission: Admission,
}

impl Lambda {
    /// Reads the functions of a stack and opens the Runtime API. Call [`Lambda::resume`] when
    /// everything that functions call is there.
    ///
    /// # Errors
    /// If a function uses what is not supported by the local emulator, the executable is missing,
    /// or the store or the listener fails.
    pub async fn start(
        stack: &Stack,
        mut settings: LambdaSettings,
        dependencies: Dependencies,
    ) -> Result<Self> {
        let bootstrap = &settings.bootstrap;
        ensure!(bootstrap.is_file(), "there is no bootstrap at {}", bootstrap.display());
        settings.bootstrap = std::path::absolute(bootstrap)?;
        let read = |it| -> Result<_> {
            let function = Function::read(stack, it, &dependencies.sqs, settings.processes.max(1))?;
            Ok((it.logical_id.clone(), Arc::new(function)))
        };
        let functions = stack.of_kind("AWS::Lambda::Function").map(read).collect::<Result<_>>()?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        settings.runtime_api = listener.local_addr()?.to_string();
        queue::prepare(&dependencies.store)?;
        let lambda = Self {
            shared: Arc::new(Shared {
                admission: Admission::new(settings.concurrency),
                functions,
                settings,
                dependencies,
                stopping: AtomicBool::new(false),
                tasks: Mutex::default(),
                done: queue::Done::default(),
            }),
        };
        lambda.serve(listener);
        Ok(lambda)
    }

    /// Runs a function (its name, logical id or ARN) and waits for what it answers.
    ///
    /// # Errors
    /// Only if it was not run; what goes wrong in the function is in [`Outcome::function_error`].
    pub async fn invoke(&self, function: &str, payload: Vec<u8>) -> Result<Outcome, InvokeError> {
        let found =
            self.find(function).ok_or_else(|| InvokeError::NotFound(function.to_owned()))?;
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
        let found =
            self.find(function).ok_or_else(|| InvokeError::NotFound(function.to_owned()))?;
        if payload.len() > LARGEST_ASYNCHRONOUS {
            return Err(InvokeError::TooLarge(LARGEST_ASYNCHRONOUS));
        }
        let payload = Bytes::from(payload);
        let accepted = self
            .dependencies()
            .store
            .with(|connection| {
                let transaction = connection.transaction()?;
                let accepted = self.accept(&transaction, found, &payload)?;
                transaction.commit()?;
                Ok(accepted)
            })
            .map_err(|error| InvokeError::Internal(error.to_string()))?;
        self.dispatch(accepted);
        Ok(())
    }

    /// Kills every process and waits until they are gone. What was accepted stays in the store.
    pub async fn stop(&self) {
        self.stop_processes();
        let gone = async {
            while self.shared.functions.values().any(|it| !it.pool().is_empty()) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        // A process that cannot be killed is not waited for: its task below kills it by ending.
        let _ = tokio::time::timeout(Duration::from_secs(2), gone).await;
        let mut tasks = std::mem::take(&mut *self.tasks());
        tasks.shutdown().await;
        self.forget_done();
    }

    /// The same without waiting for it.
    pub(crate) fn abandon(&self) {
        self.stop_processes();
        self.tasks().abort_all();
    }

    fn stop_processes(&self) {
        self.shared.stopping.store(true, Ordering::Relaxed);
        self.shared.admission.close();
        for function in self.shared.functions.values() {
            function.pool().stop();
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

    pub(crate) fn find(&self, name: &str) -> Option<&Arc<Function>> {
        let functions = &self.shared.functions;
        functions.get(name).or_else(|| functions.values().find(|it| it.is(name)))
    }

    fn settings(&self) -> &LambdaSettings {
        &self.shared.settings
    }

    fn dependencies(&self) -> &Dependencies {
        &self.shared.dependencies
    }

    fn iam(&self) -> &Iam {
        &self.shared.dependencies.iam
    }

    fn feed(&self) -> &Feed {
        &self.shared.dependencies.feed
    }

    fn is_stopping(&self) -> bool {
        self.shared.stopping.load(Ordering::Relaxed)
    }

    /// What the executable is now, to notice when it is replaced.
    fn stamp(&self) -> Stamp {
        let metadata = std::fs::metadata(&self.settings().bootstrap).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    }

    fn tasks(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.shared.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a task until [`Lambda::stop`].
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks();
        // Forget those that have ended, or the set would grow with every process.
        while tasks.try_join_next().is_some() {}
        if !self.is_stopping() {
            tasks.spawn(task);
        }
    }
}
