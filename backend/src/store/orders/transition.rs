//! The write that moves an order one step: one `UpdateItem` with a condition.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use shared::{OrderId, Reason, Status, Timestamp};

use super::{
    expression::{Builder, Expression},
    plan::REPUBLISH_AFTER,
};
use crate::store::dynamodb::number;

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

impl Transition {
    pub(super) fn expression(&self) -> Expression {
        let mut builder = Builder::default();
        builder.value(":from", status(self.from));
        builder.value(":before", number(i64::from(self.sequence) - 1));
        builder.condition("#status = :from AND #sequence = :before");
        if self.cause == Cause::Event {
            self.only_if_due(&mut builder);
        }
        self.set_state(&mut builder);
        self.set_times(&mut builder);
        if self.cause != Cause::Other {
            builder.name("#before", &(self.sequence - 1).to_string());
            builder.remove("#unpublished.#before");
        }
        builder.expression(true)
    }

    fn only_if_due(&self, builder: &mut Builder) {
        builder.value(":now", number(self.now.millis()));
        builder.condition("#act_at <= :now");
        if self.from == Status::Placed {
            builder.condition("#accept_by > :now AND #plan.#answer.#is = :accept");
            builder.value(":accept", AttributeValue::S("accept".to_owned()));
        }
    }

    fn set_state(&self, builder: &mut Builder) {
        builder.value(":to", status(self.step.to));
        builder.value(":sequence", number(i64::from(self.sequence)));
        builder.value(":step", timeline_step(self.step.to, self.now));
        builder.name("#n", &self.sequence.to_string());
        builder.set("#status = :to");
        builder.set("#sequence = :sequence");
        builder.set("#timeline = list_append(#timeline, :step)");
        builder.set("#unpublished.#n = :to");
        builder.value(":zero", number(0));
        builder.set("#attention_tries = :zero");
        if let Some(Ok(reason)) = self.step.reason.as_ref().map(serde_dynamo::to_attribute_value) {
            builder.value(":reason", reason);
            builder.set("#reason = :reason");
        }
    }

    /// The times of the new state are sums of now and the plan's spans, so nothing need be read.
    fn set_times(&self, builder: &mut Builder) {
        let stage = match self.step.to {
            Status::Accepted => "#accepted",
            Status::PickedUp => "#picked_up",
            _ => {
                builder.value(":attention", number(self.now.plus_millis(REPUBLISH_AFTER).millis()));
                builder.set("#attention_at = :attention");
                builder.remove("#act_at");
                return;
            }
        };
        builder.value(":now", number(self.now.millis()));
        for (attribute, span) in [
            ("#attention_at", "#attention_after"),
            ("#act_at", "#act_after"),
            ("#expected_at", "#expected_after"),
            ("#latest_at", "#latest_after"),
        ] {
            builder.set(&format!("{attribute} = #plan.{stage}.{span} + :now"));
        }
    }
}

fn status(status: Status) -> AttributeValue {
    AttributeValue::S(status.name().to_owned())
}

fn timeline_step(to: Status, at: Timestamp) -> AttributeValue {
    let step =
        HashMap::from([("status".to_owned(), status(to)), ("at".to_owned(), number(at.millis()))]);
    AttributeValue::L(vec![AttributeValue::M(step)])
}
