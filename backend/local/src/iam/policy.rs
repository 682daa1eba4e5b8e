//! One policy document: its statements, and whether they let something happen.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// What is known about a call besides action and resource: condition keys and their values.
pub(crate) type Facts<'a> = [(&'a str, &'a [&'a str])];

/// One statement.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    /// False for a `Deny`.
    pub(crate) allows: bool,
    /// Action patterns as written.
    pub(crate) actions: Vec<String>,
    /// Resource patterns as written; a resource policy's may be `*` for the resource itself.
    pub(crate) resources: Vec<String>,
    /// Service principals; empty in an identity's policy.
    pub(crate) services: Vec<String>,
    conditions: Vec<Condition>,
}

#[derive(Clone, Debug)]
struct Condition {
    /// Whether a call that does not carry the key at all passes (`ForAllValues:`).
    absent_passes: bool,
    wildcards: bool,
    key: String,
    values: Vec<String>,
}

impl Statement {
    /// The statements of a policy document.
    pub(crate) fn read(document: &Value) -> Result<Vec<Statement>> {
        let statements = document.get("Statement").context("a policy needs a Statement")?;
        match statements {
            Value::Array(statements) => statements.iter().map(one).collect(),
            statement => Ok(vec![one(statement)?]),
        }
    }

    /// The (action, resource) patterns that cover a call; empty if the conditions do not hold.
    pub(crate) fn covers<'a>(
        &'a self,
        action: &str,
        resource: &str,
        facts: &Facts<'_>,
    ) -> Vec<(&'a str, &'a str)> {
        if !self.conditions.iter().all(|it| it.holds(facts)) {
            return Vec::new();
        }
        let matching = |patterns: &'a [String], text: &str, fold: bool| -> Vec<&'a str> {
            patterns.iter().map(String::as_str).filter(|it| glob(it, text, fold)).collect()
        };
        let actions = matching(&self.actions, action, true);
        let resources = matching(&self.resources, resource, false);
        actions.iter().flat_map(|a| resources.iter().map(|r| (*a, *r))).collect()
    }
}

impl Condition {
    fn holds(&self, facts: &Facts<'_>) -> bool {
        let Some((_, actual)) = facts.iter().find(|(key, _)| self.key.eq_ignore_ascii_case(key))
        else {
            return self.absent_passes;
        };
        // Each value must be covered, also without `ForAllValues`: PutEvents carries one source
        // an entry, and each entry has to be allowed.
        actual.iter().all(|actual| {
            self.values.iter().any(|value| match self.wildcards {
                true => glob(value, actual, false),
                false => value == actual,
            })
        })
    }
}

fn one(statement: &Value) -> Result<Statement> {
    for key in statement.as_object().context("a statement must be an object")?.keys() {
        let known = ["Sid", "Effect", "Action", "Resource", "Condition", "Principal"];
        ensure!(known.contains(&key.as_str()), "{key} in a statement is not played here");
    }
    let allows = match statement.get("Effect").and_then(Value::as_str) {
        Some("Allow") => true,
        Some("Deny") => false,
        _ => bail!("Effect must be Allow or Deny"),
    };
    Ok(Statement {
        allows,
        actions: texts(statement.get("Action"))?,
        resources: texts(statement.get("Resource"))?,
        services: services(statement.get("Principal"))?,
        conditions: conditions(statement.get("Condition"))?,
    })
}

fn services(principal: Option<&Value>) -> Result<Vec<String>> {
    match principal {
        None => Ok(Vec::new()),
        Some(Value::Object(kinds)) if kinds.keys().eq(["Service"]) => texts(kinds.get("Service")),
        Some(other) => bail!("the principal {other} is not played here, only Service is"),
    }
}

fn conditions(conditions: Option<&Value>) -> Result<Vec<Condition>> {
    const KEYS: [&str; 3] = ["events:source", "aws:SourceArn", "aws:SourceAccount"];
    let mut read = Vec::new();
    let operators = conditions.and_then(Value::as_object).into_iter().flatten();
    for (operator, keys) in operators {
        let plain = operator.strip_prefix("ForAllValues:").unwrap_or(operator);
        let wildcards = match plain {
            "StringEquals" => false,
            "StringLike" | "ArnEquals" | "ArnLike" => true,
            _ => bail!("the condition operator {operator} is not played here"),
        };
        for (key, values) in keys.as_object().into_iter().flatten() {
            let known = KEYS.iter().any(|it| it.eq_ignore_ascii_case(key));
            ensure!(known, "the condition key {key} is not played here");
            read.push(Condition {
                absent_passes: plain != operator,
                wildcards,
                key: key.clone(),
                values: texts(Some(values))?,
            });
        }
    }
    Ok(read)
}

fn texts(value: Option<&Value>) -> Result<Vec<String>> {
    let text = |it: &Value| it.as_str().map(str::to_owned).context("text is needed in a policy");
    match value {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => items.iter().map(text).collect(),
        Some(item) => Ok(vec![text(item)?]),
    }
}

/// IAM's wildcards: `*` for any run of characters, `?` for one. Actions ignore case.
pub(crate) fn glob(pattern: &str, text: &str, ignore_case: bool) -> bool {
    let same = |a: u8, b: u8| a == b || (ignore_case && a.eq_ignore_ascii_case(&b));
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut reached) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while reached < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, reached));
                at += 1;
            }
            Some(&it) if it == b'?' || same(it, text[reached]) => {
                at += 1;
                reached += 1;
            }
            _ => match star {
                // Let the last star take one character more.
                Some((star_at, from)) => {
                    star = Some((star_at, from + 1));
                    at = star_at + 1;
                    reached = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|it| *it == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_are_iams() {
        for (pattern, text, fits) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abbd", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*/index/*", "table/x/index/y", true),
            ("live/POST/@connections/*", "live/POST/@connections/abc=", true),
            ("a*b*c", "a1b2b3c", true),
        ] {
            assert_eq!(glob(pattern, text, false), fits, "{pattern} on {text}");
        }
    }

    #[test]
    fn what_is_not_played_is_refused() {
        for document in [
            serde_json::json!({"Statement": {"Effect": "Allow", "NotAction": "a:b", "Resource": "*"}}),
            serde_json::json!({"Statement": {"Effect": "Allow", "Action": "a:b", "Resource": "*",
                "Condition": {"IpAddress": {"aws:SourceIp": "1.2.3.4"}}}}),
            serde_json::json!({"Statement": {"Effect": "Allow", "Action": "a:b", "Resource": "*",
                "Principal": "*"}}),
        ] {
            assert!(Statement::read(&document).is_err(), "{document}");
        }
    }
}
