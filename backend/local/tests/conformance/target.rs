//! What is asked: addresses and names, and how patient to be. Whatever answers there, the checks
//! see no more of it than this.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

pub(crate) mod deployed;
pub(crate) mod local;

mod cli;
mod cloudformation;
mod package;

use crate::wire::aws::Aws;
use cloudformation::CloudFormation;

/// An AWS with the suite's stack in it.
#[derive(Debug)]
pub(crate) struct Target {
    /// How to call its services.
    pub(crate) aws: Aws,
    /// The outputs of the stack.
    pub(crate) stack: Outputs,
    /// Where the HTTP API is, without a `/` at its end.
    pub(crate) http_api: String,
    /// Where the WebSocket API's stage is.
    pub(crate) websocket: String,
    /// Where its `@connections` are, without a `/` at its end.
    pub(crate) connections: String,
    /// Where Cognito's JSON API is.
    pub(crate) cognito: String,
    /// Who reads the mail.
    pub(crate) mailbox: Mailbox,
    /// How to find out whether it would take a template.
    pub(crate) deployer: Deployer,
    /// How long things may take.
    pub(crate) patience: Patience,
}

/// Where confirmation codes arrive.
#[derive(Debug)]
pub(crate) enum Mailbox {
    /// A list of `{email, code}` at this address.
    Codes(String),
    /// MiniStack's list of sent messages at this address.
    Messages(String),
    /// In somebody's real mail, which the suite does not read.
    Unread,
}

/// What plays templates.
#[derive(Debug)]
pub(crate) enum Deployer {
    /// The local AWS, in this process.
    Local,
    /// CloudFormation.
    CloudFormation(CloudFormation),
}

/// How long to wait before something counts as not happening, and between two looks.
#[derive(Debug)]
pub(crate) struct Patience {
    /// For what happens at once.
    pub(crate) soon: Duration,
    /// For the last of an asynchronous invocation's retries, which come after 1 and 2 minutes.
    pub(crate) retries: Duration,
    /// For a schedule of one minute.
    pub(crate) schedule: Duration,
    /// Between two looks.
    pub(crate) pause: Duration,
}

/// The outputs of a stack by name.
#[derive(Clone, Debug)]
pub(crate) struct Outputs(pub(crate) BTreeMap<String, String>);

impl Outputs {
    /// The output of this name; empty if the stack has none, which [`Outputs::check`] excludes.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Makes sure that everything is there that the template promises.
    fn check(self) -> Result<Self> {
        const TEMPLATE: &str = include_str!("stack.yaml");
        let (_, outputs) = TEMPLATE.split_once("\nOutputs:\n").context("no Outputs")?;
        for line in outputs.lines() {
            let name = line.trim().split(':').next().unwrap_or_default();
            ensure!(!self.get(name).is_empty(), "the stack has no output {name}");
        }
        Ok(self)
    }
}

impl Target {
    /// What a deployer says against a template; `None` if it takes it.
    pub(crate) async fn refusal(&self, template: &Path) -> Option<String> {
        match &self.deployer {
            Deployer::Local => local::refusal(template).await,
            Deployer::CloudFormation(it) => it.refusal(template).await,
        }
    }
}
