//! One stack, made and deleted through CloudFormation.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::cli::Cli;
use super::{Outputs, package};
use crate::checks::token;

/// A stack, the bucket with its package, and a second stack that is to fail: all of them ours.
#[derive(Clone, Debug)]
pub(crate) struct CloudFormation {
    /// How to speak to it.
    pub(super) cli: Cli,
    stack: String,
    refused: String,
    bucket: String,
}

impl CloudFormation {
    /// What will have these names; nothing of it is there.
    pub(super) fn named(cli: Cli, stack: String) -> Self {
        let token = token();
        let refused = format!("{stack}-refused-{token}");
        Self { cli, stack, refused, bucket: format!("conformance-{token}") }
    }

    /// Uploads the package and deploys the stack. What it made of a stack that failed, it deletes.
    pub(super) async fn deploy(&self) -> Result<Outputs> {
        self.check_name().await?;
        let interrupted = async {
            tokio::signal::ctrl_c().await?;
            bail!("it was interrupted")
        };
        let made = tokio::select! {
            made = self.make() => made,
            interrupted = interrupted => interrupted,
        };
        match made {
            Ok(outputs) => Ok(outputs),
            Err(why) => {
                let why = why.context("the stack was not made");
                Err(match self.delete().await {
                    Ok(()) => why,
                    Err(left) => why.context(format!("{left:#}")),
                })
            }
        }
    }

    /// Deletes everything. What cannot be deleted keeps nothing else.
    pub(crate) async fn delete(&self) -> Result<()> {
        let mut done = Vec::new();
        for step in [&["delete-stack"][..], &["wait", "stack-delete-complete"]] {
            for stack in [&self.stack, &self.refused] {
                let deleted = self.on_stack(step, stack).await;
                done.push(deleted.with_context(|| format!("the stack {stack} is left")));
            }
        }
        let bucket = self.bucket_url();
        let deleted = self.cli.run(["s3", "rb", "--force", &bucket]).await;
        done.push(deleted.with_context(|| format!("{bucket} is left")));
        done.into_iter().collect::<Result<Vec<_>>>().map(drop)
    }

    /// Deploys a template that may not be taken: what CloudFormation said against it, or `None`.
    pub(super) async fn refusal(&self, template: &Path) -> Option<String> {
        self.create(&self.refused, template, &[]).await.err().map(|why| format!("{why:#}"))
    }

    /// Makes sure that no stack of somebody else's is changed, or deleted later.
    async fn check_name(&self) -> Result<()> {
        let stack = &self.stack;
        let Err(why) = self.on_stack(&["describe-stacks"], stack).await else {
            bail!("there is a stack {stack} already, and it is not the suite's to change");
        };
        ensure!(format!("{why:#}").contains("does not exist"), why);
        Ok(())
    }

    async fn make(&self) -> Result<Outputs> {
        self.upload().await.context("the package was not uploaded")?;
        let template = folder().join("stack.yaml");
        self.create(&self.stack, &template, &self.parameters()).await?;
        self.outputs().await
    }

    async fn upload(&self) -> Result<()> {
        let file = env::temp_dir().join(format!("{}.zip", self.bucket));
        std::fs::write(&file, package::zip(&probe()?)?)?;
        let (path, bucket) = (file.to_string_lossy(), self.bucket_url());
        let copy = async {
            self.cli.run(["s3", "mb", &bucket]).await?;
            let key = format!("{bucket}/probe.zip");
            self.cli.run(["s3", "cp", "--no-progress", &path, &key]).await
        };
        let copied = copy.await;
        std::fs::remove_file(&file)?;
        copied.map(drop)
    }

    fn bucket_url(&self) -> String {
        format!("s3://{}", self.bucket)
    }

    fn parameters(&self) -> [String; 3] {
        let own = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
        let architecture = env::var("TIFFIN_PROBE_ARCHITECTURE").unwrap_or(own.to_owned());
        [
            format!("CodeBucket={}", self.bucket),
            "CodeKey=probe.zip".to_owned(),
            format!("Architecture={architecture}"),
        ]
    }

    async fn create(&self, stack: &str, template: &Path, parameters: &[String]) -> Result<()> {
        let template = template.to_string_lossy();
        let mut deploy = vec!["deploy", "--template-file", &template];
        deploy.extend(["--capabilities", "CAPABILITY_IAM"]);
        if !parameters.is_empty() {
            deploy.push("--parameter-overrides");
            deploy.extend(parameters.iter().map(String::as_str));
        }
        let Err(why) = self.on_stack(&deploy, stack).await else { return Ok(()) };
        let query = "StackEvents[?ends_with(ResourceStatus, '_FAILED')].ResourceStatusReason";
        let events = ["describe-stack-events", "--output", "text", "--query", query];
        match self.on_stack(&events, stack).await {
            Ok(reasons) => bail!("{}", reasons.trim()),
            Err(_) => Err(why),
        }
    }

    async fn outputs(&self) -> Result<Outputs> {
        let describe = ["describe-stacks", "--output", "json", "--query", "Stacks[0].Outputs"];
        let printed = self.on_stack(&describe, &self.stack).await?;
        let printed: Vec<Value> = serde_json::from_str(&printed)?;
        let text = |it: &Value, name: &str| it[name].as_str().unwrap_or_default().to_owned();
        let outputs: BTreeMap<_, _> =
            printed.iter().map(|it| (text(it, "OutputKey"), text(it, "OutputValue"))).collect();
        Outputs(outputs).check()
    }

    /// One command of `aws cloudformation`.
    async fn on_stack(&self, command: &[&str], stack: &str) -> Result<String> {
        let (service, name) = (["cloudformation"], ["--stack-name", stack]);
        self.cli.run(service.iter().chain(command).chain(&name)).await
    }
}

/// The executable of every function.
fn probe() -> Result<Vec<u8>> {
    let file = match env::var("TIFFIN_PROBE") {
        Ok(file) => file,
        Err(_) if !cfg!(target_os = "linux") => {
            bail!("functions run on Linux: set TIFFIN_PROBE to an aws-local-probe built for it")
        }
        Err(_) => env!("CARGO_BIN_EXE_aws-local-probe").to_owned(),
    };
    std::fs::read(&file).with_context(|| format!("cannot read {file}"))
}

fn folder() -> PathBuf {
    PathBuf::from("tests/conformance")
}
