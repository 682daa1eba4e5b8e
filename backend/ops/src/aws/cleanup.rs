//! What failed changes of a stack leave, and how it is removed before the next one.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use super::events::{self, Resource};
use super::stack::Stack;

impl Stack<'_> {
    /// Waits for a change that is under way, and clears what a failed one left, so that the stack
    /// can be changed. Returns the resources of a creation that failed which stay when their stack
    /// goes: nothing was ever kept in them.
    ///
    /// # Errors
    /// If what is left cannot be cleared.
    pub fn clean_up(&self) -> Result<Vec<Resource>> {
        let Some(mut stack) = self.describe()? else { return Ok(Vec::new()) };
        if stack.is_changing() {
            println!("    waiting for another change to end ({})", stack.status);
            stack = self.wait(&stack.id, &mut BTreeSet::new())?;
        }
        if stack.status == "UPDATE_ROLLBACK_FAILED" {
            println!("    an update could not be taken back; trying again");
            let mut known = self.known_events(&stack.id)?;
            self.ask(&["continue-update-rollback", "--stack-name", self.name])?;
            stack = self.wait(&stack.id, &mut known)?;
            if stack.status == "UPDATE_ROLLBACK_FAILED" {
                bail!(
                    "an update of the stack {} failed and cannot be taken back ({}); what failed \
                     is marked above: mend it and run this again",
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
                println!("    {name} of the stack before may be kept: {physical_id} ({kind})");
            }
            return Ok(Vec::new());
        }
        Ok(resources.into_values().collect())
    }

    /// Refuses to plan on top of what a failed change left, which only a deployment clears.
    ///
    /// # Errors
    /// If there is such debris.
    pub fn is_plannable(&self) -> Result<()> {
        match self.describe()? {
            Some(stack) if stack.is_failed() => bail!(
                "a change of the stack failed ({}); a deployment first removes what it left, and a \
                 plan would have to do the same",
                stack.status
            ),
            _ => Ok(()),
        }
    }

    /// What the last change of the stack made and left when it was taken back: resources that the
    /// template retains. Nothing was ever kept in them, and no stack has them.
    ///
    /// # Errors
    /// If AWS does not tell.
    pub fn orphans(&self, id: &str) -> Result<Vec<Resource>> {
        let resources = self.resources()?;
        let mut left = events::orphans(&self.events(id, None)?, id);
        left.retain(|orphan| resources.values().all(|it| it.physical_id != orphan.physical_id));
        Ok(left)
    }
}
