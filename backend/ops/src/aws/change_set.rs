//! Changes of a stack: what would change, making the changes, and their outcome.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::cli::list;
use super::stack::{Backoff, Described, Stack, TAG};

/// The alarms that roll an update back when they go off; AWS accepts five at most
/// (CloudFormation API Reference, "RollbackConfiguration").
pub const ROLLBACK_ALARMS: [&str; 5] = [
    "ApiErrorsAlarm",
    "AuthorizerErrorsAlarm",
    "UnavailableAlarm",
    "PublishesFailedAlarm",
    "EventsNotPushedAlarm",
];

/// The desired state of a stack.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The template as text.
    pub template: &'a str,
    /// Where AWS reads the template.
    pub template_url: &'a str,
    /// Parameters that were given.
    pub parameters: &'a BTreeMap<String, String>,
    /// Values for parameters that the template has and the stack does not yet.
    pub generated: &'a BTreeMap<String, String>,
    /// For how many minutes after an update its alarms still roll it back.
    pub watch_minutes: u8,
}

/// What would be changed.
#[derive(Clone, Debug)]
pub struct ChangeSet {
    id: String,
    /// Whether the stack does not exist yet.
    pub is_new: bool,
    /// What happens to each resource that changes.
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
    /// Whether it is replaced by a new one: `True`, `Conditional` or `False`.
    pub replaced: String,
}

impl Stack<'_> {
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
        let change_set = self.create_change_set(
            &format!("tiffin-{now}"),
            kind,
            &[
                "--template-url",
                wanted.template_url,
                "--parameters",
                &parameters,
                "--rollback-configuration",
                &rollback,
                "--capabilities",
                "CAPABILITY_IAM",
                "--tags",
                &tag(),
            ],
        )?;
        self.read_changes(change_set)
    }

    /// Makes a stack of resources that exist: `resources` as `--resources-to-import` takes them, in
    /// JSON, and a template of these alone.
    ///
    /// # Errors
    /// If AWS refuses, or one of them is not there.
    pub fn import(&self, template: &str, resources: &str) -> Result<Described> {
        let what = ["--resources-to-import", resources, "--template-body", template];
        let change_set = self.create_change_set("tiffin-adopt", "IMPORT", &what)?;
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
            &tag(),
        ])?;
        let tagged = self.wait(&imported.id, &mut known)?;
        match outcome(&tagged.status) {
            None => Ok(tagged),
            Some(outcome) => bail!("{outcome} ({}): the stack has no tag of ours", tagged.status),
        }
    }

    fn create_change_set(&self, name: &str, kind: &str, what: &[&str]) -> Result<ChangeSet> {
        let call = ["create-change-set", "--stack-name", self.name, "--change-set-name", name];
        let answer = self.ask(&[call.as_slice(), &["--change-set-type", kind], what].concat())?;
        let id = answer["Id"].as_str().context("AWS created no change set")?.to_owned();
        Ok(ChangeSet { id, is_new: kind != "UPDATE", changes: Vec::new() })
    }

    /// All parameters of the template as JSON: those named, and those that the stack has already.
    fn all_parameters(&self, wanted: &Wanted<'_>, present: Option<&Described>) -> Result<String> {
        let named = wanted.parameters;
        let summary = self.ask(&["get-template-summary", "--template-url", wanted.template_url])?;
        let declared = list(&summary, "Parameters");
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

    /// The ARNs of the alarms that roll an update back, of those that stack and template have. One
    /// that is in alarm already is left out: it would roll back what fixes its cause.
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
        let alarms = list(&answer, "MetricAlarms");
        let quiet = alarms.iter().filter(|alarm| alarm["StateValue"] != "ALARM");
        Ok(quiet.filter_map(|alarm| alarm["AlarmArn"].as_str().map(str::to_owned)).collect())
    }

    fn read_changes(&self, mut change_set: ChangeSet) -> Result<Option<ChangeSet>> {
        let mut backoff = Backoff::new();
        loop {
            let answer = self.ask(&["describe-change-set", "--change-set-name", &change_set.id])?;
            let reason = answer["StatusReason"].as_str().unwrap_or_default();
            match answer["Status"].as_str().unwrap_or_default() {
                "CREATE_COMPLETE" => {
                    let changes = list(&answer, "Changes");
                    change_set.changes = changes.iter().map(read_change).collect();
                    return Ok(Some(change_set));
                }
                // AWS has two sentences for it, by what it compared.
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
                _ => backoff.wait()?,
            }
        }
    }

    /// Deletes a plan, and the empty stack that was created for it, if it is still empty.
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

    /// Makes the changes, and prints what happens to each resource.
    ///
    /// # Errors
    /// The status after a failure; AWS rolls a failed change back.
    pub fn change(&self, change_set: &ChangeSet) -> Result<Described> {
        let before = self.describe()?.context("the stack has gone away")?;
        let mut known = self.known_events(&before.id)?;
        self.ask(&["execute-change-set", "--change-set-name", &change_set.id])?;
        let after = self.wait(&before.id, &mut known)?;
        match outcome(&after.status) {
            None => Ok(after),
            Some(outcome) => {
                bail!("{outcome} ({}); fix the resources listed above and retry", after.status)
            }
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { action, logical_id, kind, replaced } = self;
        write!(f, "{action:<7} {logical_id} ({kind})")?;
        match replaced.as_str() {
            "True" => f.write_str(", replaced"),
            "Conditional" => f.write_str(", perhaps replaced"),
            _ => Ok(()),
        }
    }
}

/// The tag of our stacks as an argument.
fn tag() -> String {
    format!("Key={},Value={}", TAG.0, TAG.1)
}

/// Why a change failed, by the stack's status after it; `None` if it succeeded.
fn outcome(status: &str) -> Option<&'static str> {
    match status {
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" => None,
        "ROLLBACK_COMPLETE" | "DELETE_COMPLETE" => {
            Some("the stack could not be created, and was rolled back")
        }
        "UPDATE_ROLLBACK_COMPLETE" | "IMPORT_ROLLBACK_COMPLETE" => {
            Some("the update failed, and was rolled back")
        }
        _ => Some("the change failed, and so did its rollback"),
    }
}

/// The rollback configuration in JSON. An empty one is sent, too: without it, an update keeps the
/// configuration of the one before (CloudFormation User Guide, "Roll back your stack on alarm breach
/// with rollback triggers").
fn rollback_configuration(alarms: &[String], minutes: u8) -> String {
    let trigger = |arn: &String| json!({"Arn": arn, "Type": "AWS::CloudWatch::Alarm"});
    let triggers: Vec<Value> = alarms.iter().map(trigger).collect();
    json!({"RollbackTriggers": triggers, "MonitoringTimeInMinutes": minutes}).to_string()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_change_is_reported_by_its_status() {
        for (status, said) in [
            ("UPDATE_COMPLETE", None),
            ("ROLLBACK_COMPLETE", Some("could not be created")),
            ("UPDATE_ROLLBACK_COMPLETE", Some("the update failed")),
            ("UPDATE_ROLLBACK_FAILED", Some("so did its rollback")),
            ("ROLLBACK_FAILED", Some("so did its rollback")),
            ("UPDATE_FAILED", Some("so did its rollback")),
        ] {
            let outcome = outcome(status);
            assert_eq!(outcome.is_some(), said.is_some(), "{status}");
            assert!(outcome.zip(said).is_none_or(|(it, said)| it.contains(said)), "{status}");
        }
    }

    #[test]
    fn an_update_is_rolled_back_by_alarms_that_the_template_has() {
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
