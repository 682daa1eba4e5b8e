//! YAML with what a template needs of it: lines for messages, and intrinsics in one form whether
//! they were written short (`!Ref Bus`) or long (`Ref: Bus`).

use anyhow::{Result, anyhow, bail, ensure};
use serde_json::{Number, Value};
use yaml_rust2::parser::{Event, MarkedEventReceiver, Parser, Tag};
use yaml_rust2::scanner::{Marker, TScalarStyle};

/// A value and the line it stands on.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// 1 is the first.
    pub(crate) line: usize,
    /// The value.
    pub(crate) data: Data,
}

/// A value of a template.
#[derive(Clone, Debug)]
pub(crate) enum Data {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    /// Keys in the order they were written.
    Map(Vec<(String, Node)>),
    /// An intrinsic by its long name, such as `Fn::Sub`, and its argument.
    Call(String, Box<Node>),
}

impl Node {
    /// Reads one YAML document.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let mut events = Events::default();
        Parser::new_from_str(text).load(&mut events, false)?;
        let mut events = events.0.into_iter();
        read(&mut events).and_then(|node| node.ok_or_else(|| anyhow!("the template is empty")))
    }

    /// The value under a key of a map.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// The entries of a map; none if it is something else.
    pub(crate) fn entries(&self) -> &[(String, Node)] {
        match &self.data {
            Data::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The elements of a list; a single value counts as a list of one.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.data {
            Data::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    /// The text of a scalar, as CloudFormation turns it into a string.
    pub(crate) fn text(&self) -> Option<String> {
        match &self.data {
            Data::Bool(it) => Some(it.to_string()),
            Data::Number(it) => Some(it.to_string()),
            Data::Text(it) => Some(it.clone()),
            _ => None,
        }
    }

    /// A node of text on this node's line.
    pub(crate) fn with_text(&self, text: impl Into<String>) -> Node {
        Node { line: self.line, data: Data::Text(text.into()) }
    }

    /// As JSON; an intrinsic that was left unresolved stays visible under its long name.
    pub(crate) fn to_json(&self) -> Value {
        match &self.data {
            Data::Null => Value::Null,
            Data::Bool(it) => Value::Bool(*it),
            Data::Number(it) => Value::Number(it.clone()),
            Data::Text(it) => Value::String(it.clone()),
            Data::List(items) => items.iter().map(Node::to_json).collect(),
            Data::Map(entries) => {
                entries.iter().map(|(key, node)| (key.clone(), node.to_json())).collect()
            }
            Data::Call(name, argument) => {
                Value::Object([(name.clone(), argument.to_json())].into_iter().collect())
            }
        }
    }
}

#[derive(Default)]
struct Events(Vec<(Event, Marker)>);

impl MarkedEventReceiver for Events {
    fn on_event(&mut self, event: Event, marker: Marker) {
        let framing = matches!(
            event,
            Event::StreamStart | Event::StreamEnd | Event::DocumentStart | Event::DocumentEnd
        );
        if !framing {
            self.0.push((event, marker));
        }
    }
}

/// Reads one node; `None` at the end of a list or map.
fn read(events: &mut impl Iterator<Item = (Event, Marker)>) -> Result<Option<Node>> {
    let Some((event, marker)) = events.next() else { return Ok(None) };
    let line = marker.line();
    let (data, tag) = match event {
        Event::Scalar(text, style, _, tag) => (scalar(text, style, tag.is_some()), tag),
        Event::SequenceStart(_, tag) => (list(events)?, tag),
        Event::MappingStart(_, tag) => (map(events, line)?, tag),
        Event::SequenceEnd | Event::MappingEnd => return Ok(None),
        _ => bail!("line {line}: anchors and aliases are not read here"),
    };
    let node = Node { line, data };
    Ok(Some(match tag {
        Some(tag) => Node { line, data: Data::Call(long_name(&tag), Box::new(node)) },
        None => node,
    }))
}

fn list(events: &mut impl Iterator<Item = (Event, Marker)>) -> Result<Data> {
    let mut items = Vec::new();
    while let Some(item) = read(events)? {
        items.push(item);
    }
    Ok(Data::List(items))
}

fn map(events: &mut impl Iterator<Item = (Event, Marker)>, line: usize) -> Result<Data> {
    let mut entries: Vec<(String, Node)> = Vec::new();
    while let Some(key) = read(events)? {
        let name = key.text().ok_or_else(|| anyhow!("line {}: a key must be text", key.line))?;
        let mut value = read(events)?.ok_or_else(|| anyhow!("line {line}: {name} has no value"))?;
        // A reader looks for the key, and a block map's own marker is the line below it.
        value.line = key.line;
        let is_new = entries.iter().all(|(earlier, _)| *earlier != name);
        ensure!(is_new, "line {}: {name} is there twice", key.line);
        entries.push((name, value));
    }
    Ok(long_form(entries))
}

/// `{"Fn::Sub": …}` is the same as `!Sub …`.
fn long_form(mut entries: Vec<(String, Node)>) -> Data {
    match entries.as_slice() {
        [(name, _)] if name == "Ref" || name.starts_with("Fn::") => {
            let (name, argument) = entries.remove(0);
            Data::Call(name, Box::new(argument))
        }
        _ => Data::Map(entries),
    }
}

fn long_name(tag: &Tag) -> String {
    match tag.suffix.as_str() {
        "Ref" | "Condition" => tag.suffix.clone(),
        suffix => format!("Fn::{suffix}"),
    }
}

/// A plain scalar is what JSON would make of it. A tagged one is an intrinsic's argument: text.
fn scalar(text: String, style: TScalarStyle, tagged: bool) -> Data {
    if style != TScalarStyle::Plain || tagged {
        return Data::Text(text);
    }
    match text.as_str() {
        "" | "~" | "null" => Data::Null,
        "true" => Data::Bool(true),
        "false" => Data::Bool(false),
        _ => match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => Data::Number(number.into()),
            _ => Data::Text(text),
        },
    }
}
