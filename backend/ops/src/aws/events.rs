//! What CloudFormation reports of a stack's resources while it changes them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

/// The type of a stack in its own events.
const STACK: &str = "AWS::CloudFormation::Stack";

/// The resources of a stack, by their names in the template.
pub type Resources = BTreeMap<String, Resource>;

/// A resource that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Its type, such as `AWS::DynamoDB::Table`.
    pub kind: String,
    /// Its name or id.
    pub physical_id: String,
}

/// What a resource was said to be, while the stack was changed.
pub(super) struct Event {
    pub(super) id: String,
    pub(super) logical_id: String,
    pub(super) resource: Resource,
    pub(super) status: String,
    reason: Option<String>,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<28} {}", self.status, self.logical_id)?;
        match &self.reason {
            Some(reason) if self.status.ends_with("FAILED") => write!(f, ": {reason}"),
            _ => Ok(()),
        }
    }
}

/// What the last of these events' operations made, and skipped when it was taken back.
pub(super) fn orphans(events: &[Event], stack: &str) -> Vec<Resource> {
    let of_stack =
        |event: &Event| event.resource.kind == STACK && event.resource.physical_id == stack;
    let begins = |event: &Event| {
        let operations = ["CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS"];
        of_stack(event) && operations.contains(&event.status.as_str())
    };
    let Some(first) = events.iter().rposition(begins) else { return Vec::new() };
    let operation = &events[first..];
    let taken_back =
        |event: &Event| of_stack(event) && event.status.starts_with("UPDATE_ROLLBACK_");
    if !operation.iter().any(taken_back) {
        return Vec::new();
    }
    let made: BTreeSet<&str> = operation
        .iter()
        .filter(|event| event.status.starts_with("CREATE_"))
        .map(|event| event.resource.physical_id.as_str())
        .filter(|id| !id.is_empty())
        .collect();
    let skipped = operation.iter().filter(|event| event.status == "DELETE_SKIPPED");
    let left = skipped.filter(|event| made.contains(event.resource.physical_id.as_str()));
    left.map(|event| event.resource.clone()).collect()
}

pub(super) fn read_event(event: &Value) -> Event {
    let text = |key: &str| event[key].as_str().map(str::to_owned);
    Event {
        id: text("EventId").unwrap_or_default(),
        logical_id: text("LogicalResourceId").unwrap_or_default(),
        resource: Resource {
            kind: text("ResourceType").unwrap_or_default(),
            physical_id: text("PhysicalResourceId").unwrap_or_default(),
        },
        status: text("ResourceStatus").unwrap_or_default(),
        reason: text("ResourceStatusReason"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:cloudformation:eu-west-2:1:stack/shop/1";

    fn event(kind: &str, physical_id: &str, status: &str) -> Event {
        Event {
            id: String::new(),
            logical_id: String::new(),
            resource: Resource { kind: kind.to_owned(), physical_id: physical_id.to_owned() },
            status: status.to_owned(),
            reason: None,
        }
    }

    #[test]
    fn an_orphan_is_what_an_update_made_and_its_rollback_skipped() {
        const TABLE: &str = "AWS::DynamoDB::Table";
        let events = [
            event(STACK, ARN, "UPDATE_IN_PROGRESS"),
            event(TABLE, "earlier", "CREATE_COMPLETE"),
            event(STACK, ARN, "UPDATE_COMPLETE"),
            event(STACK, ARN, "UPDATE_IN_PROGRESS"),
            event(TABLE, "", "CREATE_IN_PROGRESS"),
            event(TABLE, "new", "CREATE_COMPLETE"),
            event(STACK, ARN, "UPDATE_ROLLBACK_IN_PROGRESS"),
            event(STACK, ARN, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
            event(TABLE, "new", "DELETE_SKIPPED"),
            event(TABLE, "earlier", "DELETE_SKIPPED"),
            event(STACK, ARN, "UPDATE_ROLLBACK_COMPLETE"),
        ];
        let found: Vec<_> =
            orphans(&events, ARN).into_iter().map(|orphan| orphan.physical_id).collect();
        assert_eq!(found, ["new"], "what the update did not create is kept");
        assert_eq!(orphans(&events[..3], ARN), [], "an update that succeeded leaves none");
        let mut next = Vec::from(events);
        next.push(event(STACK, ARN, "UPDATE_IN_PROGRESS"));
        assert_eq!(orphans(&next, ARN), [], "and only the last one is looked at");
    }
}
