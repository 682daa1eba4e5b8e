//! Runs MiniStack, a third-party AWS emulator, on a free port.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

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
    folder: PathBuf,
    _process: KillOnExit,
}

impl MiniStack {
    /// Starts `program` on a free port of loopback; it keeps what it makes in `folder`.
    ///
    /// # Errors
    /// If it cannot be started or does not answer.
    pub fn start(program: &Path, folder: &Path, permissions: Permissions) -> Result<Self> {
        let port = TcpListener::bind(loopback(0))?.local_addr()?.port();
        let (endpoint, state) = (format!("http://127.0.0.1:{port}"), folder.join("state"));
        fs_err::create_dir_all(&state)?;
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "exec \"$0\" >\"$1\" 2>&1"]).arg(program).arg(log(folder));
        command.env("BIND_HOST", "127.0.0.1").env("GATEWAY_PORT", port.to_string());
        command.env("IOT_MTLS_ENABLED", "0").env("SFTP_ENABLED", "0");
        command.env("LAMBDA_EXECUTOR", "local").env("MINISTACK_REGION", REGION);
        let enforced = permissions == Permissions::Enforced;
        command.env("AUTH", if enforced { "true" } else { "false" });
        command.env("LAMBDA_ASYNC_RETRY_BASE_SECONDS", "0.1").env("TMPDIR", state);
        command.env("AWS_ENDPOINT_URL", &endpoint); // where its functions call it
        // It has processes of its own, which would outlive us.
        let process = KillOnExit::start(&command).context("MiniStack cannot be started")?;
        let emulator = Self { endpoint, folder: folder.to_owned(), _process: process };
        emulator.wait(port)?;
        Ok(emulator)
    }

    /// Where everything of AWS is.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The last `count` lines that it wrote.
    #[must_use]
    pub fn last_lines(&self, count: usize) -> String {
        let text = fs_err::read_to_string(log(&self.folder)).unwrap_or_default();
        process::last_lines(&text, count)
    }

    fn wait(&self, port: u16) -> Result<()> {
        let begun = Instant::now();
        while !is_healthy(port) {
            if begun.elapsed() > TIMEOUT {
                bail!("MiniStack does not answer:\n{}", self.last_lines(20));
            }
            thread::sleep(POLL);
        }
        Ok(())
    }
}

fn is_healthy(port: u16) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&loopback(port), TIMEOUT)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        let request =
            "GET /_ministack/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(request.as_bytes())?;
        let mut reply = String::new();
        stream.read_to_string(&mut reply)?;
        Ok(reply)
    };
    ask().is_ok_and(|reply| reply.starts_with("HTTP/1.1 200"))
}

fn log(folder: &Path) -> PathBuf {
    folder.join("log")
}
