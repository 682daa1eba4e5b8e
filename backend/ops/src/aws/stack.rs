//! The CloudFormation stack: its state, its resources, and waiting for the end of a change.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::cli::{Aws, list};
use crate::stop;

/// The resources that the template retains when the stack is deleted: orders, customers, the catalog and the
/// pictures that its menus name.
pub(super) const RETAINED: [&str; 5] =
    ["CatalogTable", "OrdersTable", "PeopleTable", "PicturesBucket", "UserPool"];

/// The tag of every stack of ours, and so of every resource in it.
pub(super) const TAG: (&str, &str) = ("application", "tiffin");

/// How long to wait before a change is polled again: AWS limits the rate of requests.
pub(super) const POLL: Duration = Duration::from_secs(1);
/// How long CloudFormation may take to begin a change.
const START_TIMEOUT: Duration = Duration::from_secs(120);

/// A stack by its name.
#[derive(Clone, Copy, Debug)]
pub struct Stack<'a> {
    pub(super) aws: &'a Aws,
    pub(super) name: &'a str,
}

/// A stack as it is.
#[derive(Clone, Debug, Default)]
pub struct Described {
    /// Its ARN, under which it is known even after it is deleted.
    pub(super) id: String,
    /// Its state, such as `UPDATE_COMPLETE`.
    pub(super) status: String,
    /// Its outputs, by name.
    pub outputs: BTreeMap<String, String>,
    /// Its parameters, by name.
    pub parameters: BTreeMap<String, String>,
    /// Whether it is protected against deletion.
    pub(super) is_protected: bool,
    /// Whether it has our tag.
    pub(super) has_tag: bool,
}

/// The resources of a stack, by their names in the template.
pub type Resources = BTreeMap<String, Resource>;

/// A resource that exists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Resource {
    /// Its type, such as `AWS::DynamoDB::Table`.
    #[serde(rename = "ResourceType")]
    pub(super) kind: String,
    /// Its name or id; empty before it has one.
    #[serde(rename = "PhysicalResourceId")]
    pub physical_id: String,
}

/// The state of a resource, in a stack's list of them, or in an event of a change.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ResourceState {
    /// The event's.
    #[serde(rename = "EventId")]
    pub(super) id: String,
    #[serde(rename = "LogicalResourceId")]
    pub(super) logical_id: String,
    #[serde(flatten)]
    pub(super) resource: Resource,
    #[serde(rename = "ResourceStatus")]
    pub(super) status: String,
    #[serde(rename = "ResourceStatusReason")]
    pub(super) reason: String,
}

impl fmt::Display for ResourceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<28} {}", self.status, self.logical_id)?;
        match self.status.ends_with("FAILED") && !self.reason.is_empty() {
            true => write!(f, ": {}", self.reason),
            false => Ok(()),
        }
    }
}

impl Described {
    /// The stack's output of a name.
    ///
    /// # Errors
    /// If it has none: it is a stack of something else, or an old one.
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
}

impl<'a> Stack<'a> {
    /// The stack of that name.
    pub const fn new(aws: &'a Aws, name: &'a str) -> Self {
        Self { aws, name }
    }

    /// The stack as it is; `None` if there is none. One without our tag is an error.
    pub(super) fn describe(&self) -> Result<Option<Described>> {
        let stack = self.describe_by(self.name)?;
        match stack.filter(|stack| stack.status != "DELETE_COMPLETE") {
            Some(stack) if !stack.has_tag && !stack.is_planned() => {
                let (name, (key, value)) = (self.name, TAG);
                bail!(
                    "the stack {name} is not one of Tiffin's (it lacks the tag {key}={value}); choose \
                     another name"
                )
            }
            stack => Ok(stack),
        }
    }

    /// The stack as it is.
    ///
    /// # Errors
    /// If there is none, or it lacks our tag.
    pub fn existing(&self) -> Result<Described> {
        let stack = self.describe()?.filter(|stack| !stack.is_planned());
        stack.with_context(|| {
            let (name, region) = (self.name, self.aws.region());
            format!("there is no stack {name} in {region}; `cargo aws deploy --stack {name}` creates one")
        })
    }

    fn describe_by(&self, name: &str) -> Result<Option<Described>> {
        let answer = self.aws.find("cloudformation describe-stacks --stack-name", &[name])?;
        answer.map(|answer| read_stack(&answer["Stacks"][0])).transpose()
    }

    /// Deletes the stack and waits until it is gone.
    pub(super) fn delete(&self, stack: &Described) -> Result<()> {
        let call = "cloudformation delete-stack --stack-name";
        match self.change_by(&stack.id, call, &[self.name])?.status.as_str() {
            "DELETE_COMPLETE" => Ok(()),
            status => bail!(
                "deleting the stack failed ({status}); fix the resources listed above and retry"
            ),
        }
    }

    /// Makes a call that begins a change of the stack with the ARN `id`, and waits for its end; the
    /// stack as it is then.
    pub(super) fn change_by(&self, id: &str, call: &str, arguments: &[&str]) -> Result<Described> {
        let known = self.events(id)?.into_iter().map(|event| event.id).collect();
        self.aws.ask(call, arguments)?;
        self.wait(id, known)
    }

    /// Waits until the stack's change is finished, and prints what happens to its resources. It is
    /// finished only once the stack has an event that is not in `known`: the first look may come
    /// before AWS has begun.
    pub(super) fn wait(&self, id: &str, mut known: BTreeSet<String>) -> Result<Described> {
        let (mut has_begun, asked) = (false, Instant::now());
        loop {
            let Some(stack) = self.describe_by(id)? else {
                let status = "DELETE_COMPLETE".to_owned();
                return Ok(Described { id: id.to_owned(), status, ..Described::default() });
            };
            // After the status, so that no event before it is missed; the newest are more than there
            // can be between two looks.
            for event in self.events_by("--max-items 300 --stack-name", id)? {
                if known.insert(event.id.clone()) {
                    has_begun |= event.logical_id == self.name;
                    if !event.status.ends_with("_IN_PROGRESS") {
                        println!("    {event}");
                    }
                }
            }
            if has_begun && !stack.is_changing() && !stack.is_planned() {
                return Ok(stack);
            }
            ensure!(
                has_begun || stack.is_changing() || asked.elapsed() < START_TIMEOUT,
                "AWS has not begun to change the stack {} within {} seconds ({}); retry",
                self.name,
                START_TIMEOUT.as_secs(),
                stack.status
            );
            stop::pause(POLL).inspect_err(|_| {
                println!("    AWS continues; running this again waits until it has finished");
            })?;
        }
    }

    /// All events of the stack with the ARN `id`, the oldest first.
    pub(super) fn events(&self, id: &str) -> Result<Vec<ResourceState>> {
        self.events_by("--stack-name", id)
    }

    fn events_by(&self, options: &str, id: &str) -> Result<Vec<ResourceState>> {
        let call = format!("cloudformation describe-stack-events {options}");
        let answer = self.aws.find(&call, &[id])?.unwrap_or_default();
        Ok(list(&answer, "StackEvents")?.into_iter().rev().collect())
    }

    /// The stack's resources that exist, by their names in the template.
    ///
    /// # Errors
    /// If there is no such stack, or AWS refuses the call.
    pub fn resources(&self) -> Result<Resources> {
        self.resources_of(self.name, |status| status != "DELETE_COMPLETE")
    }

    /// The resources of a stack, by its name or ARN, that have a status.
    fn resources_of(&self, stack: &str, has_status: impl Fn(&str) -> bool) -> Result<Resources> {
        let call = "cloudformation list-stack-resources --stack-name";
        let states: Vec<ResourceState> =
            list(&self.aws.ask(call, &[stack])?, "StackResourceSummaries")?;
        let chosen = states
            .into_iter()
            .filter(|state| has_status(&state.status) && !state.resource.physical_id.is_empty());
        Ok(chosen.map(|state| (state.logical_id, state.resource)).collect())
    }

    /// The resources that the last deleted stack of this name retained, by their names in the
    /// template; AWS lists them for 90 days (CloudFormation API Reference, "ListStackResources").
    /// If that stack lacked our tag, it is an error.
    pub(super) fn retained_by_deleted(&self) -> Result<Resources> {
        let call = "cloudformation list-stacks --stack-status-filter DELETE_COMPLETE";
        let stacks: Vec<Value> = list(&self.aws.ask(call, &[])?, "StackSummaries")?;
        let stacks = stacks.iter().filter(|stack| stack["StackName"] == self.name);
        let last = stacks.max_by_key(|stack| stack["DeletionTime"].as_str().unwrap_or_default());
        let Some(id) = last.and_then(|stack| stack["StackId"].as_str()) else {
            return Ok(Resources::new());
        };
        let Some(stack) = self.describe_by(id)? else { return Ok(Resources::new()) };
        let (name, (key, value)) = (self.name, TAG);
        ensure!(
            stack.has_tag,
            "the deleted stack {name} was not one of Tiffin's (it lacked the tag {key}={value}); its \
             resources are not touched"
        );
        // By its list of resources, and by its events: the emulator does not keep the list.
        let skipped = |status: &str| status == "DELETE_SKIPPED";
        let mut resources = self.resources_of(id, skipped)?;
        for event in self.events(id)?.into_iter().filter(|event| skipped(&event.status)) {
            resources.entry(event.logical_id).or_insert(event.resource);
        }
        Ok(resources)
    }
}

fn read_stack(stack: &Value) -> Result<Described> {
    let pairs = |name: &str, key: &str, value: &str| {
        let text = |item: &Value, name: &str| item[name].as_str().unwrap_or_default().to_owned();
        let items: Vec<Value> = list(stack, name)?;
        Ok::<BTreeMap<_, _>, anyhow::Error>(
            items.iter().map(|item| (text(item, key), text(item, value))).collect(),
        )
    };
    let text =
        |key: &str| stack[key].as_str().map(str::to_owned).context("a stack without a state");
    Ok(Described {
        id: text("StackId")?,
        status: text("StackStatus")?,
        outputs: pairs("Outputs", "OutputKey", "OutputValue")?,
        parameters: pairs("Parameters", "ParameterKey", "ParameterValue")?,
        is_protected: stack["EnableTerminationProtection"] == true,
        has_tag: pairs("Tags", "Key", "Value")?.get(TAG.0).is_some_and(|value| value == TAG.1),
    })
}
