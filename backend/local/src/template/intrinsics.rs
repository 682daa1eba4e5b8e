//! Intrinsic functions: `Ref`, `Fn::Sub` and the like become plain values, conditions true or
//! false.

use std::cell::Cell;
use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow, bail, ensure};

use super::names::{self, ACCOUNT_ID, Named, PARTITION, URL_SUFFIX};
use super::yaml::{Data, Node};

/// More than any sane template nests; a condition or a name that needs itself gets here.
const DEEPEST: usize = 40;

/// What intrinsics refer to.
pub(super) struct Resolver<'a> {
    pub(super) stack: &'a str,
    pub(super) region: &'a str,
    pub(super) parameters: BTreeMap<String, Data>,
    pub(super) conditions: Option<&'a Node>,
    pub(super) mappings: Option<&'a Node>,
    pub(super) resources: &'a Node,
    /// How many intrinsics and names are being resolved, each for the one before.
    pub(super) depth: Cell<usize>,
}

impl Resolver<'_> {
    /// The node with every intrinsic replaced; `None` for `AWS::NoValue`.
    pub(super) fn resolve(&self, node: &Node) -> Result<Option<Node>> {
        let data = match &node.data {
            Data::List(items) => Data::List(
                items
                    .iter()
                    .filter_map(|item| self.resolve(item).transpose())
                    .collect::<Result<_>>()?,
            ),
            Data::Map(entries) => {
                let mut resolved = Vec::new();
                for (key, value) in entries {
                    if let Some(value) = self.resolve(value)? {
                        resolved.push((key.clone(), value));
                    }
                }
                Data::Map(resolved)
            }
            Data::Call(name, argument) => {
                let called = self.nested(node.line, || self.call(name, argument));
                let called = called.with_context(|| format!("line {}: {name}", node.line))?;
                return Ok(called.map(|it| Node { line: node.line, ..it }));
            }
            plain => plain.clone(),
        };
        Ok(Some(Node { line: node.line, data }))
    }

    /// Does `work`, which may need what needs `work` itself.
    fn nested<T>(&self, line: usize, work: impl FnOnce() -> Result<T>) -> Result<T> {
        ensure!(self.depth.get() < DEEPEST, "line {line}: this refers to itself");
        self.depth.set(self.depth.get() + 1);
        let done = work();
        self.depth.set(self.depth.get() - 1);
        done
    }

    fn call(&self, name: &str, argument: &Node) -> Result<Option<Node>> {
        let text = match name {
            "Ref" if argument.text().as_deref() == Some("AWS::NoValue") => return Ok(None),
            "Ref" => {
                let data = self.reference(&want_text(argument)?)?;
                return Ok(Some(Node { line: argument.line, data }));
            }
            "Fn::If" => return self.choose(argument),
            "Fn::Select" => return self.select(argument).map(Some),
            "Fn::Split" => return self.split(argument).map(Some),
            "Fn::FindInMap" => return self.find_in_map(argument),
            "Fn::GetAtt" => self.get_att(argument)?,
            "Fn::Sub" => self.sub(argument)?,
            "Fn::Join" => self.join(argument)?,
            _ => bail!("this function is not supported by the local emulator"),
        };
        Ok(Some(argument.with_text(text)))
    }

    fn reference(&self, name: &str) -> Result<Data> {
        if let Some(value) = self.parameters.get(name) {
            return Ok(value.clone());
        }
        Ok(Data::Text(match name {
            "AWS::Region" => self.region.to_owned(),
            "AWS::AccountId" => ACCOUNT_ID.to_owned(),
            "AWS::StackName" => self.stack.to_owned(),
            "AWS::StackId" => format!(
                "arn:{PARTITION}:cloudformation:{}:{ACCOUNT_ID}:stack/{}/local",
                self.region, self.stack
            ),
            "AWS::Partition" => PARTITION.to_owned(),
            "AWS::URLSuffix" => URL_SUFFIX.to_owned(),
            logical_id => self.named(logical_id, |it| Some(names::reference(it)))?,
        }))
    }

    fn get_att(&self, argument: &Node) -> Result<String> {
        let (logical_id, attribute) = match &argument.data {
            Data::List(items) => match items.as_slice() {
                [id, attribute] => (want_text(id)?, want_text(attribute)?),
                _ => bail!("it takes a logical id and an attribute"),
            },
            _ => {
                let text = want_text(argument)?;
                let (id, attribute) = text.split_once('.').context("it takes Id.Attribute")?;
                (id.to_owned(), attribute.to_owned())
            }
        };
        self.attribute(&logical_id, &attribute)
    }

    fn attribute(&self, logical_id: &str, attribute: &str) -> Result<String> {
        self.named(logical_id, |it| names::attribute(it, attribute)).with_context(|| {
            format!("the attribute {logical_id}.{attribute} is not supported by the local emulator")
        })
    }

    /// Applies `name` to what is known of a resource.
    fn named(
        &self,
        logical_id: &str,
        name: impl Fn(&Named<'_>) -> Option<String>,
    ) -> Result<String> {
        let kind = self.kind(logical_id)?;
        let physical_id = self.physical_id(logical_id)?;
        let bus = match kind.as_str() {
            "AWS::Events::Rule" => self.property(logical_id, "EventBusName")?,
            _ => None,
        };
        let named = Named::new(&kind, &physical_id, bus.as_deref(), self.region);
        name(&named).ok_or_else(|| anyhow!("{kind} has none that is known here"))
    }

    fn kind(&self, logical_id: &str) -> Result<String> {
        let declared = self.resources.get(logical_id);
        let declared =
            declared.with_context(|| format!("the template declares no {logical_id}"))?;
        let kind = declared.get("Type").and_then(Node::text);
        kind.with_context(|| format!("line {}: {logical_id} has no Type", declared.line))
    }

    /// The physical id of a resource: the name the template chose, else one made up.
    pub(super) fn physical_id(&self, logical_id: &str) -> Result<String> {
        let kind = self.kind(logical_id)?;
        let chosen = match names::name_property(&kind) {
            Some(property) => self.property(logical_id, property)?,
            None => None,
        };
        Ok(chosen.unwrap_or_else(|| names::generated(self.stack, self.region, logical_id, &kind)))
    }

    fn property(&self, logical_id: &str, name: &str) -> Result<Option<String>> {
        let properties = self.resources.get(logical_id).and_then(|it| it.get("Properties"));
        let Some(node) = properties.and_then(|it| it.get(name)) else { return Ok(None) };
        let resolved = self.nested(node.line, || self.resolve(node))?;
        Ok(resolved.and_then(|it| it.text()))
    }

    fn text(&self, node: &Node) -> Result<String> {
        let resolved = self.resolve(node)?.context("a value is needed here")?;
        want_text(&resolved)
    }

    fn sub(&self, argument: &Node) -> Result<String> {
        let (template, own) = match &argument.data {
            Data::List(items) => (items.first().context("it takes a text")?, items.get(1)),
            _ => (argument, None),
        };
        let lookup = |name: &str| match own.and_then(|own| own.get(name)) {
            Some(node) => self.text(node),
            None => self.lookup(name),
        };
        substitute(&want_text(template)?, lookup)
    }

    fn lookup(&self, name: &str) -> Result<String> {
        match name.split_once('.') {
            Some((logical_id, attribute)) => self.attribute(logical_id, attribute),
            None => want_text(&Node { line: 0, data: self.reference(name)? }),
        }
    }

    fn join(&self, argument: &Node) -> Result<String> {
        let [separator, list] = argument.items() else { bail!("it takes a separator and a list") };
        let list = self.resolve(list)?.context("a list is needed here")?;
        let parts: Vec<String> = list.items().iter().map(want_text).collect::<Result<_>>()?;
        Ok(parts.join(&want_text(separator)?))
    }

    fn split(&self, argument: &Node) -> Result<Node> {
        let [separator, text] = argument.items() else { bail!("it takes a separator and a text") };
        let (separator, text) = (want_text(separator)?, self.text(text)?);
        let parts = text.split(&separator).map(|part| argument.with_text(part)).collect();
        Ok(Node { line: argument.line, data: Data::List(parts) })
    }

    fn select(&self, argument: &Node) -> Result<Node> {
        let [index, list] = argument.items() else { bail!("it takes an index and a list") };
        let index: usize = self.text(index)?.parse()?;
        let list = self.resolve(list)?.context("a list is needed here")?;
        list.items().get(index).cloned().with_context(|| format!("there is no element {index}"))
    }

    fn find_in_map(&self, argument: &Node) -> Result<Option<Node>> {
        let [map, first, second] = argument.items() else { bail!("it takes a map and two keys") };
        let mut found = self.mappings.context("the template has no Mappings")?;
        for key in [map, first, second] {
            let key = self.text(key)?;
            found = found.get(&key).with_context(|| format!("there is no {key}"))?;
        }
        Ok(Some(found.clone()))
    }

    fn choose(&self, argument: &Node) -> Result<Option<Node>> {
        let [condition, yes, no] = argument.items() else { bail!("it takes three values") };
        let holds = self.holds(&want_text(condition)?)?;
        self.resolve(if holds { yes } else { no })
    }

    /// Whether a named condition holds.
    pub(super) fn holds(&self, condition: &str) -> Result<bool> {
        let declared = self.conditions.and_then(|it| it.get(condition));
        self.is_true(declared.with_context(|| format!("there is no condition {condition}"))?)
    }

    /// Whether a condition function holds.
    pub(super) fn is_true(&self, node: &Node) -> Result<bool> {
        self.nested(node.line, || self.condition(node))
    }

    fn condition(&self, node: &Node) -> Result<bool> {
        let (name, argument) = match &node.data {
            Data::Call(name, argument) => (name.as_str(), argument.as_ref()),
            Data::Map(entries) => match entries.as_slice() {
                [(name, argument)] if name == "Condition" => ("Condition", argument),
                _ => bail!("line {}: this is no condition", node.line),
            },
            _ => bail!("line {}: this is no condition", node.line),
        };
        let all = || argument.items().iter().map(|it| self.is_true(it));
        match name {
            "Condition" => self.holds(&want_text(argument)?),
            "Fn::And" => all().try_fold(true, |all, one| Ok(one? && all)),
            "Fn::Or" => all().try_fold(false, |any, one| Ok(one? || any)),
            "Fn::Not" => all().try_fold(false, |_, one| Ok(!one?)),
            "Fn::Equals" => self.equals(argument),
            "Fn::Contains" => self.contains(argument),
            _ => bail!("line {}: {name} is not supported by the local emulator", node.line),
        }
    }

    fn equals(&self, argument: &Node) -> Result<bool> {
        let [left, right] = argument.items() else {
            bail!("line {}: Fn::Equals takes two values", argument.line)
        };
        Ok(self.text(left)? == self.text(right)?)
    }

    fn contains(&self, argument: &Node) -> Result<bool> {
        let [list, value] = argument.items() else {
            bail!("line {}: Fn::Contains takes a list and a value", argument.line)
        };
        let list = self.resolve(list)?.context("a list is needed here")?;
        let value = self.text(value)?;
        Ok(list.items().iter().any(|it| it.text().as_deref() == Some(&value)))
    }
}

/// Replaces each `${name}` by what `lookup` says; `${!name}` is a literal `${name}`.
pub(super) fn substitute(text: &str, lookup: impl Fn(&str) -> Result<String>) -> Result<String> {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').context("a ${ is not closed")?;
        result.push_str(before);
        match name.strip_prefix('!') {
            Some(literal) => result.push_str(&format!("${{{literal}}}")),
            None => result.push_str(&lookup(name.trim())?),
        }
        rest = after;
    }
    result.push_str(rest);
    Ok(result)
}

fn want_text(node: &Node) -> Result<String> {
    node.text().with_context(|| format!("line {}: text is needed here", node.line))
}
