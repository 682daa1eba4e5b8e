//! The AWS CLI in one region: its responses, and what to do about its errors.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use aws_sdk_dynamodb::config::Credentials;
use serde_json::Value;

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account's number, of 12 digits.
    pub account: String,
    /// The user's or role's ARN.
    pub arn: String,
}

/// Why a call did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceError {
    /// AWS's code (`ValidationError`), empty if the call did not get so far.
    pub code: String,
    /// AWS's sentence.
    pub message: String,
    /// Whether version 2 of the command line said so, if that makes a difference to what to do.
    is_version_2: Option<bool>,
}

impl Aws {
    /// The command line at `program`, in `region`: else in the one that the environment or the
    /// profile name.
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
        let found = match is_version_2(&self.program) {
            true => self.ask(&["configure", "export-credentials", "--format", "process"])?,
            false => self.credentials_of_version_1()?,
        };
        let text = |key: &str| found[key].as_str().filter(|it| !it.is_empty()).map(str::to_owned);
        match (text("AccessKeyId"), text("SecretAccessKey")) {
            (Some(key), Some(secret)) => {
                Ok(Credentials::new(key, secret, text("SessionToken"), None, "aws"))
            }
            _ => bail!("the AWS credentials are empty"),
        }
    }

    /// The same that version 2 exports. AWS's library for Python stands beside version 1, which is
    /// written with it.
    fn credentials_of_version_1(&self) -> Result<Value> {
        let mut python = Command::new(self.program.with_file_name("python"));
        let said = process::output(python.args(["-c", CREDENTIALS]))
            .context("there are no AWS credentials; run `aws configure`, or set AWS_PROFILE")?;
        serde_json::from_str(&said).context("the AWS credentials cannot be read")
    }

    /// Asks, and reads the answer's JSON; `Null` if there is none.
    ///
    /// # Errors
    /// What was refused and why, with what to do if that is known.
    pub fn ask(&self, arguments: &[&str]) -> Result<Value> {
        self.try_ask(arguments)?.map_err(|error| error.of_call(arguments))
    }

    /// The same, when an error may be what the caller wants to know.
    ///
    /// # Errors
    /// If the command line cannot be started, its answer cannot be read, or we are asked to end.
    pub fn try_ask(&self, arguments: &[&str]) -> Result<Result<Value, ServiceError>> {
        stop::check()?;
        let output = process::capture(&mut self.command(arguments))?;
        stop::check()?;
        if !output.status.success() {
            let mut error = ServiceError::read(&String::from_utf8_lossy(&output.stderr));
            if error.is_about_signing_in() {
                error.is_version_2 = Some(is_version_2(&self.program));
            }
            return Ok(Err(error));
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
        command.env("AWS_PAGER", "").env("AWS_CLI_AUTO_PROMPT", "off");
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

impl ServiceError {
    /// Reads what the command line wrote: `An error occurred (Code) when calling the X operation:
    /// message`, after which version 2 may add lines with details.
    fn read(complaint: &str) -> Self {
        let mut lines = complaint.lines().filter(|line| !line.trim().is_empty());
        let of_aws = lines.clone().find(|line| line.contains("An error occurred ("));
        let line = of_aws.or_else(|| lines.next_back()).unwrap_or("no reason");
        let read = || {
            let (_, rest) = line.split_once("An error occurred (")?;
            let (code, rest) = rest.split_once(')')?;
            let (_, message) = rest.split_once("operation: ").or(rest.split_once(": "))?;
            Some(Self::new(code, message))
        };
        read().unwrap_or_else(|| Self::new("", line.trim().trim_start_matches("aws: [ERROR]: ")))
    }

    fn new(code: &str, message: &str) -> Self {
        let (code, message) = (code.to_owned(), message.trim().to_owned());
        Self { code, message, is_version_2: None }
    }

    /// Whether it takes signing in, which each version of the command line does in its own way.
    fn is_about_signing_in(&self) -> bool {
        const EXPIRED: [&str; 5] = [
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidClientTokenId",
            "UnrecognizedClientException",
            "SignatureDoesNotMatch",
        ];
        EXPIRED.contains(&self.code.as_str())
            || self.code.is_empty() && (self.lacks_credentials() || self.ends_sso())
    }

    fn lacks_credentials(&self) -> bool {
        let says = |text: &str| self.message.contains(text);
        says("Unable to locate credentials") || says("Partial credentials")
    }

    fn ends_sso(&self) -> bool {
        self.message.contains("SSO") || self.message.contains("sso")
    }

    /// Whether what was asked for does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
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
    pub fn is_being_deleted(&self) -> bool {
        self.code == "ResourceInUseException" && self.message.contains("being deleted")
    }

    /// The error of a call that was refused.
    #[must_use]
    pub fn of_call(&self, arguments: &[&str]) -> anyhow::Error {
        let call = arguments.iter().take(2).copied().collect::<Vec<_>>().join(" ");
        let Self { code, message, .. } = self;
        match self.advice() {
            Some(advice) => anyhow::anyhow!("{advice} ({message})"),
            None if code.is_empty() => anyhow::anyhow!("aws {call} failed: {message}"),
            None => anyhow::anyhow!("aws {call} was refused: {message} ({code})"),
        }
    }

    /// What to do about what often goes wrong.
    fn advice(&self) -> Option<&'static str> {
        let says = |text: &str| self.message.contains(text);
        let is_version_2 = self.is_version_2.unwrap_or_default();
        match self.code.as_str() {
            "" if self.lacks_credentials() => Some(match is_version_2 {
                true => {
                    "there are no AWS credentials; run `aws configure` or `aws configure sso`, or \
                     set AWS_PROFILE"
                }
                false => "there are no AWS credentials; run `aws configure`, or set AWS_PROFILE",
            }),
            "" if says("Could not connect to the endpoint URL") => {
                Some("AWS cannot be reached; check the network, the region and AWS_ENDPOINT_URL")
            }
            "" if says("config profile") => {
                Some("the profile in AWS_PROFILE is not there; see ~/.aws/config")
            }
            "" if self.ends_sso() => Some(match is_version_2 {
                true => "the single sign-on session has ended; run `aws sso login`",
                false => {
                    "the single sign-on session has ended, and version 1 of the AWS command line \
                     cannot begin another; install version 2, or use other credentials"
                }
            }),
            _ if self.is_about_signing_in() => Some(match is_version_2 {
                true => {
                    "the AWS credentials are not valid any more; sign in again, such as with \
                     `aws sso login`"
                }
                false => {
                    "the AWS credentials are not valid any more; get new ones, such as by \
                     `aws configure`"
                }
            }),
            "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => {
                Some("these AWS credentials may not do that; use ones that may deploy")
            }
            _ => None,
        }
    }
}

/// Whether the program at `path` is version 2 of AWS's command line.
#[must_use]
pub fn is_version_2(path: &Path) -> bool {
    let said = process::output(Command::new(path).arg("--version"));
    said.is_ok_and(|said| said.starts_with("aws-cli/2."))
}

/// Version 2 on `PATH`, if it is there. PyPI has version 1 only, for which AWS announced the end:
/// maintenance since July 2026.
#[must_use]
pub fn version_2_on_path() -> Option<PathBuf> {
    which::which_all("aws").ok()?.find(|program| is_version_2(program))
}

/// The items of a list in an answer; none if it is missing.
pub(super) fn list<'a>(answer: &'a Value, key: &str) -> &'a [Value] {
    answer[key].as_array().map_or(&[], Vec::as_slice)
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
        let error = ServiceError::read(
            "\nAn error occurred (ValidationError) when calling the DescribeStacks operation: \
             Stack with id x does not exist\n",
        );
        assert_eq!(error.code, "ValidationError");
        assert_eq!(error.message, "Stack with id x does not exist");
        assert!(error.is_not_found());
        assert_eq!(
            error.of_call(&["cloudformation", "describe-stacks", "--stack-name", "x"]).to_string(),
            "aws cloudformation describe-stacks was refused: Stack with id x does not exist \
             (ValidationError)"
        );
    }

    #[test]
    fn what_version_2_adds_to_an_error_is_not_the_error() {
        let said = "\naws: [ERROR]: An error occurred (NoSuchBucket) when calling the HeadBucket \
                    operation: Not here\n\nAdditional error details:\nBucketName: x\n";
        let error = ServiceError::read(said);
        assert_eq!((error.code.as_str(), error.message.as_str()), ("NoSuchBucket", "Not here"));
        let other = ServiceError::read("\naws: [ERROR]: Unable to locate credentials\n");
        assert_eq!(other.message, "Unable to locate credentials");
    }

    #[test]
    fn how_to_sign_in_fits_the_version() {
        let said = |complaint: &str, is_version_2| {
            let mut error = ServiceError::read(complaint);
            assert!(error.is_about_signing_in(), "{complaint}");
            error.is_version_2 = Some(is_version_2);
            error.of_call(&["sts", "get-caller-identity"]).to_string()
        };
        let sso = "Error when retrieving token from sso: Token has expired and refresh failed";
        assert!(said(sso, true).contains("run `aws sso login` ("));
        assert!(said(sso, false).contains("install version 2"));
        let missing = "Unable to locate credentials. You can configure …";
        assert!(said(missing, true).contains("`aws configure sso`"));
        assert!(!said(missing, false).contains("sso"));
        let old =
            "An error occurred (ExpiredToken) when calling the GetCallerIdentity operation: x";
        assert!(said(old, true).contains("`aws sso login`"));
        assert!(!said(old, false).contains("sso"));
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
            let error =
                ServiceError::read(said).of_call(&["sts", "get-caller-identity"]).to_string();
            assert!(error.starts_with(sentence), "{error}");
        }
    }
}
