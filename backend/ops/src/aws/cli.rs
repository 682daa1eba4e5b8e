//! AWS's own command line, in one region: what it answers, and what its refusals mean.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use aws_sdk_dynamodb::config::Credentials;
use serde_json::Value;

use crate::process;

/// Prints the credentials as a list in JSON: key, secret and token, which may be null.
const CREDENTIALS: &str = "\
import json
from awscli.botocore.session import Session
found = Session().get_credentials().get_frozen_credentials()
print(json.dumps([found.access_key, found.secret_key, found.token]))
";

/// The command line for one region.
#[derive(Clone, Debug)]
pub struct Aws {
    program: PathBuf,
    region: String,
    environment: Vec<(&'static str, String)>,
}

/// Whose credentials are used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account's number, of 12 digits.
    pub account: String,
    /// The user's or role's ARN.
    pub arn: String,
}

/// Why a call did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// AWS's code (`ValidationError`), empty if the call did not get so far.
    pub code: String,
    /// AWS's sentence.
    pub message: String,
}

impl Aws {
    /// The command line at `program`, in `region`: else in the one that the environment or the
    /// person's profile names.
    ///
    /// # Errors
    /// If no region is named anywhere.
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
    #[must_use]
    pub fn with_environment(
        mut self,
        environment: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Self {
        self.environment.extend(environment);
        self
    }

    /// The region, such as `eu-west-2`.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The credentials that the command line uses, wherever it has them from: the environment, a
    /// profile, single sign-on, a program that is asked, the machine's role.
    ///
    /// # Errors
    /// If there are none.
    pub fn credentials(&self) -> Result<Credentials> {
        // AWS's library for Python stands beside the command line, which is written with it.
        let mut python = Command::new(self.program.with_file_name("python"));
        let said = process::output(python.args(["-c", CREDENTIALS]))
            .context("there are no AWS credentials; run `aws configure`, or set AWS_PROFILE")?;
        let [key, secret, token]: [Option<String>; 3] =
            serde_json::from_str(&said).context("the AWS credentials cannot be read")?;
        let (Some(key), Some(secret)) = (key, secret) else { bail!("the credentials are empty") };
        Ok(Credentials::new(key, secret, token, None, "aws"))
    }

    /// Asks, and reads the answer's JSON; `Null` if there is none.
    ///
    /// # Errors
    /// What was refused and why, with what to do if that is known.
    pub fn ask(&self, arguments: &[&str]) -> Result<Value> {
        self.try_ask(arguments)?.map_err(|refusal| refusal.of(arguments))
    }

    /// The same, when a refusal may be what the caller wants to know.
    ///
    /// # Errors
    /// If the command line cannot be started or its answer cannot be read.
    pub fn try_ask(&self, arguments: &[&str]) -> Result<Result<Value, Refusal>> {
        let mut command = self.command(arguments);
        let output = command.stdin(Stdio::null()).output().context("aws cannot be started")?;
        if !output.status.success() {
            return Ok(Err(Refusal::read(&String::from_utf8_lossy(&output.stderr))));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        match text.trim() {
            "" => Ok(Ok(Value::Null)),
            json => Ok(Ok(serde_json::from_str(json).context("aws did not answer in JSON")?)),
        }
    }

    /// Whose credentials are used.
    ///
    /// # Errors
    /// If there are none, or they are not valid any more: with what to do.
    pub fn caller(&self) -> Result<Caller> {
        let answer = self.ask(&["sts", "get-caller-identity"])?;
        match (answer["Account"].as_str(), answer["Arn"].as_str()) {
            (Some(account), Some(arn)) => {
                Ok(Caller { account: account.to_owned(), arn: arn.to_owned() })
            }
            _ => bail!("aws does not say whose credentials it uses"),
        }
    }

    /// What the environment of our calls says under one name, or else under the other.
    fn variable(&self, name: &str, other: &str) -> Option<String> {
        let ours = |name: &str| self.environment.iter().find(|(it, _)| *it == name);
        let value = |name: &str| {
            ours(name).map(|(_, value)| value.clone()).or_else(|| std::env::var(name).ok())
        };
        value(name).or_else(|| value(other))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).args(["--region", &self.region, "--output", "json"]);
        command.env("AWS_PAGER", "");
        command.envs(self.environment.iter().cloned());
        // Of all services it asks this one at its oldest address, whatever the environment says.
        if arguments.first() == Some(&"sqs")
            && let Some(endpoint) = self.variable("AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL")
        {
            command.args(["--endpoint-url", &endpoint]);
        }
        command
    }
}

impl Refusal {
    /// Reads what the command line wrote: `An error occurred (Code) when calling the X operation:
    /// message`.
    fn read(complaint: &str) -> Self {
        let line = complaint.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("no reason");
        let read = || {
            let (_, rest) = line.split_once("An error occurred (")?;
            let (code, rest) = rest.split_once(')')?;
            let (_, message) = rest.split_once("operation: ").or(rest.split_once(": "))?;
            Some(Self { code: code.to_owned(), message: message.trim().to_owned() })
        };
        read().unwrap_or_else(|| Self { code: String::new(), message: line.trim().to_owned() })
    }

    /// Whether what was asked for does not exist.
    #[must_use]
    pub fn says_absent(&self) -> bool {
        const CODES: [&str; 7] = [
            "404",
            "NoSuchBucket",
            "NoSuchEntity",
            "NotFound",
            "ResourceNotFoundException",
            "ChangeSetNotFound",
            "NoSuchDistribution",
        ];
        CODES.contains(&self.code.as_str()) || self.message.contains("does not exist")
    }

    /// Whether what was asked for is going away already.
    #[must_use]
    pub fn says_being_deleted(&self) -> bool {
        self.code == "ResourceInUseException" && self.message.contains("being deleted")
    }

    /// The error of a call that was refused.
    #[must_use]
    pub fn of(&self, arguments: &[&str]) -> anyhow::Error {
        let call = arguments.iter().take(2).copied().collect::<Vec<_>>().join(" ");
        let Self { code, message } = self;
        match self.advice() {
            Some(advice) => anyhow::anyhow!("{advice} ({message})"),
            None if code.is_empty() => anyhow::anyhow!("aws {call} failed: {message}"),
            None => anyhow::anyhow!("aws {call} was refused: {message} ({code})"),
        }
    }

    /// What to do about what often goes wrong.
    fn advice(&self) -> Option<&'static str> {
        let says = |text: &str| self.message.contains(text);
        match self.code.as_str() {
            "" if says("Unable to locate credentials") || says("Partial credentials") => {
                Some("there are no AWS credentials; run `aws configure`, or set AWS_PROFILE")
            }
            "" if says("Could not connect to the endpoint URL") => {
                Some("AWS cannot be reached; check the network, the region and AWS_ENDPOINT_URL")
            }
            "" if says("config profile") => {
                Some("the profile in AWS_PROFILE is not there; see ~/.aws/config")
            }
            "" if says("SSO") || says("sso") => {
                Some("the single sign-on session has ended; run `aws sso login`")
            }
            "ExpiredToken"
            | "ExpiredTokenException"
            | "InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "SignatureDoesNotMatch" => {
                Some("the AWS credentials are not valid any more; sign in again")
            }
            "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => {
                Some("these AWS credentials may not do that; use ones that may deploy")
            }
            _ => None,
        }
    }
}

/// A path as an argument.
///
/// # Errors
/// If it is no text.
pub fn argument(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is no text", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_read_from_what_the_command_line_says() {
        let refusal = Refusal::read(
            "\nAn error occurred (ValidationError) when calling the DescribeStacks operation: \
             Stack with id x does not exist\n",
        );
        assert_eq!(refusal.code, "ValidationError");
        assert_eq!(refusal.message, "Stack with id x does not exist");
        assert!(refusal.says_absent());
        assert_eq!(
            refusal.of(&["cloudformation", "describe-stacks", "--stack-name", "x"]).to_string(),
            "aws cloudformation describe-stacks was refused: Stack with id x does not exist \
             (ValidationError)"
        );
    }

    #[test]
    fn what_often_goes_wrong_says_what_to_do() {
        for (said, sentence) in [
            ("Unable to locate credentials. You can configure …", "there are no AWS credentials; "),
            (
                "An error occurred (ExpiredToken) when calling the GetCallerIdentity operation: x",
                "the AWS credentials are not valid any more; ",
            ),
            ("Could not connect to the endpoint URL: \"http://x\"", "AWS cannot be reached; "),
            (
                "fatal error: An error occurred (404) when calling the HeadObject operation: Not Found",
                "aws sts get-caller-identity was refused: Not Found (404)",
            ),
        ] {
            let error = Refusal::read(said).of(&["sts", "get-caller-identity"]).to_string();
            assert!(error.starts_with(sentence), "{error}");
        }
    }
}
