//! One policy document: its statements, and whether they let something happen.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use wildmatch::WildMatch;

/// What is known about a call besides action and resource: condition keys and their values.
pub(crate) type RequestContext<'a> = [(&'a str, &'a [&'a str])];

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

/// One operator on one key.
#[derive(Clone, Debug)]
struct Condition {
    key: String,
    test: Test,
}

/// What a condition operator asks of the values of its key.
#[derive(Clone, Debug)]
enum Test {
    /// The key is absent (`Null: true`), or it is there (`Null: false`).
    Null(bool),
    /// The key is there with one value, which one of these patterns matches.
    Equals(Patterns),
    /// `ForAllValues:`: one of these patterns matches each value; no value at all passes.
    ForAllValues(Patterns),
    /// `ForAnyValue:`: one of these patterns matches at least one value.
    ForAnyValue(Patterns),
}

/// The values that a condition names.
#[derive(Clone, Debug)]
struct Patterns {
    wildcards: bool,
    values: Vec<String>,
}

impl Statement {
    /// The statements of a policy document.
    pub(crate) fn read_all(document: &Value) -> Result<Vec<Self>> {
        match document.get("Statement").context("a policy needs a Statement")? {
            Value::Array(statements) => statements.iter().map(Self::read).collect(),
            statement => Ok(vec![Self::read(statement)?]),
        }
    }

    /// One statement.
    pub(crate) fn read(statement: &Value) -> Result<Self> {
        const KEYS: [&str; 6] = ["Sid", "Effect", "Action", "Resource", "Condition", "Principal"];
        for key in statement.as_object().context("a statement must be an object")?.keys() {
            let known = KEYS.contains(&key.as_str());
            ensure!(known, "{key} in a statement is not supported by the local emulator");
        }
        let allows = match statement["Effect"].as_str() {
            Some("Allow") => true,
            Some("Deny") => false,
            _ => bail!("Effect must be Allow or Deny"),
        };
        Ok(Self {
            allows,
            actions: texts(statement.get("Action"))?,
            resources: texts(statement.get("Resource"))?,
            services: services(statement.get("Principal"))?,
            conditions: conditions(statement.get("Condition"))?,
        })
    }

    /// Its patterns: each action with each resource.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.actions.iter().flat_map(|action| {
            self.resources.iter().map(move |resource| (action.as_str(), resource.as_str()))
        })
    }

    /// The (action, resource) patterns that cover a call; empty if the conditions do not hold.
    pub(crate) fn covers(
        &self,
        action: &str,
        resource: &str,
        context: &RequestContext<'_>,
    ) -> Vec<(&str, &str)> {
        if !self.conditions.iter().all(|it| it.holds(context)) {
            return Vec::new();
        }
        // IAM's wildcards: `*` for any run of characters, `?` for one. Actions ignore case.
        let covers = |(actions, resources): &(&str, &str)| {
            WildMatch::new_case_insensitive(actions).matches(action)
                && WildMatch::new(resources).matches(resource)
        };
        self.pairs().filter(covers).collect()
    }
}

impl Condition {
    fn holds(&self, context: &RequestContext<'_>) -> bool {
        let fact = context.iter().find(|(key, _)| self.key.eq_ignore_ascii_case(key));
        let actual = fact.map_or(&[][..], |(_, values)| values);
        match &self.test {
            Test::Null(absent) => actual.is_empty() == *absent,
            Test::Equals(patterns) => matches!(actual, [value] if patterns.matches(value)),
            Test::ForAllValues(patterns) => actual.iter().all(|value| patterns.matches(value)),
            Test::ForAnyValue(patterns) => actual.iter().any(|value| patterns.matches(value)),
        }
    }
}

impl Patterns {
    fn matches(&self, actual: &str) -> bool {
        self.values.iter().any(|value| match self.wildcards {
            true => WildMatch::new(value).matches(actual),
            false => value == actual,
        })
    }
}

fn services(principal: Option<&Value>) -> Result<Vec<String>> {
    match principal {
        None => Ok(Vec::new()),
        Some(Value::Object(kinds)) if kinds.keys().eq(["Service"]) => texts(kinds.get("Service")),
        Some(other) => {
            bail!("the principal {other} is not supported by the local emulator, only Service is")
        }
    }
}

/// The condition keys that calls carry here, and whether each is an array: PutEvents carries one
/// source an entry (Service Authorization Reference, "Condition keys for Amazon EventBridge").
const KEYS: [(&str, bool); 3] =
    [("events:source", true), ("aws:SourceArn", false), ("aws:SourceAccount", false)];

fn conditions(conditions: Option<&Value>) -> Result<Vec<Condition>> {
    let mut read = Vec::new();
    for (operator, keys) in conditions.and_then(Value::as_object).into_iter().flatten() {
        for (key, values) in keys.as_object().into_iter().flatten() {
            let known = KEYS.iter().find(|(it, _)| it.eq_ignore_ascii_case(key));
            let Some((_, is_array)) = known else {
                bail!("the condition key {key} is not supported by the local emulator");
            };
            let test = test(operator, key, *is_array, texts(Some(values))?)?;
            read.push(Condition { key: key.clone(), test });
        }
    }
    Ok(read)
}

/// An array key needs a set operator and no other key takes one: IAM evaluates both mistakes to
/// a result that is never intended (IAM User Guide, "Set operators for multivalued context keys").
fn test(operator: &str, key: &str, is_array: bool, values: Vec<String>) -> Result<Test> {
    if operator == "Null" {
        return match values.as_slice() {
            [value] if value == "true" => Ok(Test::Null(true)),
            [value] if value == "false" => Ok(Test::Null(false)),
            _ => bail!("the condition operator Null on {key} needs \"true\" or \"false\""),
        };
    }
    let (set, plain) = match operator.split_once(':') {
        Some((set, plain)) => (Some(set), plain),
        None => (None, operator),
    };
    let wildcards = match plain {
        "StringEquals" => false,
        "StringLike" | "ArnEquals" | "ArnLike" => true,
        _ => bail!("the condition operator {operator} is not supported by the local emulator"),
    };
    let patterns = Patterns { wildcards, values };
    match (set, is_array) {
        (None, false) => Ok(Test::Equals(patterns)),
        (Some("ForAllValues"), true) => Ok(Test::ForAllValues(patterns)),
        (Some("ForAnyValue"), true) => Ok(Test::ForAnyValue(patterns)),
        (None, true) => bail!(
            "the condition key {key} is an array, for which {operator} is undefined: use \
             ForAllValues:{operator}, and Null to refuse a call without it"
        ),
        (Some(_), false) => {
            bail!("the condition key {key} has one value: use {plain}, not {operator}")
        }
        (Some(_), true) => {
            bail!("the condition operator {operator} is not supported by the local emulator")
        }
    }
}

fn texts(value: Option<&Value>) -> Result<Vec<String>> {
    let text = |it: &Value| it.as_str().map(str::to_owned).context("text is needed in a policy");
    match value {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => items.iter().map(text).collect(),
        Some(item) => Ok(vec![text(item)?]),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn wildcards_are_iams() {
        let statement = |action: &str, resource: &str| {
            Statement::read(&json!({"Effect": "Allow", "Action": action, "Resource": resource}))
        };
        for (pattern, text, fits) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abbd", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*/index/*", "table/x/index/y", true),
            ("live/POST/@connections/*", "live/POST/@connections/abc=", true),
            ("a*b*c", "a1b2b3c", true),
            ("a*", "a", true),
            ("", "a", false),
            ("A*", "ab", false),
        ] {
            let covered = !statement("*", pattern).unwrap().covers("a:B", text, &[]).is_empty();
            assert_eq!(covered, fits, "{pattern} on {text}");
        }
        assert!(!statement("A:b*", "*").unwrap().covers("a:Bc", "x", &[]).is_empty());
    }

    #[test]
    fn what_is_not_supported_is_refused() {
        for statement in [
            json!({"Effect": "Allow", "NotAction": "a:b", "Resource": "*"}),
            json!({"Effect": "Allow", "Action": "a:b", "Resource": "*",
                "Condition": {"IpAddress": {"aws:SourceIp": "1.2.3.4"}}}),
            json!({"Effect": "Allow", "Action": "a:b", "Resource": "*", "Principal": "*"}),
        ] {
            assert!(Statement::read(&statement).is_err(), "{statement}");
        }
    }

    fn publishing(condition: &Value) -> Result<Statement> {
        Statement::read(&json!({"Effect": "Allow", "Action": "events:PutEvents",
            "Resource": "*", "Condition": condition}))
    }

    #[test]
    fn an_array_key_needs_a_set_operator_and_no_other_key_takes_one() {
        for (condition, why) in [
            (json!({"StringEquals": {"events:source": "a"}}), "is an array"),
            (json!({"StringLike": {"Events:Source": "a"}}), "is an array"),
            (json!({"ForAllValues:ArnEquals": {"aws:SourceArn": "a"}}), "has one value"),
            (json!({"Null": {"events:source": "no"}}), "needs \"true\" or"),
        ] {
            let refusal = publishing(&condition).unwrap_err().to_string();
            assert!(refusal.contains(why), "{refusal}");
        }
    }

    #[test]
    fn set_operators_and_null_are_iams() {
        let all = json!({"ForAllValues:StringEquals": {"events:source": "a"}});
        let some = json!({"ForAnyValue:StringEquals": {"events:source": "a"}});
        let all_and_present = json!({"ForAllValues:StringEquals": {"events:source": "a"},
            "Null": {"events:source": "false"}});
        let absent = json!({"Null": {"events:source": "true"}});
        for (condition, sources, allowed) in [
            (&all, Some(&["a", "a"][..]), true),
            (&all, Some(&["a", "b"]), false),
            (&all, Some(&[]), true),
            (&all, None, true),
            (&some, Some(&["a", "b"]), true),
            (&some, None, false),
            (&all_and_present, Some(&["a"]), true),
            (&all_and_present, Some(&["a", "b"]), false),
            (&all_and_present, Some(&[]), false),
            (&all_and_present, None, false),
            (&absent, None, true),
            (&absent, Some(&["a"]), false),
        ] {
            let statement = publishing(condition).unwrap();
            let context: Vec<_> = sources.map(|it| ("events:source", it)).into_iter().collect();
            let covered = statement.covers("events:PutEvents", "bus", &context);
            assert_eq!(!covered.is_empty(), allowed, "{condition} of {sources:?}");
        }
    }
}
