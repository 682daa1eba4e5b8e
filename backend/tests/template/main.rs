//! The template says what the design says.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

#[path = "../support/mod.rs"]
mod support;

mod alarms;
mod apis;
mod choreography;
mod data;
mod functions;
mod roles;
mod site;

use aws_local::template::Stack;
use serde_json::Value;
use support::stack;

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn arn(logical_id: &str) -> String {
    stack().arn(logical_id).unwrap()
}

/// The template with parameters.
fn with(parameters: &[(&str, &str)]) -> Stack {
    load(parameters).unwrap()
}

/// The same, or why the template does not take them.
fn load(parameters: &[(&str, &str)]) -> Result<Stack, String> {
    let given = parameters.iter().map(|(name, value)| ((*name).into(), (*value).into()));
    let loaded = Stack::load(&support::template(), "test", "eu-west-2", &given.collect());
    loaded.map_err(|why| format!("{why:#}"))
}

/// The lines of a parameter or resource as the template has them: for what CloudFormation alone
/// acts on.
fn declaration(name: &str) -> String {
    let template = std::fs::read_to_string(support::template()).unwrap();
    let (_, rest) = template.split_once(&format!("\n  {name}:\n")).unwrap();
    let lines = rest.lines().take_while(|line| line.starts_with("    "));
    lines.map(|line| format!("{line}\n")).collect()
}
