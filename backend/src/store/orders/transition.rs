//! The write that moves an order one step: one `UpdateItem` with a condition.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use shared::{
    CommandId, EventName, OrderId, Reason, Status, Timestamp,
    order::{Delay, Step},
    staff::{Actor, ActorRole, Collected},
};

use super::{
    expression::{Builder, Expression},
    history::HistoryEntry,
    item::{Courier, Item},
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
    /// When that command was pressed, by the clock of the device, if it has said so.
    pub pressed_at: Option<Timestamp>,
    /// Who brings the order from now on, if that is what happens.
    pub courier: Option<Courier>,
    /// What the customer paid, if it is delivered and somebody has said so.
    pub collected: Option<Collected>,
    /// What becomes of the order's times.
    pub times: Times,
}

impl Change {
    /// A change by nobody's command, which leaves the order's times as they are.
    #[must_use]
    pub const fn new(event: EventName, to: Status, actor: Actor) -> Self {
        Self {
            event,
            to,
            actor,
            reason: None,
            command_id: None,
            pressed_at: None,
            courier: None,
            collected: None,
            times: Times::Unchanged,
        }
    }

    /// Whether somebody in the restaurant still has to look after the order: until it has ended, and if it
    /// was not they who ended it, until they have seen that.
    fn stays_on_board(&self) -> bool {
        let theirs = !matches!(self.actor.role, ActorRole::Customer | ActorRole::Deadline);
        !(self.to.is_terminal() && theirs)
    }
}

/// What becomes of an order's times. A simulated kitchen or courier acts only on an order on which
/// nobody else has acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// As the order's plan says; who is simulated acts again when it says so.
    AsPlanned,
    /// The food is ready then, and on its way as long as planned.
    ReadyAt(Timestamp),
    /// The food is ready now; the other times stay.
    Ready,
    /// It is on its way from now on, as long as planned.
    OnItsWay,
    /// The restaurant has promised other times.
    Promised {
        /// When it is ready, if it is not yet.
        ready: Option<Timestamp>,
        /// When it should arrive.
        expected: Timestamp,
        /// When it arrives at the latest.
        latest: Timestamp,
    },
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
    /// Until when the order needs attention in any case.
    pub attend_by: Option<Timestamp>,
    /// When it happens.
    pub now: Timestamp,
}

impl Transition {
    /// What a person or the clock makes of an order as it was read.
    #[must_use]
    pub fn of(item: &Item, change: Change, now: Timestamp) -> Self {
        let order = &item.order;
        // Publishing must not keep the deadline from being enforced.
        let attend_by = (change.to == Status::Placed).then_some(order.accept_by);
        let (order_id, from, sequence) = (order.order_id, order.status, order.sequence + 1);
        Self { order_id, from, change, sequence, cause: Cause::Other, attend_by, now }
    }

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
        if !self.change.stays_on_board() {
            builder.remove("#board");
        }
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
        let Change { event, to, reason, courier, collected, .. } = &self.change;
        builder.value(":sequence", number(i64::from(self.sequence)));
        builder.value(":event", AttributeValue::S(event.name().to_owned()));
        builder.name("#n", &self.sequence.to_string());
        builder.set("#sequence = :sequence");
        builder.set("#unpublished.#n = :event");
        builder.value(":zero", number(0));
        builder.set("#attention_tries = :zero");
        let at = self.now;
        match event {
            EventName::Seen => set_at(builder, "#seen_at", at),
            EventName::Claimed => {
                set_at(builder, "#claimed_at", at);
                builder.value(":courier", attribute(courier)?);
                builder.set("#courier = :courier");
                // What the courier before has said.
                builder.remove("#nearby_at");
                builder.remove("#at_door_at");
            }
            EventName::Released => {
                builder.remove("#claimed_at");
                builder.remove("#courier");
            }
            EventName::Nearby => set_at(builder, "#nearby_at", at),
            EventName::AtDoor => set_at(builder, "#at_door_at", at),
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
                if let Some(collected) = collected {
                    builder.value(":collected", attribute(collected)?);
                    builder.set("#collected = :collected");
                }
            }
        }
        Ok(())
    }

    fn set_history(&self, builder: &mut Builder) -> Result<(), Error> {
        let Change { event, to: status, actor, reason, command_id, pressed_at, courier, .. } =
            self.change.clone();
        let (sequence, at) = (self.sequence, self.now);
        let courier = courier.map(|courier| courier.name);
        let (ready_at, expected_at) = match self.change.times {
            Times::ReadyAt(ready) => (Some(ready), None),
            Times::Promised { ready, expected, .. } => (ready, Some(expected)),
            Times::AsPlanned | Times::Ready | Times::OnItsWay | Times::Unchanged => (None, None),
        };
        let entry = HistoryEntry {
            sequence,
            event,
            status,
            at,
            actor,
            reason,
            courier,
            command_id,
            pressed_at,
            ready_at,
            expected_at,
        };
        builder.value(":entry", attribute(&[entry])?);
        // An earlier version has placed the order without.
        builder.value(":none", AttributeValue::L(Vec::new()));
        builder.set("#history = list_append(if_not_exists(#history, :none), :entry)");
        Ok(())
    }

    /// Times of the plan are sums of its spans and a moment, so that nothing need be read.
    fn set_times(&self, builder: &mut Builder) {
        let arrival = [
            ("#expected_at", "#picked_up.#expected_after"),
            ("#latest_at", "#picked_up.#latest_after"),
        ];
        match (self.change.times, self.change.to) {
            (Times::AsPlanned, Status::Accepted) => {
                let spans = [
                    ("#attention_at", "#accepted.#attention_after"),
                    ("#act_at", "#accepted.#act_after"),
                    ("#ready_at", "#accepted.#act_after"),
                    ("#expected_at", "#accepted.#expected_after"),
                    ("#latest_at", "#accepted.#latest_after"),
                ];
                return set_planned(builder, &spans, self.now);
            }
            (Times::AsPlanned, Status::PickedUp) => {
                let spans = [
                    ("#attention_at", "#picked_up.#attention_after"),
                    ("#act_at", "#picked_up.#act_after"),
                ];
                return set_planned(builder, &[spans, arrival].concat(), self.now);
            }
            (Times::ReadyAt(ready), _) => {
                set_at(builder, "#ready_at", ready);
                set_planned(builder, &arrival, ready);
            }
            (Times::Ready, _) => set_at(builder, "#ready_at", self.now),
            (Times::OnItsWay, _) => set_planned(builder, &arrival, self.now),
            (Times::Promised { ready, expected, latest }, _) => {
                if let Some(ready) = ready {
                    set_at(builder, "#ready_at", ready);
                }
                set_at(builder, "#expected_at", expected);
                set_at(builder, "#latest_at", latest);
            }
            (Times::AsPlanned | Times::Unchanged, _) => {}
        }
        // Nobody who is simulated acts next.
        builder.remove("#act_at");
        let published_by = self.now.plus_millis(REPUBLISH_AFTER);
        builder.attention(Some(self.attend_by.map_or(published_by, |by| by.min(published_by))));
    }
}

/// Sets times that are spans of the order's plan after `since`.
fn set_planned(builder: &mut Builder, spans: &[(&str, &str)], since: Timestamp) {
    builder.value(":since", number(since.millis()));
    for (at, span) in spans {
        builder.set(&format!("{at} = #plan.{span} + :since"));
    }
}

fn set_at(builder: &mut Builder, name: &str, at: Timestamp) {
    let value = name.replace('#', ":");
    builder.value(&value, number(at.millis()));
    builder.set(&format!("{name} = {value}"));
}

fn status(status: Status) -> AttributeValue {
    AttributeValue::S(status.name().to_owned())
}

fn attribute<T: Serialize>(value: &T) -> Result<AttributeValue, Error> {
    serde_dynamo::to_attribute_value(value)
        .map_err(|error| Error::dependency("writing an order", error))
}
