//! The `aws` command: it deploys, for that is more than one call.

use std::ffi::OsStr;
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tokio::process::Command;

use crate::wire::aws::Keys;

/// How to run it.
#[derive(Clone, Debug)]
pub(crate) struct Cli {
    /// The program.
    pub(crate) program: String,
    /// The region all of it is about.
    pub(crate) region: String,
    /// One address for all services; `None` is AWS itself.
    pub(crate) endpoint: Option<String>,
}

impl Cli {
    /// Runs it and returns what it printed.
    ///
    /// # Errors
    /// If it fails: what it complained of.
    pub(crate) async fn run<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<String> {
        let mut command = Command::new(&self.program);
        command.args(arguments).args(["--region", &self.region]).env("AWS_PAGER", "");
        match &self.endpoint {
            Some(endpoint) => command.env("AWS_ENDPOINT_URL", endpoint),
            None => command.env_remove("AWS_ENDPOINT_URL"),
        };
        let ended = command.stdin(Stdio::null()).output().await;
        let ended = ended.with_context(|| format!("cannot run {}", self.program))?;
        if !ended.status.success() {
            // The reason comes last; before it, there may be pages of advice.
            let said = String::from_utf8_lossy(&ended.stderr);
            let lines: Vec<&str> = said.lines().filter(|it| !it.trim().is_empty()).collect();
            bail!("{}", lines[lines.len().saturating_sub(3)..].join(" "));
        }
        Ok(String::from_utf8_lossy(&ended.stdout).into_owned())
    }

    /// The keys of whoever is signed in there.
    pub(crate) async fn keys(&self) -> Result<Keys> {
        let printed = self.run(["configure", "export-credentials", "--format", "process"]).await?;
        let printed: Value = serde_json::from_str(&printed)?;
        let text = |name: &str| printed[name].as_str().map(str::to_owned);
        Ok(Keys {
            access_key_id: text("AccessKeyId").context("it knows no key")?,
            secret_access_key: text("SecretAccessKey").context("it knows no key")?,
            session_token: text("SessionToken"),
        })
    }
}
