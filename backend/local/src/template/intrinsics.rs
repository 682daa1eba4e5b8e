//! Intrinsic functions: `Ref`, `Fn::Sub` and the like become plain values, conditions true or
//! false.

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
}

impl Resolver<'_> {
    /// The node with every intrinsic replaced; `None` for `AWS::NoValue`.
    pub(super) fn resolve(&self, node: &Node) -> Result<Option<Node>> {
        self.resolve_at(node, 0)
    }

    /// Whether a named condition holds.
    pub(super) fn holds(&self, condition: &str) -> Result<bool> {
        self.named_condition(condition, 0)
    }

    /// Whether a condition function holds.
    pub(super) fn is_true(&self, node: &Node) -> Result<bool> {
        self.condition(node, 0)
    }

    /// The physical id of a resource: the name the template chose, else one made up.
    pub(super) fn physical_id(&self, logical_id: &str) -> Result<String> {
        self.physical_id_at(logical_id, 0)
    }

    fn resolve_at(&self, node: &Node, depth: usize) -> Result<Option<Node>> {
        ensure!(depth < DEEPEST, "line {}: this refers to itself", node.line);
        let data = match &node.data {
            Data::List(items) => Data::List(
                items
                    .iter()
                    .filter_map(|item| self.resolve_at(item, depth).transpose())
                    .collect::<Result<_>>()?,
            ),
            Data::Map(entries) => {
                let mut resolved = Vec::new();
                for (key, value) in entries {
                    if let Some(value) = self.resolve_at(value, depth)? {
                        resolved.push((key.clone(), value));
                    }
                }
                Data::Map(resolved)
            }
            Data::Call(name, argument) => {
                return self
                    .call(name, argument, depth + 1)
                    .with_context(|| format!("line {}: {name}", node.line))
                    .map(|it| it.map(|it| Node { line: node.line, ..it }));
            }
            plain => plain.clone(),
        };
        Ok(Some(Node { line: node.line, data }))
    }

    fn call(&self, name: &str, argument: &Node, depth: usize) -> Result<Option<Node>> {
        let text = match name {
            "Ref" if argument.text().as_deref() == Some("AWS::NoValue") => return Ok(None),
            "Ref" => {
                return self
                    .reference(&want_text(argument)?, depth)
                    .map(|it| Some(Node { line: argument.line, data: it }));
            }
            "Fn::If" => return self.choose(argument, depth),
            "Fn::Select" => return self.select(argument, depth).map(Some),
            "Fn::Split" => return self.split(argument, depth).map(Some),
            "Fn::FindInMap" => return self.find_in_map(argument, depth),
            "Fn::GetAtt" => self.get_att(argument, depth)?,
            "Fn::Sub" => self.sub(argument, depth)?,
            "Fn::Join" => self.join(argument, depth)?,
            _ => bail!("this function is not supported by the local emulator"),
        };
        Ok(Some(argument.with_text(text)))
    }

    fn reference(&self, name: &str, depth: usize) -> Result<Data> {
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
            logical_id => self.named(logical_id, depth, |it| Some(names::reference(it)))?,
        }))
    }

    fn get_att(&self, argument: &Node, depth: usize) -> Result<String> {
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
        self.attribute(&logical_id, &attribute, depth)
    }

    fn attribute(&self, logical_id: &str, attribute: &str, depth: usize) -> Result<String> {
        self.named(logical_id, depth, |it| names::attribute(it, attribute)).with_context(|| {
            format!("the attribute {logical_id}.{attribute} is not supported by the local emulator")
        })
    }

    /// Applies `name` to what is known of a resource.
    fn named(
        &self,
        logical_id: &str,
        depth: usize,
        name: impl Fn(&Named<'_>) -> Option<String>,
    ) -> Result<String> {
        let kind = self.kind(logical_id)?;
        let physical_id = self.physical_id_at(logical_id, depth)?;
        let bus = match kind.as_str() {
            "AWS::Events::Rule" => self.property(logical_id, "EventBusName", depth)?,
            _ => None,
        };
        let bus = bus.as_deref().map(|it| it.rsplit('/').next().unwrap_or(it));
        let named = Named {
            kind: &kind,
            physical_id: &physical_id,
            bus: bus.filter(|it| *it != "default"),
            region: self.region,
        };
        name(&named).ok_or_else(|| anyhow!("{kind} has none that is known here"))
    }

    fn kind(&self, logical_id: &str) -> Result<String> {
        let declared = self
            .resources
            .get(logical_id)
            .with_context(|| format!("the template declares no {logical_id}"))?;
        declared
            .get("Type")
            .and_then(Node::text)
            .with_context(|| format!("line {}: {logical_id} has no Type", declared.line))
    }

    fn physical_id_at(&self, logical_id: &str, depth: usize) -> Result<String> {
        let kind = self.kind(logical_id)?;
        let chosen = match names::name_property(&kind) {
            Some(property) => self.property(logical_id, property, depth)?,
            None => None,
        };
        Ok(chosen.unwrap_or_else(|| names::generated(self.stack, self.region, logical_id, &kind)))
    }

    fn property(&self, logical_id: &str, name: &str, depth: usize) -> Result<Option<String>> {
        let properties = self.resources.get(logical_id).and_then(|it| it.get("Properties"));
        let Some(node) = properties.and_then(|it| it.get(name)) else { return Ok(None) };
        Ok(self.resolve_at(node, depth + 1)?.and_then(|it| it.text()))
    }

    fn text(&self, node: &Node, depth: usize) -> Result<String> {
        let resolved = self.resolve_at(node, depth)?.context("a value is needed here")?;
        want_text(&resolved)
    }

    fn sub(&self, argument: &Node, depth: usize) -> Result<String> {
        let (template, own) = match &argument.data {
            Data::List(items) => (items.first().context("it takes a text")?, items.get(1)),
            _ => (argument, None),
        };
        let lookup = |name: &str| match own.and_then(|own| own.get(name)) {
            Some(node) => self.text(node, depth),
            None => self.lookup(name, depth),
        };
        substitute(&want_text(template)?, lookup)
    }

    fn lookup(&self, name: &str, depth: usize) -> Result<String> {
        match name.split_once('.') {
            Some((logical_id, attribute)) => self.attribute(logical_id, attribute, depth),
            None => want_text(&Node { line: 0, data: self.reference(name, depth)? }),
        }
    }

    fn join(&self, argument: &Node, depth: usize) -> Result<String> {
        let [separator, list] = argument.items() else { bail!("it takes a separator and a list") };
        let list = self.resolve_at(list, depth)?.context("a list is needed here")?;
        let parts: Vec<String> = list.items().iter().map(want_text).collect::<Result<_>>()?;
        Ok(parts.join(&want_text(separator)?))
    }

    fn split(&self, argument: &Node, depth: usize) -> Result<Node> {
        let [separator, text] = argument.items() else { bail!("it takes a separator and a text") };
        let (separator, text) = (want_text(separator)?, self.text(text, depth)?);
        let parts = text.split(&separator).map(|part| argument.with_text(part)).collect();
        Ok(Node { line: argument.line, data: Data::List(parts) })
    }

    fn select(&self, argument: &Node, depth: usize) -> Result<Node> {
        let [index, list] = argument.items() else { bail!("it takes an index and a list") };
        let index: usize = self.text(index, depth)?.parse()?;
        let list = self.resolve_at(list, depth)?.context("a list is needed here")?;
        list.items().get(index).cloned().with_context(|| format!("there is no element {index}"))
    }

    fn find_in_map(&self, argument: &Node, depth: usize) -> Result<Option<Node>> {
        let [map, first, second] = argument.items() else { bail!("it takes a map and two keys") };
        let mut found = self.mappings.context("the template has no Mappings")?;
        for key in [map, first, second] {
            let key = self.text(key, depth)?;
            found = found.get(&key).with_context(|| format!("there is no {key}"))?;
        }
        Ok(Some(found.clone()))
    }

    fn choose(&self, argument: &Node, depth: usize) -> Result<Option<Node>> {
        let [condition, yes, no] = argument.items() else {
            bail!("it takes a condition and two values")
        };
        let holds = self.named_condition(&want_text(condition)?, depth)?;
        self.resolve_at(if holds { yes } else { no }, depth)
    }

    fn named_condition(&self, name: &str, depth: usize) -> Result<bool> {
        let declared = self.conditions.and_then(|it| it.get(name));
        self.condition(declared.with_context(|| format!("there is no condition {name}"))?, depth)
    }

    fn condition(&self, node: &Node, depth: usize) -> Result<bool> {
        ensure!(depth < DEEPEST, "line {}: this condition refers to itself", node.line);
        let depth = depth + 1;
        let (name, argument) = match &node.data {
            Data::Call(name, argument) => (name.as_str(), argument.as_ref()),
            Data::Map(entries) => match entries.as_slice() {
                [(name, argument)] if name == "Condition" => ("Condition", argument),
                _ => bail!("line {}: this is no condition", node.line),
            },
            _ => bail!("line {}: this is no condition", node.line),
        };
        let all = || argument.items().iter().map(|it| self.condition(it, depth));
        match name {
            "Condition" => self.named_condition(&want_text(argument)?, depth),
            "Fn::And" => all().try_fold(true, |all, one| Ok(one? && all)),
            "Fn::Or" => all().try_fold(false, |any, one| Ok(one? || any)),
            "Fn::Not" => all().try_fold(false, |_, one| Ok(!one?)),
            "Fn::Equals" => self.equals(argument, depth),
            "Fn::Contains" => self.contains(argument, depth),
            _ => bail!(
                "line {}: the condition {name} is not supported by the local emulator",
                node.line
            ),
        }
    }

    fn equals(&self, argument: &Node, depth: usize) -> Result<bool> {
        let [left, right] = argument.items() else {
            bail!("line {}: Fn::Equals takes two values", argument.line)
        };
        Ok(self.text(left, depth)? == self.text(right, depth)?)
    }

    fn contains(&self, argument: &Node, depth: usize) -> Result<bool> {
        let [list, value] = argument.items() else {
            bail!("line {}: Fn::Contains takes a list and a value", argument.line)
        };
        let list = self.resolve_at(list, depth)?.context("a list is needed here")?;
        let value = self.text(value, depth)?;
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
