//! The expressions of an `UpdateItem` with a condition.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use shared::Timestamp;

use crate::store::dynamodb::{Attributes, number};

/// An update with a condition; whether it returns the item as it is then.
pub(super) struct Expression {
    pub(super) update: String,
    pub(super) condition: String,
    pub(super) names: HashMap<String, String>,
    pub(super) values: Option<Attributes>,
    pub(super) returns: bool,
}

/// Builds an [`Expression`]. Every attribute is written `#name`, because many of our names are
/// among DynamoDB's reserved words; only the names that are used are declared.
#[derive(Default)]
pub(super) struct Builder {
    conditions: Vec<String>,
    sets: Vec<String>,
    removes: Vec<String>,
    names: HashMap<String, String>,
    values: Attributes,
}

impl Builder {
    pub(super) fn condition(&mut self, condition: &str) {
        self.conditions.push(condition.to_owned());
    }

    pub(super) fn set(&mut self, set: &str) {
        self.sets.push(set.to_owned());
    }

    pub(super) fn remove(&mut self, path: &str) {
        self.removes.push(path.to_owned());
    }

    pub(super) fn name(&mut self, placeholder: &str, name: &str) {
        self.names.insert(placeholder.to_owned(), name.to_owned());
    }

    pub(super) fn value(&mut self, placeholder: &str, value: AttributeValue) {
        self.values.insert(placeholder.to_owned(), value);
    }

    pub(super) fn attention(&mut self, at: Option<Timestamp>) {
        match at {
            Some(at) => {
                self.value(":attention", number(at.millis()));
                self.set("#attention_at = :attention");
            }
            None => self.remove("#attention_at"),
        }
    }

    pub(super) fn expression(mut self, returns: bool) -> Expression {
        let clause = |keyword: &str, clauses: &[String]| match clauses {
            [] => String::new(),
            clauses => format!("{keyword} {} ", clauses.join(", ")),
        };
        let update = clause("SET", &self.sets) + &clause("REMOVE", &self.removes);
        let condition = self.conditions.join(" AND ");
        for placeholder in placeholders(&update).chain(placeholders(&condition)) {
            let name = placeholder.trim_start_matches('#').to_owned();
            self.names.entry(placeholder).or_insert(name);
        }
        let values = Some(self.values).filter(|values| !values.is_empty());
        Expression { update, condition, names: self.names, values, returns }
    }
}

/// The `#names` in an expression.
fn placeholders(expression: &str) -> impl Iterator<Item = String> {
    expression
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '#'))
        .filter(|word| word.starts_with('#'))
        .map(str::to_owned)
}
