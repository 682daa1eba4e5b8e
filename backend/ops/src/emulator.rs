//! Runs MiniStack, a third-party AWS emulator, on a free port.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::process::{self, KillOnExit};
use crate::workspace::loopback;

/// The emulated region, unless a call names another.
pub const REGION: &str = "eu-west-2";
/// How long it may take to start.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How often it is polled until then.
const POLL: Duration = Duration::from_millis(100);

/// Whether it enforces IAM policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permissions {
    /// Every call is checked against roles and policies.
    Enforced,
    /// Everybody may do everything.
    Ignored,
}

/// A running emulator with nothing in it. Dropping it ends it.
#[derive(Debug)]
pub struct MiniStack {
    endpoint: String,
    log: PathBuf,
    _process: KillOnExit,
}

impl MiniStack {
    /// Starts `program` on a free port of loopback; it keeps what it makes in `folder`.
    ///
    /// # Errors
    /// If it cannot be started, or does not listen within a minute.
    pub fn start(program: &Path, folder: &Path, permissions: Permissions) -> Result<Self> {
        let port = TcpListener::bind(loopback(0))?.local_addr()?.port();
        let endpoint = format!("http://127.0.0.1:{port}");
        let (log, state) = (folder.join("log"), folder.join("state"));
        fs_err::create_dir_all(&state)?;
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "exec \"$0\" >\"$1\" 2>&1"]).arg(program).arg(&log);
        command.env("BIND_HOST", "127.0.0.1").env("GATEWAY_PORT", port.to_string());
        command.env("IOT_MTLS_ENABLED", "0").env("SFTP_ENABLED", "0");
        command.env("LAMBDA_EXECUTOR", "local").env("MINISTACK_REGION", REGION);
        let enforced = permissions == Permissions::Enforced;
        command.env("AUTH", if enforced { "true" } else { "false" });
        command.env("LAMBDA_ASYNC_RETRY_BASE_SECONDS", "0.1").env("TMPDIR", state);
        command.env("AWS_ENDPOINT_URL", &endpoint); // where its functions call it
        // It has processes of its own, which would outlive us.
        let process = KillOnExit::start(&command).context("MiniStack cannot be started")?;
        let emulator = Self { endpoint, log, _process: process };
        let begun = Instant::now();
        // It listens once it is ready.
        while TcpStream::connect(loopback(port)).is_err() {
            let last = || format!("MiniStack does not answer:\n{}", emulator.last_lines(20));
            ensure!(begun.elapsed() < TIMEOUT, last());
            thread::sleep(POLL);
        }
        Ok(emulator)
    }

    /// Where everything of AWS is.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The last `count` lines that it wrote.
    pub fn last_lines(&self, count: usize) -> String {
        process::last_lines(&fs_err::read_to_string(&self.log).unwrap_or_default(), count)
    }
}
