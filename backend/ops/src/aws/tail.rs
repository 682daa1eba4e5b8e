//! `cargo aws tail`: one order's log lines, from all functions, in the order they were written.
//! (Version 2's own `aws logs tail` reads one function's log, and version 1 has none.)

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::Duration;

use anyhow::{Result, anyhow};
use aws_local::time::now_ms;
use aws_sdk_dynamodb::primitives::{DateTime, DateTimeFormat};
use clap::Args;
use serde::Deserialize;
use serde_json::Value;

use super::cli::{Aws, list};
use super::stack::Stack;
use super::target::Target;
use crate::stop;

/// How often the logs are asked for more.
const POLL: Duration = Duration::from_secs(3);
/// How far a look goes back behind the last line, in ms: logs of different functions arrive late.
const LATE: i64 = 60_000;

/// The fields that begin a printed line, and are not repeated in it.
const LEADING_FIELDS: [&str; 5] = ["timestamp", "level", "message", "function", "order_id"];

/// A line of a log; lines are in the order of their times.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    /// When it was written, in milliseconds since 1970.
    timestamp: i64,
    /// CloudWatch's id of it, if it says one.
    event_id: Option<String>,
    message: String,
}

/// Which order to follow.
#[derive(Debug, Args)]
pub struct Options {
    /// The stack.
    #[command(flatten)]
    pub(super) stack: Target,
    /// The order's id
    order: shared::OrderId,
    /// How far back to begin, in hours
    #[arg(long, value_name = "N", default_value_t = 24)]
    hours: u32,
    /// Print what is there, and end
    #[arg(long)]
    once: bool,
}

/// Prints an order's lines, until it is interrupted.
pub(super) async fn run(aws: &Aws, options: &Options) -> Result<()> {
    let stack = Stack::new(aws, &options.stack.stack);
    stack.existing()?;
    let resources = stack.resources()?.into_values();
    let logs = resources.filter(|resource| resource.kind == "AWS::Logs::LogGroup");
    let groups: Vec<String> = logs.map(|resource| resource.physical_id).collect();
    let pattern = format!("{{ $.order_id = \"{}\" }}", options.order);
    let mut since = i64::try_from(now_ms())? - i64::from(options.hours) * 3_600_000;
    let mut printed: BTreeSet<Line> = BTreeSet::new();
    loop {
        let lines = read(aws, &groups, &pattern, since)?;
        since = lines.last().map_or(since, |line| since.max(line.timestamp - LATE));
        for line in lines {
            if !printed.contains(&line) {
                println!("{}", format_line(&line));
                printed.insert(line);
            }
        }
        if options.once {
            return Ok(());
        }
        tokio::select! {
            () = tokio::time::sleep(POLL) => {}
            () = stop::requested() => return Ok(()),
        }
    }
}

/// The lines in all groups that match a pattern, the oldest first.
fn read(aws: &Aws, groups: &[String], pattern: &str, since: i64) -> Result<Vec<Line>> {
    let since = since.to_string();
    let read_group = |group: &str| -> Result<Vec<Line>> {
        let arguments = [group, "--start-time", &since, "--filter-pattern", pattern];
        list(&aws.ask("logs filter-log-events --log-group-name", &arguments)?, "events")
    };
    let mut lines = Vec::new();
    thread::scope(|scope| {
        let readers: Vec<_> =
            groups.iter().map(|group| scope.spawn(|| read_group(group))).collect();
        for reader in readers {
            lines.extend(reader.join().map_err(|_| anyhow!("a reader has died"))??);
        }
        anyhow::Ok(())
    })?;
    lines.sort();
    Ok(lines)
}

/// `12:00:01.234 delivery      became order_delivered  event_id=… duration_ms=12`; as it is if it
/// is not a line of Tiffin's functions.
fn format_line(line: &Line) -> String {
    let Ok(fields) = serde_json::from_str::<BTreeMap<String, Value>>(&line.message) else {
        return line.message.trim_end().to_owned();
    };
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let time =
        DateTime::from_millis(line.timestamp).fmt(DateTimeFormat::DateTime).unwrap_or_default();
    let time = time.split_once('T').map_or(time.as_str(), |(_, time)| time);
    let mut printed = format!("{time:<13} {:<14} {}", text("function"), text("message"));
    for (name, value) in &fields {
        if !LEADING_FIELDS.contains(&name.as_str()) && !value.is_object() {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            printed.push_str(&format!("  {name}={value}"));
        }
    }
    printed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_printed_for_people() {
        let text = r#"{"timestamp":"x","level":"INFO","message":"became order_delivered","function":"delivery","order_id":"o","event_id":"e","duration_ms":12,"_aws":{}}"#;
        let line = Line { timestamp: 1_795_450_090_791, event_id: None, message: text.to_owned() };
        let printed = format_line(&line);
        let end = ".791Z delivery       became order_delivered  duration_ms=12  event_id=e";
        assert!(printed.ends_with(end), "{printed}");
        let foreign = Line { message: "START RequestId: 1".to_owned(), ..line };
        assert_eq!(format_line(&foreign), "START RequestId: 1");
    }
}
