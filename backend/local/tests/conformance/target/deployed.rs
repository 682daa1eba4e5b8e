//! A stack deployed through CloudFormation: on an emulator that runs, or on AWS.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::cli::Cli;
use super::package;
use super::{Deployer, Mailbox, Outputs, Patience, Target};
use crate::checks::token;
use crate::wire::aws::{Aws, Keys};

/// A stack and the bucket with its package, both ours.
#[derive(Clone, Debug)]
pub(crate) struct CloudFormation {
    cli: Cli,
    stack: String,
    bucket: String,
}

/// Deploys to the emulator that the variables name.
pub(crate) async fn emulator() -> Result<(CloudFormation, Target)> {
    let (endpoint, region) = (variable("AWS_ENDPOINT_URL")?, variable("AWS_REGION")?);
    let endpoint = endpoint.trim_end_matches('/').to_owned();
    let keys = keys_in_environment()?;
    let cli = Cli { program: variable("TIFFIN_AWS")?, region, endpoint: Some(endpoint.clone()) };
    let made = CloudFormation::named(cli, format!("conformance-{}", token()));
    let stack = made.deploy().await?;
    let api = |id: &str, stage: &str| format!("{endpoint}/_aws/execute-api/{id}/{stage}");
    let live = api(stack.get("WebSocketApi"), stack.get("WebSocketStage"));
    let target = Target {
        http_api: api(stack.get("HttpApi"), "$default"),
        websocket: live.replacen("http", "ws", 1),
        connections: live,
        cognito: format!("{endpoint}/"),
        mailbox: Mailbox::Messages(format!("{endpoint}/_ministack/ses/messages")),
        aws: Aws { endpoint: Some(endpoint.clone()), region: made.cli.region.clone(), keys },
        stack,
        deployer: Deployer::CloudFormation(made.clone()),
        patience: Patience {
            soon: Duration::from_secs(10),
            retries: Duration::from_secs(20),
            schedule: Duration::from_secs(100),
            pause: Duration::from_millis(100),
        },
    };
    Ok((made, target))
}

/// Deploys to AWS, under a name that no stack there has.
pub(crate) async fn aws(stack: &str, region: Option<String>) -> Result<(CloudFormation, Target)> {
    let region = match region {
        Some(region) => region,
        None => variable("AWS_REGION").context("say --region or set AWS_REGION")?,
    };
    let program = env::var("TIFFIN_AWS").unwrap_or_else(|_| "aws".to_owned());
    let cli = Cli { program, region: region.clone(), endpoint: None };
    let keys = match keys_in_environment() {
        Ok(keys) => keys,
        Err(why) => cli.keys().await.context(why)?,
    };
    let made = CloudFormation::named(cli, stack.to_owned());
    let stack = made.deploy().await?;
    let api = |id: &str| format!("{id}.execute-api.{region}.amazonaws.com");
    let live = format!("{}/{}", api(stack.get("WebSocketApi")), stack.get("WebSocketStage"));
    let target = Target {
        http_api: format!("https://{}", api(stack.get("HttpApi"))),
        websocket: format!("wss://{live}"),
        connections: format!("https://{live}"),
        cognito: format!("https://cognito-idp.{region}.amazonaws.com/"),
        mailbox: Mailbox::Unread,
        aws: Aws { endpoint: None, region, keys },
        stack,
        deployer: Deployer::CloudFormation(made.clone()),
        patience: Patience {
            soon: Duration::from_secs(60),
            retries: Duration::from_secs(6 * 60),
            schedule: Duration::from_secs(3 * 60),
            pause: Duration::from_millis(500),
        },
    };
    Ok((made, target))
}

impl CloudFormation {
    fn named(cli: Cli, stack: String) -> Self {
        Self { cli, stack, bucket: format!("conformance-{}", token()) }
    }

    /// Uploads the package and deploys the stack. What it made of a stack that failed, it deletes.
    async fn deploy(&self) -> Result<Outputs> {
        if self
            .cli
            .run(["cloudformation", "describe-stacks", "--stack-name", &self.stack])
            .await
            .is_ok()
        {
            bail!("there is a stack {} already, and it is not for the suite to change", self.stack);
        }
        let made = async {
            self.upload().await.context("the package was not uploaded")?;
            let template = folder().join("stack.yaml");
            self.create(&self.stack, &template, &self.parameters()).await?;
            self.outputs().await
        };
        match made.await {
            Ok(outputs) => Ok(outputs),
            Err(why) => {
                let deleted = self.delete().await;
                Err(deleted.err().map_or(why.context("the stack was not made"), |it| {
                    it.context("and what there is of the stack was not deleted")
                }))
            }
        }
    }

    /// Deletes the stack and the bucket.
    pub(crate) async fn delete(&self) -> Result<()> {
        let stack = self.delete_stack(&self.stack).await;
        let bucket = format!("s3://{}", self.bucket);
        self.cli.run(["s3", "rb", "--force", &bucket]).await?;
        stack
    }

    /// Deploys a template under a name of its own and deletes it again: what CloudFormation said
    /// against it, or `None` if it took it.
    pub(crate) async fn refusal(&self, template: &Path) -> Result<Option<String>> {
        let stack = format!("{}-refused", self.stack);
        let said = self.create(&stack, template, &[]).await.err();
        let said = match said {
            None => None,
            Some(why) => Some(self.reason(&stack).await.unwrap_or_else(|_| format!("{why:#}"))),
        };
        self.delete_stack(&stack).await?;
        Ok(said)
    }

    async fn upload(&self) -> Result<()> {
        let probe = env::var("TIFFIN_PROBE");
        let probe = probe.unwrap_or_else(|_| env!("CARGO_BIN_EXE_aws-local-probe").to_owned());
        let content = std::fs::read(&probe).with_context(|| format!("cannot read {probe}"))?;
        let file = env::temp_dir().join(format!("{}.zip", self.bucket));
        std::fs::write(&file, package::zip(&content)?)?;
        let bucket = format!("s3://{}", self.bucket);
        let key = format!("{bucket}/probe.zip");
        self.cli.run(["s3", "mb", &bucket]).await?;
        let file_name = file.to_string_lossy();
        let copied = self.cli.run(["s3", "cp", "--no-progress", &file_name, &key]).await;
        std::fs::remove_file(&file)?;
        copied.map(drop)
    }

    fn parameters(&self) -> [String; 3] {
        let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
        let architecture = env::var("TIFFIN_PROBE_ARCHITECTURE").unwrap_or(architecture.to_owned());
        [
            format!("CodeBucket={}", self.bucket),
            "CodeKey=probe.zip".to_owned(),
            format!("Architecture={architecture}"),
        ]
    }

    async fn create(&self, stack: &str, template: &Path, parameters: &[String]) -> Result<()> {
        let template = template.to_string_lossy();
        let mut arguments = vec!["cloudformation", "deploy", "--stack-name", stack];
        arguments.extend(["--template-file", &template, "--capabilities", "CAPABILITY_IAM"]);
        if !parameters.is_empty() {
            arguments.push("--parameter-overrides");
            arguments.extend(parameters.iter().map(String::as_str));
        }
        self.cli.run(arguments).await.map(drop)
    }

    async fn outputs(&self) -> Result<Outputs> {
        let query =
            ["--query", "Stacks[0].Outputs", "--output", "json", "--stack-name", &self.stack];
        let printed = self.cli.run(["cloudformation", "describe-stacks"].into_iter().chain(query));
        let printed: Vec<Value> = serde_json::from_str(&printed.await?)?;
        let text = |it: &Value, name: &str| it[name].as_str().unwrap_or_default().to_owned();
        let outputs: BTreeMap<_, _> =
            printed.iter().map(|it| (text(it, "OutputKey"), text(it, "OutputValue"))).collect();
        Outputs(outputs).check()
    }

    /// Why the resources of a stack failed, in CloudFormation's words.
    async fn reason(&self, stack: &str) -> Result<String> {
        let query = "StackEvents[?ends_with(ResourceStatus, '_FAILED')].ResourceStatusReason";
        let arguments = ["--query", query, "--output", "text", "--stack-name", stack];
        self.cli.run(["cloudformation", "describe-stack-events"].into_iter().chain(arguments)).await
    }

    async fn delete_stack(&self, stack: &str) -> Result<()> {
        for step in [&["delete-stack"][..], &["wait", "stack-delete-complete"]] {
            let arguments = ["cloudformation"].iter().chain(step);
            self.cli.run(arguments.chain(&["--stack-name", stack])).await?;
        }
        Ok(())
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance")
}

fn keys_in_environment() -> Result<Keys> {
    Ok(Keys {
        access_key_id: variable("AWS_ACCESS_KEY_ID")?,
        secret_access_key: variable("AWS_SECRET_ACCESS_KEY")?,
        session_token: env::var("AWS_SESSION_TOKEN").ok().filter(|it| !it.is_empty()),
    })
}

fn variable(name: &str) -> Result<String> {
    const VARIABLES: &str = "AWS_ENDPOINT_URL (where the emulator listens), AWS_REGION, \
        AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and TIFFIN_AWS (the aws command)";
    let value = env::var(name).ok().filter(|it| !it.is_empty());
    value.with_context(|| format!("the variable {name} is missing; --emulator needs {VARIABLES}"))
}
