//! Event patterns: which events a rule matches
//! (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>).
//!
//! Emulated: exact values, `prefix`, `anything-but` and `exists`. Another operator is refused when
//! the template is read, because to ignore it would be to match the wrong events.

use anyhow::{Result, bail, ensure};
use serde_json::{Map, Value};

/// What a rule requires of an event.
#[derive(Clone, Debug)]
pub struct Pattern {
    fields: Fields,
}

type Fields = Vec<(String, Wanted)>;

#[derive(Clone, Debug)]
enum Wanted {
    /// Fields of an object; all must fit.
    Object(Fields),
    /// Alternatives for a value; one must fit.
    Value(Vec<Test>),
}

#[derive(Clone, Debug)]
enum Test {
    Exact(Value),
    Prefix(String),
    AnythingBut(Vec<Value>),
    Exists(bool),
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// If it is none, or uses an operator that is not supported; the message names the field.
    pub fn read(pattern: &Value) -> Result<Self> {
        let Some(object) = pattern.as_object().filter(|it| !it.is_empty()) else {
            bail!("an event pattern is an object with at least one field");
        };
        Ok(Self { fields: fields(object, "")? })
    }

    /// Whether an event fits.
    pub fn matches(&self, event: &Value) -> bool {
        fits_object(&self.fields, Some(event))
    }
}

fn fields(object: &Map<String, Value>, path: &str) -> Result<Fields> {
    object
        .iter()
        .map(|(name, value)| {
            let path = format!("{path}.{name}");
            ensure!(
                !name.starts_with('$'),
                "{path}: this operator is not supported by the local emulator"
            );
            let wanted = match value {
                Value::Object(object) if !object.is_empty() => {
                    Wanted::Object(fields(object, &path)?)
                }
                Value::Array(tests) if !tests.is_empty() => {
                    Wanted::Value(tests.iter().map(|it| test(it, &path)).collect::<Result<_>>()?)
                }
                _ => bail!("{path}: a pattern needs a list of values, or an object of fields"),
            };
            Ok((name.clone(), wanted))
        })
        .collect()
}

fn test(value: &Value, path: &str) -> Result<Test> {
    let Value::Object(operator) = value else {
        ensure!(!value.is_array(), "{path}: a list in a list");
        return Ok(Test::Exact(value.clone()));
    };
    let mut operators = operator.iter();
    let (Some((name, argument)), None) = (operators.next(), operators.next()) else {
        bail!("{path}: one operator at a time");
    };
    match (name.as_str(), argument) {
        ("prefix", Value::String(prefix)) => Ok(Test::Prefix(prefix.clone())),
        ("exists", Value::Bool(exists)) => Ok(Test::Exists(*exists)),
        ("anything-but", Value::Array(values))
            if values.iter().all(|it| it.is_string() || it.is_number()) =>
        {
            Ok(Test::AnythingBut(values.clone()))
        }
        ("anything-but", Value::String(_) | Value::Number(_)) => {
            Ok(Test::AnythingBut(vec![argument.clone()]))
        }
        _ => bail!("{path}: the operator {value} is not supported by the local emulator"),
    }
}

/// `None` is an object that is not there: only `exists: false` fits in it.
fn fits_object(fields: &Fields, actual: Option<&Value>) -> bool {
    match actual {
        // One element must fit as a whole.
        Some(Value::Array(elements)) => elements.iter().any(|it| fits_object(fields, Some(it))),
        Some(Value::Object(object)) => {
            fields.iter().all(|(name, wanted)| fits(wanted, object.get(name)))
        }
        _ => fields.iter().all(|(_, wanted)| fits(wanted, None)),
    }
}

fn fits(wanted: &Wanted, actual: Option<&Value>) -> bool {
    match wanted {
        Wanted::Object(fields) => fits_object(fields, actual),
        Wanted::Value(tests) => tests.iter().any(|test| fits_test(test, actual)),
    }
}

fn fits_test(test: &Test, actual: Option<&Value>) -> bool {
    match (test, actual) {
        // `exists` looks at values only: an object is a branch, not a value.
        (Test::Exists(exists), None | Some(Value::Object(_))) => !exists,
        (Test::Exists(exists), Some(_)) => *exists,
        (_, None | Some(Value::Object(_))) => false,
        (test, Some(Value::Array(elements))) => elements.iter().any(|it| fits_test(test, Some(it))),
        (Test::Exact(value), Some(actual)) => same(value, actual),
        (Test::Prefix(prefix), Some(actual)) => {
            actual.as_str().is_some_and(|it| it.starts_with(prefix.as_str()))
        }
        (Test::AnythingBut(values), Some(actual)) => !values.iter().any(|it| same(it, actual)),
    }
}

/// Equal as values: 300, 300.0 and 3e2 are the same number.
fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn patterns_match_as_on_aws() {
        let event = json!({
            "source": "custom.food_app",
            "detail-type": "order_placed",
            "detail": {
                "order": {"lines": 3, "note": null, "empty": ""},
                "tags": ["hot", "vegan"],
                "parts": [{"kind": "a", "size": 1}, {"kind": "b", "size": 2}],
                "none": []
            }
        });
        for (pattern, matches) in [
            (json!({"source": ["custom.food_app"]}), true),
            (json!({"source": ["other", "custom.food_app"]}), true),
            (json!({"source": ["custom"]}), false),
            (json!({"source": [{"prefix": "custom."}]}), true),
            (json!({"source": [{"prefix": "aws."}]}), false),
            (json!({"source": [{"anything-but": "aws.ec2"}]}), true),
            (json!({"source": [{"anything-but": ["x", "custom.food_app"]}]}), false),
            (json!({"missing": [{"anything-but": "x"}]}), false),
            (json!({"source": [{"exists": true}]}), true),
            (json!({"source": [{"exists": false}]}), false),
            (json!({"missing": [{"exists": false}]}), true),
            (json!({"missing": [{"exists": true}]}), false),
            (json!({"missing": {"below": [{"exists": false}]}}), true),
            (json!({"detail": [{"exists": true}]}), false),
            (json!({"detail-type": ["order_placed"], "source": ["other"]}), false),
            (json!({"detail": {"order": {"lines": [3]}}}), true),
            (json!({"detail": {"order": {"lines": [3.0]}}}), true),
            (json!({"detail": {"order": {"lines": ["3"]}}}), false),
            (json!({"detail": {"order": {"note": [null]}}}), true),
            (json!({"detail": {"order": {"empty": [""]}}}), true),
            (json!({"detail": {"tags": ["vegan"]}}), true),
            (json!({"detail": {"tags": [{"prefix": "ho"}]}}), true),
            (json!({"detail": {"tags": ["cold"]}}), false),
            (json!({"detail": {"parts": {"kind": ["b"], "size": [2]}}}), true),
            (json!({"detail": {"parts": {"kind": ["a"], "size": [2]}}}), false),
            (json!({"detail": {"order": ["x"]}}), false),
            (json!({"source": ["x", {"exists": true}]}), true),
        ] {
            let read = Pattern::read(&pattern).unwrap();
            assert_eq!(read.matches(&event), matches, "{pattern}");
        }
    }

    #[test]
    fn other_operators_are_refused() {
        for pattern in [
            json!({}),
            json!([]),
            json!({"source": "x"}),
            json!({"source": []}),
            json!({"source": [["x"]]}),
            json!({"source": [{"numeric": [">", 1]}]}),
            json!({"source": [{"suffix": "x"}]}),
            json!({"source": [{"equals-ignore-case": "x"}]}),
            json!({"source": [{"wildcard": "x*"}]}),
            json!({"source": [{"anything-but": {"prefix": "x"}}]}),
            json!({"source": [{"prefix": "x", "exists": true}]}),
            json!({"$or": [{"source": ["x"]}]}),
        ] {
            assert!(Pattern::read(&pattern).is_err(), "{pattern}");
        }
    }
}
