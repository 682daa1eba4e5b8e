//! A CloudFormation template, read: every resource with its physical id and its properties, in
//! which nothing is left to resolve.
//!
//! What is not supported is refused here, by line: an unknown section, type, property or intrinsic
//! function. Which *values* of a property are supported, the service decides.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::{Value, json};

mod intrinsics;
mod kinds;
mod names;
mod parameters;
pub(crate) mod resource_type;
mod yaml;

use intrinsics::Resolver;
use names::Named;
use yaml::Node;

/// One declared resource.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its key under `Resources`.
    pub logical_id: String,
    /// Its type, such as `AWS::Lambda::Function`.
    pub kind: String,
    /// The line of the template where it begins; 1 is the first.
    pub line: usize,
    /// Name or id in the form AWS gives it. What `Ref` returns, except for queues (their URL) and
    /// rules of a named bus (`bus|rule`).
    pub physical_id: String,
    /// Its properties, intrinsics resolved. Numbers and booleans may be text, as in AWS: a
    /// parameter's value always is.
    pub properties: Value,
    /// Where they stand in the declared ones, as a JSON pointer: empty unless this is a part of it.
    place: String,
}

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

impl Resource {
    /// A property by JSON pointer, such as `/Environment/Variables`.
    pub fn at(&self, pointer: &str) -> Option<&Value> {
        self.properties.pointer(pointer)
    }

    /// A property that is text.
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.at(pointer).and_then(Value::as_str)
    }

    /// A property that is text and has to be there.
    ///
    /// # Errors
    /// If it is not.
    pub(crate) fn required(&self, pointer: &str) -> Result<&str> {
        self.text(pointer).ok_or_else(|| self.refuse(&format!("it needs {}", property(pointer))))
    }

    /// A property that is a list; empty if it is absent.
    pub fn list(&self, pointer: &str) -> &[Value] {
        self.at(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The texts in a property that is a list; none if it is absent.
    pub(crate) fn texts<'a>(&'a self, pointer: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.list(pointer).iter().filter_map(Value::as_str)
    }

    /// A property that is a whole number, written as one or as text.
    ///
    /// # Errors
    /// If it is there and is no such number.
    pub fn number(&self, pointer: &str) -> Result<Option<u64>> {
        let Some(value) = self.at(pointer) else { return Ok(None) };
        let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
        let refuse = || format!("{} must be a whole number", property(pointer));
        number.map(Some).ok_or_else(|| self.refuse(&refuse()))
    }

    /// A property that is true or false, written as one or as text; false if it is absent.
    pub fn is_true(&self, pointer: &str) -> bool {
        self.at(pointer).is_some_and(|it| *it == Value::Bool(true) || *it == "true")
    }

    /// A property that is an object, as a resource whose properties are those of the object.
    pub(crate) fn part(&self, pointer: &str) -> Self {
        let properties = self.at(pointer).cloned().unwrap_or_default();
        Self { properties, place: format!("{}{pointer}", self.place), ..self.clone() }
    }

    /// The objects in a property that is a list, each as a resource of its own.
    pub(crate) fn parts(&self, pointer: &str) -> Vec<Self> {
        let count = self.list(pointer).len();
        (0..count).map(|index| self.part(&format!("{pointer}/{index}"))).collect()
    }

    /// Makes sure that a property has the only value that is supported.
    ///
    /// # Errors
    /// If it has not.
    pub(crate) fn supports_only(&self, pointer: &str, value: &str) -> Result<()> {
        let is_it = self.text(pointer) == Some(value);
        ensure!(is_it, self.unsupported(&format!("{} other than {value}", property(pointer))));
        Ok(())
    }

    /// What was read of this resource.
    ///
    /// # Errors
    /// The same one, which names the resource and its line.
    pub(crate) fn locate<T>(&self, read: Result<T>) -> Result<T> {
        read.map_err(|why| self.refuse(&format!("{why:#}")))
    }

    /// An error that says what of this resource is not supported.
    pub(crate) fn unsupported(&self, what: &str) -> anyhow::Error {
        self.refuse(&format!("{what} is not supported by the local emulator"))
    }

    /// An error that names this resource, its line and, of a part of it, the property.
    pub fn refuse(&self, why: &str) -> anyhow::Error {
        let place = property(&self.place);
        let colon = if place.is_empty() { "" } else { ": " };
        anyhow!("line {}: {} ({}): {place}{colon}{why}", self.line, self.logical_id, self.kind)
    }
}

/// A JSON pointer as an author writes the property: `/Targets/0/Arn` is `Targets[0].Arn`.
fn property(pointer: &str) -> String {
    let mut path = String::new();
    for part in pointer.split('/').skip(1) {
        match part.parse::<usize>() {
            Ok(index) => path.push_str(&format!("[{index}]")),
            Err(_) if path.is_empty() => path.push_str(part),
            Err(_) => path.extend([".", part]),
        }
    }
    path
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
