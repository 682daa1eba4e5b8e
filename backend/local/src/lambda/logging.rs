//! Which of a function's lines are kept
//! (<https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>).

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::template::{Resource, Stack};

/// The levels, from the least.
const LEVELS: [&str; 6] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

/// What a function's `LoggingConfig` says.
#[derive(Debug)]
pub(crate) struct Logging {
    /// Name of the log group.
    pub(crate) group: String,
    /// ARN of the log group.
    pub(crate) arn: String,
    /// The least level that is kept, by its place; with `LogFormat: Text` nothing is dropped.
    least: Option<usize>,
}

impl Logging {
    /// Reads it from a function.
    pub(super) fn read(stack: &Stack, function: &Resource) -> Result<Self> {
        let setting = |name: &str| function.text(&format!("/LoggingConfig/{name}"));
        let group = setting("LogGroup").map(str::to_owned);
        let group = group.unwrap_or_else(|| format!("/aws/lambda/{}", function.physical_id));
        let wanted = setting("ApplicationLogLevel");
        let least = match setting("LogFormat").unwrap_or("Text") {
            "JSON" => {
                let least = place(wanted.unwrap_or("INFO"));
                ensure!(least.is_some(), function.refuse("its ApplicationLogLevel is no level"));
                least
            }
            "Text" => {
                let refused = "its ApplicationLogLevel needs LogFormat JSON";
                ensure!(wanted.is_none(), function.refuse(refused));
                None
            }
            _ => return Err(function.refuse("its LogFormat must be JSON or Text")),
        };
        let (region, account) = (&stack.region, &stack.account_id);
        Ok(Self { arn: format!("arn:aws:logs:{region}:{account}:log-group:{group}"), group, least })
    }

    /// Whether a line is kept. One that does not say its level and its time is `INFO`.
    pub(super) fn keeps(&self, line: &str) -> bool {
        let level = || {
            let line: Value = serde_json::from_str(line).ok()?;
            line["timestamp"].as_str()?;
            place(&line["level"].as_str()?.to_ascii_uppercase())
        };
        self.least.is_none_or(|least| level().or_else(|| place("INFO")) >= Some(least))
    }
}

fn place(level: &str) -> Option<usize> {
    LEVELS.iter().position(|it| *it == level)
}
