//! Changes of a stack: what would change, making the changes, and their outcome.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::{Context, Result, bail};
use aws_local::time::now_ms;
use serde::Deserialize;
use serde_json::{Value, json};
use yaml_rust2::YamlLoader;

use super::cli::list;
use super::stack::{Described, POLL, Stack, TAG};
use crate::stop;

/// The alarms that roll an update back when they go off; AWS accepts five at most
/// (CloudFormation API Reference, "RollbackConfiguration"). None of them can be set off by a stranger:
/// the API's answers in the 500s can, by a body that API Gateway accepts and Lambda does not.
const ROLLBACK_ALARMS: [&str; 5] = [
    "ApiErrorsAlarm",
    "AuthorizerErrorsAlarm",
    "WatchdogErrorsAlarm",
    "PublishesFailedAlarm",
    "EventsNotPushedAlarm",
];

/// The desired state of a stack.
pub(super) struct DesiredStack<'a> {
    /// The template as text.
    pub(super) template: &'a str,
    /// Where AWS reads the template.
    pub(super) template_url: &'a str,
    /// Parameters that were given.
    pub(super) parameters: &'a BTreeMap<String, String>,
    /// Values for parameters that the template has and the stack does not yet.
    pub(super) generated: &'a BTreeMap<String, String>,
    /// For how many minutes after an update its alarms still roll it back.
    pub(super) watch_minutes: u8,
}

/// What would be changed.
pub(super) struct ChangeSet {
    id: String,
    /// Whether the stack does not exist yet.
    pub(super) is_new: bool,
    /// What happens to each resource that changes.
    pub(super) changes: Vec<Change>,
}

/// What would happen to one resource.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Change {
    /// `Add`, `Modify`, `Remove`.
    action: String,
    logical_resource_id: String,
    resource_type: String,
    /// Whether it is replaced by a new one: `True`, `Conditional` or `False`.
    #[serde(default)]
    replacement: String,
}

impl Stack<'_> {
    /// Asks what would be changed; `None` if nothing. Parameters that are not named keep the values
    /// that the stack has; a named one that the template lacks is an error.
    pub(super) fn plan(&self, desired: &DesiredStack<'_>) -> Result<Option<ChangeSet>> {
        let current = self.describe()?.filter(|stack| !stack.is_planned());
        let parameters = self.all_parameters(desired, current.as_ref())?;
        let (kind, triggers) = match current {
            Some(_) => ("UPDATE", self.triggers(desired.template)?),
            None => ("CREATE", Vec::new()),
        };
        let rollback = rollback_configuration(&triggers, desired.watch_minutes);
        let arguments = [
            ["--template-url", desired.template_url],
            ["--parameters", &parameters],
            ["--rollback-configuration", &rollback],
            ["--capabilities", "CAPABILITY_IAM"],
            ["--tags", &tag()],
        ];
        self.create_change_set(&format!("tiffin-{}", now_ms()), kind, arguments.as_flattened())
    }

    /// Makes a stack of resources that exist: `resources` as `--resources-to-import` takes them, in
    /// JSON, and a template of these alone. One that is not there is an error.
    pub(super) fn import(&self, template: &str, resources: &str) -> Result<()> {
        let arguments = ["--resources-to-import", resources, "--template-body", template];
        let change_set = self.create_change_set("tiffin-adopt", "IMPORT", &arguments)?;
        let imported = self.change(&change_set.context("there is nothing to import")?)?;
        // An import may not add tags; so the tag comes after it.
        let call = "cloudformation update-stack --use-previous-template --stack-name";
        let tagged = self.change_by(&imported.id, call, &[self.name, "--tags", &tag()])?;
        succeeded(tagged).context("the stack has no tag of ours").map(drop)
    }

    /// Makes a change set and reads it; `None` if nothing would change.
    fn create_change_set(
        &self,
        name: &str,
        kind: &str,
        arguments: &[&str],
    ) -> Result<Option<ChangeSet>> {
        let call = format!(
            "cloudformation create-change-set --change-set-name {name} --change-set-type {kind}"
        );
        let arguments = [&["--stack-name", self.name], arguments].concat();
        let answer = self.aws.ask(&call, &arguments)?;
        let id = answer["Id"].as_str().context("AWS created no change set")?.to_owned();
        let mut change_set = ChangeSet { id, is_new: kind != "UPDATE", changes: Vec::new() };
        loop {
            let call = "cloudformation describe-change-set --change-set-name";
            let answer = self.aws.ask(call, &[&change_set.id])?;
            let reason = answer["StatusReason"].as_str().unwrap_or_default();
            match answer["Status"].as_str().unwrap_or_default() {
                "CREATE_COMPLETE" => {
                    let changes = list::<Value>(&answer, "Changes")?.into_iter();
                    let changes = changes.map(|it| Change::deserialize(&it["ResourceChange"]));
                    change_set.changes = changes.collect::<Result<_, _>>()?;
                    return Ok(Some(change_set));
                }
                "FAILED" => {
                    let why = format!("AWS cannot make these changes: {reason}");
                    self.forget(&change_set).context(why.clone())?;
                    // AWS has two sentences for no changes, by what it compared.
                    let nothing = ["didn't contain changes", "No updates"];
                    match nothing.iter().any(|sentence| reason.contains(sentence)) {
                        true => return Ok(None),
                        false => bail!(why),
                    }
                }
                _ => stop::pause(POLL)?,
            }
        }
    }

    /// All parameters of the template as JSON: those given, and those that the stack has already.
    fn all_parameters(
        &self,
        desired: &DesiredStack<'_>,
        current: Option<&Described>,
    ) -> Result<String> {
        let call = "cloudformation get-template-summary --template-url";
        let declared: Vec<Value> =
            list(&self.aws.ask(call, &[desired.template_url])?, "Parameters")?;
        let declared: BTreeSet<&str> =
            declared.iter().filter_map(|it| it["ParameterKey"].as_str()).collect();
        let given = desired.parameters;
        if let Some(unknown) = given.keys().find(|name| !declared.contains(name.as_str())) {
            let known = declared.into_iter().collect::<Vec<_>>().join(", ");
            bail!("the template has no parameter {unknown}; it has {known}");
        }
        let is_set = |name: &str| current.is_some_and(|stack| stack.parameters.contains_key(name));
        let parameter = |name: &&str| match (given.get(*name), desired.generated.get(*name)) {
            (None, _) if is_set(name) => {
                Some(json!({"ParameterKey": name, "UsePreviousValue": true}))
            }
            (Some(value), _) | (None, Some(value)) => {
                Some(json!({"ParameterKey": name, "ParameterValue": value}))
            }
            (None, None) => None,
        };
        Ok(declared.iter().filter_map(parameter).collect::<Value>().to_string())
    }

    /// The ARNs of the alarms that roll an update back, of those that stack and template have. One
    /// that is in alarm already is left out: it would roll back what fixes its cause.
    fn triggers(&self, template: &str) -> Result<Vec<String>> {
        let resources = self.resources()?;
        let alarms = rollback_alarms(template)?.into_iter().filter_map(|id| resources.get(id));
        let names: Vec<&str> = alarms.map(|alarm| alarm.physical_id.as_str()).collect();
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let answer = self.aws.ask("cloudwatch describe-alarms --alarm-names", &names)?;
        let alarms: Vec<Value> = list(&answer, "MetricAlarms")?;
        let quiet = alarms.iter().filter(|alarm| alarm["StateValue"] != "ALARM");
        Ok(quiet.filter_map(|alarm| alarm["AlarmArn"].as_str().map(str::to_owned)).collect())
    }

    /// Deletes a plan, and the empty stack that was created for it, if it is still empty.
    pub(super) fn forget(&self, change_set: &ChangeSet) -> Result<()> {
        self.aws.ask("cloudformation delete-change-set --change-set-name", &[&change_set.id])?;
        match self.describe()? {
            Some(stack) if change_set.is_new && stack.is_planned() => {
                self.aws.ask("cloudformation delete-stack --stack-name", &[&stack.id]).map(drop)
            }
            _ => Ok(()),
        }
    }

    /// Makes the changes, and prints what happens to each resource. AWS rolls a failed change back;
    /// the error says its status.
    pub(super) fn change(&self, change_set: &ChangeSet) -> Result<Described> {
        let before = self.describe()?.context("the stack has gone away")?;
        let call = "cloudformation execute-change-set --change-set-name";
        succeeded(self.change_by(&before.id, call, &[&change_set.id])?)
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { action, logical_resource_id, resource_type, replacement } = self;
        let replaced = match replacement.as_str() {
            "True" => ", replaced",
            "Conditional" => ", perhaps replaced",
            _ => "",
        };
        write!(f, "{action:<7} {logical_resource_id} ({resource_type}){replaced}")
    }
}

/// The tag of our stacks as an argument.
fn tag() -> String {
    format!("Key={},Value={}", TAG.0, TAG.1)
}

/// A stack after a change; an error with its status if the change failed.
fn succeeded(stack: Described) -> Result<Described> {
    let outcome = match stack.status.as_str() {
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" => return Ok(stack),
        "ROLLBACK_COMPLETE" | "DELETE_COMPLETE" => {
            "the stack could not be created, and was rolled back"
        }
        "UPDATE_ROLLBACK_COMPLETE" | "IMPORT_ROLLBACK_COMPLETE" => {
            "the update failed, and was rolled back"
        }
        _ => "the change failed, and so did its rollback",
    };
    bail!("{outcome} ({}); fix the resources listed above and retry", stack.status)
}

/// Those of the [`ROLLBACK_ALARMS`] that a template, in YAML or JSON, declares.
fn rollback_alarms(template: &str) -> Result<Vec<&'static str>> {
    let template = YamlLoader::load_from_str(template).context("the template is no YAML")?;
    let resources = &template.first().context("the template is empty")?["Resources"];
    Ok(ROLLBACK_ALARMS.into_iter().filter(|id| !resources[*id].is_badvalue()).collect())
}

/// The rollback configuration in JSON. An empty one is sent, too: without it, an update keeps the
/// configuration of the one before (CloudFormation User Guide, "Roll back your stack on alarm breach
/// with rollback triggers").
fn rollback_configuration(alarms: &[String], minutes: u8) -> String {
    let trigger = |arn: &String| json!({"Arn": arn, "Type": "AWS::CloudWatch::Alarm"});
    let triggers: Vec<Value> = alarms.iter().map(trigger).collect();
    json!({"RollbackTriggers": triggers, "MonitoringTimeInMinutes": minutes}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_change_is_reported_by_its_status() {
        for (status, said) in [
            ("ROLLBACK_COMPLETE", "could not be created"),
            ("UPDATE_ROLLBACK_COMPLETE", "the update failed"),
            ("UPDATE_ROLLBACK_FAILED", "so did its rollback"),
            ("ROLLBACK_FAILED", "so did its rollback"),
            ("UPDATE_FAILED", "so did its rollback"),
        ] {
            let stack = Described { status: status.to_owned(), ..Described::default() };
            let error = succeeded(stack).unwrap_err().to_string();
            assert!(error.contains(said) && error.contains(status), "{error}");
        }
        let updated = Described { status: "UPDATE_COMPLETE".to_owned(), ..Described::default() };
        assert!(succeeded(updated).is_ok());
    }

    #[test]
    fn an_update_is_rolled_back_by_alarms_that_the_template_has() {
        let template = include_str!("../../../template.yaml");
        assert_eq!(rollback_alarms(template).unwrap(), ROLLBACK_ALARMS);
        let parsed = YamlLoader::load_from_str(template).unwrap();
        for alarm in ROLLBACK_ALARMS {
            let kind = &parsed[0]["Resources"][alarm]["Type"];
            assert_eq!(kind.as_str(), Some("AWS::CloudWatch::Alarm"), "{alarm}");
        }
        let json =
            r#"{"Resources": {"WatchdogErrorsAlarm": {}}, "Outputs": {"ApiErrorsAlarm": {}}}"#;
        assert_eq!(rollback_alarms(json).unwrap(), ["WatchdogErrorsAlarm"]);
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
