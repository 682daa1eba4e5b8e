//! What failed changes of a stack leave, and how it is removed before the next one.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use super::events::{self, Resource};
use super::stack::Stack;

impl Stack<'_> {
    /// Waits for a change that is in progress, and removes what a failed one left, so that the stack
    /// can be changed. Returns the resources of a failed creation or update that CloudFormation
    /// retains.
    ///
    /// # Errors
    /// If what is left cannot be removed.
    pub fn clean_up(&self) -> Result<Vec<Resource>> {
        let Some(mut stack) = self.describe()? else { return Ok(Vec::new()) };
        if stack.is_changing() {
            println!("    waiting for another change to finish ({})", stack.status);
            stack = self.wait(&stack.id, &mut BTreeSet::new())?;
        }
        if stack.status == "UPDATE_ROLLBACK_FAILED" {
            println!("    a rollback failed; trying it again");
            let mut known = self.known_events(&stack.id)?;
            self.ask(&["continue-update-rollback", "--stack-name", self.name])?;
            stack = self.wait(&stack.id, &mut known)?;
            if stack.status == "UPDATE_ROLLBACK_FAILED" {
                bail!(
                    "the rollback of the stack {} failed again ({}); fix the resources listed above \
                     and retry",
                    self.name,
                    stack.status
                );
            }
        }
        if stack.status.starts_with("UPDATE_ROLLBACK_") {
            return self.orphans(&stack.id);
        }
        if !stack.is_failed() {
            return Ok(Vec::new());
        }
        println!("    removing what a failed change left ({})", stack.status);
        let resources = self.resources()?;
        self.delete(&stack)?;
        if stack.status == "DELETE_FAILED" {
            for (name, Resource { kind, physical_id }) in &resources {
                println!(
                    "    {name} of the previous stack may still exist: {physical_id} ({kind})"
                );
            }
            return Ok(Vec::new());
        }
        Ok(resources.into_values().collect())
    }

    /// Checks that no failed stack is in the way, which only a deployment removes.
    ///
    /// # Errors
    /// If there is one.
    pub fn is_plannable(&self) -> Result<()> {
        match self.describe()? {
            Some(stack) if stack.is_failed() => bail!(
                "the stack failed ({}); a deployment removes it first, which a plan does not",
                stack.status
            ),
            _ => Ok(()),
        }
    }

    /// The resources that the last update created and its rollback retained, and that belong to no
    /// stack.
    ///
    /// # Errors
    /// If AWS cannot be asked.
    pub fn orphans(&self, id: &str) -> Result<Vec<Resource>> {
        let resources = self.resources()?;
        let mut left = events::orphans(&self.events(id, None)?, id);
        left.retain(|orphan| resources.values().all(|it| it.physical_id != orphan.physical_id));
        Ok(left)
    }
}
