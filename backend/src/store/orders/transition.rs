//! The writes that move an order: each one `UpdateItem` on a condition.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use shared::{OrderId, Reason, Status, Timestamp};

use crate::{
    orders::{Attributes, Item, number},
    plan::REPUBLISH_AFTER,
};

/// What an order becomes, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// What it becomes.
    pub to: Status,
    /// Why, if that needs saying.
    pub reason: Option<Reason>,
}

/// What a transition follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The order's event before this one has arrived here, which proves that it was published.
    /// The order has not been read: the write goes through only if its simulated kitchen or
    /// courier does just this now.
    Event,
    /// The same, and the order has been read.
    EventAndOrder,
    /// A person or the clock; the event before this one is its own publisher's.
    Other,
}

/// One step of an order.
#[derive(Debug, Clone)]
pub struct Transition {
    /// Which order.
    pub order_id: OrderId,
    /// What it must be.
    pub from: Status,
    /// What it becomes.
    pub step: Move,
    /// The sequence of the event that this is.
    pub sequence: u32,
    /// What it follows from.
    pub cause: Cause,
    /// When it happens.
    pub now: Timestamp,
}

/// An update on a condition.
pub(super) struct Expression {
    pub(super) update: String,
    pub(super) condition: String,
    pub(super) names: HashMap<String, String>,
    pub(super) values: Option<Attributes>,
    pub(super) returns: bool,
}

impl Transition {
    pub(super) fn expression(&self) -> Expression {
        let mut parts = Parts::default();
        parts.value(":from", status(self.from));
        parts.value(":before", number(i64::from(self.sequence) - 1));
        parts.condition("#status = :from AND #sequence = :before");
        if self.cause == Cause::Event {
            self.only_if_due(&mut parts);
        }
        self.set_state(&mut parts);
        self.set_times(&mut parts);
        if self.cause != Cause::Other {
            parts.name("#before", &(self.sequence - 1).to_string());
            parts.remove("#unpublished.#before");
        }
        parts.expression(true)
    }

    fn only_if_due(&self, parts: &mut Parts) {
        parts.value(":now", number(self.now.millis()));
        parts.condition("#act_at <= :now");
        if self.from == Status::Placed {
            parts.condition("#accept_by > :now AND #plan.#answer.#is = :accept");
            parts.value(":accept", AttributeValue::S("accept".to_owned()));
        }
    }

    fn set_state(&self, parts: &mut Parts) {
        parts.value(":to", status(self.step.to));
        parts.value(":sequence", number(i64::from(self.sequence)));
        parts.value(":step", timeline_step(self.step.to, self.now));
        parts.name("#n", &self.sequence.to_string());
        parts.set("#status = :to");
        parts.set("#sequence = :sequence");
        parts.set("#timeline = list_append(#timeline, :step)");
        parts.set("#unpublished.#n = :to");
        if let Some(Ok(reason)) = self.step.reason.as_ref().map(serde_dynamo::to_attribute_value) {
            parts.value(":reason", reason);
            parts.set("#reason = :reason");
        }
    }

    /// The times of the new state are sums of now and the plan's spans, so nothing need be read.
    fn set_times(&self, parts: &mut Parts) {
        let stage = match self.step.to {
            Status::Accepted => "#accepted",
            Status::PickedUp => "#picked_up",
            _ => {
                parts.value(":attention", number(self.now.plus_millis(REPUBLISH_AFTER).millis()));
                parts.set("#attention_at = :attention");
                parts.remove("#act_at");
                return;
            }
        };
        parts.value(":now", number(self.now.millis()));
        for (attribute, span) in [
            ("#attention_at", "#attention_after"),
            ("#act_at", "#act_after"),
            ("#expected_at", "#expected_after"),
            ("#latest_at", "#latest_after"),
        ] {
            parts.set(&format!("{attribute} = #plan.{stage}.{span} + :now"));
        }
    }
}

/// The bus has the order's latest event and lacks no other: attention is as the state needs it.
pub(super) fn settled(sequence: u32, attention: Option<Timestamp>) -> Expression {
    let mut parts = Parts::default();
    parts.value(":sequence", number(i64::from(sequence)));
    parts.value(":one", number(1));
    parts.name("#n", &sequence.to_string());
    parts.condition(
        "#sequence = :sequence AND attribute_exists(#unpublished.#n) AND size(#unpublished) = :one",
    );
    parts.remove("#unpublished.#n");
    parts.attention(attention);
    parts.expression(false)
}

/// The bus has event `sequence`.
pub(super) fn published(sequence: u32) -> Expression {
    let mut parts = Parts::default();
    parts.name("#n", &sequence.to_string());
    parts.condition("attribute_exists(#unpublished.#n)");
    parts.remove("#unpublished.#n");
    parts.expression(false)
}

/// Attention is of no avail before `until`, unless the order has changed since it was read.
pub(super) fn put_off(item: &Item, until: Option<Timestamp>, tries: u32) -> Expression {
    let mut parts = Parts::default();
    parts.value(":sequence", number(i64::from(item.sequence)));
    parts.value(":count", number(i64::try_from(item.unpublished.len()).unwrap_or_default()));
    parts.value(":tries", number(i64::from(tries)));
    parts.condition("#sequence = :sequence AND size(#unpublished) = :count");
    parts.set("#attention_tries = :tries");
    parts.attention(until);
    parts.expression(false)
}

/// Attention is of no avail before `until`, whatever the order is.
pub(super) fn put_off_unread(until: Timestamp) -> Expression {
    let mut parts = Parts::default();
    parts.condition("attribute_exists(#attention_at)");
    parts.attention(Some(until));
    parts.expression(false)
}

/// Nobody can tell from the order any more whose it was, unless it has changed since it was read.
/// What was ordered is written once, so the basket is as it was read if nothing else has changed.
pub(super) fn stripped(item: &Item) -> Expression {
    let mut parts = Parts::default();
    parts.value(":sequence", number(i64::from(item.sequence)));
    parts.value(":none", number(0));
    parts.condition("#sequence = :sequence AND size(#unpublished) = :none");
    parts.remove("#user_id");
    parts.remove("#digest");
    if let Some(basket) = &item.basket {
        parts.remove("#basket.#address");
        parts.remove("#basket.#note");
        for (number, line) in basket.bill.lines.iter().enumerate() {
            if line.note.is_some() {
                parts.remove(&format!("#basket.#bill.#lines[{number}].#note"));
            }
        }
    }
    parts.expression(false)
}

fn status(status: Status) -> AttributeValue {
    AttributeValue::S(status.name().to_owned())
}

fn timeline_step(to: Status, at: Timestamp) -> AttributeValue {
    let step =
        HashMap::from([("status".to_owned(), status(to)), ("at".to_owned(), number(at.millis()))]);
    AttributeValue::L(vec![AttributeValue::M(step)])
}

/// An expression in the making. Every attribute is written `#name`, because many of our names are
/// among DynamoDB's reserved words; only the names that are used are declared.
#[derive(Default)]
struct Parts {
    conditions: Vec<String>,
    sets: Vec<String>,
    removes: Vec<String>,
    names: HashMap<String, String>,
    values: Attributes,
}

impl Parts {
    fn condition(&mut self, condition: &str) {
        self.conditions.push(condition.to_owned());
    }

    fn set(&mut self, set: &str) {
        self.sets.push(set.to_owned());
    }

    fn remove(&mut self, path: &str) {
        self.removes.push(path.to_owned());
    }

    fn name(&mut self, placeholder: &str, name: &str) {
        self.names.insert(placeholder.to_owned(), name.to_owned());
    }

    fn value(&mut self, placeholder: &str, value: AttributeValue) {
        self.values.insert(placeholder.to_owned(), value);
    }

    fn attention(&mut self, at: Option<Timestamp>) {
        match at {
            Some(at) => {
                self.value(":attention", number(at.millis()));
                self.set("#attention_at = :attention");
            }
            None => self.remove("#attention_at"),
        }
    }

    fn expression(mut self, returns: bool) -> Expression {
        let clause = |keyword: &str, parts: &[String]| match parts {
            [] => String::new(),
            parts => format!("{keyword} {} ", parts.join(", ")),
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
