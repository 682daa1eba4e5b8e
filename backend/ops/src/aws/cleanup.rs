//! What failed changes of a stack leave, and how it is removed.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use super::destroy;
use super::stack::{Resource, ResourceState, Stack};

/// The type of a stack in its own events.
const STACK: &str = "AWS::CloudFormation::Stack";

impl Stack<'_> {
    /// Waits for a change that is in progress, and removes what a failed one left (tables, pools
    /// and buckets only if they are empty), so that the stack can be changed.
    pub(super) fn clean_up(&self) -> Result<()> {
        let Some(mut stack) = self.describe()? else { return Ok(()) };
        if stack.is_changing() {
            println!("    waiting for another change to finish ({})", stack.status);
            stack = self.wait(&stack.id, BTreeSet::new())?;
        }
        if stack.status == "UPDATE_ROLLBACK_FAILED" {
            println!("    a rollback failed; trying it again");
            let call = "cloudformation continue-update-rollback --stack-name";
            stack = self.change_by(&stack.id, call, &[self.name])?;
            ensure!(
                stack.status != "UPDATE_ROLLBACK_FAILED",
                "the rollback of the stack {} failed again; fix the resources listed above and retry",
                self.name
            );
        }
        if stack.status.starts_with("UPDATE_ROLLBACK_") {
            return self.remove_orphans(&stack.id);
        }
        if !stack.is_failed() {
            return Ok(());
        }
        println!("    removing what a failed change left ({})", stack.status);
        let resources = self.resources()?;
        self.delete(&stack)?;
        if stack.status != "DELETE_FAILED" {
            return self.remove(resources.into_values());
        }
        for (name, Resource { kind, physical_id }) in &resources {
            println!("    {name} of the previous stack may still exist: {physical_id} ({kind})");
        }
        Ok(())
    }

    /// Checks that no failed stack is in the way, which only a deployment removes.
    pub(super) fn is_plannable(&self) -> Result<()> {
        let stack = self.describe()?.unwrap_or_default();
        ensure!(
            !stack.is_failed(),
            "the stack failed ({}); a deployment removes it first, which a plan does not",
            stack.status
        );
        Ok(())
    }

    /// Removes what the last update created and its rollback retained, and what so belongs to no
    /// stack.
    pub(super) fn remove_orphans(&self, id: &str) -> Result<()> {
        let resources = self.resources()?;
        let orphans = orphans(&self.events(id)?, id).into_iter();
        let belongs = |orphan: &Resource| {
            resources.values().any(|resource| resource.physical_id == orphan.physical_id)
        };
        self.remove(orphans.filter(|orphan| !belongs(orphan)))
    }

    /// Deletes the tables, pools and buckets that are empty, and names the others: functions may have written
    /// to them before the change was rolled back.
    fn remove(&self, left: impl Iterator<Item = Resource>) -> Result<()> {
        for resource in left {
            match destroy::is_empty(self.aws, &resource)? {
                Some(true) => destroy::delete(self.aws, &resource)?,
                Some(false) => println!(
                    "    {} ({}) of the failed change holds data and is kept",
                    resource.physical_id, resource.kind
                ),
                None => {}
            }
        }
        Ok(())
    }
}

/// What the last operation among a stack's events created, and skipped when it was rolled back.
fn orphans(events: &[ResourceState], stack: &str) -> Vec<Resource> {
    let of_stack =
        |event: &ResourceState| event.resource.kind == STACK && event.resource.physical_id == stack;
    let starts = |event: &ResourceState| {
        let operations = ["CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS"];
        of_stack(event) && operations.contains(&event.status.as_str())
    };
    let Some(first) = events.iter().rposition(starts) else { return Vec::new() };
    let operation = &events[first..];
    if !operation.iter().any(|it| of_stack(it) && it.status.starts_with("UPDATE_ROLLBACK_")) {
        return Vec::new();
    }
    let id = |event: &ResourceState| event.resource.physical_id.clone();
    let created = operation.iter().filter(|event| event.status.starts_with("CREATE_"));
    let created: BTreeSet<String> = created.map(id).filter(|id| !id.is_empty()).collect();
    let skipped = operation.iter().filter(|event| event.status == "DELETE_SKIPPED");
    let left = skipped.filter(|event| created.contains(&event.resource.physical_id));
    left.map(|event| event.resource.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_orphan_is_what_an_update_made_and_its_rollback_skipped() {
        const ARN: &str = "arn:aws:cloudformation:eu-west-2:1:stack/shop/1";
        const TABLE: &str = "AWS::DynamoDB::Table";
        let mut events: Vec<_> = [
            (STACK, ARN, "UPDATE_IN_PROGRESS"),
            (TABLE, "earlier", "CREATE_COMPLETE"),
            (STACK, ARN, "UPDATE_COMPLETE"),
            (STACK, ARN, "UPDATE_IN_PROGRESS"),
            (TABLE, "", "CREATE_IN_PROGRESS"),
            (TABLE, "new", "CREATE_COMPLETE"),
            (STACK, ARN, "UPDATE_ROLLBACK_IN_PROGRESS"),
            (STACK, ARN, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
            (TABLE, "new", "DELETE_SKIPPED"),
            (TABLE, "earlier", "DELETE_SKIPPED"),
            (STACK, ARN, "UPDATE_ROLLBACK_COMPLETE"),
            (STACK, ARN, "UPDATE_IN_PROGRESS"),
        ]
        .map(|(kind, id, status)| ResourceState {
            resource: Resource { kind: kind.to_owned(), physical_id: id.to_owned() },
            status: status.to_owned(),
            ..ResourceState::default()
        })
        .into();
        assert_eq!(orphans(&events[..3], ARN), [], "an update that succeeded leaves none");
        assert_eq!(orphans(&events, ARN), [], "only the last operation is looked at");
        events.pop();
        let found = orphans(&events, ARN);
        let found: Vec<_> = found.iter().map(|orphan| orphan.physical_id.as_str()).collect();
        assert_eq!(found, ["new"], "what the update did not create is kept");
    }
}
