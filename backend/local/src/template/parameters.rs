//! The template's parameters: given or default, and allowed.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use regex_lite::Regex;

use super::yaml::{Data, Node};

/// The value of every declared parameter.
pub(super) fn read(
    declared: Option<&Node>,
    given: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, Data>> {
    let declared = declared.map_or(&[][..], Node::entries);
    for name in given.keys() {
        let known = declared.iter().any(|(declared, _)| declared == name);
        ensure!(known, "the template has no parameter {name}");
    }
    let value = |(name, node): &(String, Node)| {
        let value = one(node, given.get(name))
            .with_context(|| format!("line {}: parameter {name}", node.line))?;
        Ok((name.clone(), value))
    };
    declared.iter().map(value).collect()
}

fn one(declared: &Node, given: Option<&String>) -> Result<Data> {
    let default = || declared.get("Default").and_then(Node::text);
    let text = given.cloned().or_else(default).context("it has no default, so give it a value")?;
    check(declared, &text)?;
    let kind = declared.get("Type").and_then(Node::text).unwrap_or_default();
    Ok(match kind.as_str() {
        "String" => Data::Text(text),
        "Number" => {
            text.parse::<f64>().with_context(|| format!("{text:?} is not a number"))?;
            Data::Text(text)
        }
        "CommaDelimitedList" | "List<Number>" | "List<String>" => {
            let item = |item: &str| declared.with_text(item.trim());
            Data::List(text.split(',').map(item).collect())
        }
        other => bail!("the type {other:?} is not supported by the local emulator"),
    })
}

fn check(declared: &Node, text: &str) -> Result<()> {
    for (rule, limit) in declared.entries() {
        let limit_text = limit.text().unwrap_or_default();
        let number = |text: &str| {
            text.parse::<f64>().with_context(|| format!("{rule}: {text:?} is not a number"))
        };
        let length =
            || -> Result<(usize, usize)> { Ok((text.chars().count(), limit_text.parse()?)) };
        let holds = match rule.as_str() {
            "AllowedValues" => limit.items().iter().any(|it| it.text().as_deref() == Some(text)),
            "AllowedPattern" => Regex::new(&format!("^(?:{limit_text})$"))?.is_match(text),
            "MinLength" => length().map(|(length, limit)| length >= limit)?,
            "MaxLength" => length().map(|(length, limit)| length <= limit)?,
            "MinValue" => number(text)? >= number(&limit_text)?,
            "MaxValue" => number(text)? <= number(&limit_text)?,
            "Type" | "Default" | "Description" | "ConstraintDescription" | "NoEcho" => true,
            other => bail!("line {}: {other} is not supported by the local emulator", limit.line),
        };
        ensure!(holds, "{text:?} is not allowed by {rule}: {}", limit.to_json());
    }
    Ok(())
}
