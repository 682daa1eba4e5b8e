//! The write that moves an order one step: one `UpdateItem` with a condition.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use shared::{
    CommandId, EventName, OrderId, Reason, Status, Timestamp,
    order::{Delay, Step},
    staff::Actor,
};

use super::{
    expression::{Builder, Expression},
    history::HistoryEntry,
    plan::REPUBLISH_AFTER,
};
use crate::{runtime::error::Error, store::dynamodb::number};

/// What happens to an order, and who makes it happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What happens.
    pub event: EventName,
    /// What the order is then.
    pub to: Status,
    /// Who makes it happen.
    pub actor: Actor,
    /// Why, if that needs saying.
    pub reason: Option<Reason>,
    /// The command by which it happens, if it is one of staff.
    pub command_id: Option<CommandId>,
    /// What becomes of the order's times.
    pub times: Times,
}

/// What becomes of an order's times. A simulated kitchen or courier acts only on an order on which
/// nobody else has acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// As the order's plan says; who is simulated acts again when it says so.
    AsPlanned,
    /// The food is ready then, and on its way as long as planned.
    ReadyAt(Timestamp),
    /// It is on its way from now on, as long as planned.
    OnItsWay,
    /// Everything is this much later, in milliseconds.
    Later(i64),
    /// They stay.
    Unchanged,
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
    /// What happens to it.
    pub change: Change,
    /// The sequence of the event that this is.
    pub sequence: u32,
    /// What it follows from.
    pub cause: Cause,
    /// When it happens.
    pub now: Timestamp,
}

impl Transition {
    /// # Errors
    /// [`Error::Dependency`] if an attribute cannot be written, which does not happen for these types.
    pub(super) fn expression(&self) -> Result<Expression, Error> {
        let mut builder = Builder::default();
        builder.value(":from", status(self.from));
        builder.value(":before", number(i64::from(self.sequence) - 1));
        builder.condition("#status = :from AND #sequence = :before");
        if self.cause == Cause::Event {
            self.only_if_due(&mut builder);
        }
        self.set_state(&mut builder)?;
        self.set_history(&mut builder)?;
        self.set_times(&mut builder);
        if self.cause != Cause::Other {
            builder.name("#before", &(self.sequence - 1).to_string());
            builder.remove("#unpublished.#before");
        }
        Ok(builder.expression(true))
    }

    fn only_if_due(&self, builder: &mut Builder) {
        builder.value(":now", number(self.now.millis()));
        builder.condition("#act_at <= :now");
        if self.from == Status::Placed {
            builder.condition("#accept_by > :now AND #plan.#answer.#is = :accept");
            builder.value(":accept", AttributeValue::S("accept".to_owned()));
        }
    }

    fn set_state(&self, builder: &mut Builder) -> Result<(), Error> {
        let Change { event, to, reason, .. } = &self.change;
        builder.value(":sequence", number(i64::from(self.sequence)));
        builder.value(":event", AttributeValue::S(event.name().to_owned()));
        builder.name("#n", &self.sequence.to_string());
        builder.set("#sequence = :sequence");
        builder.set("#unpublished.#n = :event");
        builder.value(":zero", number(0));
        builder.set("#attention_tries = :zero");
        let at = self.now;
        match event {
            EventName::Seen => {
                builder.value(":at", number(at.millis()));
                builder.set("#seen_at = :at");
            }
            EventName::Claimed => {
                builder.value(":at", number(at.millis()));
                builder.set("#claimed_at = :at");
            }
            EventName::Released => builder.remove("#claimed_at"),
            EventName::Delayed => {
                builder.value(":delay", attribute(&Delay { at, reason: reason.clone() })?);
                builder.set("#delay = :delay");
            }
            _ => {
                builder.value(":to", status(*to));
                builder.set("#status = :to");
                builder.value(":step", attribute(&[Step { status: *to, at }])?);
                builder.set("#timeline = list_append(#timeline, :step)");
                if let Some(reason) = reason {
                    builder.value(":reason", attribute(reason)?);
                    builder.set("#reason = :reason");
                }
            }
        }
        Ok(())
    }

    fn set_history(&self, builder: &mut Builder) -> Result<(), Error> {
        let Change { event, to: status, actor, reason, command_id, .. } = self.change.clone();
        let (sequence, at) = (self.sequence, self.now);
        let entry = HistoryEntry { sequence, event, status, at, actor, reason, command_id };
        builder.value(":entry", attribute(&[entry])?);
        // An earlier version has placed the order without.
        builder.value(":none", AttributeValue::L(Vec::new()));
        builder.set("#history = list_append(if_not_exists(#history, :none), :entry)");
        Ok(())
    }

    /// New times are sums of now and the plan's spans, or of the times before, so nothing need be
    /// read.
    fn set_times(&self, builder: &mut Builder) {
        let now = number(self.now.millis());
        let planned: &[(&str, &str)] = match (self.change.times, self.change.to) {
            (Times::AsPlanned, Status::Accepted) => &[
                ("#attention_at", "#accepted.#attention_after"),
                ("#act_at", "#accepted.#act_after"),
                ("#ready_at", "#accepted.#act_after"),
                ("#expected_at", "#accepted.#expected_after"),
                ("#latest_at", "#accepted.#latest_after"),
            ],
            (Times::AsPlanned, Status::PickedUp) => &[
                ("#attention_at", "#picked_up.#attention_after"),
                ("#act_at", "#picked_up.#act_after"),
                ("#expected_at", "#picked_up.#expected_after"),
                ("#latest_at", "#picked_up.#latest_after"),
            ],
            (Times::OnItsWay | Times::ReadyAt(_), _) => &[
                ("#expected_at", "#picked_up.#expected_after"),
                ("#latest_at", "#picked_up.#latest_after"),
            ],
            (Times::AsPlanned | Times::Later(_) | Times::Unchanged, _) => &[],
        };
        match self.change.times {
            Times::ReadyAt(ready) => {
                builder.value(":since", number(ready.millis()));
                builder.set("#ready_at = :since");
            }
            Times::Later(millis) => {
                builder.value(":later", number(millis));
                builder.value(":since", now);
                for at in ["#ready_at", "#expected_at", "#latest_at"] {
                    builder.set(&format!("{at} = if_not_exists({at}, :since) + :later"));
                }
            }
            _ if !planned.is_empty() => builder.value(":since", now),
            _ => {}
        }
        for (at, span) in planned {
            builder.set(&format!("{at} = #plan.{span} + :since"));
        }
        if !planned.iter().any(|(at, _)| *at == "#act_at") {
            builder.remove("#act_at");
            builder.attention(Some(self.now.plus_millis(REPUBLISH_AFTER)));
        }
    }
}

fn status(status: Status) -> AttributeValue {
    AttributeValue::S(status.name().to_owned())
}

fn attribute<T: Serialize>(value: &T) -> Result<AttributeValue, Error> {
    serde_dynamo::to_attribute_value(value)
        .map_err(|error| Error::dependency("writing an order", error))
}
