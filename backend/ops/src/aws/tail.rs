//! `cargo aws tail`: one order's log lines, from all functions, in the order they were written.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use aws_sdk_dynamodb::primitives::{DateTime, DateTimeFormat};
use clap::Args;
use serde_json::Value;

use super::cli::{Aws, list};
use super::stack::Stack;
use super::target::Target;
use crate::stop;

/// How often the logs are asked for more.
const POLL: Duration = Duration::from_secs(3);
/// How far a look goes back behind the last line: logs of different functions arrive late.
const LATE: i64 = 60_000;

/// The fields that begin a printed line, and are not repeated in it.
const FIRST: [&str; 5] = ["timestamp", "level", "message", "function", "order_id"];

/// A line of a log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    /// When it was written, in milliseconds since 1970.
    at: i64,
    /// CloudWatch's id of it, if it says one.
    id: Option<String>,
    text: String,
}

/// Which order to follow.
#[derive(Debug, Args)]
pub struct Options {
    /// The stack.
    #[command(flatten)]
    pub stack: Target,
    /// The order's id
    order: shared::OrderId,
    /// How far back to begin, in hours
    #[arg(long, value_name = "N", default_value_t = 24)]
    hours: u32,
    /// Print what is there, and end
    #[arg(long)]
    once: bool,
}

/// Prints an order's lines, and goes on until it is interrupted.
///
/// # Errors
/// If there is no such stack, or its logs cannot be read.
pub async fn run(aws: &Aws, options: &Options) -> Result<()> {
    let stack = Stack::new(aws, &options.stack.stack);
    stack.existing()?;
    let groups = stack.resources()?.into_values();
    let groups: Vec<String> = groups
        .filter(|resource| resource.kind == "AWS::Logs::LogGroup")
        .map(|resource| resource.physical_id)
        .collect();
    let order = options.order.to_string();
    let mut since = now() - i64::from(options.hours) * 3_600_000;
    let mut printed: BTreeSet<Line> = BTreeSet::new();
    loop {
        let lines = read(aws, &groups, &order, since)?;
        for line in &lines {
            if printed.insert(line.clone()) {
                println!("{}", print(line));
            }
        }
        if options.once {
            return Ok(());
        }
        since = lines.last().map_or(since, |line| since.max(line.at - LATE));
        tokio::select! {
            () = tokio::time::sleep(POLL) => {}
            () = stop::requested() => return Ok(()),
        }
    }
}

/// The order's lines in all groups, the oldest first.
fn read(aws: &Aws, groups: &[String], order: &str, since: i64) -> Result<Vec<Line>> {
    let found = thread::scope(|scope| {
        let readers: Vec<_> = groups
            .iter()
            .map(|group| scope.spawn(move || read_group(aws, group, order, since)))
            .collect();
        readers
            .into_iter()
            .map(|reader| reader.join().unwrap_or_else(|_| anyhow::bail!("a reader has died")))
            .collect::<Result<Vec<_>>>()
    })?;
    let mut lines: Vec<Line> = found.into_iter().flatten().collect();
    lines.sort();
    Ok(lines)
}

fn read_group(aws: &Aws, group: &str, order: &str, since: i64) -> Result<Vec<Line>> {
    let (since, pattern) = (since.to_string(), format!("{{ $.order_id = \"{order}\" }}"));
    let answer = aws.ask(&[
        "logs",
        "filter-log-events",
        "--log-group-name",
        group,
        "--start-time",
        &since,
        "--filter-pattern",
        &pattern,
    ])?;
    let events = list(&answer, "events");
    events.iter().map(|event| line(event).context("a log event without a time")).collect()
}

fn line(event: &Value) -> Option<Line> {
    Some(Line {
        at: event["timestamp"].as_i64()?,
        id: event["eventId"].as_str().map(str::to_owned),
        text: event["message"].as_str()?.trim_end().to_owned(),
    })
}

/// `12:00:01.234 delivery      became order_delivered  event_id=… duration_ms=12`; as it is if it
/// is not one of ours.
fn print(line: &Line) -> String {
    let Ok(fields) = serde_json::from_str::<BTreeMap<String, Value>>(&line.text) else {
        return line.text.clone();
    };
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let time = DateTime::from_millis(line.at).fmt(DateTimeFormat::DateTime).unwrap_or_default();
    let time = time.split_once('T').map_or(time.as_str(), |(_, time)| time);
    let mut printed = format!("{time:<13} {:<14} {}", text("function"), text("message"));
    for (name, value) in &fields {
        if !FIRST.contains(&name.as_str()) && !value.is_object() {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            printed.push_str(&format!("  {name}={value}"));
        }
    }
    printed
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_printed_for_people() {
        let text = r#"{"timestamp":"x","level":"INFO","message":"became order_delivered","function":"delivery","order_id":"o","event_id":"e","duration_ms":12,"_aws":{}}"#;
        let line = Line { at: 1_795_450_090_791, id: None, text: text.to_owned() };
        let printed = print(&line);
        assert!(
            printed.ends_with("delivery       became order_delivered  duration_ms=12  event_id=e"),
            "{printed}"
        );
        assert!(printed.contains(".791"), "{printed}");
        let foreign = Line { text: "START RequestId: 1".to_owned(), ..line };
        assert_eq!(print(&foreign), "START RequestId: 1");
    }
}
