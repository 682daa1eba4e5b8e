//! The CloudFormation stack: what state it is in, how it is changed, and what it said meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::cli::Aws;
use crate::stop;

/// What the template keeps when the stack goes: orders, customers and what was sold.
pub const KEPT: [&str; 4] = ["CatalogTable", "OrdersTable", "PeopleTable", "UserPool"];

/// How often a change is looked at, at first and at last: AWS limits how often one may ask.
const LOOKS: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(4)];

/// What every stack of ours is tagged with, and with it everything in it.
const TAG: (&str, &str) = ("application", "tiffin");
/// How long a stack may say nothing of a change before it is taken not to have begun.
const SILENCE: Duration = Duration::from_secs(120);
/// How many events a look at a change asks for: more than there can be between two looks.
const NEWEST: &str = "300";
/// The type of a stack in its own events.
const STACK: &str = "AWS::CloudFormation::Stack";

/// The alarms that take an update back when they begin to ring; AWS takes five at most
/// (CloudFormation API Reference, "RollbackConfiguration").
pub const ROLLBACK_ALARMS: [&str; 5] = [
    "ApiErrorsAlarm",
    "AuthorizerErrorsAlarm",
    "UnavailableAlarm",
    "PublishesFailedAlarm",
    "EventsNotPushedAlarm",
];

/// A stack by its name.
#[derive(Clone, Copy, Debug)]
pub struct Stack<'a> {
    aws: &'a Aws,
    name: &'a str,
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

/// What a stack is to become.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The template as text.
    pub template: &'a str,
    /// Where AWS reads the template.
    pub template_url: &'a str,
    /// Parameters that were named.
    pub parameters: &'a BTreeMap<String, String>,
    /// Values for parameters that the template has and the stack does not yet.
    pub generated: &'a BTreeMap<String, String>,
    /// For how many minutes after an update its alarms may still take it back.
    pub watch_minutes: u8,
}

/// What would be changed.
#[derive(Clone, Debug)]
pub struct ChangeSet {
    id: String,
    /// Whether the stack does not exist yet.
    pub is_new: bool,
    /// What happens to each resource that is not left as it is.
    pub changes: Vec<Change>,
}

/// What would happen to one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// `Add`, `Modify`, `Remove`.
    pub action: String,
    /// Its name in the template.
    pub logical_id: String,
    /// Its type.
    pub kind: String,
    /// Whether it is made anew and the old one removed: `True`, `Conditional` or `False`.
    pub replaced: String,
}

/// What a resource was said to be, while the stack was changed.
struct Event {
    id: String,
    logical_id: String,
    resource: Resource,
    status: String,
    reason: Option<String>,
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

    /// Whether this is the debris of a creation that failed, which cannot be changed.
    fn is_debris(&self) -> bool {
        ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"]
            .contains(&self.status.as_str())
    }

    /// Whether only a change set was made for it.
    fn is_planned(&self) -> bool {
        self.status == "REVIEW_IN_PROGRESS"
    }

    fn is_changing(&self) -> bool {
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
            Err(refusal) if refusal.says_absent() => Ok(None),
            Err(refusal) => Err(refusal.of(&call)),
        }
    }

    /// Waits for a change that is under way, and clears what a failed one left, so that the stack
    /// can be changed. Returns the resources of a creation that failed which stay when their stack
    /// goes: nothing was ever kept in them.
    ///
    /// # Errors
    /// If what is left cannot be cleared.
    pub fn settle(&self) -> Result<Vec<Resource>> {
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
        if !stack.is_debris() {
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
            Some(stack) if stack.is_debris() => bail!(
                "a change of the stack failed ({}); a deployment first removes what it left, and a \
                 plan would have to do the same",
                stack.status
            ),
            _ => Ok(()),
        }
    }

    /// Asks what would be changed; `None` if nothing.
    ///
    /// Parameters that are not named keep the values that the stack has.
    ///
    /// # Errors
    /// If AWS refuses the template or a parameter.
    pub fn plan(&self, wanted: &Wanted<'_>) -> Result<Option<ChangeSet>> {
        let present = self.describe()?.filter(|stack| !stack.is_planned());
        let parameters = self.all_parameters(wanted, present.as_ref())?;
        let triggers = if present.is_some() { self.triggers(wanted.template)? } else { Vec::new() };
        let rollback = rollback_configuration(&triggers, wanted.watch_minutes);
        let kind = if present.is_some() { "UPDATE" } else { "CREATE" };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let answer = self.ask(&[
            "create-change-set",
            "--stack-name",
            self.name,
            "--change-set-name",
            &format!("tiffin-{now}"),
            "--change-set-type",
            kind,
            "--template-url",
            wanted.template_url,
            "--parameters",
            &parameters,
            "--rollback-configuration",
            &rollback,
            "--capabilities",
            "CAPABILITY_IAM",
            "--tags",
            &format!("Key={},Value={}", TAG.0, TAG.1),
        ])?;
        let id = answer["Id"].as_str().context("AWS made no change set")?.to_owned();
        let change_set = ChangeSet { id, is_new: present.is_none(), changes: Vec::new() };
        self.read_changes(change_set)
    }

    /// Makes a stack of resources that exist: `resources` as `--resources-to-import` takes them, in
    /// JSON, and a template of these alone.
    ///
    /// # Errors
    /// If AWS refuses, or one of them is not there.
    pub fn import(&self, template: &str, resources: &str) -> Result<Described> {
        let answer = self.ask(&[
            "create-change-set",
            "--stack-name",
            self.name,
            "--change-set-name",
            "tiffin-adopt",
            "--change-set-type",
            "IMPORT",
            "--resources-to-import",
            resources,
            "--template-body",
            template,
        ])?;
        let id = answer["Id"].as_str().context("AWS made no change set")?.to_owned();
        let change_set = ChangeSet { id, is_new: true, changes: Vec::new() };
        let change_set = self.read_changes(change_set)?.context("there is nothing to import")?;
        let imported = self.change(&change_set)?;
        // An import may not add tags; so the tag comes after it.
        let mut known = self.known_events(&imported.id)?;
        self.ask(&[
            "update-stack",
            "--stack-name",
            self.name,
            "--use-previous-template",
            "--tags",
            &format!("Key={},Value={}", TAG.0, TAG.1),
        ])?;
        let tagged = self.wait(&imported.id, &mut known)?;
        match outcome(&tagged.status) {
            None => Ok(tagged),
            Some(outcome) => bail!("{outcome} ({}): the stack has no tag of ours", tagged.status),
        }
    }

    /// All parameters of the template as JSON: those named, and those that the stack has already.
    fn all_parameters(&self, wanted: &Wanted<'_>, present: Option<&Described>) -> Result<String> {
        let named = wanted.parameters;
        let summary = self.ask(&["get-template-summary", "--template-url", wanted.template_url])?;
        let declared = summary["Parameters"].as_array().map_or(&[][..], Vec::as_slice);
        let declared: BTreeSet<&str> =
            declared.iter().filter_map(|it| it["ParameterKey"].as_str()).collect();
        if let Some(unknown) = named.keys().find(|name| !declared.contains(name.as_str())) {
            let known = declared.into_iter().collect::<Vec<_>>().join(", ");
            bail!("the template has no parameter {unknown}; it has {known}");
        }
        let value = |name: &&str| match named.get(*name) {
            Some(value) => Some(json!({"ParameterKey": name, "ParameterValue": value})),
            None if present.is_some_and(|stack| stack.parameters.contains_key(*name)) => {
                Some(json!({"ParameterKey": name, "UsePreviousValue": true}))
            }
            None => wanted
                .generated
                .get(*name)
                .map(|value| json!({"ParameterKey": name, "ParameterValue": value})),
        };
        Ok(Value::Array(declared.iter().filter_map(value).collect()).to_string())
    }

    /// The ARNs of the alarms that take an update back, of those that stack and template have. One
    /// that rings already is none: it would take back what is to mend its cause.
    fn triggers(&self, template: &str) -> Result<Vec<String>> {
        let resources = self.resources()?;
        let stays = |id: &&&str| template.contains(&format!("\n  {id}:\n"));
        let names: Vec<&str> = ROLLBACK_ALARMS
            .iter()
            .filter(stays)
            .filter_map(|id| resources.get(*id))
            .map(|alarm| alarm.physical_id.as_str())
            .collect();
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let call = [&["cloudwatch", "describe-alarms", "--alarm-names"], names.as_slice()].concat();
        let answer = self.aws.ask(&call)?;
        let alarms = answer["MetricAlarms"].as_array().map_or(&[][..], Vec::as_slice);
        let quiet = alarms.iter().filter(|alarm| alarm["StateValue"] != "ALARM");
        Ok(quiet.filter_map(|alarm| alarm["AlarmArn"].as_str().map(str::to_owned)).collect())
    }

    fn read_changes(&self, mut change_set: ChangeSet) -> Result<Option<ChangeSet>> {
        let mut looks = Looks::new();
        loop {
            let answer = self.ask(&["describe-change-set", "--change-set-name", &change_set.id])?;
            let reason = answer["StatusReason"].as_str().unwrap_or_default();
            match answer["Status"].as_str().unwrap_or_default() {
                "CREATE_COMPLETE" => {
                    let changes = answer["Changes"].as_array().map_or(&[][..], Vec::as_slice);
                    change_set.changes = changes.iter().map(read_change).collect();
                    return Ok(Some(change_set));
                }
                // Said in two ways, by what was found to be the same.
                "FAILED"
                    if reason.contains("didn't contain changes")
                        || reason.contains("No updates") =>
                {
                    self.forget(&change_set)?;
                    return Ok(None);
                }
                "FAILED" => {
                    let why = format!("AWS cannot make these changes: {reason}");
                    self.forget(&change_set).context(why.clone())?;
                    bail!(why)
                }
                _ => looks.wait()?,
            }
        }
    }

    /// Forgets a plan, and the empty stack that was made for it, if nobody has filled it meanwhile.
    ///
    /// # Errors
    /// If AWS refuses.
    pub fn forget(&self, change_set: &ChangeSet) -> Result<()> {
        self.ask(&["delete-change-set", "--change-set-name", &change_set.id])?;
        match self.describe()? {
            Some(stack) if change_set.is_new && stack.is_planned() => {
                self.ask(&["delete-stack", "--stack-name", &stack.id]).map(drop)
            }
            _ => Ok(()),
        }
    }

    /// Makes the changes, and tells of each resource as it goes.
    ///
    /// # Errors
    /// Why it failed; AWS then has taken everything back.
    pub fn change(&self, change_set: &ChangeSet) -> Result<Described> {
        let before = self.describe()?.context("the stack has gone away")?;
        let mut known = self.known_events(&before.id)?;
        self.ask(&["execute-change-set", "--change-set-name", &change_set.id])?;
        let after = self.wait(&before.id, &mut known)?;
        match outcome(&after.status) {
            None => Ok(after),
            Some(outcome) => bail!(
                "{outcome} ({}); what failed is marked above: mend it and run this again",
                after.status
            ),
        }
    }

    /// What the last change of the stack made and left when it was taken back: resources that the
    /// template retains. Nothing was ever kept in them, and no stack has them.
    ///
    /// # Errors
    /// If AWS does not tell.
    pub fn orphans(&self, id: &str) -> Result<Vec<Resource>> {
        let resources = self.resources()?;
        let mut left = orphans(&self.events(id, None)?, id);
        left.retain(|orphan| resources.values().all(|it| it.physical_id != orphan.physical_id));
        Ok(left)
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

    fn known_events(&self, id: &str) -> Result<BTreeSet<String>> {
        Ok(self.events(id, None)?.into_iter().map(|event| event.id).collect())
    }

    /// Waits until the stack is at rest, and prints what happens to its resources. At rest it is
    /// only once it has said something of itself that was not known before: a first look may come
    /// before AWS has begun.
    fn wait(&self, id: &str, known: &mut BTreeSet<String>) -> Result<Described> {
        let (mut looks, begun) = (Looks::new(), Instant::now());
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
            if !has_begun && !stack.is_changing() && begun.elapsed() > SILENCE {
                bail!(
                    "AWS has not begun to change the stack {} within {} seconds; it is {}. Run \
                     this again",
                    self.name,
                    SILENCE.as_secs(),
                    stack.status
                );
            }
            looks.wait().inspect_err(|_| {
                println!("    AWS goes on with it; running this again waits for its end");
            })?;
        }
    }

    /// What was said of the stack's resources, the oldest first: of all, or of the newest so many.
    fn events(&self, id: &str, newest: Option<&str>) -> Result<Vec<Event>> {
        let mut call = vec!["cloudformation", "describe-stack-events", "--stack-name", id];
        call.extend(newest.into_iter().flat_map(|newest| ["--max-items", newest]));
        let answer = match self.aws.try_ask(&call)? {
            Ok(answer) => answer,
            Err(refusal) if refusal.says_absent() => return Ok(Vec::new()),
            Err(refusal) => return Err(refusal.of(&call)),
        };
        let events = answer["StackEvents"].as_array().map_or(&[][..], Vec::as_slice);
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
        let resources = answer["StackResourceSummaries"].as_array().map_or(&[][..], Vec::as_slice);
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
        let stacks = answer["StackSummaries"].as_array().map_or(&[][..], Vec::as_slice);
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

    fn ask(&self, arguments: &[&str]) -> Result<Value> {
        self.aws.ask(&[&["cloudformation"], arguments].concat())
    }
}

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

/// Waits a little longer each time.
struct Looks(Duration);

impl Looks {
    const fn new() -> Self {
        Self(LOOKS[0])
    }

    fn wait(&mut self) -> Result<()> {
        stop::pause(self.0)?;
        self.0 = (self.0 * 2).min(LOOKS[1]);
        Ok(())
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { action, logical_id, kind, replaced } = self;
        write!(f, "{action:<7} {logical_id} ({kind})")?;
        match replaced.as_str() {
            "True" => f.write_str(", made anew"),
            "Conditional" => f.write_str(", perhaps made anew"),
            _ => Ok(()),
        }
    }
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

/// What a change came to, by the stack's status after it; `None` if it was made.
fn outcome(status: &str) -> Option<&'static str> {
    match status {
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" => None,
        "ROLLBACK_COMPLETE" | "DELETE_COMPLETE" => {
            Some("the stack could not be made, and was taken back")
        }
        "UPDATE_ROLLBACK_COMPLETE" | "IMPORT_ROLLBACK_COMPLETE" => {
            Some("the stack could not be changed, and is as it was before")
        }
        _ => Some("the change failed, and could not be taken back either"),
    }
}

/// The rollback configuration in JSON. An empty one is said, too: without, an update keeps the
/// configuration of the one before (CloudFormation User Guide, "Roll back your stack on alarm breach
/// with rollback triggers").
fn rollback_configuration(alarms: &[String], minutes: u8) -> String {
    let trigger = |arn: &String| json!({"Arn": arn, "Type": "AWS::CloudWatch::Alarm"});
    let triggers: Vec<Value> = alarms.iter().map(trigger).collect();
    json!({"RollbackTriggers": triggers, "MonitoringTimeInMinutes": minutes}).to_string()
}

/// What the last of these events' operations made, and skipped when it was taken back.
fn orphans(events: &[Event], stack: &str) -> Vec<Resource> {
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

fn read_stack(stack: &Value) -> Described {
    let pairs = |list: &str, key: &str, value: &str| -> BTreeMap<String, String> {
        let items = stack[list].as_array().map_or(&[][..], Vec::as_slice);
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

fn read_change(change: &Value) -> Change {
    let change = &change["ResourceChange"];
    let text = |key: &str| change[key].as_str().unwrap_or_default().to_owned();
    Change {
        action: text("Action"),
        logical_id: text("LogicalResourceId"),
        kind: text("ResourceType"),
        replaced: text("Replacement"),
    }
}

fn read_event(event: &Value) -> Event {
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
        assert_eq!(found, ["new"], "what the update did not make is somebody's");
        assert_eq!(orphans(&events[..3], ARN), [], "an update that succeeded leaves none");
        let mut next = Vec::from(events);
        next.push(event(STACK, ARN, "UPDATE_IN_PROGRESS"));
        assert_eq!(orphans(&next, ARN), [], "and only the last one is looked at");
    }

    #[test]
    fn a_change_that_failed_is_told_by_what_it_came_to() {
        for (status, said) in [
            ("UPDATE_COMPLETE", None),
            ("ROLLBACK_COMPLETE", Some("could not be made")),
            ("UPDATE_ROLLBACK_COMPLETE", Some("is as it was before")),
            ("UPDATE_ROLLBACK_FAILED", Some("could not be taken back")),
            ("ROLLBACK_FAILED", Some("could not be taken back")),
            ("UPDATE_FAILED", Some("could not be taken back")),
        ] {
            let outcome = outcome(status);
            assert_eq!(outcome.is_some(), said.is_some(), "{status}");
            assert!(outcome.zip(said).is_none_or(|(it, said)| it.contains(said)), "{status}");
        }
    }

    #[test]
    fn an_update_is_taken_back_by_alarms_that_the_template_has() {
        let template = include_str!("../../../template.yaml");
        for alarm in ROLLBACK_ALARMS {
            let declared = format!("\n  {alarm}:\n    Type: AWS::CloudWatch::Alarm\n");
            assert!(template.contains(&declared), "{alarm}");
        }
        let configuration = |alarms: &[String], minutes| -> Value {
            serde_json::from_str(&rollback_configuration(alarms, minutes)).unwrap()
        };
        let trigger = json!({"Arn": "arn", "Type": "AWS::CloudWatch::Alarm"});
        let expected = json!({"MonitoringTimeInMinutes": 5, "RollbackTriggers": [trigger]});
        assert_eq!(configuration(&["arn".to_owned()], 5), expected);
        let none = json!({"MonitoringTimeInMinutes": 0, "RollbackTriggers": []});
        assert_eq!(configuration(&[], 0), none);
    }
}
