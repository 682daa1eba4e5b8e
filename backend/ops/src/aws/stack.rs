//! The CloudFormation stack: its state, its resources, and waiting for the end of a change.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::cli::{Aws, list};
use super::events::{Event, read_event};
use crate::stop;

pub use super::events::{Resource, Resources};

/// What the template keeps when the stack goes: orders, customers and what was sold.
pub const KEPT: [&str; 4] = ["CatalogTable", "OrdersTable", "PeopleTable", "UserPool"];

/// The intervals, first and last, at which a change is polled: AWS limits the rate of requests.
const POLL: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(4)];

/// What every stack of ours is tagged with, and with it everything in it.
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
    /// What it puts out, by name.
    pub outputs: BTreeMap<String, String>,
    /// Its parameters, by name.
    pub parameters: BTreeMap<String, String>,
    /// Whether somebody has protected it against being deleted.
    pub is_protected: bool,
    /// Whether a deployment of ours made it.
    pub is_ours: bool,
}

impl Described {
    /// What the stack puts out under a name.
    ///
    /// # Errors
    /// If it does not: then it is not a stack of ours, or an old one.
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
    /// If AWS does not tell, or somebody else's stack has that name.
    pub fn describe(&self) -> Result<Option<Described>> {
        let stack = self.describe_by(self.name)?.filter(|stack| !stack.is_gone());
        match stack {
            Some(stack) if !stack.is_ours && !stack.is_planned() => bail!(
                "the stack {} is none of Tiffin's (it lacks the tag {}={}); choose another name",
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
    /// If there is none, or it is being made.
    pub fn existing(&self) -> Result<Described> {
        match self.describe()? {
            Some(stack) if !stack.is_planned() => Ok(stack),
            _ => bail!(
                "there is no stack {} in {}; `cargo aws deploy --stack {}` makes one",
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
    /// Why it could not be.
    pub fn delete(&self, stack: &Described) -> Result<()> {
        let mut known = self.known_events(&stack.id)?;
        self.ask(&["delete-stack", "--stack-name", self.name])?;
        let after = self.wait(&stack.id, &mut known)?;
        match after.status.as_str() {
            "DELETE_COMPLETE" => Ok(()),
            status => bail!(
                "the stack could not be deleted ({status}); what failed is marked above: mend it \
                 and run this again"
            ),
        }
    }

    pub(super) fn known_events(&self, id: &str) -> Result<BTreeSet<String>> {
        Ok(self.events(id, None)?.into_iter().map(|event| event.id).collect())
    }

    /// Waits until the stack is at rest, and prints what happens to its resources. At rest it is
    /// only once it has said something of itself that was not known before: a first look may come
    /// before AWS has begun.
    pub(super) fn wait(&self, id: &str, known: &mut BTreeSet<String>) -> Result<Described> {
        let (mut backoff, begun) = (Backoff::new(), Instant::now());
        let mut has_begun = false;
        loop {
            let Some(stack) = self.describe_by(id)? else {
                let status = "DELETE_COMPLETE".to_owned();
                return Ok(Described { id: id.to_owned(), status, ..Described::default() });
            };
            // After the state, so that nothing is missed of what led to it.
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
                    "AWS has not begun to change the stack {} within {} seconds; it is {}. Run \
                     this again",
                    self.name,
                    START_TIMEOUT.as_secs(),
                    stack.status
                );
            }
            backoff.wait().inspect_err(|_| {
                println!("    AWS goes on with it; running this again waits for its end");
            })?;
        }
    }

    /// What was said of the stack's resources, the oldest first: of all, or of the newest so many.
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

    /// The stack's resources that are there, by their names in the template.
    ///
    /// # Errors
    /// If AWS does not tell.
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

    /// What the last stack of this name left when it was deleted, by its names in the template;
    /// AWS remembers it for 90 days (CloudFormation API Reference, "ListStackResources").
    ///
    /// # Errors
    /// If AWS does not tell, or that stack was somebody else's.
    pub fn left_by_the_last(&self) -> Result<Resources> {
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
                "the last stack {} is deleted, and was none of Tiffin's (it lacked the tag {}={}): \
                 what it left is left alone",
                self.name,
                TAG.0,
                TAG.1
            ),
            Some(_) => self.skipped(id),
        }
    }

    /// What was kept when a stack was deleted: of its list of resources, and of all its events, since
    /// emulators forget the list.
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
