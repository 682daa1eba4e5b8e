//! The AWS CLI in one region: what it answers, in JSON.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use aws_sdk_dynamodb::config::Credentials;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::ServiceError;
use crate::{process, stop};

/// Prints the credentials as version 2's `aws configure export-credentials` does.
const CREDENTIALS: &str = "\
import json
from awscli.botocore.session import Session
found = Session().get_credentials().get_frozen_credentials()
print(json.dumps({
    'AccessKeyId': found.access_key,
    'SecretAccessKey': found.secret_key,
    'SessionToken': found.token,
}))
";

/// The command line for one region.
#[derive(Clone, Debug)]
pub struct Aws {
    program: PathBuf,
    region: String,
    environment: Vec<(&'static str, String)>,
}

/// Whose credentials are used.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Caller {
    /// The account's number, of 12 digits.
    pub(super) account: String,
    /// The user's or role's ARN.
    pub(super) arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Keys {
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
}

impl Aws {
    /// The command line at `program`, in `region` or else the one that the environment or the profile
    /// names.
    ///
    /// # Errors
    /// If none of them names a region.
    pub fn new(program: PathBuf, region: Option<&str>) -> Result<Self> {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let configured = || {
            let mut command = Command::new(&program);
            let said = process::output(command.args(["configure", "get", "region"])).ok()?;
            Some(said.trim().to_owned()).filter(|region| !region.is_empty())
        };
        let region = region
            .map(str::to_owned)
            .or_else(|| variable("AWS_REGION"))
            .or_else(|| variable("AWS_DEFAULT_REGION"))
            .or_else(configured)
            .context("no AWS region is named; add --region, such as --region eu-west-2")?;
        Ok(Self { program, region, environment: Vec::new() })
    }

    /// The same with these variables besides those of our own environment.
    pub fn with_environment(
        mut self,
        environment: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Self {
        self.environment.extend(environment);
        self
    }

    /// The region, such as `eu-west-2`.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Makes a call (words separated by spaces, then arguments as they are); its answer, `Null` if
    /// there is none.
    ///
    /// # Errors
    /// What was refused and why, and what to do if that is known.
    pub fn ask(&self, call: &str, arguments: &[&str]) -> Result<Value> {
        Ok(self.run(call, arguments)??)
    }

    /// The same; `None` if what it names does not exist or is being deleted.
    ///
    /// # Errors
    /// As [`Aws::ask`] for every other reason.
    pub fn find(&self, call: &str, arguments: &[&str]) -> Result<Option<Value>> {
        match self.run(call, arguments)? {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn run(&self, call: &str, arguments: &[&str]) -> Result<Result<Value, ServiceError>> {
        stop::check()?;
        let output = process::capture(&mut self.command(call, arguments))?;
        stop::check()?;
        if !output.status.success() {
            let stderr = String::from_utf8_lossy(&output.stderr);
            return Ok(Err(ServiceError::read(call, &stderr, || is_version_2(&self.program))));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        match text.trim() {
            "" => Ok(Ok(Value::Null)),
            json => Ok(Ok(serde_json::from_str(json).context("aws did not answer in JSON")?)),
        }
    }

    fn command(&self, call: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(call.split(' ')).args(arguments);
        command.args(["--region", &self.region, "--output", "json"]);
        command.env("AWS_PAGER", "").env("AWS_CLI_AUTO_PROMPT", "off");
        command.envs(self.environment.iter().cloned());
        // Version 1 asks this one service at its oldest address, whatever the environment says.
        let endpoint = ["AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL"].map(|name| self.variable(name));
        if let Some(endpoint) = endpoint.into_iter().flatten().next()
            && call.starts_with("sqs ")
        {
            command.args(["--endpoint-url", &endpoint]);
        }
        command
    }

    /// A variable of the environment of our calls.
    fn variable(&self, name: &str) -> Option<String> {
        let own = self.environment.iter().find(|(key, _)| *key == name);
        own.map(|(_, value)| value.clone()).or_else(|| std::env::var(name).ok())
    }

    /// Whose credentials are used; an error with what to do if they are missing or invalid.
    pub(super) fn caller(&self) -> Result<Caller> {
        let answer = self.ask("sts get-caller-identity", &[])?;
        Caller::deserialize(answer).context("aws does not say whose credentials it uses")
    }

    /// The credentials that the command line uses, wherever it has them from: the environment, a
    /// profile, single sign-on, a program that is asked, the machine's role. None are an error.
    pub(crate) fn credentials(&self) -> Result<Credentials> {
        let found = match is_version_2(&self.program) {
            true => self.ask("configure export-credentials --format process", &[])?,
            false => self.credentials_of_version_1()?,
        };
        let keys = Keys::deserialize(found).context("the AWS credentials cannot be read")?;
        let Keys { access_key_id, secret_access_key, session_token } = keys;
        Ok(Credentials::new(access_key_id, secret_access_key, session_token, None, "aws"))
    }

    /// AWS's library for Python stands beside version 1, which is written with it.
    fn credentials_of_version_1(&self) -> Result<Value> {
        let mut python = Command::new(self.program.with_file_name("python"));
        let said = process::output(python.args(["-c", CREDENTIALS])).with_context(|| {
            let program = self.program.display();
            format!("there are no AWS credentials; set AWS_PROFILE, or run `{program} configure`")
        })?;
        serde_json::from_str(&said).context("the AWS credentials cannot be read")
    }
}

fn is_version_2(program: &Path) -> bool {
    let said = process::output(Command::new(program).arg("--version"));
    said.is_ok_and(|said| said.starts_with("aws-cli/2."))
}

/// Version 2 on `PATH`, if it is there. PyPI has version 1 only, for which AWS announced the end:
/// maintenance since July 2026.
pub(super) fn version_2_on_path() -> Option<PathBuf> {
    which::which_all("aws").ok()?.find(|program| is_version_2(program))
}

/// The items of a list in an answer; none if it is missing.
pub(super) fn list<T: DeserializeOwned>(answer: &Value, key: &str) -> Result<Vec<T>> {
    let items = Option::<Vec<T>>::deserialize(&answer[key]);
    Ok(items
        .with_context(|| format!("aws answered with other {key} than expected"))?
        .unwrap_or_default())
}

/// A path as an argument; an error if it is no text.
pub(super) fn argument(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is no text", path.display()))
}
