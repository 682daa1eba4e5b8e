//! A CloudFormation template, read: every resource with its physical id and its properties, in
//! which nothing is left to resolve.
//!
//! What is not supported is refused here, by line: an unknown section, type, property or intrinsic
//! function. Which *values* of a property are supported, the service decides.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::json;

mod intrinsics;
mod kinds;
mod names;
mod parameters;
mod resource;
pub(crate) mod resource_type;
mod yaml;

use intrinsics::Resolver;
use names::Named;
pub use resource::Resource;
use resource::property;
use yaml::Node;

/// A template with its parameters filled in.
#[derive(Clone, Debug)]
pub struct Stack {
    /// The stack's name.
    pub name: String,
    /// The region it pretends to be in.
    pub region: String,
    /// The account: always `000000000000`.
    pub account_id: String,
    /// The resources whose condition holds, by logical id.
    pub resources: BTreeMap<String, Resource>,
    /// The outputs whose condition holds, resolved.
    pub outputs: BTreeMap<String, String>,
}

impl Stack {
    /// Reads a template file and fills in its parameters.
    ///
    /// # Errors
    /// If it is no template, a parameter is missing or not allowed, or it asks for something that
    /// is not supported by the local emulator. The message names file and line.
    pub fn load(
        template: &Path,
        name: &str,
        region: &str,
        parameters: &BTreeMap<String, String>,
    ) -> Result<Self> {
        let read = || {
            let text = std::fs::read_to_string(template)?;
            Self::parse(&text, name, region, parameters)
        };
        read().with_context(|| template.display().to_string())
    }

    /// The same for the text of a template.
    ///
    /// # Errors
    /// As [`Stack::load`].
    pub fn parse(
        text: &str,
        name: &str,
        region: &str,
        parameters: &BTreeMap<String, String>,
    ) -> Result<Self> {
        let template = Node::parse(text)?;
        check_sections(&template)?;
        let declared = template.get("Resources").context("the template has no Resources")?;
        let resolver = Resolver {
            stack: name,
            region,
            parameters: parameters::read(template.get("Parameters"), parameters)?,
            conditions: template.get("Conditions"),
            mappings: template.get("Mappings"),
            resources: declared,
            depth: Cell::default(),
        };
        check_rules(&resolver, template.get("Rules"))?;
        Ok(Self {
            name: name.to_owned(),
            region: region.to_owned(),
            account_id: names::ACCOUNT_ID.to_owned(),
            resources: resources(&resolver, declared)?,
            outputs: outputs(&resolver, template.get("Outputs"))?,
        })
    }

    /// The resources of one type, by logical id.
    pub fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Resource> {
        self.resources.values().filter(move |it| it.kind == kind)
    }

    /// The resource with this logical id.
    pub fn get(&self, logical_id: &str) -> Option<&Resource> {
        self.resources.get(logical_id)
    }

    /// The resource of this type with this physical id.
    pub fn by_physical(&self, kind: &str, physical_id: &str) -> Option<&Resource> {
        self.of_kind(kind).find(|it| it.physical_id == physical_id)
    }

    /// The resource of this type with this ARN.
    pub(crate) fn by_arn(&self, kind: &str, arn: &str) -> Option<&Resource> {
        self.of_kind(kind).find(|it| self.arn(&it.logical_id).as_deref() == Some(arn))
    }

    /// The resource of this type whose physical id a property of another one holds.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) fn named_by(
        &self,
        resource: &Resource,
        pointer: &str,
        kind: &str,
    ) -> Result<&Resource> {
        let named = resource.text(pointer).and_then(|id| self.by_physical(kind, id));
        let refuse = || format!("its {} is not in this template", property(pointer));
        named.ok_or_else(|| resource.refuse(&refuse()))
    }

    /// The ARN of a resource; `None` if it is not there or its type has none.
    pub fn arn(&self, logical_id: &str) -> Option<String> {
        self.attribute(logical_id, "Arn")
    }

    /// What `Fn::GetAtt` returns.
    pub fn attribute(&self, logical_id: &str, attribute: &str) -> Option<String> {
        names::attribute(&self.named(self.get(logical_id)?), attribute)
    }

    /// What `Ref` returns.
    pub fn reference(&self, logical_id: &str) -> Option<String> {
        Some(names::reference(&self.named(self.get(logical_id)?)))
    }

    /// Replaces `${LogicalId}`, `${LogicalId.Attribute}` and `${AWS::Region}` in `text`, as
    /// `Fn::Sub` does.
    ///
    /// # Errors
    /// If it names something unknown.
    pub fn substitute(&self, text: &str) -> Result<String> {
        intrinsics::substitute(text, |name| {
            let found = match name.split_once('.') {
                Some((logical_id, attribute)) => self.attribute(logical_id, attribute),
                None if name == "AWS::Region" => Some(self.region.clone()),
                None => self.reference(name),
            };
            found.ok_or_else(|| anyhow!("the template has no {name}"))
        })
    }

    fn named<'a>(&'a self, resource: &'a Resource) -> Named<'a> {
        let bus = resource.text("/EventBusName");
        Named::new(&resource.kind, &resource.physical_id, bus, &self.region)
    }
}

/// The only one of some resources; `None` if there is none.
///
/// # Errors
/// If there are several.
pub(crate) fn only<'a>(
    mut resources: impl Iterator<Item = &'a Resource>,
) -> Result<Option<&'a Resource>> {
    let only = resources.next();
    match resources.next() {
        Some(second) => Err(second.unsupported("more than one")),
        None => Ok(only),
    }
}

/// The access key id of a function: `ASIA` and 16 characters, as temporary credentials have.
pub(crate) fn access_key_id(stack: &str, function: &str) -> String {
    format!("ASIA{}", names::random(&format!("{stack}/{function}/key"), names::UPPER, 16))
}

fn check_sections(template: &Node) -> Result<()> {
    const KNOWN: [&str; 9] = [
        "AWSTemplateFormatVersion",
        "Description",
        "Metadata",
        "Parameters",
        "Mappings",
        "Conditions",
        "Rules",
        "Resources",
        "Outputs",
    ];
    for (section, node) in template.entries() {
        check_known(&KNOWN, section, node)?;
    }
    Ok(())
}

fn check_known(known: &[&str], name: &str, node: &Node) -> Result<()> {
    let is_known = known.contains(&name);
    ensure!(is_known, "line {}: {name} is not supported by the local emulator", node.line);
    Ok(())
}

/// A rule's assertions must hold wherever its condition does.
fn check_rules(resolver: &Resolver<'_>, rules: Option<&Node>) -> Result<()> {
    for (name, rule) in rules.map_or(&[][..], Node::entries) {
        if let Some(condition) = rule.get("RuleCondition")
            && !resolver.is_true(condition)?
        {
            continue;
        }
        for assertion in rule.get("Assertions").map_or(&[][..], Node::items) {
            let assert = assertion.get("Assert").context("an assertion needs Assert")?;
            let why = assertion.get("AssertDescription").and_then(Node::text).unwrap_or_default();
            ensure!(resolver.is_true(assert)?, "line {}: rule {name}: {why}", assertion.line);
        }
    }
    Ok(())
}

fn resources(resolver: &Resolver<'_>, declared: &Node) -> Result<BTreeMap<String, Resource>> {
    let mut resources = BTreeMap::new();
    for (logical_id, node) in declared.entries() {
        if exists(resolver, node)? {
            let resource = resource(resolver, logical_id, node)
                .with_context(|| format!("line {}: {logical_id}", node.line))?;
            resources.insert(logical_id.clone(), resource);
        }
    }
    Ok(resources)
}

fn resource(resolver: &Resolver<'_>, logical_id: &str, node: &Node) -> Result<Resource> {
    const KNOWN: [&str; 7] = [
        "Type",
        "Properties",
        "Condition",
        "DependsOn",
        "DeletionPolicy",
        "UpdateReplacePolicy",
        "Metadata",
    ];
    for (attribute, value) in node.entries() {
        check_known(&KNOWN, attribute, value)?;
    }
    let kind = node.get("Type").and_then(Node::text).context("it has no Type")?;
    if kinds::find(&kind).is_none() {
        bail!("the type {kind} is not supported by the local emulator");
    }
    let mut properties = json!({});
    if let Some(declared) = node.get("Properties")
        && let Some(resolved) = resolver.resolve(declared)?
    {
        kinds::check(&kind, &resolved)?;
        properties = resolved.to_json();
    }
    let physical_id = resolver.physical_id(logical_id)?;
    let logical_id = logical_id.to_owned();
    let place = String::new();
    Ok(Resource { logical_id, kind, line: node.line, physical_id, properties, place })
}

fn outputs(resolver: &Resolver<'_>, declared: Option<&Node>) -> Result<BTreeMap<String, String>> {
    let mut outputs = BTreeMap::new();
    for (name, node) in declared.map_or(&[][..], Node::entries) {
        if exists(resolver, node)? {
            let value = node.get("Value").context("an output needs a Value")?;
            let value = resolver.resolve(value)?.and_then(|it| it.text());
            let value = value.with_context(|| format!("line {}: output {name}", node.line))?;
            outputs.insert(name.clone(), value);
        }
    }
    Ok(outputs)
}

fn exists(resolver: &Resolver<'_>, node: &Node) -> Result<bool> {
    match node.get("Condition").and_then(Node::text) {
        Some(condition) => resolver.holds(&condition),
        None => Ok(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_property_is_said_in_the_templates_own_words() {
        let text = "Resources:\n  Rule: { Type: AWS::Events::Rule, Properties: { Targets: [
            { Id: a, Arn: b, RetryPolicy: { MaximumRetryAttempts: many } }] } }\n";
        let stack = Stack::parse(text, "demo", "eu-west-2", &BTreeMap::new()).unwrap();
        let rule = stack.get("Rule").unwrap();
        let wrong = |read: Result<Option<u64>>| read.unwrap_err().to_string();
        assert_eq!(
            wrong(rule.number("/Targets/0/RetryPolicy/MaximumRetryAttempts")),
            "line 2: Rule (AWS::Events::Rule): \
                Targets[0].RetryPolicy.MaximumRetryAttempts must be a whole number"
        );
        let policy = rule.parts("/Targets")[0].part("/RetryPolicy");
        assert_eq!(
            wrong(policy.number("/MaximumRetryAttempts")),
            "line 2: Rule (AWS::Events::Rule): \
                Targets[0].RetryPolicy: MaximumRetryAttempts must be a whole number"
        );
    }
}
