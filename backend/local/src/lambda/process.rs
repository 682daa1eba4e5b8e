//! One process of a function: its environment, its life, its lines.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

use super::function::Function;
use super::pool::{NewWorker, Signal, WorkerId};
use super::{Lambda, Outcome};
use crate::feed::FeedEvent;
use crate::iam::Caller;
use crate::time::{iso_seconds, now_ms};

/// How long a process may take from its start to its first poll
/// (<https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html>).
const INIT: Duration = Duration::from_secs(10);
/// An idle process is kept this long.
const KEPT_WARM: Duration = Duration::from_secs(5 * 60);

impl Lambda {
    /// Starts a process that the pool asked for.
    pub(super) fn start_process(&self, function: &Arc<Function>, new_worker: NewWorker) {
        self.spawn(self.clone().supervise(Arc::clone(function), new_worker));
    }

    /// Runs a process to its end, and fails the invocation that ended with it.
    async fn supervise(self, function: Arc<Function>, new_worker: NewWorker) {
        let NewWorker { id, signals } = new_worker;
        let death = match self.launch(&function, id).await {
            Ok(child) => Some(self.watch(&function, id, child, signals).await),
            Err(error) if is_exhausted(&error) => None,
            Err(error) => Some(format!("Runtime.InvalidEntrypoint: {error}")),
        };
        let ended = function.pool.lock().ended(id, self.stamp());
        // Without a death, the reply is dropped: the invocation was not run.
        if let (Some((request_id, reply)), Some(death)) = (ended.failed, death) {
            let _ = reply.send(Outcome::failure("Runtime.ExitError", &request_id, &death));
        }
        if let Some(new_worker) = ended.new_worker {
            self.start_process(&function, new_worker);
        }
    }

    async fn launch(&self, function: &Arc<Function>, id: WorkerId) -> std::io::Result<Child> {
        let stream =
            format!("{}/[$LATEST]{id:032x}", &iso_seconds(now_ms())[..10]).replace('-', "/");
        self.note_logging(function, &stream);
        let mut child = self.spawn_process(function, self.command(function, id, &stream)).await?;
        if let Some(output) = child.stdout.take() {
            self.spawn(self.clone().read_lines(Arc::clone(function), output));
        }
        if let Some(output) = child.stderr.take() {
            self.spawn(self.clone().read_lines(Arc::clone(function), output));
        }
        Ok(child)
    }

    /// Starts an executable; tries for some seconds while a build is just replacing the file, or
    /// this machine has no room for a process, which is logged once until it has.
    async fn spawn_process(
        &self,
        function: &Function,
        mut command: Command,
    ) -> std::io::Result<Child> {
        use std::io::ErrorKind::{ExecutableFileBusy, NotFound, PermissionDenied};
        let give_up = Instant::now() + INIT / 2;
        loop {
            let error = match command.spawn() {
                Ok(child) => {
                    function.is_starved.store(false, Ordering::Relaxed);
                    return Ok(child);
                }
                Err(error) => error,
            };
            let is_exhausted = is_exhausted(&error);
            if is_exhausted && !function.is_starved.swap(true, Ordering::Relaxed) {
                let why = format!("no process can be started, invocations wait: {error}");
                eprintln!("{}: {why}", function.logical_id);
                self.record_line(function, why);
            }
            let is_replaced =
                matches!(error.kind(), NotFound | PermissionDenied | ExecutableFileBusy);
            if !(is_exhausted || is_replaced) || Instant::now() >= give_up {
                return Err(error);
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the process ends or has to, and describes how it ended.
    async fn watch(
        &self,
        function: &Arc<Function>,
        id: WorkerId,
        mut child: Child,
        mut signals: mpsc::UnboundedReceiver<Signal>,
    ) -> String {
        let mut deadline = Some(Instant::now() + INIT);
        let mut kill_at = None;
        let mut idle_since = Instant::now();
        let at = |it: Option<Instant>| sleep_until(it.unwrap_or_else(Instant::now));
        loop {
            // In this order: an answer that came in time is no timeout.
            tokio::select! {
                biased;
                ended = child.wait() => return match ended {
                    Ok(status) => format!("Runtime exited with error: {status}"),
                    Err(error) => format!("Runtime exited: {error}"),
                },
                signal = signals.recv() => match signal {
                    Some(Signal::Started { deadline: by, kill_at: by_fault }) => {
                        deadline = Some(by);
                        kill_at = by_fault;
                    }
                    Some(Signal::Finished) => {
                        deadline = None;
                        kill_at = None;
                        idle_since = Instant::now();
                    }
                    None => {
                        let _ = child.kill().await;
                        return "it was stopped".to_owned();
                    }
                },
                () = at(deadline), if deadline.is_some() => {
                    let interrupted = {
                        let mut pool = function.pool.lock();
                        // Signals are sent while the pool is locked: with one that has just come,
                        // it is another deadline's turn.
                        if !signals.is_empty() {
                            continue;
                        }
                        // A process that never polled is failed by its end, not by this.
                        pool.interrupt(id)
                    };
                    let _ = child.kill().await;
                    if let Some((request_id, reply)) = interrupted {
                        let seconds = function.timeout.as_secs();
                        let sentence = format!("Task timed out after {seconds}.00 seconds");
                        let outcome = Outcome::failure("Sandbox.Timedout", &request_id, &sentence);
                        let _ = reply.send(outcome);
                    }
                    return format!("it did not poll for work within {} s", INIT.as_secs());
                }
                () = at(kill_at), if kill_at.is_some() => {
                    let _ = child.start_kill();
                    kill_at = None;
                }
                () = sleep_until(idle_since + KEPT_WARM), if deadline.is_none() => {
                    function.pool.lock().reap(id);
                    idle_since = Instant::now();
                }
            }
        }
    }

    fn command(&self, function: &Function, id: WorkerId, stream: &str) -> Command {
        let shared = &self.shared;
        let mut command = Command::new(&function.program);
        let key = shared.dependencies.iam.access_key_id(&function.logical_id).unwrap_or_default();
        // With a path, the scheme is needed too: `lambda_runtime` reads it as a URL then.
        let runtime_api = format!("http://{}/{}/{id}", shared.runtime_api, function.logical_id);
        let folder = shared.bootstrap.parent().map(|it| it.display().to_string());
        command
            .env_clear()
            .envs(function.variables.iter().chain(&shared.variables).cloned())
            .env("_HANDLER", &function.handler)
            .env("AWS_ACCESS_KEY_ID", key)
            .env("AWS_SECRET_ACCESS_KEY", shared.dependencies.iam.secret_access_key())
            .env("AWS_SESSION_TOKEN", "local")
            .env("AWS_LAMBDA_FUNCTION_NAME", &function.name)
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory_mb.to_string())
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", &function.logging.group)
            .env("AWS_LAMBDA_LOG_STREAM_NAME", stream)
            .env("AWS_LAMBDA_RUNTIME_API", runtime_api)
            .env("LAMBDA_TASK_ROOT", folder.unwrap_or_default())
            .env("LANG", "en_US.UTF-8")
            .env("TZ", ":UTC")
            .env("PATH", "/usr/local/bin:/usr/bin:/bin:/opt/bin")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Lambda writes START, END and REPORT with the function's own role, and sends traces with it,
    /// so each process uses these permissions. A role without them is seen as denied calls; the
    /// lines are shown anyway, and nothing is traced here.
    fn note_logging(&self, function: &Function, stream: &str) {
        let iam = &self.dependencies().iam;
        let resource = format!("{}:log-stream:{stream}", function.logging.arn);
        let caller = Caller::Function(function.logical_id.clone());
        for action in ["logs:CreateLogStream", "logs:PutLogEvents"] {
            let _ = iam.check(&caller, action, &resource, &[]);
        }
        if function.is_traced {
            for action in ["xray:PutTraceSegments", "xray:PutTelemetryRecords"] {
                let _ = iam.check(&caller, action, "*", &[]);
            }
        }
    }

    async fn read_lines(self, function: Arc<Function>, output: impl AsyncRead + Unpin) {
        let mut lines = BufReader::new(output).split(b'\n');
        while let Ok(Some(line)) = lines.next_segment().await {
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            if !function.logging.keeps(&line) {
                continue;
            }
            if self.shared.settings.echo_logs {
                eprintln!("{}: {line}", function.logical_id);
            }
            self.record_line(&function, line);
        }
    }

    fn record_line(&self, function: &Function, line: String) {
        let function = function.logical_id.clone();
        self.dependencies().feed.record(FeedEvent::Log { function, line });
    }
}

/// Whether it is this machine that has no room for a process: no memory, no process, no open file
/// left for it. 23 and 24 are `ENFILE` and `EMFILE`, on Linux and on macOS.
fn is_exhausted(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{OutOfMemory, WouldBlock};
    matches!(error.kind(), OutOfMemory | WouldBlock)
        || matches!(error.raw_os_error(), Some(23 | 24))
}
