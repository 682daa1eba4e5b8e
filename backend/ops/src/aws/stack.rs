//! The CloudFormation stack: its state, its resources, and waiting for the end of a change.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::cli::{Aws, list};
use super::events::{Event, read_event};
use crate::stop;

pub use super::events::{Resource, Resources};

/// The resources that the template retains when the stack is deleted: orders, customers, catalog.
pub const KEPT: [&str; 4] = ["CatalogTable", "OrdersTable", "PeopleTable", "UserPool"];

/// The intervals, first and last, at which a change is polled: AWS limits the rate of requests.
const POLL: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(4)];

/// The tag of every stack of ours, and so of every resource in it.
pub(super) const TAG: (&str, &str) = ("application", "tiffin");
/// How long CloudFormation may take to begin a change.
const START_TIMEOUT: Duration = Duration::from_secs(120);
/// How many events are read at each poll: more than there can be between two.
const NEWEST: &str = "300";

/// A stack by its name.
#[derive(Clone, Copy, Debug)]
pub struct Stack<'a> {
    pub(super) aws: &'a Aws,
    pub(super) name: &'a str,
}

/// A stack as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// Its ARN, under which it is known even after it is deleted.
    pub id: String,
    /// Its state, such as `UPDATE_COMPLETE`.
    pub status: String,
    /// Its outputs, by name.
    pub outputs: BTreeMap<String, String>,
    /// Its parameters, by name.
    pub parameters: BTreeMap<String, String>,
    /// Whether it is protected against deletion.
    pub is_protected: bool,
    /// Whether it has our tag.
    pub is_ours: bool,
}

impl Described {
    /// The stack's output of a name.
    ///
    /// # Errors
    /// If there is none: then it is not a stack of ours, or an old one.
    pub fn output(&self, name: &str) -> Result<&str> {
        let value = self.outputs.get(name).map(String::as_str);
        value.with_context(|| format!("the stack has no output {name}; deploy it again"))
    }

    /// Whether this is what a failed creation or deletion left, which cannot be changed.
    pub(super) fn is_failed(&self) -> bool {
        ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"]
            .contains(&self.status.as_str())
    }

    /// Whether only a change set was made for it.
    pub(super) fn is_planned(&self) -> bool {
        self.status == "REVIEW_IN_PROGRESS"
    }

    pub(super) fn is_changing(&self) -> bool {
        self.status.ends_with("_IN_PROGRESS") && !self.is_planned()
    }

    fn is_gone(&self) -> bool {
        self.status == "DELETE_COMPLETE"
    }
}

impl<'a> Stack<'a> {
    /// The stack of that name.
    #[must_use]
    pub const fn new(aws: &'a Aws, name: &'a str) -> Self {
        Self { aws, name }
    }

    /// The stack as it is; `None` if there is none.
    ///
    /// # Errors
    /// If AWS cannot be asked, or a stack without our tag has that name.
    pub fn describe(&self) -> Result<Option<Described>> {
        let stack = self.describe_by(self.name)?.filter(|stack| !stack.is_gone());
        match stack {
            Some(stack) if !stack.is_ours && !stack.is_planned() => bail!(
                "the stack {} is not one of Tiffin's (it lacks the tag {}={}); choose another name",
                self.name,
                TAG.0,
                TAG.1
            ),
            stack => Ok(stack),
        }
    }

    /// The stack as it is.
    ///
    /// # Errors
    /// If there is none yet.
    pub fn existing(&self) -> Result<Described> {
        match self.describe()? {
            Some(stack) if !stack.is_planned() => Ok(stack),
            _ => bail!(
                "there is no stack {} in {}; `cargo aws deploy --stack {}` creates one",
                self.name,
                self.aws.region(),
                self.name
            ),
        }
    }

    fn describe_by(&self, name: &str) -> Result<Option<Described>> {
        let call = ["cloudformation", "describe-stacks", "--stack-name", name];
        match self.aws.try_ask(&call)? {
            Ok(answer) => Ok(Some(read_stack(&answer["Stacks"][0]))),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error.of_call(&call)),
        }
    }

    /// Deletes the stack and waits until it is gone.
    ///
    /// # Errors
    /// If it could not be deleted: its status.
    pub fn delete(&self, stack: &Described) -> Result<()> {
        let mut known = self.known_events(&stack.id)?;
        self.ask(&["delete-stack", "--stack-name", self.name])?;
        let after = self.wait(&stack.id, &mut known)?;
        match after.status.as_str() {
            "DELETE_COMPLETE" => Ok(()),
            status => bail!(
                "deleting the stack failed ({status}); fix the resources listed above and retry"
            ),
        }
    }

    pub(super) fn known_events(&self, id: &str) -> Result<BTreeSet<String>> {
        Ok(self.events(id, None)?.into_iter().map(|event| event.id).collect())
    }

    /// Waits until the stack's change is finished, and prints what happens to its resources. It is
    /// finished only once the stack has an event that is not in `known`: the first poll may come
    /// before AWS has begun.
    pub(super) fn wait(&self, id: &str, known: &mut BTreeSet<String>) -> Result<Described> {
        let (mut backoff, begun) = (Backoff::new(), Instant::now());
        let mut has_begun = false;
        loop {
            let Some(stack) = self.describe_by(id)? else {
                let status = "DELETE_COMPLETE".to_owned();
                return Ok(Described { id: id.to_owned(), status, ..Described::default() });
            };
            // After the status, so that no event before it is missed.
            for event in self.events(id, Some(NEWEST))? {
                if known.insert(event.id.clone()) {
                    has_begun |= event.logical_id == self.name;
                    if !event.status.ends_with("_IN_PROGRESS") {
                        println!("    {event}");
                    }
                }
            }
            if !stack.is_changing() && !stack.is_planned() && has_begun {
                return Ok(stack);
            }
            if !has_begun && !stack.is_changing() && begun.elapsed() > START_TIMEOUT {
                bail!(
                    "AWS has not begun to change the stack {} within {} seconds ({}); retry",
                    self.name,
                    START_TIMEOUT.as_secs(),
                    stack.status
                );
            }
            backoff.wait().inspect_err(|_| {
                println!("    AWS continues; running this again waits until it has finished");
            })?;
        }
    }

    /// The stack's events, the oldest first: all, or so many of the newest.
    pub(super) fn events(&self, id: &str, newest: Option<&str>) -> Result<Vec<Event>> {
        let mut call = vec!["cloudformation", "describe-stack-events", "--stack-name", id];
        call.extend(newest.into_iter().flat_map(|newest| ["--max-items", newest]));
        let answer = match self.aws.try_ask(&call)? {
            Ok(answer) => answer,
            Err(error) if error.is_not_found() => return Ok(Vec::new()),
            Err(error) => return Err(error.of_call(&call)),
        };
        let events = list(&answer, "StackEvents");
        Ok(events.iter().rev().map(read_event).collect())
    }

    /// The stack's resources that exist, by their names in the template.
    ///
    /// # Errors
    /// If AWS cannot be asked.
    pub fn resources(&self) -> Result<Resources> {
        self.resources_of(self.name, |status| status != "DELETE_COMPLETE")
    }

    /// The resources of a stack by name or ARN that are in some states; the command line reads all
    /// pages of the answer.
    fn resources_of(&self, stack: &str, is_meant: impl Fn(&str) -> bool) -> Result<Resources> {
        let answer = self.ask(&["list-stack-resources", "--stack-name", stack])?;
        let resources = list(&answer, "StackResourceSummaries");
        let read = |it: &Value| {
            let text = |key: &str| it[key].as_str().filter(|it| !it.is_empty()).map(str::to_owned);
            let is_meant = is_meant(&text("ResourceStatus")?);
            let (kind, physical_id) = (text("ResourceType")?, text("PhysicalResourceId")?);
            is_meant.then_some((text("LogicalResourceId")?, Resource { kind, physical_id }))
        };
        Ok(resources.iter().filter_map(read).collect())
    }

    /// The resources that the last deleted stack of this name retained, by their names in the
    /// template; AWS lists them for 90 days (CloudFormation API Reference, "ListStackResources").
    ///
    /// # Errors
    /// If AWS cannot be asked, or that stack lacked our tag.
    pub fn retained_by_deleted(&self) -> Result<Resources> {
        let answer = self.ask(&["list-stacks", "--stack-status-filter", "DELETE_COMPLETE"])?;
        let stacks = list(&answer, "StackSummaries");
        let named = stacks.iter().filter(|stack| stack["StackName"] == self.name);
        let last = named.max_by_key(|stack| stack["DeletionTime"].as_str().unwrap_or_default());
        let Some(id) = last.and_then(|stack| stack["StackId"].as_str()) else {
            return Ok(Resources::new());
        };
        match self.describe_by(id)? {
            None => Ok(Resources::new()),
            Some(stack) if !stack.is_ours => bail!(
                "the deleted stack {} was not one of Tiffin's (it lacked the tag {}={}); its \
                 resources are not touched",
                self.name,
                TAG.0,
                TAG.1
            ),
            Some(_) => self.skipped(id),
        }
    }

    /// The resources that a deleted stack retained, by its list of resources, and by its events: the
    /// emulator does not keep the list.
    fn skipped(&self, id: &str) -> Result<Resources> {
        let skipped = |status: &str| status == "DELETE_SKIPPED";
        let mut resources = self.resources_of(id, skipped)?;
        for event in self.events(id, None)?.into_iter().filter(|event| skipped(&event.status)) {
            resources.entry(event.logical_id).or_insert(event.resource);
        }
        Ok(resources)
    }

    pub(super) fn ask(&self, arguments: &[&str]) -> Result<Value> {
        self.aws.ask(&[&["cloudformation"], arguments].concat())
    }
}

/// A wait that is longer each time.
pub(super) struct Backoff(Duration);

impl Backoff {
    pub(super) const fn new() -> Self {
        Self(POLL[0])
    }

    /// Waits; an error if the command is interrupted.
    pub(super) fn wait(&mut self) -> Result<()> {
        stop::pause(self.0)?;
        self.0 = (self.0 * 2).min(POLL[1]);
        Ok(())
    }
}

fn read_stack(stack: &Value) -> Described {
    let pairs = |name: &str, key: &str, value: &str| -> BTreeMap<String, String> {
        let items = list(stack, name);
        let text = |item: &Value, name: &str| item[name].as_str().unwrap_or_default().to_owned();
        items.iter().map(|item| (text(item, key), text(item, value))).collect()
    };
    Described {
        id: stack["StackId"].as_str().unwrap_or_default().to_owned(),
        status: stack["StackStatus"].as_str().unwrap_or_default().to_owned(),
        outputs: pairs("Outputs", "OutputKey", "OutputValue"),
        parameters: pairs("Parameters", "ParameterKey", "ParameterValue"),
        is_protected: stack["EnableTerminationProtection"] == true,
        is_ours: pairs("Tags", "Key", "Value").get(TAG.0).is_some_and(|value| value == TAG.1),
    }
}
